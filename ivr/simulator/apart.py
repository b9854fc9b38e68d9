"""Instants at which two tables of the same numbers stand otherwise: a calendar that is met, or the phase of a number."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from ivr.model.graph import Graph
from ivr.model.moment import OPEN
from ivr.proofs.classes import Classes, Stretch, middle
from ivr.simulator.times import sayable

EACH = 2
"""Instants that are kept for each way in which a calendar stands otherwise."""


def instants(was: Classes, now: Classes) -> list[int]:
    """Instants at which a calendar that a team, a node or anybody goes by stands otherwise, in order."""
    pairs = _pairs(was.graph, now.graph)
    seen: dict[tuple[int, int, int, int], int] = {}
    out: set[int] = set()
    for begin, end, one, other in _together(was.stretches, now.stretches):
        before, after = was.vectors[one], now.vectors[other]
        for i, j in pairs:
            key = (i, j, before[i], after[j])
            if before[i] != after[j] and seen.get(key, 0) < EACH and _fits(was, begin, end):
                seen[key] = seen.get(key, 0) + 1
                out.add(middle(begin, end))
    return sorted(out)


def of_number(was: Classes, now: Classes, number: int) -> list[int]:
    """Instants at which a number stands otherwise: where its phases differ, one for each way in which calendars stand;
    where they do not, such instants of each of its phases."""
    differ = was.graph.numbers[number].phases != now.graph.numbers[number].phases
    cuts = {at for c in (was, now) for at, _ in c.graph.numbers[number].phases if was.start < at < was.end}
    seen: dict[tuple[int, int, int], int] = {}
    for begin, end in pairwise([was.start, *sorted(cuts), was.end]):
        one, other = was.phase(number, begin), now.phase(number, begin)
        if differ and one == other:
            continue
        for stretch in was.stretches:
            a, b = max(begin, stretch.start), min(end, stretch.end)
            if a < b and (one, other, stretch.vector) not in seen and _fits(was, a, b):
                seen[one, other, stretch.vector] = middle(a, b)
    return [at for _, at in sorted(seen.items(), key=lambda item: (_shut(was.vectors[item[0][2]]), item[1]))]


def _shut(states: tuple[int, ...]) -> int:
    """How many calendars are not open."""
    return sum(state != OPEN for state in states)


def _fits(classes: Classes, begin: int, end: int) -> bool:
    """Whether a stretch has an instant that can be said."""
    return end - begin >= 60 and sayable(classes, middle(begin, end))


def _pairs(was: Graph, now: Graph) -> set[tuple[int, int]]:
    """Calendars (before, after) that are not the same, where one stands in the place of the other."""
    pairs = {(i, i) for i, (a, b) in enumerate(zip(was.calendars, now.calendars, strict=False)) if a != b}
    pairs |= {(a.calendar, b.calendar) for a, b in zip(was.teams, now.teams, strict=False) if a.calendar != b.calendar}
    after = dict(zip(now.names, now.nodes, strict=True))
    for name, node in zip(was.names, was.nodes, strict=True):
        one, other = getattr(node, "calendar", -1), getattr(after.get(name), "calendar", -1)
        if one != other and min(one, other) >= 0:
            pairs.add((one, other))
    return pairs


def _together(one: list[Stretch], other: list[Stretch]) -> Iterator[tuple[int, int, int, int]]:
    """Two lists of stretches side by side: begin, end, and the vector of each."""
    i = j = 0
    while i < len(one) and j < len(other):
        begin, end = max(one[i].start, other[j].start), min(one[i].end, other[j].end)
        if begin < end:
            yield begin, end, one[i].vector, other[j].vector
        step = one[i].end, other[j].end
        i += step[0] == end
        j += step[1] == end
