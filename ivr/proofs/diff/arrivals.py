"""Which callers come to each pair of states, and by how short a way: found by growing cost, each world once a pair."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from typing import NamedTuple

from ivr.model.state import ENTERING
from ivr.proofs.diff.walk import Edge, Walk
from ivr.proofs.fork import SWITCHED

EVENT, WITHHELD, SWITCH = 10, 5, 10_000
"""What a way costs: an event, a caller's number that is withheld, something that is switched on. So the shortest way is
an ordinary call wherever one will do."""


class Came(NamedTuple):
    """Worlds that came to a pair: at what cost, from where, by which edge (None for the arrival itself)."""

    cost: int
    worlds: int
    source: int
    edge: Edge | None


class Arrivals:
    """Which worlds come to each pair, and how."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        size = len(walk.pairs)
        self.reached = [0] * size
        self.came: list[list[Came]] = [[] for _ in range(size)]
        """For each pair who came when and how; no world twice."""
        self._spread()

    def _spread(self) -> None:
        guards, reached = self.walk.fork.guards, self.reached
        waiting: dict[tuple[int, int], list[Came]] = {(0, 0): [Came(0, self.walk.worlds.all, -1, None)]}
        queue = [(0, 0)]
        while queue:
            cost, at = heapq.heappop(queue)
            fresh = 0
            for row in waiting.pop((cost, at)):
                mask = row.worlds & ~reached[at]
                if mask:
                    reached[at] |= mask
                    fresh |= mask
                    self.came[at].append(row._replace(worlds=mask))
            if not fresh:
                continue
            event = EVENT if self.walk.pairs[at][0].part != ENTERING else 0
            for edge in self.walk.edges[at]:
                mask = fresh & guards[edge.guard] & ~reached[edge.target]
                if mask:
                    key = (cost + event + _odd(edge), edge.target)
                    if key not in waiting:
                        waiting[key] = []
                        heapq.heappush(queue, key)
                    waiting[key].append(Came(key[0], mask, at, edge))

    def at(self, pair: int, guard: int) -> Iterator[tuple[int, int]]:
        """(cost, worlds) in which a pair is come to within a guard, least first."""
        mask = self.walk.fork.guards[guard]
        yield from ((row.cost, row.worlds & mask) for row in self.came[pair] if row.worlds & mask)

    def way(self, pair: int, world: int) -> list[tuple[int, Edge]]:
        """The shortest way of a world (a bit) to a pair: the pairs that it goes through, and by which edge it leaves."""
        out: list[tuple[int, Edge]] = []
        while pair:
            row = next(row for row in self.came[pair] if row.worlds & world)
            assert row.edge is not None
            out.append((row.source, row.edge))
            pair = row.source
        return out[::-1]


def _odd(edge: Edge) -> int:
    """How far a way is from an ordinary call."""
    return odd(edge.chosen) if edge.chosen else 0


def odd(chosen: tuple[tuple[tuple[str, int], int], ...]) -> int:
    """The cost of free answers."""
    cost = 0
    for (kind, _), answer in chosen:
        if kind in SWITCHED and answer:
            cost += SWITCH
        elif kind == "caller" and not answer:
            cost += WITHHELD
    return cost
