"""Moments as people write them, and those that are worth trying."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.pages.phone.moments import picks, read_moment, written
from tests.pages.browser import groningen
from tests.pages.phone.calls import NOW

ZONE = ZoneInfo("Europe/Amsterdam")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-12-01 10:00", "2026-12-01 10:00"),
        ("2026-12-01T10:00", "2026-12-01 10:00"),
        ("2026-12-01", "2026-12-01 10:00"),
        ("donderdag 18:00", "2026-11-26 18:00"),
        ("Thursday 18:00", "2026-11-26 18:00"),
        ("do 9.30", "2026-11-26 09:30"),
        ("dinsdag 10:00", "2026-11-24 10:00"),
        ("morgen 9:30", "2026-11-25 09:30"),
        ("today 18:05", "2026-11-24 18:05"),
        ("18:05", "2026-11-24 18:05"),
        ("zondag", "2026-11-29 10:00"),
        ("nu", written(NOW, ZONE)),
        ("", written(NOW, ZONE)),
    ],
)
def test_a_moment_is_read_as_people_write_it(text: str, moment: str) -> None:
    at = read_moment(text, ZONE, NOW)
    assert at is not None
    assert written(at, ZONE) == moment


@pytest.mark.parametrize(
    "text", ["gisteravond", "25:00", "2026-13-01 10:00", "donderdag 18", "1899-01-01 10:00", "2026-12-01 10:00 x"]
)
def test_what_is_no_moment_is_not_guessed(text: str) -> None:
    assert read_moment(text, ZONE, NOW) is None


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader(text: str) -> None:
    at = read_moment(text, ZONE, NOW)
    assert at is None or read_moment(written(at, ZONE), ZONE, NOW) is not None


def test_moments_worth_trying_lie_ahead_and_stand_as_they_say() -> None:
    almanac = groningen().almanac
    held = {pick.key: pick for pick in picks(almanac, NOW)}
    kcc = almanac.calendars[[spec.name for spec in almanac.graph.calendars].index("kcc")]
    assert [written(held[key].at, ZONE) for key in ("opening", "evening", "thursday", "sunday", "holiday")] == [
        "2026-11-25 08:30", "2026-11-24 18:00", "2026-11-26 18:00", "2026-11-29 12:00", "2026-12-25 12:00",
    ]  # fmt: skip
    assert all(pick.at >= NOW - 60 for pick in held.values())
    assert kcc.opens(held["opening"].at) == held["opening"].at
    assert kcc.opens(held["evening"].at) > held["evening"].at
    assert held["holiday"].name == "Eerste kerstdag"
