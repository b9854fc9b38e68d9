"""When a promise is due: counted in the hours of the team that makes it."""

from __future__ import annotations

import datetime as dt

from ivr.calendars.calendar import Calendar

HORIZON_DAYS = 60
"""How far ahead a day with a free place is looked for."""


def due(calendar: Calendar, now: int, within: tuple[int, str]) -> int:
    """The instant (epoch seconds) at which a promise made `now` is due; 0 when the team is never there.

    `n working_days`: the end of the n-th working day after today. `n working_hours`: when so much open time has gone by.
    `today`: the end of today's hours, or of the next open day's when today's are over.
    """
    amount, unit = within
    if unit == "working_hours":
        return _after_open_minutes(calendar, now, amount * 60)
    local = dt.datetime.fromtimestamp(now, calendar.zone)
    minute = local.hour * 60 + local.minute
    today = local.toordinal()
    wanted = amount
    for ahead in range(HORIZON_DAYS * 2):
        stretches = calendar.day(today + ahead).stretches
        if not stretches:
            continue
        end = stretches[-1][1]
        if unit == "today":
            if ahead or minute < end:
                return calendar.instant(today + ahead, end)
        elif ahead:
            wanted -= 1
            if wanted == 0:
                return calendar.instant(today + ahead, end)
    return 0


def _after_open_minutes(calendar: Calendar, now: int, minutes: int) -> int:
    local = dt.datetime.fromtimestamp(now, calendar.zone)
    minute = local.hour * 60 + local.minute
    today = local.toordinal()
    for ahead in range(HORIZON_DAYS * 2):
        for first, last in calendar.day(today + ahead).stretches:
            begin = first if ahead else max(first, minute)
            if begin >= last:
                continue
            if minutes <= last - begin:
                return calendar.instant(today + ahead, begin + minutes)
            minutes -= last - begin
    return 0
