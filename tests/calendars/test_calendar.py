"""A calendar asked by day and by instant: holidays, exceptions, nights, and the days on which the clock changes."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.calendars.calendar import Calendar, national_holidays
from ivr.model.graph import CalendarSpec, Exception_
from ivr.model.moment import CLOSED, HOLIDAY, OPEN

ZONE = ZoneInfo("Europe/Amsterdam")


def calendar(
    hours: str, holidays: str = "", closed_on: dict[str, str] | None = None, open_on: dict[str, str] | None = None
) -> Calendar:
    """A calendar of the table's language: exceptions are `date` or `date hh:mm-hh:mm`, and a reason."""
    spec = CalendarSpec("kcc", hours, holidays, _read(closed_on or {}), _read(open_on or {}))
    return Calendar(spec, ZONE)


def _read(held: dict[str, str]) -> tuple[Exception_, ...]:
    out = []
    for text, reason in held.items():
        day, _, part = text.partition(" ")
        start, end = (_minute(t) for t in part.split("-")) if part else (0, 1440)
        out.append(Exception_(dt.date.fromisoformat(day).toordinal(), start, end, reason))
    return tuple(out)


def _minute(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


def at(text: str, fold: int = 0) -> int:
    """Epoch seconds of a local time."""
    return int(dt.datetime.fromisoformat(text).replace(tzinfo=ZONE, fold=fold).timestamp())


def open_hours(held: Calendar, day: str) -> list[str]:
    """The stretches of a date as `hh:mm-hh:mm`."""
    stretches = held.day(dt.date.fromisoformat(day).toordinal()).stretches
    return [f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}" for a, b in stretches]


KCC = calendar(
    "Mo-Fr 08:30-17:00; Th 08:30-19:00",
    "NL",
    {"2026-05-15": "brugdag", "2026-12-24 15:00-24:00": "kerstavond"},
    {"2026-04-03": "Goede Vrijdag werken wij", "2026-04-27 10:00-12:00": "Koningsdag"},
)


@pytest.mark.parametrize(
    ("day", "hours", "holiday"),
    [
        ("2026-06-03", ["08:30-17:00"], ""),
        ("2026-06-04", ["08:30-19:00"], ""),  # the late evening
        ("2026-06-06", [], ""),  # Saturday
        ("2026-12-25", [], "Eerste kerstdag"),
        ("2026-05-14", [], "Hemelvaartsdag"),
        ("2026-05-15", [], "brugdag"),
        ("2026-05-05", ["08:30-17:00"], ""),  # Bevrijdingsdag is a day off every fifth year
        ("2026-12-24", ["08:30-15:00"], ""),  # closing early, on a Thursday
        ("2026-04-03", ["08:30-17:00"], ""),  # a holiday on which it is open
        ("2026-04-27", ["10:00-12:00"], ""),
    ],
)
def test_a_day_has_its_hours_less_its_holiday_and_exceptions(day: str, hours: list[str], holiday: str) -> None:
    assert open_hours(KCC, day) == hours
    assert KCC.day(dt.date.fromisoformat(day).toordinal()).holiday == holiday


def test_a_closed_part_refines_a_day_that_is_open_all_the_same() -> None:
    held = calendar("Mo-Fr 09:00-17:00", "NL", {"2026-04-03 15:00-24:00": "vroeg dicht"}, {"2026-04-03": "open"})
    assert open_hours(held, "2026-04-03") == ["09:00-15:00"]


def test_an_open_part_refines_a_day_that_is_closed() -> None:
    held = calendar("Mo-Fr 09:00-17:00", "", {"2026-06-01": "verhuizing"}, {"2026-06-01 16:00-18:00": "spreekuur"})
    assert open_hours(held, "2026-06-01") == ["16:00-18:00"]


@pytest.mark.parametrize(
    ("time", "state"),
    [
        ("2026-06-04T08:29:59", CLOSED),
        ("2026-06-04T08:30:00", OPEN),
        ("2026-06-04T18:59:59", OPEN),
        ("2026-06-04T19:00:00", CLOSED),
        ("2026-12-25T10:00", HOLIDAY),
        ("2026-05-15T10:00", HOLIDAY),
        ("2026-12-24T15:00", CLOSED),
        ("2026-04-27T10:00", OPEN),
        ("2026-04-27T12:00", CLOSED),
    ],
)
def test_an_instant_is_open_closed_or_a_holiday(time: str, state: int) -> None:
    assert KCC.at(at(time)) == state


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-06-04T18:00", "2026-06-04T18:00"),  # now
        ("2026-06-04T07:00", "2026-06-04T08:30"),
        ("2026-06-05T17:00", "2026-06-08T08:30"),  # over the weekend
        ("2026-05-13T17:00", "2026-05-18T08:30"),  # Ascension, bridge day, weekend
        ("2026-12-24T15:00", "2026-12-28T08:30"),
        ("2026-04-02T20:00", "2026-04-03T08:30"),  # Good Friday, open all the same
    ],
)
def test_it_opens_at_the_first_open_minute_from_now_on(now: str, opens: str) -> None:
    assert KCC.opens(at(now)) == at(opens)


