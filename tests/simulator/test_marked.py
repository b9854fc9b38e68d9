"""Facts about a step taken node by node: it is the engine's own step, also when the nodes never come to an end."""

from __future__ import annotations

import msgspec
import pytest

from ivr.calendars.moment import Almanac, LiveMoment
from ivr.engine import begin, step
from ivr.model.actions import Hangup, Say
from ivr.model.events import Begin, Keys
from ivr.model.graph import Graph
from ivr.model.state import ENDED
from ivr.simulator.callers import Scripted
from ivr.simulator.marked import Passage
from ivr.simulator.play import Play
from ivr.simulator.world import World
from ivr.tables.arrivals import arrive
from ivr.tables.ready import Table
from tests.engine.calls import instant, table


def looping(at: str = "entry") -> Table:
    """The table with every kind, made to run in a circle without anybody acting: no check saw it."""
    held = table()
    graph = held.graph
    if at == "entry":
        graph = msgspec.structs.replace(graph, start=graph.chain[0])
    else:  # a `say` behind the fifth key of the menu that leads to itself
        index = graph.names.index("repeat-code")
        nodes = list(graph.nodes)
        nodes[index] = msgspec.structs.replace(nodes[index], to=index)
        menu = graph.names.index("main")
        options = nodes[menu].options  # type: ignore[union-attr]
        changed = tuple(msgspec.structs.replace(o, to=index) if o.key == "3" else o for o in options)
        nodes[menu] = msgspec.structs.replace(nodes[menu], options=changed)
        graph = msgspec.structs.replace(graph, nodes=tuple(nodes))
    return msgspec.structs.replace(held, graph=graph, almanac=Almanac(graph))


def moment(held: Table) -> LiveMoment:
    return LiveMoment(held.almanac, arrive(held.graph, instant("2026-12-01 10:00"), -1, "14 050", "+31612345678", {}))


@pytest.mark.parametrize("at", ["entry", "say"])
def test_a_step_without_an_end_gives_up_as_the_engine_does(at: str) -> None:
    held = looping(at)
    state, event = begin(held.graph), Begin()
    if at == "say":
        state, _ = step(held.graph, state, Begin(), moment(held))
        event = Keys("3")  # type: ignore[assignment]
    state_of_step, actions = step(held.graph, state, event, moment(held))
    passage = Passage(held.graph, state, event, moment(held))
    assert passage.state == state_of_step
    assert tuple(action for action, _ in passage.actions) == actions
    assert state_of_step.part == ENDED
    assert [type(action) for action in actions] == [Say, Hangup]


@pytest.mark.parametrize(("at", "keys"), [("entry", []), ("say", ["3"])])
def test_a_call_that_runs_in_a_circle_is_told_where_to_turn(at: str, keys: list[str]) -> None:
    held = looping(at)
    transcript = Play(held, moment(held).arrival, Scripted(keys), World()).run()
    assert transcript.ending == "told where to turn"
    assert [line.text for line in transcript.lines if line.what == "says"][-1] == words(held.graph)
    assert transcript.lines[-1].what == "hangs up"


def words(graph: Graph) -> str:
    return "".join(p.plain or "" for p in graph.prompts[graph.give_up[0][0].prompt].pieces)  # type: ignore[union-attr]
