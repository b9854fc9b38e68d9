"""Every call that the engine can play stays inside the state space: each move has its edge, in the world of that call."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.calendars.moment import LiveMoment, phase_at
from ivr.engine import begin, move
from ivr.engine.step import GRACE
from ivr.model.actions import Action, Listen, Say
from ivr.model.events import Begin, CaseOpened, CaseRefused, EffectFailed, Event, Keys, Silence, Speech
from ivr.model.exits import exits
from ivr.model.graph import Graph
from ivr.model.moment import PARALLEL, Calamity, Switched
from ivr.model.nodes import BranchNode, CalamityNode, MenuNode, NoticeNode, NumberNode, QueueNode, TransferNode
from ivr.model.patterns import sample
from ivr.model.state import ENDED, ENTERING, Arrival, Memory, State
from ivr.proofs.events import INPUTS
from ivr.proofs.relevant import Relevance
from ivr.proofs.space import CASE, LIMIT, PERSON, SWITCH, TOLD, Space
from ivr.simulator.callers import Asked, Random
from ivr.tables.ready import Table, load_table
from tests.engine import calls
from tests.minimal import TABLE
from tests.proofs.callers import Callers, Move, Told, case, person
from tests.proofs.tables import DAYS, TODAY, compiled, made, space_of

MADE = 40
"""Tables made by chance, besides the one with every kind of node and the real one."""


@cache
def explored(which: int) -> tuple[Table, Space, Told]:
    """A table and its space: 0 Groningen's, 1 that of every kind, others made."""
    if which == 0:
        table = load_table(Path(__file__).parents[2] / "routing_tables" / "groningen", TODAY)
    else:
        table = compiled(calls.TEXT if which == 1 else made(random.Random(which), max_inputs=6))
    return table, space_of(table, 400 if which < 2 else DAYS), Told(table.graph)


@cache
def index(which: int) -> dict[State, int]:
    return {state: i for i, state in enumerate(explored(which)[1].states)}


def live(table: Table, space: Space, chance: random.Random) -> LiveMoment:
    """The moment of a call at any instant, of any caller, with the switch on one time in three."""
    graph = table.graph
    routes = ["", "undeclared", *(r for n in graph.nodes if isinstance(n, CalamityNode) for r in n.routes)]
    calamity = Calamity(("x",) * len(graph.languages), chance.choice(routes)) if chance.random() < 0.3 else None
    arrival = Arrival(
        time=chance.randrange(space.worlds.classes.start, space.worlds.classes.end),
        number=chance.randrange(-1, len(graph.numbers)),
        dialled="x",
        caller=chance.choice(["", "+31612345678", "+31503671234", "+3114050"]),
        facts=tuple(chance.randrange(len(values)) for _, values in graph.facts),
        seed=chance.randrange(10_000),
    )
    teams = {team: 1 for team in range(len(graph.teams)) if chance.random() < 0.3}
    notices = [i for i, node in enumerate(graph.nodes) if isinstance(node, NoticeNode) and chance.random() < 0.5]
    return LiveMoment(table.almanac, arrival, Switched(calamity, dict.fromkeys(notices, ("x",)), teams))


def world_of(space: Space, moment: LiveMoment) -> int:
    """The one world of a call, as a bit."""
    worlds, graph, arrival = space.worlds, space.graph, moment.arrival
    mask = worlds.number(arrival.number)
    mask &= worlds.phase(phase_at(graph.numbers[arrival.number], arrival.time) if arrival.number >= 0 else PARALLEL)
    for calendar, states in enumerate(moment.almanac.at(arrival.time)):
        if Relevance(graph).of_number(arrival.number) >> calendar & 1:
            mask &= worlds.calendar(calendar, states)
    mask &= worlds.like(arrival.facts)
    assert mask.bit_count() == 1
    return mask


