"""Facts about proofs: what holds is told to hold, a planted fault is found, and its counterexample replays."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import msgspec
import pytest

from ivr.calendars.moment import LiveMoment
from ivr.diagnostics import Source, Sources
from ivr.engine import begin, move
from ivr.model.events import HungUp
from ivr.model.moment import Calamity, Switched
from ivr.model.state import ENDED, ENTERING
from ivr.proofs.events import possible
from ivr.proofs.prover import explore, verdicts
from ivr.proofs.space import LIMIT, Space
from ivr.proofs.verdict import Verdict
from ivr.proofs.ways import script
from ivr.simulator.replay import replay
from ivr.simulator.transcript import Transcript
from ivr.tables.arrivals import arrive
from ivr.tables.ready import Table, check_sources, load_table, ready
from tests.engine import calls

TODAY = dt.date(2026, 11, 24)
GUARANTEES = """\
prompts:
  danger: {nl: "Bel 112.", en: "Call 112."}
guarantees:
  near: {for: {numbers: main, arriving: desk open}, can: {reach: an open team, within: {choices: 1, seconds: 90}}}
  line: {for: {arriving: desk open, numbers: main}, can: {reach: line}}
  warned: {for: {arriving: desk closed}, always: {hears: danger, before: [end]}}
  never-the-queue-at-night: {for: {arriving: desk closed}, never: {reach: line}}
  helped: {always: {ends_in: [person, case, told where to turn]}}
