"""Time classes: the stretches of time in which every calendar, and the phase of a number, stays as it is.

A world is a legacy number (or the main line) in one class of that number, with one combination of facts. Worlds are bits
of an int, so that a set of worlds costs one operation, and what numbers and classes have in common is worked out once.
"""

from __future__ import annotations

import datetime as dt
import heapq
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby, pairwise

from msgspec import Struct

from ivr.calendars.moment import Almanac, phase_at
from ivr.model.graph import CalendarSpec, Graph
from ivr.model.moment import CLOSED, HOLIDAY, OPEN, PARALLEL
from ivr.proofs.knowing import Known, told_apart, usual_facts
from ivr.proofs.relevant import Relevance

HORIZON_DAYS = 800
"""How far ahead calls are considered when nobody says otherwise."""
MAX_FACTS = 64
"""Combinations of facts that are told apart; beyond it facts are taken as free, which is safe and less exact."""


class World(Struct, frozen=True):
    """A number in one of its classes: the state of each calendar, its phase, and when that first and last is so.

    `number` is -1 for the main line. `first` is an instant inside the class, `seconds` how long it lasts in all.
    """

    number: int
    vector: int
    phase: int
    first: int
    seconds: int


class Stretch(Struct, frozen=True):
    """A stretch of time (epoch seconds, end exclusive) with the index of its vector of calendar states."""

    start: int
    end: int
    vector: int


class Classes:
    """All time classes of a table from an instant on."""

    def __init__(self, almanac: Almanac, start: int, days: int = HORIZON_DAYS) -> None:
        self.almanac = almanac
        self.graph: Graph = almanac.graph
        self.start = start
        self.end = start + days * 86_400
        self.vectors: list[tuple[int, ...]] = []
        self._index: dict[tuple[int, ...], int] = {}
        self._merged: dict[int, list[int]] = {}
        self._kept: dict[tuple[int, int, int], dict[int, tuple[int, int]]] = {}
        self.stretches: list[Stretch] = list(self._merge())
        self._starts = [s.start for s in self.stretches]

    def _merge(self) -> Iterator[Stretch]:
        """All calendars side by side; a stretch ends where any of them changes."""
        changes = [calendar_changes(self.almanac, i, self.start, self.end) for i in range(len(self.graph.calendars))]
        now = [held[0][1] for held in changes]
        marks = heapq.merge(*([(at, i, state) for at, state in held[1:]] for i, held in enumerate(changes)))
        begun = self.start
        for at, calendar, state in marks:
            if at > begun:
                yield Stretch(begun, at, self._vector(tuple(now)))
                begun = at
            now[calendar] = state
        if begun < self.end:
            yield Stretch(begun, self.end, self._vector(tuple(now)))

    def _vector(self, states: tuple[int, ...]) -> int:
        held = self._index.get(states)
        if held is None:
            held = self._index[states] = len(self.vectors)
            self.vectors.append(states)
        return held

    def of_number(self, number: int, calendars: int) -> list[World]:
        """The worlds of a number: which states of the given calendars (a bit set) and phases occur together.

        Calendars that its callers never meet do not tell worlds apart; each has then the state of the first vector.
        """
        found: dict[tuple[int, int], tuple[int, int]] = {}
        for start, end, phase in self._lives(number):
            for vector, (first, seconds) in self._within(calendars, start, end).items():
                held = found.get((vector, phase))
                found[vector, phase] = (first, seconds) if held is None else (held[0], held[1] + seconds)
        return [World(number, v, p, first, seconds) for (v, p), (first, seconds) in found.items()]

    def _lives(self, number: int) -> Iterator[tuple[int, int, int]]:
        """The stretches of a number's life as (start, end, phase), within the horizon."""
        phases = self.graph.numbers[number].phases if number >= 0 else ()
        edges = [self.start, *(at for at, _ in phases if self.start < at < self.end), self.end]
        for a, b in pairwise(edges):
            yield a, b, self.phase(number, a)

    def phase(self, number: int, at: int) -> int:
        """The phase of a number at an instant; the main line is always as it is."""
        held = number >= 0 and self.graph.numbers[number].phases
        return phase_at(self.graph.numbers[number], at) if held else PARALLEL

    def _within(self, calendars: int, start: int, end: int) -> dict[int, tuple[int, int]]:
        """The vectors that occur between two instants, each with an instant inside and how long it lasts in all.

        Numbers share calendars and dates, so the answers are kept.
        """
        held = self._kept.get((calendars, start, end))
        if held is not None:
            return held
        same = self.same(calendars)
        held = {}
        for s in self.stretches[bisect_right(self._starts, start) - 1 :]:
            if s.start >= end:
                break
            a, b = max(s.start, start), min(s.end, end)
            before = held.get(same[s.vector])
            held[same[s.vector]] = (middle(a, b), b - a) if before is None else (before[0], before[1] + b - a)
        self._kept[calendars, start, end] = held
        return held

    def same(self, calendars: int) -> list[int]:
        """For each vector the first one that has the same states of the given calendars."""
        held = self._merged.get(calendars)
        if held is None:
            wanted = [i for i in range(len(self.graph.calendars)) if calendars >> i & 1]
            first: dict[tuple[int, ...], int] = {}
            held = [first.setdefault(tuple(v[i] for i in wanted), n) for n, v in enumerate(self.vectors)]
            self._merged[calendars] = held
        return held


