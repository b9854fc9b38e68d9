"""How fast one step of the engine is: random callers of the Groningen table, against a state machine library."""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable

from benchmarks.figures import Effort, Figure, interleaved, ratio, timed
from benchmarks.rivals.transitions_machine import Call, Edge, build
from benchmarks.tables import groningen
from ivr.engine import begin, step
from ivr.model.events import Begin, Event
from ivr.model.graph import Graph
from ivr.model.moment import Moment
from ivr.model.state import ENDED, State
from ivr.simulator.load import Callers

Asked = tuple[Graph, State, Event, Moment]
SEED = 1


def measure(effort: Effort) -> list[Figure]:
    """The same walk on both sides: the states, events and moments of random callers, written down beforehand."""
    table = groningen()
    effort.tell("writing down what random callers do")
    walk = _walk(Callers(table, SEED), effort.size(4_000, 400))
    names, edges, triggers = _as_edges(walk, table.graph.names)
    call = build(names, edges, names[0])
    fire: list[Callable[[], bool]] = [getattr(call, trigger) for trigger in triggers]  # its quickest way
    sides = {
        "ours": lambda: timed(lambda: _steps(walk)),
        "transitions": lambda: timed(lambda: _fire(call, names[0], fire)),
    }
    held = interleaved(effort.size(9, 3), sides, effort)
    ours, theirs = (statistics.median(held[name]) / len(walk) * 1e6 for name in ("ours", "transitions"))
    against = f"transitions with the same {len(names)} states and less to do ({ours:.2f} µs against {theirs:.2f} µs)"
    value = ratio(held["transitions"], held["ours"])
    return [Figure("one step of the engine", value, "× faster", "higher", 10.0, 25.0, against)]


def _walk(callers: Callers, calls: int) -> list[Asked]:
    """Every step of so many calls: what `step` was given."""
    chance = random.Random(SEED)
    out: list[Asked] = []
    for moment in callers.moments(calls):
        state: State = begin(callers.graph)
        event: Event = Begin()
        while state.part != ENDED:
            out.append((callers.graph, state, event, moment))
            state, actions = step(callers.graph, state, event, moment)
            event = chance.choice(callers.replies(actions[-1])) if state.part != ENDED else event
    return out


def _as_edges(walk: list[Asked], names: tuple[str, ...]) -> tuple[list[str], list[Edge], list[str]]:
    """States, edges and triggers of the walk: each state is a node; a second question of a node is one of its own.

    Where one event led to several states (a counter, hours), each gets a trigger of its own: the rival need not decide.
    """
    places = [names[state.at] + (f".{state.part}" if state.part > 1 else "") for _, state, _, _ in walk]
    edges: dict[Edge, None] = {}
    triggers = []
    for i, (_, _, event, _) in enumerate(walk):
        source, destination = places[i], places[(i + 1) % len(walk)]
        trigger = f"{type(event).__name__}_{getattr(event, 'digits', '')}_to_{destination}"
        edges[source, trigger, destination] = None
        triggers.append(trigger)
    return list(dict.fromkeys([*places, *names])), list(edges), triggers


def _steps(walk: list[Asked]) -> None:
    for graph, state, event, moment in walk:
        step(graph, state, event, moment)


def _fire(call: Call, start: str, triggers: list[Callable[[], bool]]) -> None:
    for trigger in triggers:
        trigger()
    assert call.state == start
