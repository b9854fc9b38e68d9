"""In which worlds each state can be reached: sets of worlds carried along edges until nothing changes.

Sets are interned and their unions and intersections remembered, since a table has few different ones: an edge costs two
look-ups, however many worlds there are. States are swept in reverse postorder, so that few sweeps are needed.
"""

from __future__ import annotations

from collections.abc import Callable

from ivr.proofs.space import Space

Cut = Callable[[int, int], bool]
"""Whether an edge (state, edge) is left out."""


class Sets:
    """Sets of worlds by number. Number 0 is the empty set."""

    def __init__(self, guards: list[int]) -> None:
        self._guards = guards
        self.masks = [0]
        self._numbers = {0: 0}
        self.meets: dict[tuple[int, int], int] = {}
        self.joins: dict[tuple[int, int], int] = {}

    def number(self, mask: int) -> int:
        """The number of a set."""
        held = self._numbers.get(mask)
        if held is None:
            held = self._numbers[mask] = len(self.masks)
            self.masks.append(mask)
        return held

    def meet(self, held: int, guard: int) -> int:
        """The number of a set within a guard (by index)."""
        out = self.meets[held, guard] = self.number(self.masks[held] & self._guards[guard])
        return out

    def join(self, one: int, other: int) -> int:
        """The number of the union of two sets."""
        out = self.joins[one, other] = self.number(self.masks[one] | self.masks[other])
        return out


KEPT = 6
"""Answers that are kept for a space: guarantees of all callers ask the same."""


def reached(space: Space, worlds: int, without: int = 0, cut: Cut | None = None) -> list[int]:
    """The worlds, of those given, in which each state can be reached by edges that have none of the flags `without` and
    are not `cut`."""
    if cut is not None:
        return _sweep(space, worlds, without, cut)
    held = space.reached.get((worlds, without))
    if held is None:
        if len(space.reached) >= KEPT:
            space.reached.clear()
        held = space.reached[worlds, without] = _sweep(space, worlds, without, None)
    return held


def _sweep(space: Space, worlds: int, without: int, cut: Cut | None) -> list[int]:
    sets = Sets(space.guards)
    found = [0] * len(space.states)
    found[0] = sets.number(worlds)
    first, targets, flags, guard_of = space.first, space.targets, space.flags, space.guard_of
    meets, joins = sets.meets, sets.joins
    changed = bytearray(len(space.states))
    changed[0] = 1
    again = True
    while again:
        again = False
        for at in space.order:
            if not changed[at]:
                continue
            changed[at] = 0
            here = found[at]
            for edge in range(first[at], first[at + 1]):
                if flags[edge] & without or (cut is not None and cut(at, edge)):
                    continue
                guard = guard_of[edge]
                fresh = here
                if guard:
                    known = meets.get((here, guard))
                    fresh = sets.meet(here, guard) if known is None else known
                to = targets[edge]
                held = found[to]
                if fresh == held or not fresh:
                    continue
                if held:
                    known = joins.get((held, fresh))
                    fresh = sets.join(held, fresh) if known is None else known
                if fresh != held:
                    found[to] = fresh
                    changed[to] = 1
                    again = True
    masks = sets.masks
    return [masks[number] for number in found]
