"""When a promise is due: counted in the hours of the team that makes it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.calendars.worktime import due, ringing
from ivr.model.moment import OPEN
from tests.calendars.test_calendar import KCC, at, calendar


@pytest.mark.parametrize(
    ("now", "within", "until"),
    [
        ("2026-06-03T10:00", (1, "working_days"), "2026-06-04T19:00"),  # Thursday is the late evening
        ("2026-06-05T10:00", (1, "working_days"), "2026-06-08T17:00"),
        ("2026-06-06T10:00", (1, "working_days"), "2026-06-08T17:00"),  # said on a Saturday
        ("2026-05-13T10:00", (2, "working_days"), "2026-05-19T17:00"),  # Ascension and the bridge day do not count
        ("2026-12-23T10:00", (1, "working_days"), "2026-12-24T15:00"),
        ("2026-06-03T10:00", (4, "working_hours"), "2026-06-03T14:00"),
        ("2026-06-03T16:00", (4, "working_hours"), "2026-06-04T11:30"),
        ("2026-06-06T12:00", (1, "working_hours"), "2026-06-08T09:30"),
        ("2026-06-03T10:00", (1, "today"), "2026-06-03T17:00"),
        ("2026-06-03T17:00", (1, "today"), "2026-06-04T19:00"),
        ("2026-06-03T07:00", (1, "today"), "2026-06-03T17:00"),
        ("2026-06-03T16:30", (1, "today"), "2026-06-03T17:00"),
        ("2026-06-03T16:31", (1, "today"), "2026-06-04T19:00"),  # too little of today is left to ring anybody
    ],
)
def test_a_promise_is_due_in_the_hours_of_its_team(now: str, within: tuple[int, str], until: str) -> None:
    assert due(KCC, at(now), within) == at(until)


@pytest.mark.parametrize("within", [(1, "working_days"), (2, "working_hours"), (1, "today")])
def test_a_team_that_is_never_there_promises_nothing(within: tuple[int, str]) -> None:
    assert due(calendar("off"), at("2026-06-03T10:00"), within) == 0


def test_working_hours_are_hours_that_pass_also_when_the_clock_changes() -> None:
    night = calendar("Sa-Su 00:00-24:00")
    assert due(night, at("2026-03-29T01:00"), (2, "working_hours")) == at("2026-03-29T04:00")
    assert due(night, at("2026-10-25T01:00"), (3, "working_hours")) == at("2026-10-25T03:00")


WITHIN = st.sampled_from(
    [(1, "working_days"), (3, "working_days"), (1, "working_hours"), (12, "working_hours"), (1, "today")]
)
NOW = st.integers(at("2026-01-01"), at("2027-12-31"))


@given(WITHIN, NOW, st.integers(0, 5 * 86_400))
def test_who_asks_later_is_not_promised_sooner(within: tuple[int, str], now: int, later: int) -> None:
    assert due(KCC, now, within) <= due(KCC, now + later, within)


@given(WITHIN, NOW)
def test_a_promise_is_due_after_now_and_while_somebody_is_there(within: tuple[int, str], now: int) -> None:
    until = due(KCC, now, within)
    assert until > now
    assert KCC.at(until - 1) == OPEN


@pytest.mark.parametrize(
    ("hours", "left"),
    [
        ("Mo-Su 00:00-24:00", "Mo-Su 08:00-20:00"), ("Mo-Fr 07:30-12:00,13:00-21:00", "Mo-Fr 08:00-12:00,13:00-20:00"),
        ("Mo-Fr 09:00-17:00", "Mo-Fr 09:00-17:00"), ("Mo-Su 22:00-02:00", "off"), ("Mo-Su 06:00-08:00", "off"),
    ],
)  # fmt: skip
@given(NOW)
@settings(max_examples=30)
def test_of_hours_those_in_which_somebody_may_be_rung_are_left(hours: str, left: str, now: int) -> None:
    clipped, same = ringing(calendar(hours)), calendar(left)
    assert clipped.at(now) == same.at(now)
    assert clipped.opens(now) == same.opens(now)
    assert due(clipped, now, (1, "today")) == due(same, now, (1, "today"))
