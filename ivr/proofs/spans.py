"""Stretches of days and dates in words: `Mon-Fri 08:30-17:00, Thu until 19:00`, `24 Dec 2026 from 15:00`."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

WEEK = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAY = 1440
MANY = 3
"""Days that are excepted by name; more are counted."""

Spans = tuple[tuple[int, int], ...]
"""Stretches of a day, as minutes since midnight."""
Pieces = tuple[tuple[int, int, int], ...]
"""A day in pieces: from minute, until minute, and a vector of calendar states, or a group of them."""


class Day(Struct, frozen=True):
    """A day, its pieces by vector of calendar states, and the calendars (a bit set) for which it is a holiday."""

    ordinal: int
    start: int
    pieces: Pieces
    holiday: int


def minute_of(instant: int, zone: dt.tzinfo) -> int:
    """The minute of the local day of an instant."""
    local = dt.datetime.fromtimestamp(instant, zone)
    return local.hour * 60 + local.minute


def joined(pieces: Iterable[tuple[int, int, int]]) -> Pieces:
    """Pieces of a day, those side by side with the same group joined."""
    out: list[tuple[int, int, int]] = []
    for start, end, group in pieces:
        if out and out[-1][2] == group:
            out[-1] = (out[-1][0], end, group)
        elif end > start:
            out.append((start, end, group))
    return tuple(out)


def spans_of(pieces: Pieces, group: int) -> Spans:
    """The stretches of a group."""
    return tuple((a, b) for a, b, g in pieces if g == group)


def gained(now: Spans, usual: Spans) -> Spans:
    """What a day has beyond the ordinary; each stretch until its end, a whole day as a whole day."""
    out = []
    for start, end in now:
        if (start, end) == (0, DAY):
            return now if usual != now else ()
        new = [start, *(b for _, b in usual if start < b < end)]
        first = next((at for at in new if not any(a <= at < b for a, b in usual)), None)
        if first is not None:
            out.append((first, end))
    return tuple(out)


def lost(now: Spans, usual: Spans) -> Spans:
    """What a day lacks of the ordinary."""
    out = []
    for start, end in usual:
        at = start
        for a, b in now:
            if a < end and b > at:
                if a > at:
                    out.append((at, a))
                at = max(at, b)
        if at < end:
            out.append((at, end))
    return tuple(out)


def except_text(lost: list[tuple[Day, Spans]], holidays: list[Day]) -> str:
    """`, except holidays and 24 Dec 2026 from 15:00`; '' for nothing. Many days are counted."""
    gone = {day.ordinal: spans for day, spans in lost if spans}
    words = []
    free = {day.ordinal for day in holidays} & gone.keys()
    if len(free) > 1:
        words.append("holidays")
        gone = {at: spans for at, spans in gone.items() if at not in free}
    by_spans: dict[Spans, list[int]] = {}
    for at, spans in gone.items():
        by_spans.setdefault(spans, []).append(at)
    if len(gone) > MANY:
        words.append(f"{len(gone)} {'other ' if words else ''}days")
    else:
        words += [f"{dates_text_of(days)} {_spans_text(spans)}".rstrip() for spans, days in by_spans.items()]
    return f", except {' and '.join(words)}" if words else ""


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _spans_text(spans: Spans) -> str:
    """`until 08:30 and from 17:00`; '' for a whole day."""
    words = []
    for start, end in spans:
        if (start, end) == (0, DAY):
            return ""
        if start == 0:
            words.append(f"until {_clock(end)}")
        else:
            words.append(f"from {_clock(start)}" if end == DAY else f"{_clock(start)}-{_clock(end)}")
    return " and ".join(words)


def week_text(week: list[Spans]) -> str:
    """`Mon-Fri 08:30-17:00, Thu until 19:00; Sat 10:00-12:00`; `always`; '' for never."""
    if all(spans == ((0, DAY),) for spans in week):
        return "always"
    counts = Counter(spans for spans in week if spans)
    rows: list[tuple[Spans, list[int], list[str]]] = []
    for spans in sorted(counts, key=lambda s: -counts[s]):
        days = [i for i, held in enumerate(week) if held == spans]
        near = next((row for row in rows if _differs(spans, row[0]) and len(row[1]) > len(days)), None)
        if near is not None:
            near[1].extend(days)
            near[2].append(f"{_days_text(days)} {_differs(spans, near[0])}")
        else:
            rows.append((spans, days, []))
    rows.sort(key=lambda row: min(row[1]))
    return "; ".join(
        ", ".join((f"{_days_text(sorted(days))} {_spans_text(spans)}".rstrip(), *more)) for spans, days, more in rows
    )


def _differs(spans: Spans, usual: Spans) -> str:
    """How the last stretch of a day differs from that of other days, when nothing else does: `until 19:00`."""
    if len(spans) != len(usual) or spans[:-1] != usual[:-1]:
        return ""
    (start, end), (was, until) = spans[-1], usual[-1]
    if start == was and start and DAY not in (end, until):
        return f"until {_clock(end)}"
    return f"from {_clock(start)}" if end == until == DAY and start and was else ""


def _days_text(days: list[int]) -> str:
    """`Mon-Wed, Fri`."""
    if len(days) == len(WEEK):
        return "daily"
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(
        WEEK[r[0]] if len(r) == 1 else f"{WEEK[r[0]]}{'-' if len(r) > 2 else ', '}{WEEK[r[-1]]}" for r in runs
    )


def dates_text(odd: list[tuple[Day, Spans]], holidays: list[tuple[Day, Spans]]) -> str:
    """`holidays, 24 Dec 2026 from 15:00`. Holidays are said in one word when it is so on each of them."""
    out = []
    gained = {day.ordinal: spans for day, spans in odd if spans}
    free = {gained[day.ordinal] for day, _ in holidays if day.ordinal in gained}
    for spans in free if len(free) == 1 else ():
        if all(_covers(held, spans) for _, held in holidays):
            out.append(f"holidays {_spans_text(spans)}".rstrip())
            gained = {at: s for at, s in gained.items() if at not in {day.ordinal for day, _ in holidays}}
    by_spans: dict[Spans, list[int]] = {}
    for at, spans in gained.items():
        by_spans.setdefault(spans, []).append(at)
    out += [f"{dates_text_of(days)} {_spans_text(spans)}".rstrip() for spans, days in by_spans.items()]
    return ", ".join(out)


def _covers(held: Spans, spans: Spans) -> bool:
    return all(any(a <= start and end <= b for a, b in held) for start, end in spans)


def dates_text_of(ordinals: list[int]) -> str:
    """`24 and 31 Dec 2026`, days side by side as `2-4 Jan 2027`."""
    runs: list[list[int]] = []
    for at in ordinals:
        if runs and runs[-1][1] == at - 1:
            runs[-1][1] = at
        else:
            runs.append([at, at])
    out = []
    for first, last in runs:
        begin, end = dt.date.fromordinal(first), dt.date.fromordinal(last)
        out.append(date_text(begin) if first == last else f"{date_text(begin)} to {date_text(end)}")
    return ", ".join(out)


def date_text(day: dt.date) -> str:
    """`24 Dec 2026`."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
