"""Times as people say them: `Mon-Fri 08:30-17:00, Thu until 19:00`, `holidays`, `24 Dec 2026 from 15:00`.

An ordinary week is told first, then the days that differ from it. Dates that the words for one time name are taken out of
the words for another: "Mon-Fri 08:30-17:00" is not said again without Christmas.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby, pairwise

from msgspec import Struct

from ivr.model.moment import OPEN, PARALLEL, PHASES
from ivr.proofs.classes import Classes
from ivr.proofs.relevant import Relevance
from ivr.proofs.spans import (
    DAY,
    WEEK,
    Day,
    Pieces,
    date_text,
    dates_text,
    except_text,
    gained,
    joined,
    lost,
    minute_of,
    spans_of,
    week_text,
)

SEASON = 7
"""Days without a change that make a calendar one of seasons: it is told as `14 Dec-31 Dec 2026: …`."""


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

    def of_number(
        self, number: int, groups: Mapping[tuple[int, int], int], exceptions: bool = False
    ) -> dict[int, str]:  # fmt: skip
        """The words for each group of the time classes (vector, phase) of a number. Groups that never come have none.

        With `exceptions` the days are named too on which it is not so though the week says it: else the words for another
        group name them.
        """
        said: dict[int, dict[str, list[Life]]] = {}
        lives = list(self._lives(number))
        for life in lives:
            for group, words in self._of_life(number, life, groups, exceptions).items():
                said.setdefault(group, {}).setdefault(words, []).append(life)
        return {group: "; ".join(self._prefixed(words, mine, lives) for words, mine in rows.items())
                for group, rows in said.items()}  # fmt: skip

    def day_pieces(self, number: int, day: Day, groups: Mapping[tuple[int, int], int]) -> Pieces:
        """A day of a number in pieces of groups; -1 for what no group has."""
        same = self._classes.same(self._met(number))
        phase = self._classes.phase(number, day.start)
        return joined((a, b, groups.get((same[vector], phase), -1)) for a, b, vector in day.pieces)

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
                begin = 0 if stretch.start <= midnight else minute_of(stretch.start, zone)
                pieces.append((begin, DAY if stretch.end >= after else minute_of(stretch.end, zone), stretch.vector))
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

    def _of_life(
        self, number: int, life: Life, groups: Mapping[tuple[int, int], int], exceptions: bool
    ) -> dict[int, str]:  # fmt: skip
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
            week = [spans_of(held, group) for held in usual]
            odd = [
                (day, gained(spans_of(held, group), week[(day.ordinal - 1) % 7]))
                for day, held in zip(days, pieces, strict=True)
                if held != usual[(day.ordinal - 1) % 7]
            ]
            free = [(day, spans_of(held, group)) for day, held in zip(days, pieces, strict=True) if day.holiday & met]
            out[group] = ", and ".join(filter(None, (week_text(week), dates_text(odd, free)))) or "never"
            if exceptions:
                gone = [
                    (day, lost(spans_of(held, group), week[(day.ordinal - 1) % 7]))
                    for day, held in zip(days, pieces, strict=True)
                ]
                out[group] += except_text(gone, [day for day in days if day.holiday & met])
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
            return f"until {date_text(end)}{phase}"
        if last.end == self._classes.end:
            return f"from {date_text(begin)}{phase}"
        return f"{date_text(begin)} to {date_text(end)}{phase}"
