"""The days that a report is about, and the weeks, months and hours in them: local days, whatever the clock did."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from msgspec import Struct

MOST_DAYS = 3_700
"""Ten years: what one report is about, at most."""
DAYS_A_WEEK = 7


class Stretch(Struct, frozen=True):
    """Some days of a period: from the first up to, not including, `after`. `whole`: the period covers all of it."""

    name: str
    first: dt.date
    after: dt.date
    whole: bool = True


class Period(Struct, frozen=True):
    """From the first day to the last, which belongs to it."""

    first: dt.date
    last: dt.date

    @property
    def after(self) -> dt.date:
        """The day after it."""
        return self.last + dt.timedelta(days=1)

    def days(self) -> tuple[Stretch, ...]:
        """Each day, named as ISO writes it."""
        return tuple(Stretch(day.isoformat(), day, day + dt.timedelta(days=1)) for day in _days(self.first, self.after))

    def weeks(self) -> tuple[Stretch, ...]:
        """Each ISO week, Monday to Sunday, named `2026-W53`. One that the period covers in part is cut, and not whole."""
        out = []
        monday = self.first - dt.timedelta(days=self.first.weekday())
        while monday < self.after:
            next_ = monday + dt.timedelta(days=DAYS_A_WEEK)
            year, week, _ = monday.isocalendar()
            out.append(self._cut(f"{year}-W{week:02d}", monday, next_))
            monday = next_
        return tuple(out)

    def months(self) -> tuple[Stretch, ...]:
        """Each month, named `2026-11`; cut as weeks are."""
        out = []
        first = self.first.replace(day=1)
        while first < self.after:
            next_ = (first + dt.timedelta(days=32)).replace(day=1)
            out.append(self._cut(f"{first:%Y-%m}", first, next_))
            first = next_
        return tuple(out)

    def _cut(self, name: str, first: dt.date, after: dt.date) -> Stretch:
        return Stretch(
            name, max(first, self.first), min(after, self.after), first >= self.first and after <= self.after
        )


def week_of(day: dt.date) -> Period:
    """The week, Monday to Sunday, in which a day lies."""
    monday = day - dt.timedelta(days=day.weekday())
    return Period(monday, monday + dt.timedelta(days=DAYS_A_WEEK - 1))


def instant(day: dt.date, zone: ZoneInfo, hour: int = 0) -> int:
    """When a local hour of a day begins (epoch seconds). An hour that the clock skips begins when the next one does; of one
    that comes twice, the first counts."""
    return int(dt.datetime.combine(day, dt.time(hour), zone).timestamp())


def _days(first: dt.date, after: dt.date) -> Iterator[dt.date]:
    return (first + dt.timedelta(days=n) for n in range((after - first).days))
