"""Facts about what lies ahead."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

from ivr.calendars.moment import Almanac
from ivr.diagnostics import Source, Sources
from ivr.proofs.agenda import Entry, Repeats, agenda, weeks
from ivr.proofs.ics import as_ics
from ivr.tables.ready import check_sources, ready
from tests.minimal import TABLE, TODAY

DAYS = 500


def almanac(calendar: str, numbers: str = "") -> Almanac:
    """The calendars of the small table with the hours of its desk replaced."""
    text = TABLE.replace('{hours: "Mo-Fr 08:30-17:00"}', calendar)
    text = text.replace("nodes:\n", f"numbers:\n{numbers}nodes:\n" if numbers else "nodes:\n")
    return ready(check_sources(Sources((Source("t.yaml", text),)), TODAY)).almanac


def start(held: Almanac) -> int:
    return int(dt.datetime(2026, 11, 24, tzinfo=held.zone).timestamp())


def midnight(date: str) -> int:
    """When a day begins in the table's zone."""
    return int(dt.datetime.fromisoformat(date).replace(tzinfo=ZoneInfo("Europe/Amsterdam")).timestamp())


def entries(calendar: str, numbers: str = "") -> dict[str, Entry]:
    """What lies ahead, by date."""
    held = almanac(calendar, numbers)
    found = agenda(held, start(held), DAYS)
    return {f"{dt.datetime.fromtimestamp(e.start, held.zone):%Y-%m-%d}": e for e in found}


def test_an_ordinary_week_is_said_in_one_line() -> None:
    held = almanac('{hours: "Mo-Fr 08:30-17:00; Th 08:30-19:00", holidays: NL}')
    assert [w.text() for w in weeks(held, start(held), DAYS)] == ["Mo-We, Fr 08:30-17:00; Th 08:30-19:00"]


def test_a_holiday_on_a_working_day_is_named() -> None:
    entry = entries('{hours: "Mo-Fr 08:30-17:00", holidays: NL}')["2026-12-25"]
    assert (entry.why, "Eerste kerstdag" in entry.what) == ("holiday", True)


def test_a_holiday_on_a_day_off_changes_nothing() -> None:
    assert "2026-12-26" not in entries('{hours: "Mo-Fr 08:30-17:00", holidays: NL}')


LATE = '{hours: "Mo-Fr 08:30-17:00; Th 08:30-19:00", holidays: NL}'


def test_a_late_evening_of_the_ordinary_week_is_one_entry_for_all_weeks() -> None:
    held = almanac(LATE)
    late = [e for e in agenda(held, start(held), 60) if e.why == "late evening"]
    assert late == [
        Entry(midnight("2026-11-26"), midnight("2026-11-27"), "desk", "08:30-19:00 in place of 08:30-17:00", "late evening",
              "", Repeats("Th", midnight("2027-01-21")))
    ]  # fmt: skip


def test_a_late_evening_is_skipped_on_the_days_that_differ() -> None:
    held = almanac(LATE.replace("}", ", closed_on: {2026-12-24: dicht}}"))
    [late] = [e for e in agenda(held, start(held), 60) if e.why == "late evening"]
    assert late.repeats == Repeats("Th", midnight("2027-01-21"), (midnight("2026-12-24"),))


def test_a_day_that_differs_is_told_beside_its_late_evening() -> None:
    entry = entries(LATE.replace("}", ", closed_on: {2026-12-24: dicht}}"))["2026-12-24"]
    assert (entry.why, entry.what) == ("holiday", "closed in place of 08:30-19:00 (dicht)")


def test_hours_on_one_day_a_week_are_no_late_evening() -> None:
    held = almanac('{hours: "We 08:30-17:00"}')
    assert [e.why for e in agenda(held, start(held), 60)] == []


def test_an_early_closing_gives_its_reason() -> None:
    entry = entries('{hours: "Mo-Fr 08:30-17:00", closed_on: {"2026-12-24 15:00-24:00": kerstavond}}')["2026-12-24"]
    assert (entry.why, entry.what) == ("closed", "08:30-15:00 in place of 08:30-17:00 (kerstavond)")


def test_an_exception_that_changes_nothing_is_a_conflict() -> None:
    entry = entries('{hours: "Mo-Fr 08:30-17:00", closed_on: {"2026-12-24 18:00-24:00": kerstavond}}')["2026-12-24"]
    assert entry.conflict == "this exception changes nothing"


HOLIDAY_OPEN = '{hours: "Mo-Fr 08:30-17:00", holidays: NL, open_on: {%s: gewoon open}}'


def test_a_holiday_on_which_one_is_open_all_the_same_is_told_as_open_and_is_no_conflict() -> None:
    entry = entries(HOLIDAY_OPEN % "2027-03-26")["2027-03-26"]
    assert (entry.why, entry.conflict) == ("open", "")
    assert entry.what == "08:30-17:00, as on any Fr, though it is Goede vrijdag (gewoon open)"


