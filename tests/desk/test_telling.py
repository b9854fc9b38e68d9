"""Facts about what callers are told of a promise that was moved, and when."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ivr.desk import telling
from tests.desk.schedules import ZONE, case
from tests.engine.calls import instant

CITY = "Gemeente Groningen"


@pytest.mark.parametrize(
    ("language", "spoken", "said"),
    [
        ("nl", False, "Dit is een bericht van Gemeente Groningen. De afspraak om u terug te bellen is veranderd. Wij bellen u nu "
         "uiterlijk donderdag 3 december om vijf uur. Uw zaaknummer is 123456. Onze excuses."),
        ("nl", True, "Dit is een bericht van Gemeente Groningen. De afspraak om u terug te bellen is veranderd. Wij bellen u nu "
         "uiterlijk donderdag 3 december om vijf uur. Uw zaaknummer is 1 2 3, 4 5 6. Onze excuses."),
        ("en", False, "This is a message from Gemeente Groningen. The time by which we call you back has changed. We will now call "
         "you by Thursday 3 December at 5 p.m. at the latest. Your case number is 123456. We are sorry."),
    ],
)  # fmt: skip
def test_a_caller_hears_the_new_day_and_time_and_the_number(language: str, spoken: bool, said: str) -> None:
    due = instant("2026-12-03 17:00")
    assert telling.moved(replace(case(due), language=language), CITY, due, language, spoken) == said


@pytest.mark.parametrize(("spoke", "told"), [("nl", "nl"), ("en", "en"), ("tr", "en"), ("", "en")])
def test_who_spoke_no_dutch_is_told_in_english(spoke: str, told: str) -> None:
    assert telling.language_of(replace(case(), language=spoke)) == told


@pytest.mark.parametrize(
    ("now", "begins"),
    [
        ("2026-12-01 08:00", ""),
        ("2026-12-01 19:59", ""),
        ("2026-12-01 20:00", "2026-12-02 08:00"),
        ("2026-12-01 23:59", "2026-12-02 08:00"),
        ("2026-12-02 00:00", "2026-12-02 08:00"),
        ("2026-12-02 07:59", "2026-12-02 08:00"),
        ("2026-10-24 21:00", "2026-10-25 08:00"),  # the clock goes back in that night
        ("2027-03-27 21:00", "2027-03-28 08:00"),  # and forward in this one
    ],
)
def test_nobody_is_told_by_telephone_at_night(now: str, begins: str) -> None:
    assert telling.may_be_rung(instant(now), ZONE) == (instant(begins) if begins else 0)


@given(st.integers(1_700_000_000, 2_000_000_000))
def test_the_next_hour_at_which_somebody_is_rung_is_the_first_one(now: int) -> None:
    begins = telling.may_be_rung(now, ZONE)
    if begins:
        assert now < begins <= now + 13 * 3600
        assert telling.may_be_rung(begins, ZONE) == 0
        assert telling.may_be_rung(begins - 1, ZONE) == begins
    local = dt.datetime.fromtimestamp(begins or now, ZONE)
    assert 8 <= local.hour < 20
