"""Facts about promises: due in the team's own hours, on the first day that has a place, and none beyond the horizon."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.calendars.moment import Almanac
from ivr.desk.promises import HORIZON, case_number, due_day, promise, promise_days
from ivr.desk.schedule import Policy, next_attempt
from ivr.diagnostics import Source, Sources
from ivr.model.actions import OpenCase
from ivr.tables.ready import check_sources, ready
from tests.desk.schedules import case
from tests.engine.calls import instant
from tests.minimal import TABLE, TODAY


def almanac(hours: str) -> Almanac:
    text = TABLE.replace('"Mo-Fr 08:30-17:00"', f'"{hours}"')
    return ready(check_sources(Sources((Source("t.yaml", text),)), TODAY)).almanac


OFFICE = almanac("Mo-Fr 08:30-17:00")
EVENING = almanac("Mo-Su 18:00-24:00")


def effect(within: tuple[int, str] = (1, "working_days"), per_day: int = 2) -> OpenCase:
    return OpenCase(0, "callback", 0, "+31612345678", within, per_day)


@pytest.mark.parametrize(
    ("now", "within", "due"),
    [
        ("2026-12-01 10:00", (1, "working_days"), "2026-12-02 17:00"),
        ("2026-12-04 16:59", (1, "working_days"), "2026-12-07 17:00"),
        ("2026-12-05 12:00", (1, "working_days"), "2026-12-07 17:00"),
        ("2026-12-01 10:00", (4, "working_hours"), "2026-12-01 14:00"),
        ("2026-12-01 15:00", (4, "working_hours"), "2026-12-02 10:30"),
        ("2026-12-01 10:00", (1, "today"), "2026-12-01 17:00"),
        ("2026-12-01 16:30", (1, "today"), "2026-12-01 17:00"),
        ("2026-12-01 16:31", (1, "today"), "2026-12-02 17:00"),
        ("2026-12-04 16:58", (1, "today"), "2026-12-07 17:00"),
        ("2026-12-01 18:00", (1, "today"), "2026-12-02 17:00"),
    ],
)
def test_a_promise_is_due_in_the_teams_own_hours(now: str, within: tuple[int, str], due: str) -> None:
    assert promise(OFFICE, effect(within), instant(now), {}) == instant(due)


def test_a_full_day_makes_the_promise_a_working_day_later() -> None:
    day = dt.date(2026, 12, 2).toordinal()
    assert promise(OFFICE, effect(), instant("2026-12-01 10:00"), {(0, day): 2}) == instant("2026-12-03 17:00")


def test_no_place_within_the_horizon_is_no_promise() -> None:
    first = dt.date(2026, 12, 1).toordinal()
    taken = {(0, first + ahead): 2 for ahead in range(3 * HORIZON)}
    assert promise(OFFICE, effect(), instant("2026-12-01 10:00"), taken) is None


def test_the_days_of_a_promise_are_open_days_in_their_order() -> None:
    days = list(promise_days(OFFICE, effect(), instant("2026-12-03 10:00")))
    assert days[:3] == [
        (instant("2026-12-04 17:00"), dt.date(2026, 12, 4).toordinal()),
        (instant("2026-12-07 17:00"), dt.date(2026, 12, 7).toordinal()),
        (instant("2026-12-08 17:00"), dt.date(2026, 12, 8).toordinal()),
    ]
    assert len(days) == HORIZON
    assert not list(promise_days(OFFICE, effect((0, "")), instant("2026-12-03 10:00")))


def test_a_case_without_a_promise_is_due_at_no_time() -> None:
    assert promise(OFFICE, effect((0, "")), instant("2026-12-01 10:00"), {}) == 0


def test_what_is_due_at_midnight_counts_for_the_day_that_ends_then() -> None:
    assert due_day(instant("2026-12-03 00:00"), OFFICE.zone) == dt.date(2026, 12, 2)
    assert due_day(instant("2026-12-03 00:01"), OFFICE.zone) == dt.date(2026, 12, 3)


@pytest.mark.parametrize(
    ("now", "within", "due"),
    [
        ("2026-12-01 10:00", (1, "working_days"), "2026-12-02 20:00"),
        ("2026-12-01 19:00", (1, "today"), "2026-12-01 20:00"),
        ("2026-12-01 21:00", (1, "today"), "2026-12-02 20:00"),
        ("2026-12-01 21:00", (1, "working_hours"), "2026-12-02 19:00"),
        ("2026-12-01 19:00", (3, "working_hours"), "2026-12-02 20:00"),
    ],
)
def test_hours_in_which_nobody_may_be_rung_count_for_no_promise(now: str, within: tuple[int, str], due: str) -> None:
    assert promise(EVENING, effect(within), instant(now), {}) == instant(due)
    full = {(0, due_day(instant(due), EVENING.zone).toordinal()): 2}
    later = dt.date.fromisoformat(due[:10]) + dt.timedelta(days=1)
    assert promise(EVENING, effect(within), instant(now), full) == instant(f"{later} 20:00")


@pytest.mark.parametrize("within", [(1, "working_days"), (4, "working_hours"), (1, "today")])
def test_a_team_that_is_there_only_when_nobody_may_be_rung_promises_nothing(within: tuple[int, str]) -> None:
    for hours in ("Mo-Su 20:00-24:00", "Mo-Su 22:00-02:00", "Mo-Fr 06:00-08:00"):
        assert promise(almanac(hours), effect(within), instant("2026-12-01 10:00"), {}) is None


@pytest.mark.parametrize(
    "hours",
    [
        "Mo-Fr 08:30-17:00",
        "Mo-Su 00:00-24:00",
        "Mo-Su 18:00-24:00",
        "Mo-Fr 07:00-12:00,13:00-21:00",
        "Mo-Su 07:30-08:40",
    ],
)
@given(
    st.integers(instant("2026-03-20 00:00"), instant("2026-11-05 00:00")),
    st.sampled_from(
        [(1, "today"), (1, "working_days"), (3, "working_days"), (1, "working_hours"), (16, "working_hours")]
    ),
)
@settings(max_examples=40)
def test_whatever_is_promised_the_team_can_ring_before_it_is_due(hours: str, now: int, within: tuple[int, str]) -> None:
    team = almanac(hours)
    due = promise(team, effect(within), now, {})
    assert due
    held = case(due, opened="2026-01-01 10:00")
    begins = next_attempt(team.calendars[team.graph.teams[0].calendar], held, (), Policy(), now)
    assert now <= begins < due


def test_a_case_number_is_six_digits_and_the_same_for_the_same_turn() -> None:
    assert case_number("CA1", 3) == case_number("CA1", 3) != case_number("CA1", 4)
    assert all(case_number("CA1", n).isdigit() and len(case_number("CA1", n)) == 6 for n in range(200))
