"""One calendar of a table, asked by day and by instant.

A day begins with its weekly hours; a national holiday empties it; then its exceptions speak, those of a whole day
before those of a part. `closed_on` empties the day, which counts as a holiday; `open_on` gives it its weekly hours; a
part takes or adds its own minutes.

Local times become instants by one rule, so that a day and an instant of it never disagree: a time that does not exist
is the instant at which the clock jumps, and of a time that exists twice the first is meant.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import holidays as holiday_library
from msgspec import Struct
from opening_hours import OpeningHours, State

from ivr.calendars.hours import english
from ivr.model.graph import CalendarSpec, Exception_
from ivr.model.moment import CLOSED, HOLIDAY, OPEN

Stretch = tuple[int, int]
"""Minutes since local midnight, end exclusive."""
SEARCH_DAYS = 400
"""How far ahead an opening is looked for."""
_DAYS_KEPT = 4000


class Day(Struct, frozen=True):
    """A date of a calendar: the stretches in which it is open, and why it is a holiday ('' when it is none).

    `shifts` is true on a date on which the clock is put forward or back: its minutes are not its instants.
    """

    stretches: tuple[Stretch, ...]
    holiday: str
    shifts: bool = False


class Calendar:
    """Answers for one calendar in the table's time zone. Days are worked out when they are first asked for."""

    __slots__ = ("_days", "_exceptions", "_holidays", "_hours", "spec", "zone")

    def __init__(self, spec: CalendarSpec, zone: ZoneInfo) -> None:
        self.spec = spec
        self.zone = zone
        self._hours = OpeningHours(english(spec.hours))
        self._holidays = national_holidays(spec.holidays)
        self._exceptions: dict[int, tuple[list[Exception_], list[Exception_]]] = {}
        for which, items in enumerate((spec.closed_on, spec.open_on)):
            for item in items:
                self._exceptions.setdefault(item.day, ([], []))[which].append(item)
        self._days: dict[int, Day] = {}

    def day(self, ordinal: int) -> Day:
        """A date, given as `date.toordinal()`."""
        held = self._days.get(ordinal)
        if held is None:
            if len(self._days) > _DAYS_KEPT:
                self._days.clear()
            held = self._days[ordinal] = self._work_out(ordinal)
        return held

    def _work_out(self, ordinal: int) -> Day:
        date = dt.date.fromordinal(ordinal)
        ordinary = self.ordinary(ordinal)
        holiday = str(self._holidays.get(date, "")) if self._holidays is not None else ""
        stretches = [] if holiday else ordinary
        closed, opened = self._exceptions.get(ordinal, ((), ()))
        for item in closed:
            if item.whole_day:
                stretches, holiday = [], item.reason or "closed"
        for item in opened:
            holiday = ""
            if item.whole_day:
                stretches = ordinary
        for item in closed:
            if not item.whole_day:
                stretches = without(stretches, (item.start, item.end))
        for item in opened:
            if not item.whole_day:
                stretches = merged([*stretches, (item.start, item.end)])
        return Day(tuple(stretches), holiday, self._offset(ordinal) != self._offset(ordinal + 1))

    def ordinary(self, ordinal: int) -> list[Stretch]:
        """The weekly hours of a date, whatever holiday or exception it is."""
        start = dt.datetime.fromordinal(ordinal)
        out = []
        for first, last, state, _ in self._hours.intervals(start, start + dt.timedelta(days=1)):
            if state == State.OPEN:
                out.append((_minute(first, start), _minute(last, start)))
        return merged(out)

    def _offset(self, ordinal: int) -> dt.timedelta | None:
        return dt.datetime.fromordinal(ordinal).replace(tzinfo=self.zone).utcoffset()

    def at(self, instant: int) -> int:
        """OPEN, CLOSED or HOLIDAY at an instant (epoch seconds)."""
        local = dt.datetime.fromtimestamp(instant, self.zone)
        ordinal = local.toordinal()
        day = self.day(ordinal)
        minute = local.hour * 60 + local.minute
        for first, last in day.stretches:
            if day.shifts:
                if self.instant(ordinal, first) <= instant < self.instant(ordinal, last):
                    return OPEN
            elif first <= minute < last:
                return OPEN
        return HOLIDAY if day.holiday else CLOSED

    def opens(self, instant: int) -> int:
        """The next instant at which it is open, from `instant` on; 0 when there is none within a year."""
        return next(self.openings(instant), (0, 0))[0]

    def openings(self, instant: int) -> Iterator[tuple[int, int]]:
        """The stretches of open time from `instant` on, as pairs of instants, for SEARCH_DAYS days. Those of two days
        may touch."""
        today = dt.datetime.fromtimestamp(instant, self.zone).toordinal()
        for ordinal in range(today, today + SEARCH_DAYS):
            for first, last in self.day(ordinal).stretches:
                begin, end = max(instant, self.instant(ordinal, first)), self.instant(ordinal, last)
                if begin < end:
                    yield begin, end

    def instant(self, ordinal: int, minute: int) -> int:
        """Epoch seconds of a local time. A time that does not exist is the jump of the clock; of two, the first."""
        date = dt.datetime.fromordinal(ordinal) + dt.timedelta(minutes=minute)
        early = int(date.replace(tzinfo=self.zone).timestamp())
        other = int(date.replace(tzinfo=self.zone, fold=1).timestamp())
        return early if early <= other else self._jump(other, early)

    def _jump(self, before: int, after: int) -> int:
        """The first instant with the offset of `after`, by halving. The offsets of the two differ."""
        wanted = dt.datetime.fromtimestamp(after, self.zone).utcoffset()
        while after - before > 1:
            middle = (before + after) // 2
            if dt.datetime.fromtimestamp(middle, self.zone).utcoffset() == wanted:
                after = middle
            else:
                before = middle
        return after


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
        own = getattr(holiday_library.country_holidays(country), "default_language", None)
        _held[country] = holiday_library.country_holidays(country, language=own)
    return _held[country]