def anything(graph: Graph, state: State, last: Action | None, chance: random.Random, random_caller: Random) -> Event:
    """Anything that can happen next, also what no table expects."""
    if state.part == ENTERING:
        return Begin()
    if isinstance(last, Listen):
        drawn = chance.random()
        if drawn < 0.15:
            odd: list[Event] = [
                Silence(),
                Speech("medewerker", 0.9),
                Speech("operator", 0.9),
                Speech("afval", 0.1),
                Keys(""),
            ]
            return chance.choice(odd)
        if drawn < 0.3:
            return Keys(chance.choice(["1", "2", "3", "0", "*", "#", "77", "9123", "0612345678", "0" * 70]))
        asked = (last.node, last.language, last.digits, last.finish, last.speech, last.wait, 0.0)
        event = random_caller.answer(Asked(*asked))
        return event if isinstance(event, Keys | Speech) else Silence()
    assert last is not None
    return chance.choice(Callers._events(_Holder(graph), state, last))  # type: ignore[arg-type]  # it needs only the graph


def _switched(graph: Graph, at: int, moment: LiveMoment) -> bool:
    """Whether a node that is entered is told that something is switched."""
    node = graph.nodes[at]
    if isinstance(node, TransferNode | QueueNode):
        return node.team >= 0 and moment.closed(node.team)
    if isinstance(node, NoticeNode):
        return moment.notice(at) is not None
    return isinstance(node, CalamityNode) and moment.calamity() is not None


class _Holder:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph


def spoken(actions: tuple[Action, ...]) -> tuple[int, ...]:
    out: list[int] = []
    for action in actions:
        out += [action.prompt] if isinstance(action, Say) else list(getattr(action, "prompts", ()))
    return tuple(out)


@settings(max_examples=400)
@given(st.sampled_from([0, 0, 1, 1, *range(2, 2 + MADE)]), st.randoms(use_true_random=True))
def test_every_move_of_a_live_call_has_its_edge_in_its_world(which: int, chance: random.Random) -> None:
    table, space, told = explored(which)
    graph, places = table.graph, index(which)
    moment = live(table, space, chance)
    world = world_of(space, moment)
    caller = Random(graph, chance.randrange(1000), 0.0)
    state, last, steps = begin(graph), None, 0
    while state.part != ENDED:
        event = anything(graph, state, last, chance, caller)
        after, actions = move(graph, state, event, moment)
        here, there = places[space.abstract(state)], places[space.abstract(after)]
        asked = isinstance(graph.nodes[state.at], INPUTS) and isinstance(event, Keys | Speech | Silence)
        limit = state.part != ENTERING and (
            state.turns >= graph.max_turns + GRACE or (asked and state.turns == graph.max_turns)
        )
        made = Move(state, event, after, actions)
        flags = (PERSON if person(made) and not limit else 0) | (CASE if case(made) and not limit else 0)
        again = isinstance(graph.nodes[state.at], NumberNode) and state.part != ENTERING and not limit  # told before
        flags |= (TOLD if told(made) and not again else 0) | (LIMIT if limit else 0)
        if state.part == ENTERING and _switched(graph, state.at, moment):
            flags |= SWITCH
        meant = PERSON | CASE | LIMIT | SWITCH | TOLD
        edges = [e for e in space.out(here) if space.targets[e] == there and space.guard(e) & world]
        fits = [e for e in edges if space.flags[e] & meant == flags and space.said(e) == spoken(actions)]
        assert fits, (which, graph.names[state.at], state, event, after, flags, [space.flags[e] for e in edges])
        state, last, steps = after, actions[-1] if actions else last, steps + 1
        if steps > 300:  # a table that goes round has no end
            return


@settings(max_examples=200)
@given(st.sampled_from(range(2 + MADE)), st.randoms(use_true_random=True))
def test_every_answer_of_caller_and_network_spends_one_turn(which: int, chance: random.Random) -> None:
    """Ways count their turns by it, so that the limit of inputs comes where it comes in a call."""
    table, space, _ = explored(which)
    moment, graph = live(table, space, chance), table.graph
    state, last = begin(graph), None
    for _ in range(60):
        if state.part == ENDED:
            return
        event = anything(graph, state, last, chance, Random(graph, 1, 0.0))
        after, actions = move(graph, state, event, moment)
        if after.part != ENDED:
            assert after.turns - state.turns == (state.part != ENTERING)
        state, last = after, actions[-1] if actions else last


