"""Verdicts on small tables made by chance are what playing every caller to the end finds."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ivr.proofs.prover import verdicts
from ivr.proofs.space import Space
from ivr.proofs.verdict import Verdict
from ivr.proofs.ways import script
from ivr.simulator.load import Callers as Random
from ivr.simulator.replay import replay
from ivr.tables.ready import Table, load_table
from tests.proofs.callers import Callers, Told, TooLarge, bridged_by, case, ended, enters, hears, person
from tests.proofs.tables import DAYS, TODAY, compiled, made, space_of, start_of

EXAMPLES = 40


def judged(text: str) -> tuple[Table, Space, dict[str, Verdict]]:
    """A table, its space, and the verdicts by name, written ones last."""
    table = compiled(text)
    space = space_of(table, DAYS)
    found = {v.name: v for v in verdicts(space)}
    assume(found["every-call-ends"].holds)
    return table, space, found


def played(table: Table) -> Callers:
    return Callers(table, start_of(table), DAYS)


def ending(table: Table, space: Space, verdict: Verdict) -> str:
    """How the counterexample ends when it is replayed."""
    assert verdict.way is not None
    return replay(table, script(space, verdict.way)).ending


@settings(max_examples=EXAMPLES)
@given(st.randoms(use_true_random=False))
def test_every_call_ends_when_none_goes_round(chance: random.Random) -> None:
    table = compiled(made(chance, 5))
    found = next(verdicts(space_of(table, DAYS)))
    assert found.name == "every-call-ends"
    try:
        assert found.holds == (not played(table).goes_round())
    except TooLarge:
        assume(False)


@settings(max_examples=EXAMPLES)
@given(st.randoms(use_true_random=False))
def test_nobody_is_stranded_when_no_caller_is(chance: random.Random) -> None:
    table, space, found = judged(made(chance, max_inputs=5))
    told = Told(table.graph)
    try:
        stranded = played(table).can_happen(ended, lambda m: person(m) or case(m) or told(m))
    except TooLarge:
        assume(False)
    verdict = found["nobody-is-stranded"]
    assert verdict.holds == (not stranded)
    if stranded:
        assert ending(table, space, verdict) == "goodbye"


@settings(max_examples=EXAMPLES)
@given(st.randoms(use_true_random=False))
def test_calls_end_well_when_every_call_does(chance: random.Random) -> None:
    """The limit of inputs ends calls too, by telling where to turn: here that does not count."""
    guarantees = "guarantees:\n  well: {always: {ends_in: [person, case]}}\n"
    table, space, found = judged(made(chance, 5, guarantees))
    try:
        badly = played(table).can_happen(ended, lambda m: person(m) or case(m))
    except TooLarge:
        assume(False)
    assert found["well"].holds == (not badly)
    if badly:
        assert ending(table, space, found["well"]) in ("goodbye", "told where to turn")


@settings(max_examples=EXAMPLES)
@given(st.randoms(use_true_random=False), st.integers(0, 3))
def test_a_person_is_near_when_every_caller_can_come_there(chance: random.Random, most: int) -> None:
    guarantees = f"guarantees:\n  near: {{can: {{reach: an open team, within: {{choices: {most}}}}}}}\n"
    table, _, found = judged(made(chance, 30, guarantees))
    try:
        needed = played(table).fewest_choices(bridged_by(table.graph), most)
    except TooLarge:
        assume(False)
    assert found["near"].holds == (needed <= most)


@settings(max_examples=EXAMPLES)
@given(st.randoms(use_true_random=False), st.sampled_from(["end", "voicemail", "told", "welcome", "menu"]))
def test_a_warning_is_heard_first_when_no_caller_misses_it(chance: random.Random, before: str) -> None:
    guarantees = f"guarantees:\n  warned: {{always: {{hears: danger, before: [{before}]}}}}\n"
    text = made(chance, 5, guarantees)
    assume("  danger: {" in text and (before != "welcome" or "  welcome: {" in text))
    table, space, found = judged(text)
    graph = table.graph
    nodes = set(next(g for g in graph.guarantees if g.name == "warned").before)
    warned = hears(graph, "danger")
    begins = enters(nodes)
    try:
        missed = played(table).can_happen(
            begins,
            lambda m: (
                warned(m) and not (m.before.turns == 0 and m.before.at == graph.chain[0] and m.before.at in nodes)
            ),
        )
    except TooLarge:
        assume(False)
    assert found["warned"].holds == (not missed)
    if missed:
        way = found["warned"].way
        assert way is not None
        transcript = replay(table, script(space, way))
        assert nodes & set(transcript.nodes)


@settings(max_examples=EXAMPLES)
@given(st.randoms(use_true_random=False), st.sampled_from(["note", "help", "operator", "told", "t1"]))
def test_what_never_happens_happens_to_no_caller(chance: random.Random, what: str) -> None:
    guarantees = f"guarantees:\n  not-there: {{never: {{reach: {what}}}}}\n"
    table, space, found = judged(made(chance, 5, guarantees))
    guarantee = table.graph.guarantees[0]
    nodes = set(guarantee.nodes)
    teams = {i for i, n in enumerate(table.graph.nodes) if getattr(n, "team", -1) in guarantee.teams}
    there = enters(nodes) if nodes else (lambda m: person(m) and m.before.at in teams)
    try:
        happens = played(table).can_happen(there, lambda _: False)
    except TooLarge:
        assume(False)
    verdict = found["not-there"]
    assert verdict.holds == (not happens)
    if happens:
        assert verdict.way is not None
        transcript = replay(table, script(space, verdict.way))
        bridged = {node for node, exit in transcript.exits if exit == "when_done"}
        assert bridged & teams if what == "t1" else nodes & set(transcript.nodes)


def groningen() -> Table:
    return load_table(Path(__file__).parents[2] / "routing_tables" / "groningen", TODAY)


def bad_endings(table: Table, calls: int, seed: int) -> set[str]:
    """How so many random callers end, who did not hang up themselves, that are no good endings."""
    endings = Random(table, seed, start_of(table)).play(calls).endings
    assert sum(endings.values()) == calls
    return set(endings) - {"person", "case", "told where to turn", "hung up"}


def test_a_proved_table_strands_none_of_ten_thousand_callers() -> None:
    table = groningen()
    assert {v.name for v in verdicts(space_of(table)) if not v.holds} == set()
    assert bad_endings(table, 10_000, 7) == set()


@pytest.mark.parametrize("part", range(4))
def test_no_made_table_that_is_proved_strands_a_random_caller(part: int) -> None:
    proved = 0
    for seed in range(part * 60, part * 60 + 60):
        table = compiled(made(random.Random(seed), 8))
        found = {v.name: v.holds for v in verdicts(space_of(table, 366))}
        if found["nobody-is-stranded"] and found["every-call-ends"]:
            proved += 1
            assert bad_endings(table, 400, seed) == set(), seed
    assert proved >= 5


def test_random_callers_are_stranded_where_the_proof_says_that_somebody_is() -> None:
    """The tries are worth something: in most tables that are not proved they find somebody too."""
    unproved = stranded = 0
    for seed in range(40):
        table = compiled(made(random.Random(seed), 8))
        found = {v.name: v.holds for v in verdicts(space_of(table, 366))}
        if found["every-call-ends"] and not found["nobody-is-stranded"]:
            unproved += 1
            stranded += bool(bad_endings(table, 400, seed))
    assert stranded > unproved / 2
