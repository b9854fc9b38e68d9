"""How few scenarios could take all exits of a time: what no suite can better.

A call is one caller's, at one time. So there are at least as many as exits, divided by the most that any one caller can
take; and at least as many as there are exits of which no call can take two.
"""

from __future__ import annotations

from ivr.model.state import ENDED
from ivr.proofs.reach import reached
from ivr.proofs.space import LIMIT, Space
from ivr.simulator.exits import Exits
from ivr.simulator.times import Time


def fewest(space: Space, exits: Exits, time: Time) -> tuple[int, int]:
    """(by the exits of the caller who can take most, by exits that exclude each other)."""
    worlds = time.worlds
    parts = [worlds]
    mine = [mask & worlds for mask in exits.worlds]
    for mask in filter(None, mine):
        parts = [part for whole in parts for part in (whole & mask, whole & ~mask) if part]
    most = max(sum(1 for mask in mine if mask & part) for part in parts)
    return -(-time.exits.bit_count() // most), _exclusive(_together(space, exits, worlds), time.exits)


def _together(space: Space, exits: Exits, worlds: int) -> list[int]:
    """For each exit those (bits) that may be taken in the same call: before it, or after it, by the same caller.

    Too many rather than too few: what is settled on the way is not looked at, and the limit of inputs is free.
    """
    found = reached(space, worlds)
    bits = [0 if exit < 0 else 1 << exit for exit in exits.of_edge]
    ahead = [0] * len(space.states)
    changed = True
    while changed:
        changed = False
        for at in reversed(space.order):
            fresh = ahead[at]
            for edge in space.out(at):
                if found[at] & space.guard(edge):
                    fresh |= (0 if space.flags[edge] & LIMIT else bits[edge]) | ahead[space.targets[edge]]
            if fresh != ahead[at]:
                ahead[at] = fresh
                changed = True
    after = [0] * len(exits.list)
    for at, here in enumerate(found):
        if space.states[at].part != ENDED:
            for edge in space.out(at):
                exit = exits.of_edge[edge]
                if exit >= 0 and here & space.guard(edge) and not space.flags[edge] & LIMIT:
                    after[exit] |= ahead[space.targets[edge]]
    size = range(len(after))
    shared = [sum(1 << j for j in size if exits.worlds[i] & exits.worlds[j] & worlds) for i in size]
    before = [sum(1 << j for j in size if after[j] >> i & 1) for i in size]
    return [(after[i] | before[i] | 1 << i) & shared[i] for i in size]


def _exclusive(together: list[int], exits: int) -> int:
    """How many exits can be found of which no two go together: those that go with fewest are taken first."""
    left, count = exits, 0
    while left:
        members = [i for i in range(len(together)) if left >> i & 1]
        least = min(members, key=lambda i: ((together[i] & left).bit_count(), i))
        left &= ~together[least] & ~(1 << least)
        count += 1
    return count
