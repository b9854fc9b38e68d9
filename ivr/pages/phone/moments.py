"""When a call arrives: a moment as people write it, and the moments that are worth trying."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

from msgspec import Struct

from ivr.calendars.calendar import Calendar
from ivr.calendars.moment import Almanac
from ivr.model.nodes import HoursNode, QueueNode, TransferNode

_DAYS = (
    ("maandag", "ma", "monday", "mon"), ("dinsdag", "di", "tuesday", "tue"), ("woensdag", "wo", "wednesday", "wed"),
    ("donderdag", "do", "thursday", "thu"), ("vrijdag", "vr", "friday", "fri"), ("zaterdag", "za", "saturday", "sat"),
    ("zondag", "zo", "sunday", "sun"),
)  # fmt: skip
_NAMED = {name: day for day, names in enumerate(_DAYS) for name in names}
_NEAR = {"vandaag": 0, "today": 0, "morgen": 1, "tomorrow": 1, "overmorgen": 2}
_WRITTEN = re.compile(r"(?:(\d{4}-\d{2}-\d{2})(?:[t ]+|$)|([a-z]+)\s*)?(?:(\d{1,2})[:.](\d{2}))?(?::\d{2})?")
EARLIEST, LATEST = 2000, 2099
"""Years in which a call can be played."""
HOLIDAY_DAYS = 400
"""How far ahead a holiday is looked for."""


def read_moment(text: str, zone: ZoneInfo, now: int) -> int | None:
    """An instant (epoch seconds) from `2026-12-01 10:00`, `donderdag 18:00`, `tomorrow 9:00`, `18:00`, `now`; None when it
    cannot be read. A weekday is the first one from today on; without a time it is ten o'clock."""
    local = dt.datetime.fromtimestamp(now, zone)
    bare = text.strip().lower()
    if bare in ("", "nu", "now"):
        return now - now % 60
    found = _WRITTEN.fullmatch(bare)
    if found is None:
        return None
    date, word, hour, minute = found.groups()
    try:
        day = dt.date.fromisoformat(date) if date else _day(word, local.date())
        if day is None or not EARLIEST <= day.year <= LATEST:
            return None
        time = dt.time(int(hour), int(minute)) if hour else dt.time(10)
    except ValueError:
        return None
    return int(dt.datetime.combine(day, time, zone).timestamp())


def _day(word: str | None, today: dt.date) -> dt.date | None:
    if word is None:
        return today
    if word in _NEAR:
        return today + dt.timedelta(days=_NEAR[word])
    if word in _NAMED:
        return today + dt.timedelta(days=(_NAMED[word] - today.weekday()) % 7)
    return None


def written(instant: int, zone: ZoneInfo) -> str:
    """A moment as a link and a scenario write it."""
    return f"{dt.datetime.fromtimestamp(instant, zone):%Y-%m-%d %H:%M}"


class Pick(Struct, frozen=True):
    """A moment that is worth trying: what it is (`now`, `opening`, `evening`, `thursday`, `sunday`, `holiday`), the
    instant, and the name of the holiday."""

    key: str
    at: int
    name: str = ""


def picks(almanac: Almanac, now: int) -> list[Pick]:
    """Moments that are worth trying, seen from now."""
    zone = almanac.zone
    out = [Pick("now", now - now % 60)]
    calendar = _main(almanac)
    if calendar is not None:
        out += _of(calendar, now)
    for key, word in (("thursday", "donderdag 18:00"), ("sunday", "zondag 12:00")):
        at = read_moment(word, zone, now)
        if at is not None and at < now:
            at = read_moment(written(at + 7 * 86_400, zone), zone, now)
        out += [Pick(key, at)] if at is not None else []
    return out


def _main(almanac: Almanac) -> Calendar | None:
    """The calendar by which callers find us open: the operator's, else the first that the entry asks."""
    graph = almanac.graph
    asked = [graph.nodes[at] for at in (graph.operator, *graph.chain)]
    found = [node.calendar for node in asked if isinstance(node, QueueNode | TransferNode | HoursNode)]
    return next((almanac.calendars[index] for index in found if index >= 0), None)


def _of(calendar: Calendar, now: int) -> list[Pick]:
    """The next opening that is still to come, the evening of that day, and the next holiday."""
    out: list[Pick] = []
    opening = next((begin for begin, _ in calendar.openings(now) if begin > now), 0)
    if opening:
        out.append(Pick("opening", opening))
    end = next((end for _, end in calendar.openings(now)), 0)
    if end:
        out.append(Pick("evening", end + 3600))
    today = dt.datetime.fromtimestamp(now, calendar.zone).toordinal()
    for ordinal in range(today, today + HOLIDAY_DAYS):
        if name := calendar.day(ordinal).holiday:
            out.append(Pick("holiday", calendar.instant(ordinal, 12 * 60), name))
            break
    return out
