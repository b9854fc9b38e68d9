"""Facts about the next attempt: in the team's hours, never late in the evening, and such that a promise can be kept."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.calendars.calendar import Calendar
from ivr.desk.attempt import OUTCOMES, RANG, Attempt
from ivr.desk.case import STATES
from ivr.desk.kept import half_day, rang_at
from ivr.desk.schedule import Policy, escalate_at, may_ring, next_attempt
from ivr.model.moment import OPEN
from tests.desk.schedules import ZONE, attempt, calendar, case
from tests.engine.calls import instant

OFFICE = calendar()
ALWAYS = calendar("Mo-Su 00:00-24:00")
POLICY = Policy()
DUE = "2026-12-02 17:00"


def shown(at: int) -> str:
    return f"{dt.datetime.fromtimestamp(at, ZONE):%Y-%m-%d %H:%M}" if at else ""


@pytest.mark.parametrize(
    ("now", "tried", "more", "next_at"),
    [
        ("2026-12-01 10:00", [], {}, "2026-12-01 10:00"),
        ("2026-12-01 18:00", [], {}, "2026-12-02 08:30"),
        ("2026-12-01 16:59", [], {}, "2026-12-02 08:30"),  # no room left for ringing the team
        ("2026-12-04 18:00", [], {}, "2026-12-07 08:30"),  # late already, on a Friday
        # the part of the day that the caller prefers, while it lies before the promise
        ("2026-12-01 10:00", [], {"part": "afternoon"}, "2026-12-01 12:00"),
        ("2026-12-01 13:00", [], {"part": "morning"}, "2026-12-02 08:30"),
        ("2026-12-02 13:00", [], {"part": "morning"}, "2026-12-02 13:00"),
        ("2026-12-01 10:00", [], {"part": "morning"}, "2026-12-01 10:00"),
        # a second try in another half-day, while there is room for it
        ("2026-12-01 10:05", [("2026-12-01 10:04", "no_answer")], {}, "2026-12-01 12:04"),
        ("2026-12-01 08:40", [("2026-12-01 08:35", "busy")], {}, "2026-12-01 12:00"),
        ("2026-12-01 13:05", [("2026-12-01 13:04", "voicemail")], {}, "2026-12-02 08:30"),
        ("2026-12-02 12:30", [("2026-12-02 12:29", "no_answer")], {}, "2026-12-02 14:29"),
        ("2026-12-02 16:30", [("2026-12-02 16:29", "no_answer")], {}, "2026-12-03 08:30"),
        # a third one as soon as it may be; a fourth not
        ("2026-12-01 14:05", [("2026-12-01 10:04", "busy"), ("2026-12-01 14:04", "busy")], {}, "2026-12-01 16:04"),
        ("2026-12-01 16:05", [("2026-12-01 10:04", "busy")] * 3, {}, ""),
        # the team did not take it: soon again, then less often, and it counts for nothing
        ("2026-12-01 10:05", [("2026-12-01 10:04", "no_agent")], {}, "2026-12-01 10:09"),
        ("2026-12-01 10:05", [("2026-12-01 10:04", "no_agent")] * 3, {}, "2026-12-01 10:24"),
        ("2026-12-01 10:05", [("2026-12-01 10:04", "no_agent")] * 40, {}, "2026-12-01 11:04"),
        # somebody of the team was on the telephone: soon again, however often
        ("2026-12-01 10:05", [("2026-12-01 10:04", "no_agent-busy")] * 9, {}, "2026-12-01 10:06"),
        (
            "2026-12-01 10:05",
            [("2026-12-01 10:03", "no_agent-busy"), ("2026-12-01 10:04", "no_agent")],
            {},
            "2026-12-01 10:09",
        ),
        # a person does what is not done by ringing, and decides what is not known
        ("2026-12-01 10:00", [], {"caller": ""}, ""),
        ("2026-12-01 10:00", [], {"reach": "sms"}, ""),
        ("2026-12-01 10:00", [], {"reach": "email"}, ""),
        ("2026-12-01 10:00", [], {"reach": "text_relay"}, "2026-12-01 10:00"),
        ("2026-12-01 10:00", [], {"state": "unsure"}, ""),
        ("2026-12-01 10:00", [], {"state": "calling"}, "2026-12-01 10:00"),
        ("2026-12-01 10:05", [("2026-12-01 10:04", "unsure")], {}, ""),
        ("2026-12-01 10:05", [("2026-12-01 10:04", "reached")], {}, ""),
        # a promise that was moved is followed to its new time
        (
            "2026-12-03 13:00",
            [("2026-12-03 10:00", "busy")],
            {"due": "2026-12-03 17:00", "first_due": instant(DUE)},
            "2026-12-03 13:00",
        ),
        # where nothing was promised, the better half-day is waited for
        ("2026-12-01 13:00", [], {"part": "morning", "due": 0}, "2026-12-02 08:30"),
    ],
)
def test_the_next_attempt(now: str, tried: list[tuple[str, str]], more: dict[str, object], next_at: str) -> None:
    made = [attempt(*each) for each in tried]
    assert shown(next_attempt(OFFICE, case(**{"due": DUE, **more}), made, POLICY, instant(now))) == next_at


@pytest.mark.parametrize(
    ("now", "next_at"),
    [
        ("2026-12-01 19:57", "2026-12-01 19:57"),
        ("2026-12-01 19:59", "2026-12-02 08:00"),
        ("2026-12-01 20:00", "2026-12-02 08:00"),
        ("2026-12-01 03:00", "2026-12-01 08:00"),
        ("2026-03-29 01:59", "2026-03-29 08:00"),  # the clock is put forward
        ("2026-10-25 02:30", "2026-10-25 08:00"),  # and back
    ],
)
def test_nobody_is_rung_in_the_night_whatever_the_hours_of_the_team(now: str, next_at: str) -> None:
    assert shown(next_attempt(ALWAYS, case("2026-12-09 17:00"), [], POLICY, instant(now))) == next_at


def test_a_team_that_is_only_there_at_night_rings_nobody_by_itself() -> None:
    assert next_attempt(calendar("Mo-Su 22:00-24:00"), case(DUE), [], POLICY, instant("2026-12-01 10:00")) == 0


@given(
    st.sampled_from([OFFICE, ALWAYS, calendar("Mo-Fr 07:00-21:00; Sa 10:00-12:30", "2026-03-30", "2026-04-02")]),
    st.integers(instant("2026-03-26 00:00"), instant("2026-04-05 00:00")),
    st.integers(0, 6 * 86400),
    st.lists(st.tuples(st.integers(-3 * 86400, 0), st.sampled_from(OUTCOMES)), max_size=4),
    st.sampled_from(["", "morning", "afternoon"]),
    st.sampled_from(STATES),
    st.integers(0, 4 * 3600),
)
def test_every_attempt_is_in_the_teams_hours_by_day_and_far_enough_from_the_last(
    held: Calendar, now: int, ahead: int, tried: list[tuple[int, str]], part: str, state: str, apart: int
) -> None:
    made = [attempt(now + before, outcome) for before, outcome in sorted(tried)]
    at = next_attempt(held, case(now + ahead, part=part, state=state), made, Policy(apart=apart), now)
    if not at:
        return
    local = dt.datetime.fromtimestamp(at, ZONE)
    rung = [rang_at(each) for each in made if each.outcome in RANG]
    assert at >= now
    assert held.at(at) == OPEN
    assert 8 <= local.hour < 20
    assert len(rung) < Policy().attempts
    assert all(at >= each + apart for each in rung)
    assert not {"reached", "unsure"} & {each.outcome for each in made}


@given(
    st.sampled_from([OFFICE, ALWAYS]),
    st.integers(instant("2026-03-26 00:00"), instant("2026-04-05 00:00")),
    st.integers(0, 6 * 86400),
    st.integers(0, 4 * 86400),
    st.lists(st.tuples(st.integers(-3 * 86400, 0), st.sampled_from(OUTCOMES)), max_size=3),
    st.sampled_from(["", "morning", "afternoon"]),
)
def test_an_attempt_is_put_off_no_more_once_its_time_has_come(
    held: Calendar, now: int, ahead: int, moved: int, tried: list[tuple[int, str]], part: str
) -> None:
    made = [attempt(now + before, outcome) for before, outcome in sorted(tried)]
    held_case = case(now + ahead + moved, first_due=now + ahead, part=part)
    at = next_attempt(held, held_case, made, POLICY, now)
    if at and moved:
        at = next_attempt(held, held_case, made, POLICY, at)  # once, when the first promise has lapsed meanwhile
    if at:
        assert next_attempt(held, held_case, made, POLICY, at) == at


@given(
    st.integers(instant("2026-12-01 00:00"), instant("2026-12-31 00:00")),
    st.sampled_from(["", "morning", "afternoon"]),
)
def test_tries_of_a_promise_of_a_working_day_fall_in_two_half_days_before_it(now: int, part: str) -> None:
    open_days = [end for _, end in zip(range(3), OFFICE.openings(now), strict=False)]
    due = open_days[2][1]
    first = next_attempt(OFFICE, case(due, part=part), [], POLICY, now)
    made = [Attempt(began=first, ended=first + 60, outcome="no_answer")]
    second = next_attempt(OFFICE, case(due, part=part), made, POLICY, first + 60)
    assert second < due
    assert half_day(second, ZONE) != half_day(first, ZONE)


@pytest.mark.parametrize(
    ("hours", "opened", "due", "warned"),
    [
        ("Mo-Fr 08:30-17:00", "2026-12-01 10:00", "2026-12-01 14:00", "2026-12-01 13:00"),
        ("Mo-Fr 08:30-17:00", "2026-12-01 16:00", "2026-12-02 11:30", "2026-12-02 10:30"),
        ("Mo-Fr 08:30-17:00", "2026-12-04 17:30", "2026-12-07 16:30", "2026-12-07 14:30"),
        ("Mo-Fr 08:30-17:00", "2026-12-05 10:00", "2026-12-05 14:00", "2026-12-05 13:00"),  # nobody is there: elapsed
        ("Mo-Su 00:00-24:00", "2026-03-29 00:00", "2026-03-29 05:00", "2026-03-29 04:00"),  # an hour is missing
        ("Mo-Su 00:00-24:00", "2026-10-25 00:00", "2026-10-25 03:00", "2026-10-25 02:00"),  # and one there twice
        ("Mo-Fr 08:30-17:00", "2026-12-01 10:00", "2026-12-01 09:00", "2026-12-01 10:00"),
    ],
)
def test_a_warning_comes_when_three_quarters_of_the_time_have_passed(
    hours: str, opened: str, due: str, warned: str
) -> None:
    assert shown(escalate_at(calendar(hours), case(due, opened))) == warned


def test_nobody_is_warned_of_a_case_without_a_promise() -> None:
    assert escalate_at(OFFICE, case(0)) == 0


@given(st.integers(0, 20 * 86400), st.integers(1, 20 * 86400))
def test_a_warning_comes_before_the_promise_lapses(after: int, within: int) -> None:
    opened = instant("2026-12-20 00:00") + after
    held = case(opened + within, opened=shown(opened))
    assert held.opened <= escalate_at(OFFICE, held) <= held.due


@pytest.mark.parametrize(
    ("at", "hours", "may"),
    [
        ("2026-12-01 08:29", OFFICE, False),
        ("2026-12-01 08:30", OFFICE, True),
        ("2026-12-01 16:59", OFFICE, True),
        ("2026-12-01 17:00", OFFICE, False),
        ("2026-12-25 10:00", OFFICE, False),
        ("2026-12-01 07:59", ALWAYS, False),
        ("2026-12-01 08:00", ALWAYS, True),
        ("2026-12-01 19:59", ALWAYS, True),
        ("2026-12-01 20:00", ALWAYS, False),
        ("2026-12-02 00:00", ALWAYS, False),
    ],
)
def test_a_citizen_is_rung_in_the_teams_hours_and_the_policys_minutes_only(at: str, hours: Calendar, may: bool) -> None:
    assert may_ring(hours, POLICY, instant(at)) is may
