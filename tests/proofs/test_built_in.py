"""The guarantees that every table gets are found broken where they are, by calls that the engine can play."""

from __future__ import annotations

import msgspec
import pytest

from ivr.calendars.moment import Almanac
from ivr.model.moment import ANNOUNCE, CLOSED, HOLIDAY, OPEN
from ivr.model.nodes import CallbackNode, TransferNode
from ivr.proofs.prover import explore, verdicts
from ivr.proofs.search import shortest
from ivr.proofs.ways import opening, script
from ivr.simulator.replay import dialled_text
from ivr.tables.ready import Table
from tests.proofs.promised import BASE, OPENING, call_of, changed, follows, judged, passed, verdict_on
from tests.proofs.tables import DAYS, compiled, space_of, start_of


def test_a_sound_table_has_all_that_every_table_gets() -> None:
    _, _, found = judged(BASE)
    assert [(v.name, v.holds, v.built_in) for v in found] == [
        (name, True, True)
        for name in ("every-call-ends", "nobody-is-stranded", "must-still-reach", "never-while-closed", "no-way-back", "promised-by")
    ]  # fmt: skip


def test_a_round_without_a_caller_is_found_in_the_worlds_that_go_round() -> None:
    """On a holiday the two branches lead to each other; on other days the first one leads out."""
    text = changed((OPENING, "open: continue, closed: closed, holiday: other"))
    text += "  other: {kind: hours, calendar: desk, open: told, closed: told, holiday: third}\n"
    text += "  third: {kind: say, say: {nl: Nog eens., en: Again.}, to: other}\n"
    table, space, found = judged(text)
    verdict = found[0]
    assert (verdict.name, verdict.holds) == ("every-call-ends", False)
    assert "other → third" in verdict.why or "third → other" in verdict.why
    assert verdict.way is not None
    assert table.almanac.calendars[0].at(verdict.way.world.first) == HOLIDAY
    holidays = space.worlds.calendar(0, HOLIDAY)
    assert verdict.broken == holidays.bit_count()


def test_a_round_that_no_world_goes_all_of_is_none() -> None:
    """Open leads one way and closed the other: nobody goes round."""
    text = changed((OPENING, "open: other, closed: closed, holiday: closed"))
    text += "  other: {kind: hours, calendar: desk, open: continue, closed: opening, holiday: opening}\n"
    assert judged(text)[2][0].holds


def test_a_bare_goodbye_is_found_and_replayed() -> None:
    table, space, verdict = verdict_on(changed(("no_input: told", "no_input: bye")), "nobody-is-stranded")
    assert (verdict.holds, verdict.why) == (False, "the call ends with none of these")
    assert call_of(table, space, verdict).ending == "goodbye"
    assert follows(table, space, verdict)


def test_one_caller_falls_into_the_same_share_each_time() -> None:
    """Only who fell into share a first and into b later would be stranded, and there is no such caller."""
    draw = (
        "  draw: {kind: split, shares: {a: {share: 50, to: second}, b: {share: 50, to: judge}}}\n"
        "  second: {kind: menu, options: {1: {label: {nl: nog eens, en: again}, set: {topic: tax}, to: draw}}, no_input: {to: told}, no_match: {to: told}}\n"
        "  judge: {kind: branch, on: topic, cases: {tax: bye}, otherwise: told}\n"
    )
    text = changed(
        ("{label: {nl: afval, en: waste}, to: who}", "{label: {nl: afval, en: waste}, set: {topic: waste}, to: draw}")
    )
    assert verdict_on(text + draw, "nobody-is-stranded")[2].holds
    both = draw.replace("b: {share: 50, to: judge}", "b: {share: 50, to: second}, c: {share: 0, to: judge}")
    assert verdict_on(text + both, "nobody-is-stranded")[2].holds
    table, space, verdict = verdict_on(text + draw.replace("tax: bye", "waste: bye"), "nobody-is-stranded")
    assert not verdict.holds
    assert call_of(table, space, verdict).ending == "goodbye"


LIMITED = """table:
  id: limited
  title: Limited
  main_number: "14 050"
  languages: {nl: {voice: A, locale: nl-NL}}
  entry: [welcome]
  operator: {key: 0, to: operator}
  max_inputs: 5
calendars:
  desk: {hours: "Mo-Su 00:00-24:00"}
teams:
  desk: {title: {nl: balie}, calendar: desk, dial: ["sip:a@kcc.example"]}
nodes:
  welcome: {kind: say, say: {nl: Welkom.}, to: continue}
  main: {kind: menu, options: {1: {label: {nl: afval}, to: operator}}}
  operator: {kind: transfer, team: desk, when_done: bye, busy: BUSY, no_answer: note, closed: note, failed: note}
  note: {kind: voicemail, team: desk, say: {nl: Spreek in.}, to: bye, no_input: bye, failed: bye}
  bye: {kind: end, say: {nl: Dag.}}
guarantees:
  g: {never: {ends_in: [told where to turn]}}
"""