"""
TEXT = calls.TEXT.replace('say: {nl: "Dicht.', 'say: [danger, {nl: "Dicht.').replace('en: "Closed. Open {opens:desk}."}}', 'en: "Closed. Open {opens:desk}."}]}').replace(
    'say: {nl: "Feestdag.', 'say: [danger, {nl: "Feestdag.'
).replace('en: "Holiday. Open {opens:desk}."}}', 'en: "Holiday. Open {opens:desk}."}]}') + GUARANTEES  # fmt: skip


def table(text: str) -> Table:
    checked = check_sources(Sources((Source("kinds.yaml", text),)), TODAY)
    return ready(checked)


def space(held: Table) -> Space:
    start = int(dt.datetime(2026, 11, 24, tzinfo=held.almanac.zone).timestamp())
    return explore(held.almanac, start, 400)


def judged(text: str) -> tuple[Table, Space, dict[str, Verdict]]:
    held = table(text)
    found = space(held)
    return held, found, {v.name: v for v in verdicts(found)}


def played(held: Table, found: Space, verdict: Verdict) -> Transcript:
    assert verdict.way is not None
    return replay(held, script(found, verdict.way))


def names(held: Table, transcript: Transcript) -> list[str]:
    return [held.graph.names[node] for node in transcript.nodes]


def changed(old: str, new: str) -> str:
    assert old in TEXT
    return TEXT.replace(old, new)


def test_a_sound_table_keeps_all_its_guarantees() -> None:
    # `warned` speaks of ends: here every call that arrives while it is closed ends in one that warns in the same breath
    _, _, found = judged(TEXT.replace("before: [end]", "before: [note]"))
    assert {name for name, v in found.items() if not v.holds} == set()
    assert found["near"].choices == 1


def test_nobody_else_is_meant_by_a_guarantee_than_its_for_says() -> None:
    _, _, found = judged(TEXT)
    assert 0 < found["near"].worlds < found["helped"].worlds


def test_a_guarantee_that_speaks_of_nobody_is_a_finding() -> None:
    _, _, found = judged(
        changed(
            "never-the-queue-at-night: {for: {arriving: desk closed}",
            "never-the-queue-at-night: {for: {arriving: always closed}",
        )
    )
    verdict = found["never-the-queue-at-night"]
    assert (verdict.holds, verdict.vacuous) == (False, True)
    assert "speaks of no caller" in verdict.why


def test_a_caller_who_is_told_nothing_is_found_and_replayed() -> None:
    held, found, all_ = judged(changed("thanks: {kind: end, where_to_turn: true", "thanks: {kind: end"))
    for name in ("nobody-is-stranded", "helped"):
        assert not all_[name].holds
        assert played(held, found, all_[name]).ending == "goodbye"


def test_a_way_that_is_too_long_is_shown_with_the_way_that_there_is() -> None:
    held, found, all_ = judged(changed("seconds: 90", "seconds: 5"))
    assert not all_["near"].holds
    assert played(held, found, all_["near"]).ending == "person"


def test_a_team_that_cannot_be_reached_is_told_as_such() -> None:
    _, _, all_ = judged(
        changed(
            "      5: {label: {nl: de rij, en: the queue}, to: line}\n",
            "      5: {label: {nl: de rij, en: the queue}, to: operator}\n",
        )
        .replace(
            "  line: {kind: queue, team: line, offer_after: {wait: 30s, key: 1, to: promise}, timeout: {wait: 2m, to: note}, when_done: thanks, full: promise, closed: note, failed: note}\n",
            "",
        )
        .replace("can: {reach: line}", "can: {reach: order}")
        .replace("      7: {label: {nl: om de beurt, en: in turn}, to: turns, silent: true}\n", "")
    )
    assert not all_["line"].holds
    assert "no way at all" in all_["line"].why


def test_a_warning_that_is_dropped_is_found_at_night() -> None:
    held, found, all_ = judged(
        TEXT.replace("before: [end]", "before: [thanks]").replace(
            "closed: closed, holiday: feast}", "closed: thanks, holiday: feast}"
        )
    )
    assert not all_["warned"].holds
    call = played(held, found, all_["warned"])
    assert "thanks" in names(held, call)
    assert "112" not in call.words()


def test_what_must_never_happen_is_found_when_it_can() -> None:
    held, found, all_ = judged(changed("closed: closed, holiday: feast}", "closed: line, holiday: feast}"))
    verdict = all_["never-the-queue-at-night"]
    assert not verdict.holds
    assert played(held, found, verdict).team == "line"


def test_a_team_that_must_still_be_reached_is_missed_in_each_phase() -> None:
    text = changed('"050 367 81xx": {formerly: blok, to: code}', '"050 367 81xx": {formerly: blok, to: thanks}')
    held = table(text)
    number = msgspec.structs.replace(held.graph.numbers[2], must_still_reach=(0,))
    graph = msgspec.structs.replace(held.graph, numbers=(*held.graph.numbers[:2], number))
    almanac = type(held.almanac)(graph)
    start = int(dt.datetime(2026, 11, 24, tzinfo=almanac.zone).timestamp())
    all_ = {v.name: v for v in verdicts(explore(almanac, start, 400))}
    assert not all_["must-still-reach"].holds
    assert "050 367 81xx: desk" in all_["must-still-reach"].why


@pytest.mark.parametrize("seed", range(40))
def test_every_live_call_stays_inside_the_space(seed: int) -> None:
    """Soundness: whatever a real call does, the space has that edge in that world."""
    held = table(TEXT)
    found = _SPACES.setdefault("kinds", space(held))
    chance = random.Random(seed)
    graph = held.graph
    index = {state: i for i, state in enumerate(found.states)}
    at = found.worlds.classes.start + chance.randrange(0, 399 * 86_400)
    number = chance.choice([-1, 0, 1, 2])
    facts = {"caller": chance.choice(["known", "anonymous", "other"])}
    calamity = Calamity(("x", "x"), chance.choice(["", "flood"])) if chance.random() < 0.3 else None
    arrival = arrive(graph, at, number, "x", chance.choice(["", "+31612345678"]), facts, chance.randrange(10_000))
    moment = LiveMoment(held.almanac, arrival, Switched(calamity))
    state = begin(graph)
    for _ in range(60):
        if state.part == ENDED:
            return
        here = index[found.abstract(state)]
        event = HungUp() if state.part == ENTERING else chance.choice(possible(graph, graph.nodes[state.at], state))
        if state.turns >= graph.max_turns:
            return  # beyond the limit the space has one edge for all
        state, _ = move(graph, state, event, moment)
        there = found.abstract(state)
        assert any(found.states[found.targets[e]] == there for e in found.out(here) if not found.flags[e] & LIMIT)


_SPACES: dict[str, Space] = {}


def test_groningen_keeps_its_guarantees() -> None:
    held = load_table(Path(__file__).parents[2] / "routing_tables" / "groningen", TODAY)
    start = int(dt.datetime(2026, 11, 24, tzinfo=held.almanac.zone).timestamp())
    all_ = list(verdicts(explore(held.almanac, start)))
    assert [v.name for v in all_ if not v.holds] == []
    assert len(all_) >= 9
