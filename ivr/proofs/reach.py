"""In which worlds each state can be reached: sets of worlds carried along edges until nothing changes."""

from __future__ import annotations

from collections import deque

from ivr.proofs.space import Space


def reached(space: Space, worlds: int, without: int = 0) -> list[int]:
    """The worlds, of those given, in which each state can be reached by edges that have none of the flags `without`."""
    found = [0] * len(space.states)
    found[0] = worlds
    waiting = deque([0])
    queued = bytearray(len(space.states))
    first, targets, flags, guards, guard_of = space.first, space.targets, space.flags, space.guards, space.guard_of
    while waiting:
        at = waiting.popleft()
        queued[at] = 0
        here = found[at]
        for edge in range(first[at], first[at + 1]):
            if flags[edge] & without:
                continue
            fresh = here & guards[guard_of[edge]]
            to = targets[edge]
            if fresh & ~found[to]:
                found[to] |= fresh
                if not queued[to]:
                    queued[to] = 1
                    waiting.append(to)
    return found
