"""Time classes are exact: an instant's class has the state that each calendar itself gives, and worlds part without overlap."""

from __future__ import annotations

import datetime as dt
from functools import cache

from hypothesis import example, given
from hypothesis import strategies as st

from ivr.calendars.moment import phase_at
from ivr.model.moment import OVER, PARALLEL
from ivr.proofs.classes import Classes, Worlds, calendar_changes
from ivr.tables.ready import Table
from tests.proofs.tables import TODAY, compiled, start_of

DAYS = 800
ZONES = ("Europe/Amsterdam", "America/Havana", "Africa/Cairo", "America/Santiago", "Pacific/Apia", "Asia/Kathmandu")
"""The clock changes at 2 o'clock, at midnight forward and back, on the other half of the world, and never."""

TEXT = """\
table:
  id: classes
  title: Classes
  main_number: "14 050"
  timezone: ZONE
  languages: {nl: {voice: A, locale: nl-NL}}
  entry: [opening]
  operator: {key: 0, to: operator}
calendars:
  desk: {hours: "Mo-Fr 08:30-17:00; Th 08:30-19:00", holidays: NL, closed_on: {2027-05-07: brugdag, "2026-12-24 15:00-24:00": kerstavond}}
  night: {hours: "Mo-Su 22:00-02:00"}
  split: {hours: "Mo-Su 00:00-02:30,03:30-24:00", open_on: {"2027-03-28 02:40-03:10": proef}}
  sunday: {hours: "Su 01:15-02:45; Mo-Sa 09:00-12:00,13:00-17:00", holidays: NL, open_on: {2027-03-26: wel}}
teams:
  desk: {title: {nl: de balie}, calendar: desk, dial: ["sip:a@kcc.example"]}
  night: {title: {nl: de nacht}, calendar: night, dial: ["sip:b@kcc.example"]}
  split: {title: {nl: de rest}, calendar: split, dial: ["sip:c@kcc.example"]}
  sunday: {title: {nl: zondag}, calendar: sunday, dial: ["sip:d@kcc.example"]}
numbers:
  "050 367 1000": {formerly: a, to: main, announce: {nl: Bel 14 0 50.}, phases: {parallel: 2026-01-01, announce: 2027-03-28, redirect: 2027-05-01, returned: 2027-10-31}}
  "050 367 1001": {formerly: b, to: main, from: 2026-12-24, until: 2027-01-31, then: main}
  "050 367 1002": {formerly: c, to: main}
facts: {caller: [known, anonymous, other], open_case: [none, some]}
nodes:
  opening: {kind: hours, calendar: desk, open: continue, closed: night, holiday: night}
  main: {kind: branch, on: caller, cases: {known: case}, otherwise: operator}
  case: {kind: branch, on: open_case, cases: {some: sunday}, otherwise: split}
  operator: {kind: transfer, team: desk, when_done: bye, busy: note, no_answer: note, closed: note, failed: note}
  night: {kind: transfer, team: night, when_done: bye, busy: note, no_answer: note, closed: note, failed: note}
  split: {kind: transfer, team: split, when_done: bye, busy: note, no_answer: note, closed: note, failed: note}
  sunday: {kind: transfer, team: sunday, when_done: bye, busy: note, no_answer: note, closed: note, failed: note}
  note: {kind: voicemail, team: desk, say: {nl: Spreek in.}, to: bye, failed: bye}
  bye: {kind: end, say: {nl: Tot ziens.}}
"""


@cache
def classes(zone: str = ZONES[0]) -> Classes:
    """The classes of the table in a zone."""
    held = table(zone)
    return Classes(held.almanac, start_of(held), DAYS)


@cache
def table(zone: str) -> Table:
    return compiled(TEXT.replace("ZONE", zone))


@cache
def worlds() -> Worlds:
    """The worlds of the table in the Netherlands."""
    return Worlds(classes())


def _seconds(text: str) -> int:
    """Seconds from the start of the horizon to a local time in the Netherlands."""
    held = table(ZONES[0])
    return int(dt.datetime.fromisoformat(text).replace(tzinfo=held.almanac.zone).timestamp()) - start_of(held)


