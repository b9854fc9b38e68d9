"""When a promise is due: counted in the hours of the team that makes it."""

from __future__ import annotations

import datetime as dt

from ivr.calendars.calendar import SEARCH_DAYS, Calendar

HORIZON_DAYS = 60
"""How far ahead a day with a free place is looked for."""


def due(calendar: Calendar, now: int, within: tuple[int, str]) -> int:
    """The instant (epoch seconds) at which a promise made `now` is due; 0 when the team is not there for a year.

    `n working_days`: the end of the n-th working day after today. `n working_hours`: when so much open time has passed.
    `today`: the end of today's hours, or of the next open day's when today's are over.
    """
    amount, unit = within
    if unit == "working_hours":
        return _after_open_seconds(calendar, now, amount * 3600)
    today = dt.datetime.fromtimestamp(now, calendar.zone).toordinal()
    wanted = 1 if unit == "today" else amount
    for ordinal in range(today if unit == "today" else today + 1, today + SEARCH_DAYS):
        stretches = calendar.day(ordinal).stretches
        if not stretches:
            continue
        end = calendar.instant(ordinal, stretches[-1][1])
        if end > now:
            wanted -= 1
            if wanted == 0:
                return end
    return 0


def _after_open_seconds(calendar: Calendar, now: int, seconds: int) -> int:
    for begin, end in calendar.openings(now):
        if seconds <= end - begin:
            return begin + seconds
        seconds -= end - begin
    return 0
