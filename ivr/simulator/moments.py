"""Moments that stand for all: when a table is open, closed, closed for a holiday, open late, in the days to come."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from ivr.calendars.calendar import Calendar
from ivr.tables.ready import Table

DAYS = 60
"""How many days ahead are looked at."""
ELEVEN = 11 * 60
LATE = 22 * 60


def main_calendar(table: Table) -> int:
    """The calendar that most teams keep, -1 when no team keeps one."""
    kept = Counter(team.calendar for team in table.graph.teams if team.calendar >= 0)
    ordinary = {at: n for at, n in kept.items() if not _always(table.almanac.calendars[at])}
    most = ordinary or dict(kept)
    return max(most, key=lambda at: (most[at], -at)) if most else -1


def _always(calendar: Calendar) -> bool:
    """Whether it is open day and night in an ordinary week."""
    monday = dt.date(2026, 6, 1).toordinal()
    return all(calendar.day(monday + ahead).stretches == ((0, 1440),) for ahead in range(7))


def _usual_end(calendar: Calendar, first: int) -> int:
    """The minute at which most days end, 0 when it is never open."""
    days = [calendar.day(ordinal) for ordinal in range(first, first + DAYS)]
    ends = Counter(day.stretches[-1][1] for day in days if day.stretches)
    return max(ends, key=lambda end: (ends[end], -end)) if ends else 0


def _late(calendar: Calendar, first: int) -> int:
    """An instant in the last half hour of the first day that is open longer than most; 0 when there is none."""
    usual = _usual_end(calendar, first)
    for ordinal in range(first, first + DAYS):
        stretches = calendar.day(ordinal).stretches
        if stretches and stretches[-1][1] > usual:
            return calendar.instant(ordinal, stretches[-1][1] - 15)
    return 0


def moments(table: Table, today: dt.date) -> tuple[tuple[str, int], ...]:
    """(what it stands for, epoch seconds), the first of each in the next 60 days; what does not occur is left out.

    `open`: in the middle of an ordinary day. `evening`: that day, closed. `late`: in the last half hour of a day that is
    open longer than most. `weekend`: a day without hours. `holiday`: a day that is a holiday.
    """
    at = main_calendar(table)
    first = today.toordinal() + 1
    if at < 0:
        midnight = dt.datetime.combine(today, dt.time(ELEVEN // 60), table.almanac.zone)
        return (("open", int(midnight.timestamp())),)
    calendar = table.almanac.calendars[at]
    usual = _usual_end(calendar, first)
    found: dict[str, int] = {}
    for ordinal in range(first, first + DAYS):
        day = calendar.day(ordinal)
        if day.holiday and not day.stretches:
            found.setdefault("holiday", calendar.instant(ordinal, ELEVEN))
        elif not day.stretches:
            found.setdefault("weekend", calendar.instant(ordinal, ELEVEN))
        elif day.stretches[-1][1] == usual:
            opens, closes = day.stretches[0]
            found.setdefault("open", calendar.instant(ordinal, (opens + closes) // 2))
            if usual < LATE:
                found.setdefault("evening", calendar.instant(ordinal, max(LATE, usual + 30)))
    kept = dict.fromkeys((at, *(team.calendar for team in table.graph.teams if team.calendar >= 0)))
    late = next(filter(None, (_late(table.almanac.calendars[c], first) for c in kept)), 0)
    if late:
        found["late"] = late
    order = ("open", "late", "evening", "weekend", "holiday")
    return tuple((name, found[name]) for name in order if name in found)