def middle(start: int, end: int) -> int:
    """An instant inside a stretch that is easy to say: a whole hour if there is one, else its first minute."""
    hour = -(-(start + 60) // 3600) * 3600
    return hour if hour < end - 60 else start


def calendar_changes(almanac: Almanac, index: int, start: int, end: int) -> list[tuple[int, int]]:
    """(instant, state) from `start` on, at each change of a calendar; the first entry is the state at `start`.

    The last ones are kept by what is written of the calendar: who edits a table and proves it again seldom changes hours,
    and to work out years of days is most of what making the classes takes.
    """
    key = (almanac.calendars[index].spec, almanac.zone.key, start, end)
    held = _CHANGES.get(key)
    if held is None:
        held = _CHANGES[key] = _calendar_changes(almanac, index, start, end)
        if len(_CHANGES) > MOST_CHANGES:
            _CHANGES.popitem(last=False)
    return held


MOST_CHANGES = 64
"""Calendars of which the changes are kept."""
_CHANGES: OrderedDict[tuple[CalendarSpec, str | None, int, int], list[tuple[int, int]]] = OrderedDict()


def _calendar_changes(almanac: Almanac, index: int, start: int, end: int) -> list[tuple[int, int]]:
    calendar = almanac.calendars[index]
    out = [(start, calendar.at(start))]
    day = dt.datetime.fromtimestamp(start, almanac.zone).toordinal()
    last = dt.datetime.fromtimestamp(end, almanac.zone).toordinal()
    for ordinal in range(day, last + 1):
        held = calendar.day(ordinal)
        closed = HOLIDAY if held.holiday else CLOSED
        minutes = [(0, closed)]
        for first, after in held.stretches:
            minutes += [(first, OPEN), (after, closed)]
        for minute, _ in minutes:
            at = calendar.instant(ordinal, minute)
            if start < at < end:
                state = calendar.at(at)
                if state != out[-1][1] and at > out[-1][0]:
                    out.append((at, state))
    return out


class Worlds:
    """All worlds of a table as bits, and the sets in which a question has an answer."""

    def __init__(self, classes: Classes, met: Callable[[int], int] | None = None) -> None:
        """Make all worlds; `met` gives the calendars (a bit set) that callers of a number can meet."""
        graph = classes.graph
        self.classes = classes
        self.graph = graph
        self.known = self._told_apart()
        """What is known of the callers that are told apart, fact → value; none where facts are taken as free."""
        self.free_facts = self.known is None
        usual = usual_facts(graph)
        asked = set().union(*self.known) if self.known is not None else set()
        self.facts: list[tuple[int, ...]] = [
            tuple(known.get(fact, usual[fact] if fact in asked else 0) for fact in range(len(usual)))
            for known in self.known or ()
        ] or [()]
        """Their facts, one value standing for all where a fact is not asked."""
        met = Relevance(graph).of_number if met is None else met
        numbers = range(-1, len(graph.numbers))
        self.list: list[World] = [w for n in numbers for w in classes.of_number(n, met(n))]
        self.width = len(self.facts)
        self.all = (1 << (len(self.list) * self.width)) - 1
        rows = [classes.vectors[world.vector] for world in self.list]
        self._calendar = [
            [self._mask(row[c] == state for row in rows) for state in range(3)] for c in range(len(graph.calendars))
        ]
        self.phases = sorted({world.phase for world in self.list})
        self._phase = {phase: self._mask(world.phase == phase for world in self.list) for phase in self.phases}
        self._number = self._blocks()
        every = self._spread("1" * len(self.list))
        self._fact = (
            []
            if self.free_facts
            else [
                [every * sum(1 << f for f, row in enumerate(self.facts) if row[i] == v) for v in range(len(values))]
                for i, (_, values) in enumerate(graph.facts)
            ]
        )

    def _mask(self, wanted: Iterable[bool]) -> int:
        """The set of the worlds for which it is so, with all their facts."""
        return self._spread("".join("1" if w else "0" for w in wanted)) * ((1 << self.width) - 1)

    def _spread(self, digits: str) -> int:
        """A set from a digit for each world, first world first: its lowest bit, the rest of its facts left out."""
        gap = "0" * (self.width - 1)
        return int("".join(gap + d for d in reversed(digits)) or "0", 2)

    def _blocks(self) -> dict[int, int]:
        """The worlds of each number: they stand side by side."""
        out: dict[int, int] = {}
        at = 0
        for number, group in groupby(self.list, key=lambda world: world.number):
            size = sum(1 for _ in group) * self.width
            out[number] = ((1 << size) - 1) << at
            at += size
        return out

    def _told_apart(self) -> list[Known] | None:
        return told_apart([self.graph], MAX_FACTS)

    def calendar(self, index: int, state: int) -> int:
        """The worlds in which a calendar is in a state."""
        return self._calendar[index][state]

    def phase(self, phase: int) -> int:
        """The worlds in which the number is in a phase."""
        return self._phase.get(phase, 0)

    def number(self, number: int) -> int:
        """The worlds of a number, -1 for the main line."""
        return self._number.get(number, 0)

    def fact(self, index: int, value: int) -> int:
        """The worlds in which a fact has a value; all of them where facts are taken as free."""
        return self.all if self.free_facts else self._fact[index][value]

    @property
    def shown(self) -> list[tuple[int, ...]]:
        """The facts of the callers that are told apart as they are told of: -1 where a fact makes no difference."""
        facts = range(len(self.graph.facts))
        return [tuple(known.get(fact, -1) for fact in facts) for known in self.known or ()] or [()]

    def like(self, facts: tuple[int, ...]) -> int:
        """The worlds of a caller with these facts; all of them where facts are taken as free."""
        if self.known is None:
            return self.all
        here = next(i for i, known in enumerate(self.known) if all(facts[f] == value for f, value in known.items()))
        return self.all // ((1 << self.width) - 1) << here

    def any_of(self, mask: int) -> tuple[World, tuple[int, ...]]:
        """One world of a set, the lowest, and its facts."""
        bit = (mask & -mask).bit_length() - 1
        return self.list[bit // self.width], self.facts[bit % self.width]

    def worlds_of(self, mask: int) -> Iterator[World]:
        """The worlds of a set, facts aside, each once."""
        last = -1
        while mask:
            index = ((mask & -mask).bit_length() - 1) // self.width
            if index != last:
                yield self.list[index]
                last = index
            mask &= ~(((1 << self.width) - 1) << (index * self.width))
