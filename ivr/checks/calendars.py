"""Calendars over the days ahead: never open, always open, times that the clock skips or repeats, what is past."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from functools import lru_cache
from zoneinfo import ZoneInfo

from ivr.calendars.calendar import Calendar
from ivr.calendars.hours import english
from ivr.checks.links import Links
from ivr.diagnostics import Declared, Label, Located, Report, Span
from ivr.model.graph import CalendarSpec, Exception_

HORIZON = 800
"""Days ahead over which a calendar is judged: two summers and winters, whenever one begins to look."""
_SHOWN = 3
"""Past exceptions that are pointed at; the others are only counted."""
Change = tuple[int, int, int]
"""A date on which the clock changes (ordinal), and from which minute to which it jumps: forward, or back."""


def check_calendars(links: Links, today: dt.date, report: Report) -> None:
    """IVR602 to IVR607, as far as they need to look at days. What cannot be read was reported before."""
    graph = links.graph
    if not graph.calendars:
        return
    zone = ZoneInfo(graph.timezone)
    changes = _changes(zone, today)
    for spec, declared in zip(graph.calendars, links.source_map.calendars, strict=True):
        _past(spec, declared, today, report)
        hours = declared.place("hours")
        if hours is declared.name or english(hours.text) != spec.hours:
            continue
        calendar = Calendar(spec, zone)
        _always_or_never(calendar, hours, today, report)
        _opened_without_hours(calendar, declared, today, report)
        _hours_at_changes(calendar, hours, changes, report)
        _exceptions_at_changes(calendar, declared, today, report)


def _always_or_never(calendar: Calendar, hours: Located, today: dt.date, report: Report) -> None:
    name = calendar.spec.name
    some, all_ = False, True  # whether some day is open, and all of every day; most calendars show both in a week
    for ahead in range(HORIZON):
        day = calendar.day(today.toordinal() + ahead).stretches
        some, all_ = some or bool(day), all_ and day == ((0, 1440),)
        if some and not all_:
            return
    if not some:
        report.add(
            "IVR602",
            hours.span,
            f"'{name}' is never open in the {HORIZON} days from {today}",
            "give it hours, or dates in 'open_on:'",
        )
    else:
        report.add(
            "IVR603", hours.span, f"'{name}' is always open, so what is said when it is closed is never heard",
            "if somebody is there day and night, leave it; else write the hours",
        )  # fmt: skip


def _opened_without_hours(calendar: Calendar, declared: Declared, today: dt.date, report: Report) -> None:
    """A date in `open_on` has its weekly hours. A Saturday that has none stays closed, which is not what is written."""
    for item in calendar.spec.open_on:
        if item.whole_day and item.day >= today.toordinal() and not calendar.day(item.day).stretches:
            date = dt.date.fromordinal(item.day)
            at = _key(declared, "open_on", item)
            if calendar.ordinary(item.day) or at is None:
                continue
            report.add(
                "IVR607", at.span, f"{date:%A} {date} is to be open, but its weekly hours are none",
                f'write the times: "{date} 09:00-17:00"', [Label(declared.place("hours").span, "the weekly hours")],
            )  # fmt: skip


# --- when the clock changes


@lru_cache(maxsize=8)
def _changes(zone: ZoneInfo, today: dt.date) -> list[Change]:
    found = (_change(zone, today.toordinal() + ahead) for ahead in range(HORIZON))
    return [change for change in found if change is not None]


def _change(zone: ZoneInfo, ordinal: int) -> Change | None:
    """How the clock changes on a date, found by halving; None when it does not."""
    midnight = dt.datetime.fromordinal(ordinal).replace(tzinfo=zone)
    begin = int(midnight.timestamp())
    before = _offset(zone, begin)
    end = int((dt.datetime.fromordinal(ordinal + 1).replace(tzinfo=zone)).timestamp())
    if _offset(zone, end) == before:
        return None
    while end - begin > 1:
        middle = (begin + end) // 2
        if _offset(zone, middle) == before:
            begin = middle
        else:
            end = middle
    after = dt.datetime.fromtimestamp(end, zone)
    to = (after.toordinal() - ordinal) * 1440 + after.hour * 60 + after.minute
    return ordinal, to - (_offset(zone, end) - before) // 60, to


def _offset(zone: ZoneInfo, instant: int) -> int:
    offset = dt.datetime.fromtimestamp(instant, zone).utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


def _hours_at_changes(calendar: Calendar, hours: Located, changes: list[Change], report: Report) -> None:
    told: set[tuple[str, int]] = set()
    for change in changes:
        written = {minute for item in _of_day(calendar.spec, change[0]) for minute in (item.start, item.end)}
        for minute in sorted({minute for stretch in calendar.day(change[0]).stretches for minute in stretch} - written):
            code = _fault(change, minute)
            if code and (code, minute) not in told:
                told.add((code, minute))
                _report_change(code, change, minute, _time_in(hours, minute), report)


def _exceptions_at_changes(calendar: Calendar, declared: Declared, today: dt.date, report: Report) -> None:
    spec = calendar.spec
    for section, items in (("closed_on", spec.closed_on), ("open_on", spec.open_on)):
        for item in items:
            change = None if item.whole_day or item.day < today.toordinal() else _change(calendar.zone, item.day)
            at = _key(declared, section, item) if change is not None else None
            if change is None or at is None:
                continue
            for minute in (item.start, item.end):
                code = _fault(change, minute)
                if code:
                    _report_change(code, change, minute, _time_in(at, minute), report)


def _fault(change: Change, minute: int) -> str:
    _, begin, end = change
    if begin <= minute < end:
        return "IVR604"
    return "IVR605" if end <= minute < begin else ""


def _report_change(code: str, change: Change, minute: int, span: Span, report: Report) -> None:
    ordinal, begin, end = change
    date, time = dt.date.fromordinal(ordinal), _clock(minute)
    jump = f"on {date} the clock goes from {_clock(begin)} to {_clock(end)}"
    if code == "IVR604":
        report.add(
            code, span, f"{jump}, so {time} does not exist", f"it is taken as {_clock(end)}; choose another time"
        )
    else:
        report.add(code, span, f"{jump}, so {time} comes twice", "the first is taken; choose another time")


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _time_in(at: Located, minute: int) -> Span:
    """The time as it stands in a text of hours or in the key of an exception."""
    hour, rest = divmod(minute, 60)
    found = re.search(rf"(?<![0-9:])0?{hour}:{rest:02}(?![0-9])", at.text)
    return at.span if found is None else at.inside(found.start(), found.end())


# --- exceptions


def _past(spec: CalendarSpec, declared: Declared, today: dt.date, report: Report) -> None:
    for section, items in (("closed_on", spec.closed_on), ("open_on", spec.open_on)):
        past = [item for item in items if item.day < today.toordinal()]
        places = [at for item in past[: _SHOWN + 1] if (at := _key(declared, section, item)) is not None]
        if not places:
            continue
        what = "this exception is" if len(past) == 1 else f"{len(past)} exceptions of '{section}' are"
        report.add(
            "IVR606", places[0].span, f"{what} in the past", "take it out" if len(past) == 1 else "take them out",
            [Label(at.span, "in the past too") for at in places[1:_SHOWN]],
        )  # fmt: skip


def _of_day(spec: CalendarSpec, ordinal: int) -> Iterator[Exception_]:
    for item in (*spec.closed_on, *spec.open_on):
        if item.day == ordinal:
            yield item


def _key(declared: Declared, section: str, item: Exception_) -> Located | None:
    """The key under which an exception is written, None when it cannot be found again."""
    return declared.key_of(section, *_spellings(item))


def _spellings(item: Exception_) -> Iterator[str]:
    """How the key of an exception may be written: hours with and without a leading zero."""
    date = dt.date.fromordinal(item.day).isoformat()
    if item.whole_day:
        yield date
    for start in dict.fromkeys((_clock(item.start), f"{item.start // 60}:{item.start % 60:02}")):
        for end in dict.fromkeys((_clock(item.end), f"{item.end // 60}:{item.end % 60:02}")):
            yield f"{date} {start}-{end}"
