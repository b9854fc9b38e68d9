"""Opening hours in OpenStreetMap syntax: which part of it is ours, and what is wrong with a text, to the character.

The grammar is `opening_hours` (PyPI opening-hours-py), less what it would guess: public and school holidays (the one
source is `holidays`), the sun, easter, open ends, unknown states and comments. Dutch days are read too.
"""

from __future__ import annotations

import datetime as dt
import re

from msgspec import Struct
from opening_hours import OpeningHours, ParserError, State  # type: ignore[attr-defined]  # its stub forgets the error

DUTCH_DAYS = {"ma": "Mo", "di": "Tu", "wo": "We", "do": "Th", "vr": "Fr", "za": "Sa", "zo": "Su"}
_NAMES = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_DAYS = {day.lower(): day for day in _NAMES}
_LONG_DAYS = {
    "maandag": "ma", "dinsdag": "di", "woensdag": "wo", "donderdag": "do", "vrijdag": "vr", "zaterdag": "za",
    "zondag": "zo", "monday": "Mo", "tuesday": "Tu", "wednesday": "We", "thursday": "Th", "friday": "Fr",
    "saturday": "Sa", "sunday": "Su",
}  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+")
_TIME = re.compile(r"(?<![0-9:])([0-9]{1,2}):([0-9]{2})(?![0-9])")
_SPAN = re.compile(r"([0-9]{1,2}):([0-9]{2})\s*-\s*([0-9]{1,2}):([0-9]{2})")
_PLUS = re.compile(r"[0-9]{1,2}:[0-9]{2}\s*(\+)")
_MARK = re.compile(r'"[^"]*"?|\|\|')
_TOKEN = re.compile(r"[^\W\d_]+|[0-9][0-9:.]*|\S")
_REFUSED = {
    "ph": "national holidays come from 'holidays:' alone",
    "sh": "school holidays are not known here; write their dates in 'closed_on:'",
    "easter": "write the date, or use 'holidays:'",
    "sunrise": "write a time of the clock",
    "sunset": "write a time of the clock",
    "dawn": "write a time of the clock",
    "dusk": "write a time of the clock",
    "unknown": "hours are open or closed",
    "gesloten": "write 'off'",
    "dicht": "write 'off'",
    **{long: f"write '{short}'" for long, short in _LONG_DAYS.items()},
}
_HELP = "days are Mo Tu We Th Fr Sa Su or ma di wo do vr za zo; times are 08:30-17:00; rules are parted by ';'"
MAX_LENGTH = 500


class HoursFault(Struct, frozen=True):
    """What is wrong with a text of opening hours: characters `start` to `end`, the fault and the mend.

    `warning` is true where the text can be read, but may not mean what its writer thinks.
    """

    start: int
    end: int
    message: str
    help: str
    warning: bool = False


def english(text: str) -> str:
    """The text with English days, in the spelling of OpenStreetMap; every offset stays as it was."""

    def day(found: re.Match[str]) -> str:
        word = found.group().lower()
        return DUTCH_DAYS.get(word) or _DAYS.get(word) or found.group()

    return _WORD.sub(day, text)


def read_hours(text: str) -> tuple[OpeningHours | None, list[HoursFault]]:
    """The hours of a text, or None; and what is wrong with it."""
    if len(text) > MAX_LENGTH:
        return None, [HoursFault(0, len(text), f"the text is longer than {MAX_LENGTH} characters", "write less")]
    faults = list(_refused(text))
    if faults:
        return None, faults
    try:
        hours = OpeningHours(english(text))
    except ParserError as error:
        return None, [_parser_fault(text, str(error))]
    return hours, list(_replaced(text))


def _refused(text: str) -> list[HoursFault]:
    out = []
    if not text.strip():
        return [HoursFault(0, len(text), "the hours are empty", 'write such as "Mo-Fr 09:00-17:00"')]
    for word in _WORD.finditer(text):
        help = _REFUSED.get(word.group().lower())
        if help is not None:
            out.append(HoursFault(word.start(), word.end(), f"'{word.group()}' is not part of the language", help))
    out += [
        HoursFault(time.start(), time.end(), f"'{time.group()}' is no time of day", "00:00 to 24:00")
        for time in _TIME.finditer(text)
        if int(time[1]) > 24 or int(time[2]) > 59 or (int(time[1]) == 24 and time[2] != "00")
    ]
    out += [
        HoursFault(
            span.start(), span.end(), f"'{span.group()}' begins and ends at the same time",
            "write 00:00-24:00 for a whole day",
        )
        for span in _SPAN.finditer(text)
        if (int(span[1]), span[2]) == (int(span[3]), span[4])
    ]  # fmt: skip
    out += [
        HoursFault(plus.start(1), plus.end(1), "an open end '+' says no closing time", "write the time")
        for plus in _PLUS.finditer(text)
    ]
    out += [
        HoursFault(mark.start(), mark.end(), f"'{mark.group()}' is not part of the language", "take it out")
        for mark in _MARK.finditer(text)
    ]
    return sorted(out, key=lambda fault: fault.start)


