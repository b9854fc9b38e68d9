"""What lies ahead: the dates on which some caller's experience differs from an ordinary week, and why."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from msgspec import Struct
from msgspec.structs import replace

from ivr.calendars.calendar import Calendar, Day
from ivr.calendars.moment import Almanac, phase_at
from ivr.model.graph import Graph, Number
from ivr.model.moment import OVER, PARALLEL, PHASES
from ivr.model.nodes import HoursNode, QueueNode, TransferNode

Stretches = tuple[tuple[int, int], ...]
"""The stretches of a day in which it is open, as `Day` has them."""
WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


class Repeats(Struct, frozen=True, order=True):
    """Every week on a day (of WEEKDAYS) until the day that begins at `last`, less the days that begin at `skipped`."""

    weekday: str
    last: int
    skipped: tuple[int, ...] = ()


class Entry(Struct, frozen=True, order=True):
    """Something that changes: from when until when (epoch seconds; end 0 for an instant), of whom, what, and why.

    `why` is one of `holiday`, `closed`, `open`, `late evening`, `phase`, `campaign`, `clock`. `conflict` says what does not
    fit, '' for nothing. What belongs to the ordinary week is one entry, its first day, with how it `repeats`.
    """

    start: int
    end: int
    subject: str
    what: str
    why: str
    conflict: str = ""
    repeats: Repeats | None = None


class Week(Struct, frozen=True):
    """The ordinary hours of a calendar, by weekday, as text: `08:30-17:00`, or `closed`."""

    calendar: str
    days: tuple[str, ...]

    def text(self) -> str:
        """`Mo-We, Fr 08:30-17:00; Th 08:30-19:00`."""
        rows: list[str] = []
        for hours in dict.fromkeys(self.days):
            if hours != "closed":
                days = [d for d, h in zip(WEEKDAYS, self.days, strict=True) if h == hours]
                rows.append(f"{_ranges(days)} {hours}")
        return "; ".join(rows) or "closed"


def weeks(almanac: Almanac, start: int, days: int) -> list[Week]:
    """The ordinary week of each calendar that a call is judged by: what is most often so on each weekday."""
    first = _ordinal(almanac, start)
    return [_week(almanac.calendars[i], first, days) for i in sorted(_used(almanac.graph))]


def agenda(almanac: Almanac, start: int, days: int) -> list[Entry]:
    """All that differs, in order of time."""
    first = _ordinal(almanac, start)
    out: list[Entry] = []
    for index in sorted(_used(almanac.graph)):
        out += _days(almanac.calendars[index], first, days)
    for number in almanac.graph.numbers:
        out += _phases(almanac, number, start, start + days * 86_400)
    out += _clock(almanac, first, days)
    return sorted(out)


def _ordinal(almanac: Almanac, start: int) -> int:
    return dt.datetime.fromtimestamp(start, almanac.zone).toordinal()


def _used(graph: Graph) -> set[int]:
    """The calendars that a call is judged by."""
    out = set()
    for node in graph.nodes:
        if isinstance(node, HoursNode | TransferNode | QueueNode) and node.calendar >= 0:
            out.add(node.calendar)
    return out


def _week(calendar: Calendar, first: int, days: int) -> Week:
    return Week(calendar.spec.name, tuple(hours(stretches) for stretches in _ordinary(calendar, first, days)))


def _ordinary(calendar: Calendar, first: int, days: int) -> list[Stretches]:
    """What is most often so on each weekday."""
    counts: list[Counter[Stretches]] = [Counter() for _ in WEEKDAYS]
    for ordinal in range(first, first + max(days, 56)):
        counts[(ordinal - 1) % 7][calendar.day(ordinal).stretches] += 1
    return [count.most_common(1)[0][0] for count in counts]


def hours(stretches: Stretches) -> str:
    """The hours of a day as text."""
    return ", ".join(f"{_clock_time(a)}-{_clock_time(b)}" for a, b in stretches) or "closed"


def _clock_time(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _days(calendar: Calendar, first: int, days: int) -> list[Entry]:
    week = _ordinary(calendar, first, days)
    spec = calendar.spec
    written = {item.day: item.reason for item in (*spec.closed_on, *spec.open_on)}
    without = Calendar(replace(spec, closed_on=(), open_on=()), calendar.zone)
    out = []
    for ordinal in range(first, first + days):
        day, ordinary = calendar.day(ordinal), week[(ordinal - 1) % 7]
        start, end = calendar.instant(ordinal, 0), calendar.instant(ordinal + 1, 0)
        if ordinal in written and not day.holiday:
            told = _excepted(day, without.day(ordinal), ordinary, written[ordinal], WEEKDAYS[(ordinal - 1) % 7])
            out.append(Entry(start, end, spec.name, *told))
        elif day.stretches != ordinary:
            why = "holiday" if day.holiday else _more_or_less(day.stretches, ordinary)
            reason = f" ({day.holiday})" if day.holiday else ""
            out.append(
                Entry(start, end, spec.name, f"{hours(day.stretches)} in place of {hours(ordinary)}{reason}", why)
            )
    return _joined(out) + _late(calendar, week, first, days)


def _late(calendar: Calendar, week: list[Stretches], first: int, days: int) -> list[Entry]:
    """The evenings of the ordinary week that are later than on most days, one entry a weekday."""
    usual = Counter(week[:5]).most_common(1)[0][0]
    out = []
    for weekday, ordinary in enumerate(week):
        if not usual or not ordinary or ordinary[-1][1] <= usual[-1][1]:
            continue
        dates = [d for d in range(first, first + days) if (d - 1) % 7 == weekday]
        kept = [d for d in dates if calendar.day(d).stretches == ordinary]
        if kept:
            skipped = tuple(calendar.instant(d, 0) for d in dates if kept[0] < d < kept[-1] and d not in kept)
            repeats = Repeats(WEEKDAYS[weekday], calendar.instant(kept[-1], 0), skipped)
            start, end = calendar.instant(kept[0], 0), calendar.instant(kept[0] + 1, 0)
            what = f"{hours(ordinary)} in place of {hours(usual)}"
            out.append(Entry(start, end, calendar.spec.name, what, "late evening", "", repeats))
    return out


def _excepted(day: Day, without: Day, ordinary: Stretches, reason: str, weekday: str) -> tuple[str, str, str]:
    """(what, why, conflict) of a day with an exception that is no holiday: told by what it would be without."""
    now = hours(day.stretches)
    as_ever = day.stretches == ordinary
    what = f"{now}, as on any {weekday}" if as_ever else f"{now} in place of {hours(ordinary)}"
    if without.holiday:
        what += f", though it is {without.holiday}"
    what += f" ({reason})" if reason else ""
    idle = day.stretches == without.stretches and not without.holiday
    why = _more_or_less(day.stretches, ordinary if idle else without.stretches)
    return what, why, "this exception changes nothing" if idle else ""


def _more_or_less(now: Stretches, other: Stretches) -> str:
    """`open` when there is somebody for longer than on another day, else `closed`."""
    return "open" if sum(b - a for a, b in now) > sum(b - a for a, b in other) else "closed"


def _joined(entries: list[Entry]) -> list[Entry]:
    """Days that follow each other with the same to say are one entry."""
    out: list[Entry] = []
    for entry in entries:
        last = out[-1] if out else None
        same = last is not None and last.end == entry.start and last.what == entry.what and last.why == entry.why
        if last is not None and same:
            out[-1] = Entry(last.start, entry.end, entry.subject, entry.what, entry.why, entry.conflict)
        else:
            out.append(entry)
    return out


def _phases(almanac: Almanac, number: Number, start: int, end: int) -> list[Entry]:
    out = []
    for at, phase in number.phases:
        if not start <= at < end:
            continue
        before = phase_at(number, at - 1)
        campaign = phase in (0, OVER) or before in (0, OVER)
        what = f"{_phase_name(before, campaign)} → {_phase_name(phase, campaign)}"
        conflict = "" if campaign or _somebody(almanac, at) else "nobody is there on the first day of it"
        out.append(
            Entry(at, 0, f"{number.name} ({number.formerly})", what, "campaign" if campaign else "phase", conflict)
        )
    return out


def _phase_name(phase: int, campaign: bool) -> str:
    return "campaign" if campaign and phase == PARALLEL else PHASES[phase]


def _somebody(almanac: Almanac, at: int) -> bool:
    """Whether any calendar that a call is judged by is open on the day of an instant."""
    ordinal = _ordinal(almanac, at)
    return any(almanac.calendars[i].day(ordinal).stretches for i in _used(almanac.graph))


def _clock(almanac: Almanac, first: int, days: int) -> list[Entry]:
    out = []
    zone = almanac.zone
    for ordinal in range(first, first + days):
        midnight = dt.datetime.fromordinal(ordinal).replace(tzinfo=zone)
        after = dt.datetime.fromordinal(ordinal + 1).replace(tzinfo=zone)
        shift = (after.utcoffset() or dt.timedelta()) - (midnight.utcoffset() or dt.timedelta())
        if shift:
            forward = shift > dt.timedelta()
            what = f"the clock goes {'forward' if forward else 'back'} {abs(int(shift.total_seconds())) // 60} minutes"
            out.append(Entry(int(midnight.timestamp()), int(after.timestamp()), "clock", what, "clock"))
    return out


def _ranges(days: list[str]) -> str:
    """`Mo-We, Fr`."""
    places = [WEEKDAYS.index(day) for day in days]
    rows: list[list[int]] = []
    for place in places:
        if rows and rows[-1][-1] == place - 1:
            rows[-1].append(place)
        else:
            rows.append([place])
    return ", ".join(WEEKDAYS[r[0]] + (f"-{WEEKDAYS[r[-1]]}" if len(r) > 1 else "") for r in rows)