@given(st.sampled_from(ZONES), st.integers(0, DAYS * 86_400 - 1))
@example("Europe/Amsterdam", _seconds("2027-03-28 01:59"))
@example("Europe/Amsterdam", _seconds("2027-03-28 03:00"))
@example("Europe/Amsterdam", _seconds("2027-10-31 02:20"))
@example("Europe/Amsterdam", _seconds("2027-10-31 02:20") + 3600)
@example("Europe/Amsterdam", _seconds("2026-12-24 15:00"))
@example("Europe/Amsterdam", _seconds("2026-12-24 14:59"))
@example("Europe/Amsterdam", _seconds("2027-05-07 10:00"))
@example("Europe/Amsterdam", 0)
def test_the_class_of_an_instant_has_the_state_that_each_calendar_gives(zone: str, ahead: int) -> None:
    held = classes(zone)
    instant = held.start + ahead
    stretch = next(s for s in held.stretches if s.start <= instant < s.end)
    assert held.vectors[stretch.vector] == tuple(c.at(instant) for c in held.almanac.calendars)


def test_stretches_cover_the_horizon_without_gap_or_overlap() -> None:
    for zone in ZONES:
        held = classes(zone)
        assert held.stretches[0].start == held.start
        assert held.stretches[-1].end == held.end
        assert all(a.end == b.start for a, b in zip(held.stretches, held.stretches[1:], strict=False))
        assert all(a.vector != b.vector for a, b in zip(held.stretches, held.stretches[1:], strict=False))


@given(st.sampled_from(ZONES), st.integers(0, 3), st.integers(0, DAYS * 86_400 - 1), st.integers(1, 40 * 86_400))
def test_changes_from_any_instant_on_are_those_of_the_calendar(zone: str, index: int, ahead: int, length: int) -> None:
    held = classes(zone)
    start = held.start + ahead
    found = calendar_changes(held.almanac, index, start, start + length)
    calendar = held.almanac.calendars[index]
    assert found[0] == (start, calendar.at(start))
    for at, state in found[1:]:
        assert (calendar.at(at), calendar.at(at - 1) != state) == (state, True)


def test_phases_and_campaigns_cut_classes_at_the_second() -> None:
    held = worlds()
    for number in range(3):
        phases = {w.phase for w in held.list if w.number == number}
        graph = held.graph
        expected = {phase_at(graph.numbers[number], held.classes.start)}
        expected |= {phase for at, phase in graph.numbers[number].phases if held.classes.start < at < held.classes.end}
        assert phases == expected
    assert {w.phase for w in held.list if w.number == 1} >= {0, PARALLEL, OVER}
    assert {w.phase for w in held.list if w.number == -1} == {PARALLEL}


def test_the_instant_that_stands_for_a_world_is_in_it() -> None:
    held = worlds()
    for world in held.list:
        row = held.classes.vectors[world.vector]
        states = tuple(c.at(world.first) for c in held.classes.almanac.calendars)
        assert states == row, world
        if world.number >= 0:
            assert phase_at(held.graph.numbers[world.number], world.first) == world.phase


def test_the_worlds_of_a_number_last_as_long_as_the_horizon() -> None:
    held = worlds()
    for number in range(-1, 3):
        assert sum(w.seconds for w in held.list if w.number == number) == DAYS * 86_400


@given(st.integers(-1, 2), st.integers(0, DAYS * 86_400 - 1), st.integers(0, 2), st.integers(0, 1))
def test_every_call_has_exactly_one_world(number: int, ahead: int, caller: int, case: int) -> None:
    held = worlds()
    instant = held.classes.start + ahead
    mask = held.number(number) & held.fact(0, caller) & held.fact(1, case)
    mask &= held.phase(phase_at(held.graph.numbers[number], instant) if number >= 0 else PARALLEL)
    for index, calendar in enumerate(held.classes.almanac.calendars):
        mask &= held.calendar(index, calendar.at(instant))
    assert mask.bit_count() == 1
    world, facts = held.any_of(mask)
    assert (world.number, facts) == (number, (caller, case))


def test_the_answers_to_each_question_part_all_worlds() -> None:
    held = worlds()
    questions = [
        *([held.calendar(c, state) for state in range(3)] for c in range(4)),
        [held.phase(p) for p in range(6)],
        [held.number(n) for n in range(-1, 3)],
        [held.fact(0, v) for v in range(3)],
        [held.fact(1, v) for v in range(2)],
    ]
    for answers in questions:
        together = 0
        for mask in answers:
            assert together & mask == 0
            together |= mask
        assert together == held.all


def test_today_is_the_first_day_of_the_horizon() -> None:
    held = classes()
    assert dt.datetime.fromtimestamp(held.start, held.almanac.zone).date() == TODAY