def test_what_never_opens_says_so() -> None:
    assert calendar("off").opens(at("2026-06-04T18:00")) == 0


def test_hours_past_midnight_belong_to_the_day_they_fall_in() -> None:
    night = calendar("Fr 22:00-02:00")
    assert open_hours(night, "2026-06-05") == ["22:00-24:00"]
    assert open_hours(night, "2026-06-06") == ["00:00-02:00"]
    assert night.at(at("2026-06-06T01:59")) == OPEN
    assert night.at(at("2026-06-06T02:00")) == CLOSED


def test_a_holiday_ends_the_night_before_it_at_midnight() -> None:
    night = calendar("Mo-Su 22:00-02:00", "NL")
    assert open_hours(night, "2026-12-25") == []
    assert open_hours(night, "2026-12-24") == ["00:00-02:00", "22:00-24:00"]


SPRING, AUTUMN = "2026-03-29", "2026-10-25"


def test_in_spring_a_time_that_does_not_exist_is_the_jump_of_the_clock() -> None:
    held = calendar("Su 02:30-05:00")
    jump = at(SPRING + "T03:00")
    assert held.opens(at(SPRING + "T01:00")) == jump
    assert held.at(jump - 1) == CLOSED
    assert held.at(jump) == OPEN
    assert held.instant(dt.date.fromisoformat(SPRING).toordinal(), 150) == jump


def test_in_autumn_of_a_time_that_exists_twice_the_first_is_meant() -> None:
    opening = calendar("Su 02:30-05:00")
    assert opening.opens(at(AUTUMN + "T01:00")) == at(AUTUMN + "T02:30", 0)
    assert opening.at(at(AUTUMN + "T02:15", 1)) == OPEN
    closing = calendar("Su 01:00-02:30")
    assert closing.at(at(AUTUMN + "T02:15", 0)) == OPEN
    assert closing.at(at(AUTUMN + "T02:15", 1)) == CLOSED
    assert closing.opens(at(AUTUMN + "T02:15", 1)) == at("2026-11-01T01:00")


def test_a_day_of_23_or_25_hours_is_open_as_long_as_it_lasts() -> None:
    held = calendar("24/7")
    for day, hours in ((SPRING, 23), (AUTUMN, 25)):
        first = held.instant(dt.date.fromisoformat(day).toordinal(), 0)
        assert (held.instant(dt.date.fromisoformat(day).toordinal(), 1440) - first) / 3600 == hours
        assert all(held.at(first + 1800 * half) == OPEN for half in range(2 * hours))


def test_holidays_are_named_in_the_language_of_their_country() -> None:
    held = national_holidays("NL")
    assert held is not None
    assert held.get(dt.date(2026, 4, 27)) == "Koningsdag"
    assert held.get(dt.date(2025, 4, 26)) == "Koningsdag"  # it moves when the 27th is a Sunday
    assert held.get(dt.date(2030, 5, 5)) == "Bevrijdingsdag"


def test_an_unknown_country_is_no_country() -> None:
    with pytest.raises(KeyError):
        national_holidays("XX")


HOURS = st.sampled_from(
    [
        "Mo-Fr 08:30-17:00",
        "Mo-Su 22:00-02:30",
        "Su 02:30-05:00; Mo off",
        "24/7",
        "off",
        "Sa-Su 00:00-24:00",
        "Su 01:00-02:15",
    ]
)
INSTANTS = st.one_of(
    st.integers(at("2026-01-01"), at("2028-12-31")),
    st.sampled_from([SPRING, AUTUMN]).flatmap(lambda day: st.integers(at(day) - 3600, at(day) + 6 * 3600)),
)
CALENDARS = {text: calendar(text, "NL") for text in HOURS.elements}  # type: ignore[attr-defined]


@given(HOURS, INSTANTS)
def test_it_opens_in_an_open_minute_and_is_closed_until_then(hours: str, now: int) -> None:
    held = CALENDARS[hours]
    opens = held.opens(now)
    if not opens:
        assert hours == "off"
        return
    assert held.at(opens) == OPEN
    assert opens == now or held.at(now) != OPEN
    assert opens == now or held.at(opens - 1) != OPEN


@given(HOURS, INSTANTS)
def test_an_instant_agrees_with_its_day(hours: str, now: int) -> None:
    held = CALENDARS[hours]
    local = dt.datetime.fromtimestamp(now, ZONE)
    day = held.day(local.toordinal())
    minute = local.hour * 60 + local.minute
    twice = day.shifts and 120 <= minute < 180
    inside = any(first <= minute < last for first, last in day.stretches)
    state = held.at(now)
    assert twice or (state == OPEN) == inside
    assert state != HOLIDAY or day.holiday
