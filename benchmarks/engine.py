"""How fast one step of the engine is: random callers of the Groningen table, against a state machine library."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from typing import Any

from benchmarks.figures import Effort, Figure, interleaved, ratio, timed
from benchmarks.rivals.transitions_machine import build
from benchmarks.tables import groningen
from ivr.engine import step
from ivr.model.events import Event
from ivr.model.graph import Graph
from ivr.model.moment import Moment
from ivr.model.state import State
from ivr.simulator.load import Callers

Asked = tuple[Graph, State, Event, Moment]
SEED = 1


def measure(effort: Effort) -> list[Figure]:
    """The same walk on both sides: the states, events and moments of random callers, written down beforehand."""
    table = groningen()
    effort.tell("writing down what random callers do")
    walk = _walk(Callers(table, SEED), effort.size(40_000, 4_000))
    names, edges, triggers, start = _as_edges(walk, table.graph.names)
    call = build(names, edges, start)
    sides = {
        "ours": lambda: timed(lambda: _steps(walk)),
        "transitions": lambda: timed(lambda: _fire(call, start, triggers)),
    }
    held = interleaved(effort.size(9, 3), sides, effort)
    ours, theirs = (statistics.median(held[name]) / len(walk) * 1e6 for name in ("ours", "transitions"))
    against = f"transitions with the same {len(names)} states and less to do ({ours:.2f} µs against {theirs:.2f} µs)"
    value = ratio(held["transitions"], held["ours"])
    return [Figure("one step of the engine", value, "× faster", "higher", 10.0, 25.0, against)]


def _walk(callers: Callers, steps: int) -> list[Asked]:
    out: list[Asked] = []
    while len(out) < steps:
        for state, event, moment in callers.call():
            out.append((callers.graph, state, event, moment))
    return out


def _as_edges(
    walk: list[Asked], names: tuple[str, ...]
) -> tuple[list[str], list[tuple[str, str, str]], list[str], str]:
    """States, edges and triggers of the walk: each state is a node at one of its questions, as between two requests.

    Where one event led to several states (a counter, hours), each gets a trigger of its own: the rival need not decide.
    """
    places = [f"{names[state.at]}.{state.part}" for _, state, _, _ in walk]
    states = dict.fromkeys([*(f"{name}.0" for name in names), *places])
    edges: dict[tuple[str, str, str], None] = {}
    triggers = []
    for i, (_, _, event, _) in enumerate(walk):
        source, destination = places[i], places[(i + 1) % len(walk)]
        trigger = f"{type(event).__name__}_{getattr(event, 'digits', '')}_to_{destination}"
        edges[source, trigger, destination] = None
        triggers.append(trigger)
    return list(states), list(edges), triggers, places[0]


def _steps(walk: list[Asked]) -> None:
    for graph, state, event, moment in walk:
        step(graph, state, event, moment)


def _fire(call: Any, start: str, triggers: list[str]) -> None:  # the library makes its methods when it runs
    fire: Callable[[str], bool] = call.trigger
    for trigger in triggers:
        fire(trigger)
    assert call.state == start
