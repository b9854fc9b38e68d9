"""Times as people say them: `Mon-Fri 08:30-17:00, Thu until 19:00`, `holidays`, `24 Dec 2026 from 15:00`.

An ordinary week is told first, then the days that differ from it. Dates that the words for one time name are taken out of
the words for another: "Mon-Fri 08:30-17:00" is not said again without Christmas.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby, pairwise

from msgspec import Struct

from ivr.model.moment import OPEN, PARALLEL, PHASES
from ivr.proofs.classes import Classes
from ivr.proofs.relevant import Relevance

WEEK = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAY = 1440
SEASON = 7
"""Days without a change that make a calendar one of seasons: it is told as `14 Dec-31 Dec 2026: …`."""

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


class Life(Struct, frozen=True):
    """A stretch of a number's life in one phase and one season: epoch seconds."""

    start: int
    end: int
    phase: int


def _phase(phase: int) -> str:
    return "" if phase == PARALLEL else PHASES[phase]


class Saying:
    """Says when something is so, for the numbers of one table."""

    def __init__(
        self, classes: Classes, met: Callable[[int], int] | None = None, phases: Callable[[int], str] = _phase
    ) -> None:  # fmt: skip
        """`met` gives the calendars (a bit set) that callers of a number can meet, `phases` the words for a phase."""
        self._classes = classes
        self._met = Relevance(classes.graph).of_number if met is None else met
        self._phases = phases
        self.days = list(self._days())
        self._seasons = [self._season(i) for i in range(len(classes.graph.calendars))]

    def of_number(self, number: int, groups: Mapping[tuple[int, int], int]) -> dict[int, str]:
        """The words for each group of the time classes (vector, phase) of a number. Groups that never come have none."""
        said: dict[int, dict[str, list[Life]]] = {}
        lives = list(self._lives(number))
        for life in lives:
            for group, words in self._of_life(number, life, groups).items():
                said.setdefault(group, {}).setdefault(words, []).append(life)
        return {group: "; ".join(self._prefixed(words, mine, lives) for words, mine in rows.items())
                for group, rows in said.items()}  # fmt: skip

    def day_pieces(self, number: int, day: Day, groups: Mapping[tuple[int, int], int]) -> Pieces:
        """A day of a number in pieces of groups; -1 for what no group has."""
        same = self._classes.same(self._met(number))
        phase = self._classes.phase(number, day.start)
        return _joined((a, b, groups.get((same[vector], phase), -1)) for a, b, vector in day.pieces)

    def _days(self) -> Iterator[Day]:
        """All days of the horizon."""
        classes, zone = self._classes, self._classes.almanac.zone
        at = 0
        first = dt.datetime.fromtimestamp(classes.start, zone).date()
        midnight = classes.start
        for ahead in range((classes.end - classes.start) // 86_400):
            date = first + dt.timedelta(days=ahead)
            after = int(dt.datetime.combine(date + dt.timedelta(days=1), dt.time(), zone).timestamp())
            pieces = []
            while at < len(classes.stretches) and classes.stretches[at].start < after:
                stretch = classes.stretches[at]
                begin = 0 if stretch.start <= midnight else _minute(stretch.start, zone)
                pieces.append((begin, DAY if stretch.end >= after else _minute(stretch.end, zone), stretch.vector))
                if stretch.end > after:
                    break
                at += 1
            yield Day(date.toordinal(), midnight, tuple(pieces), self._holiday(date.toordinal()))
            midnight = after

    def _holiday(self, ordinal: int) -> int:
        calendars = self._classes.almanac.calendars
        return sum(1 << i for i, calendar in enumerate(calendars) if calendar.day(ordinal).holiday)

    def _season(self, calendar: int) -> tuple[int, ...]:
        """The instants at which a calendar of seasons changes; none of a calendar of hours."""
        states = self._classes.vectors
        runs = [
            (state, [piece for _, piece in rows])
            for state, rows in groupby(
                ((states[v][calendar] == OPEN, (day.start, a, b)) for day in self.days for a, b, v in day.pieces),
                key=lambda row: row[0],
            )
        ]
        whole = all(rows[0][1] == 0 and rows[-1][2] == DAY for _, rows in runs)
        long = all(rows[-1][0] - rows[0][0] >= (SEASON - 1) * 86_400 for _, rows in runs[1:-1])
        return tuple(rows[0][0] for _, rows in runs[1:]) if whole and long else ()

    def _lives(self, number: int) -> Iterator[Life]:
        classes = self._classes
        phases = classes.graph.numbers[number].phases if number >= 0 else ()
        met = self._met(number)
        cuts = {at for at, _ in phases} | {at for i, c in enumerate(self._seasons) if met >> i & 1 for at in c}
        inner = sorted(at for at in cuts if classes.start < at < classes.end)
        for start, end in pairwise([classes.start, *inner, classes.end]):
            yield Life(start, end, classes.phase(number, start))

    def _of_life(self, number: int, life: Life, groups: Mapping[tuple[int, int], int]) -> dict[int, str]:
        """The words for each group within a life."""
        days = [d for d in self.days if life.start <= d.start < life.end]
        met = self._met(number)
        pieces = [self.day_pieces(number, day, groups) for day in days]
        counts: list[Counter[Pieces]] = [Counter() for _ in WEEK]
        for day, held in zip(days, pieces, strict=True):
            counts[(day.ordinal - 1) % 7][held] += 1 if day.holiday & met else 1000
        usual = [max(count, key=lambda p: count[p]) if count else () for count in counts]
        out = {}
        for group in sorted({g for held in pieces for _, _, g in held if g >= 0}):
            week = [_mine(held, group) for held in usual]
            odd = [
                (day, _gained(_mine(held, group), week[(day.ordinal - 1) % 7]))
                for day, held in zip(days, pieces, strict=True)
                if held != usual[(day.ordinal - 1) % 7]
            ]
            free = [(day, _mine(held, group)) for day, held in zip(days, pieces, strict=True) if day.holiday & met]
            out[group] = ", and ".join(filter(None, (_week_text(week), _dates_text(odd, free)))) or "never"
        return out

    def _prefixed(self, words: str, mine: list[Life], lives: list[Life]) -> str:
        """The words, with the dates between which they are so unless that is always."""
        if len(mine) == len(lives):
            return words
        runs: list[list[Life]] = []
        for life in mine:
            if runs and runs[-1][-1].end == life.start and runs[-1][-1].phase == life.phase:
                runs[-1].append(life)
            else:
                runs.append([life])
        return ", ".join(self._dates(run[0], run[-1]) for run in runs) + ": " + words

    def _dates(self, first: Life, last: Life) -> str:
        zone = self._classes.almanac.zone
        begin = dt.datetime.fromtimestamp(first.start, zone).date()
        end = dt.datetime.fromtimestamp(last.end, zone).date() - dt.timedelta(days=1)
        named = self._phases(first.phase)
        phase = f" ({named})" if named else ""
        if first.start == self._classes.start:
            return f"until {_date(end)}{phase}"
        if last.end == self._classes.end:
            return f"from {_date(begin)}{phase}"
        return f"{_date(begin)} to {_date(end)}{phase}"


def _minute(instant: int, zone: dt.tzinfo) -> int:
    local = dt.datetime.fromtimestamp(instant, zone)
    return local.hour * 60 + local.minute


def _joined(pieces: Iterable[tuple[int, int, int]]) -> Pieces:
    """Pieces of a day, those side by side with the same group joined."""
    out: list[tuple[int, int, int]] = []
    for start, end, group in pieces:
        if out and out[-1][2] == group:
            out[-1] = (out[-1][0], end, group)
        elif end > start:
            out.append((start, end, group))
    return tuple(out)


def _mine(pieces: Pieces, group: int) -> Spans:
    return tuple((a, b) for a, b, g in pieces if g == group)


def _gained(now: Spans, usual: Spans) -> Spans:
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


def _week_text(week: list[Spans]) -> str:
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


def _dates_text(odd: list[tuple[Day, Spans]], holidays: list[tuple[Day, Spans]]) -> str:
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
    out += [f"{_dates(days)} {_spans_text(spans)}".rstrip() for spans, days in by_spans.items()]
    return ", ".join(out)


def _covers(held: Spans, spans: Spans) -> bool:
    return all(any(a <= start and end <= b for a, b in held) for start, end in spans)


def _dates(ordinals: list[int]) -> str:
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
        out.append(_date(begin) if first == last else f"{_date(begin)} to {_date(end)}")
    return ", ".join(out)


def _date(day: dt.date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
