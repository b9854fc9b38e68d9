"""Opening hours in OpenStreetMap syntax: which part of it is ours, and what is wrong with a text, to the character.

The grammar is `opening_hours` (PyPI opening-hours-py), less what it would guess: public and school holidays (the one
source is `holidays`), the sun, easter, open ends, unknown states and comments. Dutch days are read too.
"""

from __future__ import annotations

import datetime as dt
import re

from msgspec import Struct
from opening_hours import OpeningHours, ParserError

DUTCH_DAYS = {"ma": "Mo", "di": "Tu", "wo": "We", "do": "Th", "vr": "Fr", "za": "Sa", "zo": "Su"}
_DAYS = {day.lower(): day for day in ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")}
_WORD = re.compile(r"[A-Za-z]+")
_TIME = re.compile(r"(?<![0-9])([0-9]{1,2}):([0-9]{2})(?![0-9])")
_SPAN = re.compile(r"([0-9]{1,2}:[0-9]{2})\s*-\s*([0-9]{1,2}:[0-9]{2})(\+?)")
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
}
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
        return [HoursFault(0, max(1, len(text)), "the hours are empty", 'write such as "Mo-Fr 09:00-17:00"')]
    for word in _WORD.finditer(text):
        help = _REFUSED.get(word.group().lower())
        if help is not None:
            out.append(HoursFault(word.start(), word.end(), f"'{word.group()}' is not part of the language", help))
    for time in _TIME.finditer(text):
        if int(time[1]) > 24 or int(time[2]) > 59 or (int(time[1]) == 24 and time[2] != "00"):
            out.append(HoursFault(time.start(), time.end(), f"'{time.group()}' is no time of day", "00:00 to 24:00"))
    for span in _SPAN.finditer(text):
        if span[1] == span[2]:
            fault = f"'{span.group()}' begins and ends at the same time"
            out.append(HoursFault(span.start(), span.end(), fault, "write 00:00-24:00 for a whole day"))
        if span[3]:
            out.append(HoursFault(span.end(3) - 1, span.end(3), "an open end '+' says no closing time", "write the time"))
    for mark in re.finditer(r'"|\|\|', text):
        out.append(HoursFault(mark.start(), mark.end(), f"'{mark.group()}' is not part of the language", "take it out"))
    return out


def _parser_fault(text: str, message: str) -> HoursFault:
    """The library's place, moved to the word that stands there; it marks the start of a span for a bad time."""
    found = re.search(r"--> \d+:(\d+)", message)
    start = min(int(found[1]) - 1, max(0, len(text) - 1)) if found else 0
    while start < len(text) - 1 and text[start] == " ":
        start += 1
    word = re.match(r"[A-Za-z]+|[0-9:]+|.", text[start:])
    end = start + (len(word.group()) if word else 1)
    near = text[start:end]
    help = "days are Mo Tu We Th Fr Sa Su or ma di wo do vr za zo; times are 08:30-17:00; rules are parted by ';'"
    return HoursFault(start, end, f"the opening hours cannot be read at '{near}'", help)


_WEEK = dt.datetime(2026, 6, 1)  # a Monday of a week without holiday or clock change


def _replaced(text: str) -> list[HoursFault]:
    """A rule after ';' replaces the hours of its days. Where it leaves nothing of them, 'add' was likely meant."""
    out: list[HoursFault] = []
    rules: list[tuple[int, int, list[set[int]]]] = []
    start = 0
    for part in text.split(";"):
        end = start + len(part)
        first = start + len(part) - len(part.lstrip())
        try:
            hours = OpeningHours(english(part.strip()))
        except ParserError:
            return []
        week = [_minutes(hours, day) for day in range(7)]
        for _, _, earlier in rules:
            lost = [d for d in range(7) if earlier[d] and week[d] and not (earlier[d] & week[d])]
            if lost:
                day = list(_DAYS.values())[lost[0]]
                out.append(
                    HoursFault(
                        first, max(first + 1, end),
                        f"after ';' this rule replaces the hours of {day}, it does not add to them",
                        "write ',' in place of ';' to add, or write all hours of the day in this rule",
                        warning=True,
                    )  # fmt: skip
                )
                break
        rules.append((first, end, week))
        start = end + 1
    return out


def _minutes(hours: OpeningHours, day: int) -> set[int]:
    """The quarters of an hour in which a weekday is open."""
    start = _WEEK + dt.timedelta(days=day)
    return {quarter for quarter in range(96) if hours.is_open(start + dt.timedelta(minutes=15 * quarter))}