def test_a_state_without_worlds_is_not_needed_to_be_left() -> None:
    """In each world in which a state is reached the space has a way on, or it is the end."""
    for which in range(2 + MADE):
        _, space, _ = explored(which)
        for at, state in enumerate(space.states):
            onward = 0
            for edge in space.out(at):
                onward |= space.guard(edge)
            assert (onward == 0) == (state.part == ENDED)


BRANCHING = """\
  main:
    kind: menu
    options:
      1: {label: {nl: afval}, set: {topic: waste}, to: WAY}
      2: {label: {nl: belasting}, set: {topic: tax}, to: WAY}
  way-ask: {kind: ask, field: code, digits: 2, say: {nl: Uw code.}, to: bye, no_input: {ask_at_most: 3, to: bye}, no_match: {ask_at_most: 3, to: bye}}
  way-callback: {kind: callback, team: desk, within: 1 working day, taken: bye, refused: bye, full: bye, failed: bye}
  way-survey: {kind: survey, say: {nl: Welk cijfer?}, to: bye}
  who: {kind: branch, on: topic, cases: {tax: operator-tax}, otherwise: operator}
  operator-tax: {kind: transfer, team: desk, when_done: bye, busy: note, no_answer: note, closed: note, failed: note}
"""


@pytest.mark.parametrize("way", ["way-ask", "way-callback", "way-survey"])
def test_a_variable_lives_on_where_the_operator_asks_it(way: str) -> None:
    """By the operator's key, or by the limit of inputs, each of these leads to the operator."""
    start, end = TABLE.index("  main:"), TABLE.index("  operator:")
    text = TABLE[:start] + BRANCHING.replace("WAY", way) + TABLE[end:]
    text = text.replace("operator: {key: 0, to: operator}", "operator: {key: 0, to: who}")
    space = space_of(compiled(text.replace("nodes:\n", "variables: {topic: [waste, tax]}\nnodes:\n", 1)), 10)
    names = space.graph.names
    kept = {s.memory.variables for s in space.states if names[s.at] == way and s.part not in (ENTERING, ENDED)}
    assert kept == {(0,), (1,)}


def test_a_variable_that_is_never_asked_again_is_forgotten() -> None:
    _, space, _ = explored(1)
    graph = space.graph
    branches = {n for n, node in enumerate(graph.nodes) if isinstance(node, BranchNode) and node.subject == "variable"}
    assert branches
    ends = {s.memory for s in space.states if s.part == ENDED}
    assert ends == {Memory()}


def test_what_was_typed_and_which_case_it_was_do_not_multiply_states() -> None:
    _, space, _ = explored(1)
    memories = [s.memory for s in space.states if s.part != ENDED]
    assert {m.fields for m in memories} == {("",) * len(space.graph.fields)}
    assert {(m.case, m.due) for m in memories} == {("", 0)}
    assert {bool(m.number) for m in memories} == {True, False}
    assert len({m.number for m in memories}) == 2
    assert {s.turns for s in space.states} == {0}


def test_the_place_in_the_entry_chain_is_kept_until_it_is_over() -> None:
    _, space, _ = explored(1)
    assert {s.chain for s in space.states if s.part != ENDED} == {0, 1, 2}
    beyond = State(0, ENTERING, 0, 9, 0, 0, 3, Memory((-1,), ("",), "", "", 0))
    assert space.abstract(beyond).chain == 2


def test_wherever_a_caller_is_asked_the_limit_of_inputs_leads_to_the_operator_and_elsewhere_to_an_end() -> None:
    for which in range(2 + MADE):
        _, space, _ = explored(which)
        graph = space.graph
        for at, state in enumerate(space.states):
            limits = [e for e in space.out(at) if space.flags[e] & LIMIT]
            waits = state.part not in (ENTERING, ENDED)
            asked = waits and isinstance(graph.nodes[state.at], INPUTS)
            targets = [space.states[space.targets[e]] for e in limits]
            assert sum(t.part == ENTERING and t.at == graph.operator for t in targets) == asked
            assert sum(t.part == ENDED for t in targets) == waits


