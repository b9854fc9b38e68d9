"""When a promise is due: counted in the hours of the team that makes it, as far as anybody may be rung in them."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from ivr.calendars.calendar import SEARCH_DAYS, Calendar, Day

HORIZON_DAYS = 60
"""How far ahead a day with a free place is looked for."""
EARLIEST, LATEST = 8 * 60, 20 * 60
"""Local minutes of the day before and from which nobody is rung, whatever a team's hours."""
LEAST_SECONDS = 30 * 60
"""Open time that must be left of today for a promise that is due today."""


class _Ringing(Calendar):
    """A calendar of which only the minutes from EARLIEST to LATEST count."""

    __slots__ = ("_of",)

    def __init__(self, of: Calendar) -> None:
        super().__init__(of.spec, of.zone)
        self._of = of

    def _work_out(self, ordinal: int) -> Day:
        day = self._of.day(ordinal)
        cut = ((max(first, EARLIEST), min(last, LATEST)) for first, last in day.stretches)
        return Day(tuple(stretch for stretch in cut if stretch[0] < stretch[1]), day.holiday, day.shifts)


@lru_cache(maxsize=64)
def ringing(calendar: Calendar) -> Calendar:
    """A team's hours as far as citizens may be rung in them: no other time counts for a promise."""
    return _Ringing(calendar)


def due(calendar: Calendar, now: int, within: tuple[int, str]) -> int:
    """The instant (epoch seconds) at which a promise made `now` is due; 0 when the team is not there for a year.

    `n working_days`: the end of the n-th working day after today. `n working_hours`: when so much open time has passed.
    `today`: the end of today's hours, or of the next open day's when less than LEAST_SECONDS is left of today's.
    """
    amount, unit = within
    if unit == "working_hours":
        return _after_open_seconds(calendar, now, amount * 3600)
    today = dt.datetime.fromtimestamp(now, calendar.zone).toordinal()
    wanted = 1 if unit == "today" else amount
    for ordinal in range(today if unit == "today" else today + 1, today + SEARCH_DAYS):
        end = day_end(calendar, ordinal, now)
        if end:
            wanted -= 1
            if wanted == 0:
                return end
    return 0


def day_end(calendar: Calendar, ordinal: int, now: int) -> int:
    """The end of a day's hours (epoch seconds), when something can be promised by it `now`: 0 when the day has none, and
    when it began and less than LEAST_SECONDS of its open time is left."""
    stretches = calendar.day(ordinal).stretches
    if not stretches:
        return 0
    spans = [(calendar.instant(ordinal, first), calendar.instant(ordinal, last)) for first, last in stretches]
    begun = now > calendar.instant(ordinal, 0)
    left = sum(max(0, end - max(begin, now)) for begin, end in spans)
    return 0 if begun and left < LEAST_SECONDS else spans[-1][1]


def _after_open_seconds(calendar: Calendar, now: int, seconds: int) -> int:
    for begin, end in calendar.openings(now):
        if seconds <= end - begin:
            return begin + seconds
        seconds -= end - begin
    return 0
