"""Instants and waits as people say them."""

from __future__ import annotations

import pytest

from ivr.calendars.speech import say_instant, say_minutes, say_opening
from tests.calendars.test_calendar import ZONE, at, calendar

NOW = "2026-06-03T10:00"  # a Wednesday


@pytest.mark.parametrize(
    ("time", "dutch", "english"),
    [
        ("2026-06-03T17:00", "vandaag om vijf uur", "today at 5 p.m."),
        ("2026-06-04T08:30", "morgen om half negen", "tomorrow at 8:30 a.m."),
        ("2026-06-04T12:30", "morgen om half een", "tomorrow at 12:30 p.m."),
        ("2026-06-04T19:00", "morgen om zeven uur 's avonds", "tomorrow at 7 p.m."),
        ("2026-06-05T08:15", "vrijdag om kwart over acht", "Friday at 8:15 a.m."),
        ("2026-06-08T09:45", "maandag om kwart voor tien", "Monday at 9:45 a.m."),
        ("2026-06-08T03:00", "maandag om drie uur 's nachts", "Monday at 3 a.m."),
        ("2026-06-09T08:20", "dinsdag om 8 uur 20", "Tuesday at 8:20 a.m."),
        ("2026-06-10T13:00", "woensdag 10 juni om een uur", "Wednesday 10 June at 1 p.m."),
        ("2027-03-01T12:00", "maandag 1 maart om twaalf uur", "Monday 1 March at noon"),
        ("2026-06-04T00:00", "vandaag om middernacht", "today at midnight"),
        ("2026-06-05T00:00", "morgen om middernacht", "tomorrow at midnight"),
        ("2026-06-02T17:00", "dinsdag 2 juni om vijf uur", "Tuesday 2 June at 5 p.m."),
    ],
)
def test_an_instant_is_said_with_day_and_time(time: str, dutch: str, english: str) -> None:
    assert say_instant(at(time), at(NOW), ZONE, "nl") == dutch
    assert say_instant(at(time), at(NOW), ZONE, "en") == english


def test_a_language_without_words_of_its_own_is_given_figures() -> None:
    assert say_instant(at("2026-06-05T08:15"), at(NOW), ZONE, "fr") == "05-06 08:15"


@pytest.mark.parametrize(("language", "now"), [("nl", "nu"), ("en", "now"), ("fr", "03-06 10:00")])
def test_a_calendar_that_is_open_opens_now(language: str, now: str) -> None:
    kcc = calendar("Mo-Fr 08:30-17:00")
    said = [say_opening(kcc.opens(at(time)), at(time), ZONE, language) for time in (NOW, "2026-06-03T08:30")]
    assert said[0] == now
    assert said[1] == ("03-06 08:30" if language == "fr" else now)
    before, opening = at("2026-06-03T08:29"), at("2026-06-03T08:30")
    assert kcc.opens(before) == opening
    assert say_opening(opening, before, ZONE, language) == say_instant(opening, before, ZONE, language)


def test_the_day_is_that_of_the_zone() -> None:
    assert say_instant(at("2026-06-03T23:30"), at("2026-06-03T00:10"), ZONE, "en") == "today at 11:30 p.m."


@pytest.mark.parametrize(
    ("minutes", "dutch", "english"),
    [
        (0, "minder dan een minuut", "less than a minute"),
        (1, "ongeveer een minuut", "about one minute"),
        (7, "ongeveer 7 minuten", "about 7 minutes"),
    ],
)
def test_a_wait_is_said_in_minutes(minutes: int, dutch: str, english: str) -> None:
    assert say_minutes(minutes, "nl") == dutch
    assert say_minutes(minutes, "en") == english


def test_a_wait_in_another_language_is_in_figures() -> None:
    assert [say_minutes(minutes, "fy") for minutes in (0, 1, 7)] == ["1 min", "1 min", "7 min"]