def test_the_switch_and_shares_are_free_in_every_world() -> None:
    _, space, _ = explored(1)
    seen = dict.fromkeys((0, SWITCH), 0)
    for at, state in enumerate(space.states):
        if isinstance(space.graph.nodes[state.at], CalamityNode) and state.part == ENTERING:
            for edge in space.out(at):
                assert space.guard(edge) == space.worlds.all
                seen[space.flags[edge] & SWITCH] += 1
    assert seen == {0: 1, SWITCH: 2}


def test_a_team_may_be_closed_by_hand_at_every_moment_and_is_then_not_rung() -> None:
    _, space, _ = explored(1)
    lines = 0
    for at, state in enumerate(space.states):
        node = space.graph.nodes[state.at]
        if isinstance(node, TransferNode | QueueNode) and state.part == ENTERING:
            shut = [e for e in space.out(at) if space.flags[e] & SWITCH]
            assert [space.guard(e) for e in shut] == [space.worlds.all]
            closed = dict(exits(node))["closed"]
            assert [space.node(space.targets[e]) for e in shut] == [closed]
            lines += 1
    assert lines > 3


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ("9[0-9]{3}", "9000"),
        ("[0-9*]{1,32}", "0"),
        ("1?", "1"),
        ("(AB|123)", "123"),
        ("[a-z0-9]{2}", "00"),
        ("[A-Z]{2}-?[0-9]{3}", "AA000"),
        ("(1|2)(3|4){2}", "133"),
        ("[0-9]{0,3}", "0"),
        ("", ""),
    ],
)
def test_the_answer_that_fits_a_pattern_is_of_digits_where_it_can_be(pattern: str, fits: str) -> None:
    assert sample(pattern) == fits


@pytest.mark.parametrize("key", ["0", "7"])
def test_who_asks_a_redirected_number_for_help_presses_the_key_that_it_names(key: str) -> None:
    """Any key will do, but a counterexample should read as people call."""
    space = space_of(compiled(calls.TEXT.replace("operator: {key: 0", f"operator: {{key: {key}")), 400)
    waits = [
        i for i, s in enumerate(space.states) if s.at == space.graph.number_node and s.part not in (ENTERING, ENDED)
    ]
    events = {space.event(e) for at in waits for e in space.out(at) if not space.flags[e] & LIMIT}
    assert events == {Keys(key), Silence()}


def test_words_reach_the_operator_also_where_his_key_is_an_option() -> None:
    """A menu may bind 0 to another person: who asks for an operator in words still goes to the table's."""
    text = calls.TEXT.replace(
        "      1: {label",
        "      0: {label: {nl: om de beurt, en: in turn}, to: turns, silent: true}\n      1: {label",
        1,
    )
    space = space_of(compiled(text), 10)
    graph = space.graph
    main = graph.names.index("main")
    for at, state in enumerate(space.states):
        if state.at == main and state.part not in (ENTERING, ENDED):
            node = graph.nodes[main]
            assert isinstance(node, MenuNode)
            operator = [e for e in space.out(at) if space.states[space.targets[e]].at == graph.operator]
            assert any(isinstance(space.event(e), Speech) for e in operator)


def test_the_effects_of_a_refused_and_of_a_failed_case_are_both_there() -> None:
    _, space, _ = explored(1)
    graph = space.graph
    for at, state in enumerate(space.states):
        events = {type(space.event(e)) for e in space.out(at) if not space.flags[e] & LIMIT}
        if graph.names[state.at] == "promise" and CaseOpened in events:
            assert events == {CaseOpened, CaseRefused, EffectFailed}
            assert {space.flags[e] & CASE for e in space.out(at) if space.event(e) == CaseOpened("1", 1)} == {CASE}
