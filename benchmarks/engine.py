"""How fast one step of the engine is: random callers of the Groningen table, against a state machine library."""

from __future__ import annotations

import random
import statistics

from benchmarks.figures import Effort, Figure, interleaved, ratio, timed
from benchmarks.rivals.transitions_machine import Call, Edge, build
from benchmarks.tables import groningen
from ivr.engine import begin, move, step
from ivr.model.events import Begin, Event
from ivr.model.graph import Graph
from ivr.model.moment import Moment
from ivr.model.state import ENDED, ENTERING, State
from ivr.simulator.load import Callers

Asked = tuple[Graph, State, Event, Moment]
SEED = 1
CALLS = 400
"""Calls that are walked again and again: few enough for both sides to find theirs in the processor's cache."""


def measure(effort: Effort) -> list[Figure]:
    """The same walk on both sides: the states, events and moments of random callers, written down beforehand."""
    table = groningen()
    effort.tell("writing down what random callers do")
    walk = _walk(Callers(table, SEED), CALLS)
    names, edges, triggers = _as_edges(walk, table.graph.names)
    times = effort.size(10, 1)
    call = build(names, edges, names[0])
    sides = {
        "ours": lambda: timed(lambda: _steps(walk, times)),
        "transitions": lambda: timed(lambda: _fire(call, names[0], triggers, times)),
    }
    held = interleaved(effort.size(9, 3), sides, effort)
    steps = len(walk) * times
    ours, theirs = (statistics.median(held[name]) / steps * 1e6 for name in ("ours", "transitions"))
    against = (
        f"transitions with the same {len(names)} states, through the same nodes, {len(triggers) / len(walk):.1f} a step, "
        f"with nothing to decide ({ours:.2f} µs against {theirs:.2f} µs)"
    )
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
    """States, edges and triggers of the walk: a state is a node, an edge what takes a call from one to the next.

    Where one event led to several nodes (a counter, hours), each gets a trigger of its own: the rival need not decide.
    """
    edges: dict[Edge, None] = {}
    triggers = []
    first = here = names[walk[0][1].at]
    for graph, state, event, moment in walk:
        if names[state.at] != here:  # the call before it is over
            edges[here, f"next_call_from_{here}", names[state.at]] = None
            triggers.append(f"next_call_from_{here}")
            here = names[state.at]
        what = f"{type(event).__name__}_{getattr(event, 'digits', '')}"
        for there in _path(graph, state, event, moment):
            trigger = f"{what}_to_{names[there]}"
            edges[here, trigger, names[there]] = None
            triggers.append(trigger)
            here, what = names[there], "then"
    edges[here, "start_again", first] = None
    return [first, *(name for name in names if name != first)], list(edges), [*triggers, "start_again"]


def _path(graph: Graph, state: State, event: Event, moment: Moment) -> list[int]:
    """The nodes that a step goes to, one after another; the same node again when it only asks again."""
    out = []
    while True:
        before = state
        state, _ = move(graph, state, event, moment)
        if state.at != before.at or before.part != ENTERING:
            out.append(state.at)
        if state.part != ENTERING:
            return out


def _steps(walk: list[Asked], times: int) -> None:
    for _ in range(times):
        for graph, state, event, moment in walk:
            step(graph, state, event, moment)


def _fire(call: Call, start: str, triggers: list[str], times: int) -> None:
    fire = call.trigger  # by name, as events come
    for _ in range(times):
        for trigger in triggers:
            fire(trigger)
    assert call.state == start