def test_a_holiday_that_is_open_for_some_hours_is_told_as_open() -> None:
    entry = entries(HOLIDAY_OPEN % '"2026-12-25 10:00-12:00"')["2026-12-25"]
    assert (entry.why, entry.conflict) == ("open", "")
    assert entry.what == "10:00-12:00 in place of 08:30-17:00, though it is Eerste kerstdag (gewoon open)"


def test_longer_hours_are_told_as_open() -> None:
    entry = entries(HOLIDAY_OPEN % '"2026-12-08 17:00-20:00"')["2026-12-08"]
    assert (entry.why, entry.what) == ("open", "08:30-20:00 in place of 08:30-17:00 (gewoon open)")


def test_opening_a_day_that_is_open_is_a_conflict() -> None:
    assert entries(HOLIDAY_OPEN % "2026-12-08")["2026-12-08"].conflict == "this exception changes nothing"


def test_the_clock_changes_twice_a_year() -> None:
    found = entries('{hours: "Mo-Fr 08:30-17:00"}')
    assert {d: e.what for d, e in found.items() if e.why == "clock"} == {
        "2027-03-28": "the clock goes forward 60 minutes",
        "2027-10-31": "the clock goes back 60 minutes",
        "2028-03-26": "the clock goes forward 60 minutes",
    }


def test_phases_and_campaigns_of_numbers_are_told_with_what_they_were_for() -> None:
    numbers = (
        '  "050 367 1000": {formerly: Afval, to: main, announce: {nl: Bel voortaan 14 0 50.}, '
        "phases: {parallel: 2026-01-01, announce: 2027-02-06}}\n"
        '  "050 367 1001": {formerly: actie, to: main, from: 2027-01-11, until: 2027-01-15}\n'
    )
    found = entries('{hours: "Mo-Fr 08:30-17:00"}', numbers)
    assert found["2027-01-11"].what == "before → campaign"
    assert found["2027-01-16"].what == "campaign → over"
    assert found["2027-02-06"] == Entry(
        found["2027-02-06"].start, 0, "050 367 1000 (Afval)", "parallel → announce", "phase",
        "nobody is there on the first day of it",
    )  # fmt: skip


def ics(calendar: str, days: int = 60) -> str:
    """What lies ahead as an iCalendar file, its folded lines joined."""
    held = almanac(calendar)
    return as_ics(agenda(held, start(held), days), "Klein", "klein", held.zone).replace("\r\n ", "")


def test_the_ics_is_whole_and_its_lines_are_short() -> None:
    held = almanac(LATE)
    text = as_ics(agenda(held, start(held), 60), "Gemeente; Klein, " + "ë" * 80, "klein", held.zone)
    assert text.startswith("BEGIN:VCALENDAR\r\n")
    assert text.endswith("END:VCALENDAR\r\n")
    assert text.count("BEGIN:VEVENT") == text.count("END:VEVENT") == 3
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "Gemeente\\; Klein\\, " in text.replace("\r\n ", "")


def test_a_late_evening_is_one_event_of_whole_days_that_repeats() -> None:
    text = ics(LATE.replace("}", ", closed_on: {2026-12-24: dicht}}"))
    assert (
        "UID:klein/desk/Th/late%20evening@ivr.example\r\nDTSTAMP:20261125T230000Z\r\nDTSTART;VALUE=DATE:20261126\r\n"
        "DTEND;VALUE=DATE:20261127\r\nRRULE:FREQ=WEEKLY;BYDAY=TH;UNTIL=20270121\r\nEXDATE;VALUE=DATE:20261224\r\n"
    ) in text


def test_days_that_follow_each_other_are_one_event() -> None:
    text = ics('{hours: "Mo-Fr 08:30-17:00", closed_on: {2026-12-01: dicht, 2026-12-02: dicht}}')
    assert "DTSTART;VALUE=DATE:20261201\r\nDTEND;VALUE=DATE:20261203\r\n" in text


def test_the_name_of_an_event_is_its_own_and_stays_when_others_come() -> None:
    before, after = (
        set(re.findall("UID:(.*)\r", ics(calendar, 120)))
        for calendar in (LATE, LATE.replace("}", ", closed_on: {2026-12-01: dicht, 2026-12-07: dicht}}"))
    )
    assert after - before == {"klein/desk/2026-12-01/holiday@ivr.example", "klein/desk/2026-12-07/holiday@ivr.example"}
    assert before < after


def test_no_two_events_have_the_same_name() -> None:
    names = re.findall("UID:(.*)\r", ics(LATE, 800))
    assert len(names) == len(set(names)) > 10
