"""One calendar of a table, asked by day and by instant.

Order of what decides: `open_on`, then `closed_on`, then national holidays, then the weekly hours. A date in `open_on`
without times has its ordinary hours. A whole day in `closed_on` counts as a holiday.
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import holidays as holiday_library
from msgspec import Struct
from opening_hours import OpeningHours, State

from ivr.calendars.hours import english
from ivr.model.graph import CalendarSpec
from ivr.model.moment import CLOSED, HOLIDAY, OPEN

Stretch = tuple[int, int]
"""Minutes since local midnight, end exclusive."""
SEARCH_DAYS = 400
"""How far ahead an opening is looked for."""


class Day(Struct, frozen=True):
    """A date of a calendar: the stretches in which it is open, and why it is a holiday ('' when it is none)."""

    stretches: tuple[Stretch, ...]
    holiday: str


class Calendar:
    """Answers for one calendar in the table's time zone. Days are worked out when they are first asked for."""

    __slots__ = ("_closed", "_days", "_holidays", "_hours", "_open", "spec", "zone")

    def __init__(self, spec: CalendarSpec, zone: ZoneInfo) -> None:
        self.spec = spec
        self.zone = zone
        self._hours = OpeningHours(english(spec.hours))
        self._holidays = national_holidays(spec.holidays)
        self._closed: dict[int, list[Stretch]] = {}
        self._open: dict[int, list[Stretch]] = {}
        for held, exceptions in ((self._closed, spec.closed_on), (self._open, spec.open_on)):
            for item in exceptions:
                held.setdefault(item.day, []).append((item.start, item.end))
        self._days: dict[int, Day] = {}

    def day(self, ordinal: int) -> Day:
        """A date, given as `date.toordinal()`."""
        held = self._days.get(ordinal)
        if held is None:
            if len(self._days) > 4000:
                self._days.clear()
            held = self._days[ordinal] = self._work_out(ordinal)
        return held

    def _work_out(self, ordinal: int) -> Day:
        date = dt.date.fromordinal(ordinal)
        ordinary = self._ordinary(date)
        holiday = str(self._holidays.get(date, "")) if self._holidays is not None else ""
        stretches = [] if holiday else ordinary
        for item in self.spec.closed_on:
            if item.day == ordinal:
                if item.whole_day:
                    stretches, holiday = [], item.reason or "closed"
                else:
                    stretches = without(stretches, (item.start, item.end))
        for item in self.spec.open_on:
            if item.day == ordinal:
                holiday = ""
                stretches = merged(ordinary if item.whole_day else [*stretches, (item.start, item.end)])
        return Day(tuple(stretches), holiday)

    def _ordinary(self, date: dt.date) -> list[Stretch]:
        start = dt.datetime(date.year, date.month, date.day)
        out = []
        for first, last, state, _ in self._hours.intervals(start, start + dt.timedelta(days=1)):
            if state == State.OPEN:
                out.append((_minute(first, start), _minute(last, start)))
        return merged(out)

    def at(self, instant: int) -> int:
        """OPEN, CLOSED or HOLIDAY at an instant (epoch seconds)."""
        local = dt.datetime.fromtimestamp(instant, self.zone)
        day = self.day(local.toordinal())
        minute = local.hour * 60 + local.minute
        for first, last in day.stretches:
            if first <= minute < last:
                return OPEN
        return HOLIDAY if day.holiday else CLOSED

    def opens(self, instant: int) -> int:
        """The next instant at which it is open, from `instant` on; 0 when there is none within a year."""
        local = dt.datetime.fromtimestamp(instant, self.zone)
        minute = local.hour * 60 + local.minute
        for ahead in range(SEARCH_DAYS):
            ordinal = local.toordinal() + ahead
            for first, last in self.day(ordinal).stretches:
                if ahead or minute < last:
                    return instant if not ahead and first <= minute else self.instant(ordinal, first)
        return 0

    def instant(self, ordinal: int, minute: int) -> int:
        """Epoch seconds of a local time. A time that does not exist is the one after the gap; of two, the first."""
        date = dt.datetime.fromordinal(ordinal) + dt.timedelta(minutes=minute)
        return int(date.replace(tzinfo=self.zone, fold=0).timestamp())


def _minute(moment: dt.datetime, midnight: dt.datetime) -> int:
    return int((moment - midnight).total_seconds() // 60)


def without(stretches: list[Stretch], cut: Stretch) -> list[Stretch]:
    """Stretches less one."""
    out = []
    for first, last in stretches:
        if first < min(last, cut[0]):
            out.append((first, min(last, cut[0])))
        if max(first, cut[1]) < last:
            out.append((max(first, cut[1]), last))
    return out


def merged(stretches: list[Stretch]) -> list[Stretch]:
    """Stretches in order, those that touch made one."""
    out: list[Stretch] = []
    for first, last in sorted(stretches):
        if out and first <= out[-1][1]:
            out[-1] = (out[-1][0], max(last, out[-1][1]))
        else:
            out.append((first, last))
    return out


_held: dict[str, holiday_library.HolidayBase] = {}


def national_holidays(country: str) -> holiday_library.HolidayBase | None:
    """The public holidays of a country, named in its own language; None for ''. Raises KeyError when unknown."""
    if not country:
        return None
    if country not in _held:
        if country not in holiday_library.list_supported_countries():
            raise KeyError(country)
        _held[country] = holiday_library.country_holidays(country)
    return _held[country]
