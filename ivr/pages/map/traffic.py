"""Turns of calls laid along the lines of the map: a turn ends where the caller is asked something, and may have passed nodes
that ask nothing on its way there."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from msgspec import Struct

from ivr.pages.map.data import ENTRY, TASK, TEAM, Map

ASKING = frozenset({"menu", "ask", "survey", "case"})
"""Kinds at which a turn ends: nobody passes one without being asked."""


class Traffic(Struct, frozen=True):
    """Callers of each line of the map, by index; `lost` are turns between nodes that no line of this version joins."""

    counts: dict[int, int]
    lost: int


def lay_along(map_: Map, pairs: Iterable[tuple[str, str, int]], numbers: Iterable[tuple[str, int]]) -> Traffic:
    """Each turn on the shortest way between its two nodes, as no record says which way it took where there are several."""
    names = {item.name: place for place, item in enumerate(map_.items)}
    ways = _Ways(map_)
    counts: dict[int, int] = {}
    lost = 0
    first = map_.chain[0] if map_.chain else -1
    for source, target, count in pairs:
        begin, end = (names.get(source, -1) if source else first), names.get(target, -1)
        way = ways.between(begin, end) if begin >= 0 and end >= 0 else None
        if way is None:
            lost += count
        for line in way or ():
            counts[line] = counts.get(line, 0) + count
    groups = {called.name: place for place, item in enumerate(map_.items) for called in item.numbers}
    main = next((place for place, item in enumerate(map_.items) if item.id == "e-1"), -1)
    entries = {line.source: index for index, line in enumerate(map_.lines) if line.kind == ENTRY}
    for number, count in numbers:
        entry = entries.get(groups.get(number, -1) if number else main)
        if entry is not None:
            counts[entry] = counts.get(entry, 0) + count
    return Traffic(counts, lost)


class _Ways:
    """The shortest ways on a map, each looked for once."""

    def __init__(self, map_: Map) -> None:
        self._map = map_
        self._out: dict[int, list[int]] = {}
        for index, line in enumerate(map_.lines):
            if line.kind not in (TEAM, TASK):
                self._out.setdefault(line.source, []).append(index)
        self._from: dict[int, dict[int, int]] = {}

    def between(self, source: int, target: int) -> list[int] | None:
        """The lines from one box to another; None when none lead there. `source` itself is no way to it."""
        if source == target:
            return []
        came = self._from.setdefault(source, {}) or self._search(source)
        if target not in came:
            return None
        out: list[int] = []
        at = target
        while at != source:
            line = came[at]
            out.append(line)
            at = self._map.lines[line].source
        return out[::-1]

    def _search(self, source: int) -> dict[int, int]:
        """By box, the line by which it is come to first; beyond a node that asks, nobody goes in the same turn."""
        came = self._from[source]
        todo = deque([source])
        while todo:
            at = todo.popleft()
            if at != source and self._map.items[at].kind in ASKING:
                continue
            for index in self._out.get(at, ()):
                target = self._map.lines[index].target
                if target != source and target not in came:
                    came[target] = index
                    todo.append(target)
        return came