def test_the_limit_of_inputs_ends_no_call_that_the_operator_takes_over() -> None:
    """After the limit a call goes to the operator, and from there it cannot last until the grace is over."""
    assert verdict_on(LIMITED.replace("BUSY", "note"))[2].holds


def test_the_limit_of_inputs_is_counted_as_the_engine_does() -> None:
    """Where a busy operator leads back to the menu, a call can last until the grace is over."""
    table, space, verdict = verdict_on(LIMITED.replace("BUSY", "main"))
    assert not verdict.holds
    call = call_of(table, space, verdict)
    assert (call.ending, follows(table, space, verdict)) == ("told where to turn", True)


ASKS = "main: {kind: ask, field: code, digits: 2, confirm: false, say: {nl: Uw code.}, to: main, no_input: {to: main}, no_match: {to: main}}"


def only_by_the_limit() -> str:
    """A question that is put again and again: only the limit leads to the operator."""
    text = LIMITED.replace("BUSY", "note")
    return text.replace("main: {kind: menu, options: {1: {label: {nl: afval}, to: operator}}}", ASKS)


def test_what_only_the_limit_of_inputs_reaches_is_reached_by_a_call_that_replays() -> None:
    text = only_by_the_limit().replace("never: {ends_in: [told where to turn]}", "never: {reach: operator}")
    table, space, verdict = verdict_on(text)
    assert not verdict.holds
    assert verdict.way is not None
    assert len(script(space, verdict.way).does) == 6
    assert "operator" in passed(table, call_of(table, space, verdict))


def test_a_way_longer_than_the_limit_of_inputs_is_none() -> None:
    """Eight menus in a row, and five inputs to a call."""
    rows = "".join(
        f"  m{i}: {{kind: menu, options: {{1: {{label: {{nl: verder}}, to: {f'm{i + 1}' if i < 7 else 'far'}}}}}}}\n"
        for i in range(8)
    )
    text = LIMITED.replace("BUSY", "note").replace("label: {nl: afval}, to: operator", "label: {nl: afval}, to: m0")
    text = text.replace("  bye:", rows + "  far: {kind: end, say: {nl: Ver.}}\n  bye:").replace(
        "ends_in: [told where to turn]", "reach: far"
    )
    assert verdict_on(text)[2].holds
    assert not verdict_on(text.replace("max_inputs: 5", "max_inputs: 30"))[2].holds


def test_a_team_that_must_still_be_reached_is_missed_in_the_phase_in_which_it_is_lost() -> None:
    assert verdict_on(BASE, "must-still-reach")[2].holds
    text = changed(("Afval, to: waste", "Afval, to: by-phase"))
    text += "  by-phase: {kind: branch, on: phase, cases: {announce: told}, otherwise: waste}\n"
    _, space, verdict = verdict_on(text, "must-still-reach")
    announced = space.worlds.number(0) & space.worlds.phase(ANNOUNCE) & space.worlds.calendar(0, OPEN)
    assert (verdict.holds, verdict.broken) == (False, announced.bit_count())
    assert verdict.why == "no way leads there: 050 367 1000 (announce, from 2026-12-07 until 2026-12-13): waste"


CAMPAIGN = (
    "to: main, from: 2026-12-01, until: 2026-12-05, then: main",
    "must_still_reach: [waste], to: TO, from: 2026-12-01, until: 2026-12-05, then: THEN",
)


@pytest.mark.parametrize(
    ("to", "then", "why"),
    [("main", "main", ""),
     ("main", "told", "050 367 1001 (before its days, until 2026-11-30): waste; 050 367 1001 (after its days, from 2026-12-06): waste"),
     ("told", "main", "050 367 1001 (in its days, from 2026-12-01 until 2026-12-05): waste")],
)  # fmt: skip
def test_the_callers_of_a_campaign_must_reach_a_team_also_outside_its_days(to: str, then: str, why: str) -> None:
    _, _, verdict = verdict_on(
        changed((CAMPAIGN[0], CAMPAIGN[1].replace("TO", to).replace("THEN", then))), "must-still-reach"
    )
    assert (verdict.holds, verdict.why) == (not why, why and f"no way leads there: {why}")


def test_who_cannot_reach_a_team_is_named_with_a_moment_at_which_it_is_open() -> None:
    table, space, verdict = verdict_on(
        changed((CAMPAIGN[0], CAMPAIGN[1].replace("TO", "main").replace("THEN", "told"))), "must-still-reach"
    )
    assert verdict.example is not None
    held = opening(space, verdict.example)
    assert (dialled_text(table, held), verdict.no_way) == ("050 367 1001", verdict.broken)
    assert table.almanac.calendars[0].at(held.at) == OPEN


