"""Facts about promises that are moved in bulk: in the order of the first promise, never earlier than asked, a place each."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.calendars.calendar import Calendar
from ivr.desk.case import Case
from ivr.desk.moving import MOST_DAYS, plan
from ivr.desk.promises import due_day
from tests.desk.schedules import ZONE, calendar, case
from tests.engine.calls import instant

OFFICE = calendar()
NOW = instant("2026-12-01 07:00")


def waiting(number: int, due: str = "2026-12-01 17:00") -> list[Case]:
    """Cases of which the later ones were promised first."""
    return [case(instant(due) - i, id=f"CA{i:03}:1") for i in range(number)]


def shown(at: int) -> str:
    return f"{dt.datetime.fromtimestamp(at, ZONE):%Y-%m-%d %H:%M}"


def days(
    cases: list[Case], first: str, *, held: Calendar = OFFICE, per_day: int = 80, now: int = NOW
) -> dict[str, int]:
    """How many promises each new due time gets."""
    found = plan(held, cases, {}, per_day, dt.date.fromisoformat(first), now)
    assert not found.unplaced
    return dict(Counter(shown(each.due) for each in found.moved))


def test_three_hundred_promises_of_a_storm_day_fill_the_days_after_it() -> None:
    assert days(waiting(300), "2026-12-02") == {
        "2026-12-02 17:00": 80, "2026-12-03 17:00": 80, "2026-12-04 17:00": 80, "2026-12-07 17:00": 60,
    }  # fmt: skip


def test_holidays_and_closed_days_take_none() -> None:
    assert days(waiting(100, "2026-12-23 17:00"), "2026-12-24", held=calendar("Mo-Fr 08:30-17:00", "2026-12-24")) == {
        "2026-12-28 17:00": 80, "2026-12-29 17:00": 20,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("first", "dues"),
    [
        ("2026-03-28", {"2026-03-28 20:00": 2, "2026-03-29 20:00": 2}),  # the night in which an hour is missing
        ("2026-10-24", {"2026-10-24 20:00": 2, "2026-10-25 20:00": 2}),  # and the one in which it is there twice
    ],
)
def test_days_on_which_the_clock_changes_are_days_like_others_up_to_the_latest_minute(
    first: str, dues: dict[str, int]
) -> None:
    night = calendar("Mo-Su 18:00-24:00")
    assert days(waiting(4), first, held=night, per_day=2, now=instant("2026-01-01 10:00")) == dues


@pytest.mark.parametrize(
    ("now", "due"), [("16:30", "2026-12-01 17:00"), ("16:31", "2026-12-02 17:00"), ("17:00", "2026-12-02 17:00")]
)
def test_nothing_is_moved_to_what_is_left_of_a_day_unless_somebody_can_still_ring_then(now: str, due: str) -> None:
    assert days(waiting(1), "2026-12-01", now=instant(f"2026-12-01 {now}")) == {due: 1}


def test_nothing_is_moved_to_hours_in_which_nobody_may_be_rung() -> None:
    assert plan(calendar("Mo-Su 20:00-24:00"), waiting(1), {}, 1, dt.date(2026, 12, 2), NOW).moved == ()


def test_places_that_others_hold_are_left_to_them() -> None:
    taken = {dt.date(2026, 12, 2).toordinal(): 79, dt.date(2026, 12, 3).toordinal(): 90}
    found = plan(OFFICE, waiting(3), taken, 80, dt.date(2026, 12, 2), NOW)
    assert [shown(each.due) for each in found.moved] == ["2026-12-02 17:00", "2026-12-04 17:00", "2026-12-04 17:00"]


def test_who_finds_no_place_is_named_the_last_promised_first_to_go_without() -> None:
    cases = waiting(MOST_DAYS + 2)
    found = plan(OFFICE, cases, {}, 1, dt.date(2026, 12, 2), NOW)
    assert len(found.moved) == MOST_DAYS
    assert [each.id for each in found.unplaced] == ["CA001:1", "CA000:1"]
    never = plan(calendar("2020 Mo 09:00-10:00"), cases, {}, 1, dt.date(2026, 12, 2), NOW)
    assert len(never.unplaced) == len(cases)


@given(
    st.lists(st.integers(instant("2026-03-25 09:00"), instant("2026-04-10 17:00")), max_size=60),
    st.dictionaries(st.integers(0, 20), st.integers(0, 8), max_size=8),
    st.integers(0, 6),
    st.integers(0, 20),
)
def test_each_has_a_place_in_the_order_of_the_first_promise(
    dues: list[int], taken: dict[int, int], per_day: int, ahead: int
) -> None:
    start = dt.date(2026, 3, 25)
    first = start + dt.timedelta(days=ahead)
    held = {start.toordinal() + day: count for day, count in taken.items()}
    cases = [case(due, id=f"CA{i:03}:1") for i, due in enumerate(dues)]
    found = plan(OFFICE, cases, held, per_day, first, instant("2026-03-25 07:00"))
    assert {each.case.id for each in found.moved} | {each.id for each in found.unplaced} == {each.id for each in cases}
    assert [m.case.first_due for m in found.moved] == sorted(m.case.first_due for m in found.moved)
    assert [m.due for m in found.moved] == sorted(m.due for m in found.moved)
    for day, count in Counter(m.day for m in found.moved).items():
        assert dt.date.fromordinal(day) >= first
        assert not per_day or count + held.get(day, 0) <= per_day
    assert all(due_day(m.due, ZONE).toordinal() == m.day for m in found.moved)
    assert not found.unplaced or per_day
