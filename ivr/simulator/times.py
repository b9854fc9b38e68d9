"""Times that differ in which exits can be taken then, by any caller of any number."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from itertools import pairwise

from msgspec import Struct

from ivr.proofs.classes import Classes, middle
from ivr.proofs.relevant import Relevance
from ivr.proofs.space import Space
from ivr.simulator.exits import Exits


class Moment(Struct, frozen=True):
    """An instant (epoch seconds), and the worlds of all who may call at it."""

    at: int
    worlds: int


class Time(Struct, frozen=True):
    """Moments at which the same exits (a bit set) can be taken: one for each way in which numbers and calendars stand."""

    moments: tuple[Moment, ...]
    exits: int

    @property
    def worlds(self) -> int:
        """The worlds of all who may call at any of them."""
        held = 0
        for moment in self.moments:
            held |= moment.worlds
        return held


def times(space: Space, exits: Exits) -> list[Time]:
    """All times of a table, in the order in which they first come."""
    groups: dict[int, list[Moment]] = {}
    for moment in _moments(space):
        taken = sum(1 << i for i, mask in enumerate(exits.worlds) if mask & moment.worlds)
        groups.setdefault(taken, []).append(moment)
    return [Time(tuple(moments), taken) for taken, moments in groups.items() if taken]


def _moments(space: Space) -> list[Moment]:
    """An instant of each way in which calendars and phases stand together, the first of each."""
    classes = space.worlds.classes
    phases = {at for number in classes.graph.numbers for at, _ in number.phases if classes.start < at < classes.end}
    cuts = [*sorted(phases | {stretch.start for stretch in classes.stretches}), classes.end]
    starts = [stretch.start for stretch in classes.stretches]
    stand = _Standing(space)
    found: dict[tuple[int, ...], Moment] = {}
    for begin, end in pairwise(cuts):
        vector = classes.stretches[bisect_right(starts, begin) - 1].vector
        key = stand.key(vector, begin)
        if key not in found and end - begin >= 60 and sayable(classes, middle(begin, end)):
            found[key] = Moment(middle(begin, end), stand.worlds(key))
    return list(found.values())


def sayable(classes: Classes, at: int) -> bool:
    """Whether an instant is a whole minute that the clock shows once: not in the hour that comes twice in autumn."""
    local = dt.datetime.fromtimestamp(at, classes.almanac.zone)
    return not at % 60 and int(local.replace(fold=0).timestamp()) == at == int(local.replace(fold=1).timestamp())


class _Standing:
    """How numbers stand at an instant: each in one of its worlds."""

    def __init__(self, space: Space) -> None:
        worlds = space.worlds
        self._classes = worlds.classes
        relevance = Relevance(space.graph)
        self._numbers = range(-1, len(space.graph.numbers))
        self._same = {n: worlds.classes.same(relevance.of_number(n)) for n in self._numbers}
        self._index = {(w.number, w.vector, w.phase): i for i, w in enumerate(worlds.list)}
        self._width = worlds.width

    def key(self, vector: int, at: int) -> tuple[int, ...]:
        """The world of each number, by index."""
        classes = self._classes
        return tuple(self._index[n, self._same[n][vector], classes.phase(n, at)] for n in self._numbers)

    def worlds(self, key: tuple[int, ...]) -> int:
        """These worlds with all their facts, as a set."""
        block = (1 << self._width) - 1
        return sum(block << (index * self._width) for index in key)