def _parser_fault(text: str, message: str) -> HoursFault:
    """The library marks where it stopped, which may be within a word or before a space: the caret goes under the word
    or number that stands there. At the end of the text it goes under the last one, for what should follow it."""
    found = re.search(r"--> \d+:(\d+)", message)
    at = int(found[1]) - 1 if found else 0
    tokens = list(_TOKEN.finditer(text))
    token = next((t for t in tokens if t.end() > at), tokens[-1])
    near = token.group()
    if token.end() <= at:
        fault = f"the opening hours end too early, after '{near}'"
        return HoursFault(token.start(), token.end(), fault, "take it out" if near in ";,-" else _HELP)
    return HoursFault(token.start(), token.end(), f"the opening hours cannot be read at '{near}'", _HELP)


Week = tuple[frozenset[int], ...]
"""For each weekday from Monday on, the minutes in which it is open."""
_WEEK = dt.datetime(2026, 6, 1)  # a Monday of a week without holiday or clock change


def _replaced(text: str) -> list[HoursFault]:
    """A rule after ';' replaces the hours of its days. Where that leaves nothing of them, 'add' was likely meant; where
    it takes the small hours of the night before, nobody meant it."""
    out: list[HoursFault] = []
    start = 0
    before: Week = (frozenset(),) * 7
    nights: Week = before
    for part in text.split(";"):
        end = start + len(part.rstrip())
        first = start + len(part) - len(part.lstrip())
        try:
            own = _week(part)
            week = _week(text[:end])
        except ParserError:
            return []
        fault = _lost_hours(before, own, nights) or _lost_night(before, week, nights)
        if fault:
            out.append(HoursFault(first, max(first + 1, end), *fault, warning=True))
        before = week
        nights = tuple(a | b for a, b in zip(nights, _small_hours(part, own), strict=True))
        start += len(part) + 1
    return out


def _lost_hours(before: Week, own: Week, nights: Week) -> tuple[str, str] | None:
    for day, (was, now, night) in enumerate(zip(before, own, nights, strict=True)):
        if was - night and now and not was & now:
            return (
                f"after ';' this rule replaces the hours of {_NAMES[day]}, it does not add to them",
                "write ',' in place of ';' to add, or write all hours of the day in this rule",
            )
    return None


def _lost_night(before: Week, week: Week, nights: Week) -> tuple[str, str] | None:
    for day, night in enumerate(nights):
        eve = _NAMES[day - 1]
        if night & before[day] and not night & week[day] and 1439 in week[day - 1]:
            return (
                f"this rule cuts off the night of {eve}: it ends at 24:00 now",
                f"name the open days in place of cutting {_NAMES[day]} out, or write its small hours in this rule",
            )
    return None


def _week(text: str) -> Week:
    hours = OpeningHours(english(text.strip()))
    days: list[set[int]] = [set() for _ in range(7)]
    for first, last, state, _ in hours.intervals(_WEEK, _WEEK + dt.timedelta(days=7)):
        if state == State.OPEN:
            begin, end = (int((moment - _WEEK).total_seconds()) // 60 for moment in (first, last))
            for minute in range(begin, end):
                days[minute // 1440].add(minute % 1440)
    return tuple(frozenset(day) for day in days)


def _small_hours(part: str, own: Week) -> Week:
    """What of a rule's hours belongs to the evening before: spans such as 22:00-02:00, which run past midnight."""
    latest = 0
    for span in _SPAN.finditer(part):
        begin, end = (int(span[i]) * 60 + int(span[i + 1]) for i in (1, 3))
        if end < begin:
            latest = max(latest, end)
    return tuple(frozenset(m for m in own[day] if m < latest and 1439 in own[day - 1]) for day in range(7))