def test_a_number_without_phases_is_named_without_a_phase() -> None:
    text = changed(("numbers:\n", 'numbers:\n  "050 367 1002": {formerly: x, to: told, must_still_reach: [waste]}\n'))
    assert verdict_on(text, "must-still-reach")[2].why == "no way leads there: 050 367 1002: waste"


def test_a_team_is_missed_also_when_its_callers_never_meet_its_calendar() -> None:
    text = changed(("must_still_reach: [waste]", "must_still_reach: [evening]"), ("numbers:\n", EVENING + "numbers:\n"))
    _, _, verdict = verdict_on(text, "must-still-reach")
    assert (verdict.holds, verdict.vacuous) == (False, False)
    assert "evening" in verdict.why


EVENING = '  evening: {title: {nl: avond, en: evening}, calendar: late, dial: ["sip:e@kcc.example"]}\n'


def test_a_team_that_only_the_limit_of_inputs_reaches_is_not_still_reached() -> None:
    """Nobody should have to type five codes."""
    text = only_by_the_limit().replace(
        "nodes:\n", 'numbers:\n  "050 367 1000": {formerly: a, to: main, must_still_reach: [desk]}\nnodes:\n', 1
    )
    assert not verdict_on(text, "must-still-reach")[2].holds


def test_teams_that_no_number_can_reach_any_more_make_a_finding_of_nothing() -> None:
    text = changed(("phases: {parallel: 2026-01-01, announce: 2026-12-07, redirect: 2026-12-14, returned: 2026-12-21}",
                    "phases: {parallel: 2025-01-01, announce: 2025-12-07, redirect: 2025-12-14, returned: 2026-02-01}"))  # fmt: skip
    _, _, verdict = verdict_on(text, "must-still-reach")
    assert (verdict.holds, verdict.vacuous) == (False, True)
    assert "none of these numbers routes" in verdict.why


def test_an_engine_that_dials_a_closed_team_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivr.engine.transfer.OPEN", CLOSED)
    table = compiled(changed((OPENING, "open: closed, closed: continue, holiday: closed")))
    space = space_of(table, DAYS)
    verdict = next(v for v in verdicts(space) if v.name == "never-while-closed")
    assert not verdict.holds
    assert verdict.way is not None
    assert table.almanac.calendars[0].at(verdict.way.world.first) == CLOSED
    assert call_of(table, space, verdict).team in ("desk", "waste")


def with_node(table: Table, name: str, **changes: object) -> Table:
    """The table with a node changed: faults that the compiler lets nobody write."""
    graph = table.graph
    at = graph.names.index(name)
    node = msgspec.structs.replace(graph.nodes[at], **changes)
    graph = msgspec.structs.replace(graph, nodes=(*graph.nodes[:at], node, *graph.nodes[at + 1 :]))
    return msgspec.structs.replace(table, graph=graph, almanac=Almanac(graph))


def test_a_call_that_is_dialled_back_into_its_own_lines_is_found() -> None:
    table = compiled(BASE)
    waste = table.graph.nodes[table.graph.names.index("waste")]
    assert isinstance(waste, TransferNode)
    back = msgspec.structs.replace(waste.dials[0][0], targets=("+31503671001",))
    table = with_node(table, "waste", dials=((back,), (back,)))
    space = space_of(table, DAYS)
    verdict = next(v for v in verdicts(space) if v.name == "no-way-back")
    assert (verdict.holds, verdict.why) == (False, "waste dials +31503671001")
    assert "waste" in passed(table, call_of(table, space, verdict))


def test_a_promise_without_a_time_is_found() -> None:
    table = compiled(BASE)
    node = table.graph.nodes[table.graph.names.index("promise")]
    assert isinstance(node, CallbackNode)
    found = {v.name: v for v in verdicts(space_of(with_node(table, "promise", promises=node.offers), DAYS))}
    assert found["promised-by"].why == "promise does not say when"


def test_a_promise_of_a_team_that_is_never_there_is_found() -> None:
    table = compiled(BASE)
    teams = tuple(msgspec.structs.replace(team, calendar=-1) for team in table.graph.teams)
    graph = msgspec.structs.replace(table.graph, teams=teams)
    found = {v.name: v for v in verdicts(explore(Almanac(graph), start_of(table), DAYS))}
    assert found["promised-by"].why == "promise: its team is never there to keep it"


def test_the_shortest_way_is_the_shortest_of_all_callers() -> None:
    """Callers of one number need no key where those of the main line, who come first, need one."""
    text = (
        changed(("formerly: actie, to: main", "formerly: actie, to: code"))
        + "guarantees:\n  g: {never: {reach: code}}\n"
    )
    _, space, verdict = verdict_on(text)
    assert verdict.way is not None
    assert (script(space, verdict.way).does, verdict.way.world.number) == ((), 1)


def test_no_way_is_found_where_nothing_is_bad() -> None:
    space = judged(BASE)[1]
    assert shortest(space, space.worlds.all, lambda *_: False) is None
