"""How far a goal is from every place, in every world: searched from the goal backwards.

What is left of a way does not depend on how a caller came, so numbers share almost all of it; searched forwards, each
number would bring its own seconds into every state.
"""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Iterator

from ivr.proofs.near import Costs
from ivr.proofs.reach import reached
from ivr.proofs.space import LIMIT, SWITCH, Space

Pieces = list[tuple[int, int, int]]
"""(choices, milliseconds, worlds): disjoint sets of worlds, nearest first. Milliseconds are whole, so that equal ways cost
the same however they are added up."""


def homeward(space: Space, goals: list[tuple[int, int]], hurry: bool) -> Pieces:
    """The least that each world needs from its call's beginning to one of the goals, (state, edge): fewest choices and then
    seconds, or, in a `hurry`, fewest seconds and then choices. Worlds that never come there are in no piece.

    Nothing is switched and the limit of inputs is not reached, as in `near`.
    """
    return [(choices, millis, mask) for at, choices, millis, mask in _from(space, goals, hurry) if at == 0]


def farthest(space: Space, goals: list[tuple[int, int]]) -> dict[int, int]:
    """By state, the most milliseconds that anybody there needs to one of the goals, of those who can come to one; states
    from which nobody can are left out. Assumed is what `homeward` assumes."""
    return {
        at: millis for at, _, millis, _ in _from(space, goals, hurry=True)
    }  # the last that comes there is the farthest


def _from(space: Space, goals: list[tuple[int, int]], hurry: bool) -> Iterator[tuple[int, int, int, int]]:
    """(state, choices, milliseconds, worlds): what is left from each state in each world, nearest first."""
    costs = Costs(space)
    took = [round(seconds * 1000) for seconds in costs.took]
    spoken = [round(seconds * 1000) for seconds in costs.spoken]
    chosen = [int(choice) for choice in costs.choice]
    here = reached(space, space.worlds.all, LIMIT | SWITCH)
    before, edges = _backwards(space)
    done: dict[int, int] = {}
    heap: list[tuple[int, int, int, int]] = []

    def push(choices: int, millis: int, at: int, mask: int) -> None:
        mask &= here[at] & ~done.get(at, 0)
        if mask:
            heapq.heappush(heap, (millis, choices, at, mask) if hurry else (choices, millis, at, mask))

    for at, edge in goals:
        event = space.event_of[edge]
        push(chosen[event], took[event], at, space.guard(edge))
    while heap:
        one, other, at, mask = heapq.heappop(heap)
        mask &= ~done.get(at, 0)
        if not mask:
            continue
        done[at] = done.get(at, 0) | mask
        choices, millis = (other, one) if hurry else (one, other)
        yield at, choices, millis, mask
        for place in range(before[at], before[at + 1]):
            edge, source = edges[2 * place], edges[2 * place + 1]
            if not space.flags[edge] & (LIMIT | SWITCH):
                event = space.event_of[edge]
                longer = millis + took[event] + spoken[space.prompt_of[edge]]
                push(choices + chosen[event], longer, source, mask & space.guard(edge))


def _backwards(space: Space) -> tuple[array[int], array[int]]:
    """The edges into each state: where they begin in a flat array of (edge, source) pairs."""
    into: list[list[int]] = [[] for _ in space.states]
    for at in range(len(space.states)):
        for edge in space.out(at):
            into[space.targets[edge]] += (edge, at)
    before, edges = array("I", [0]), array("I")
    for pairs in into:
        edges.extend(pairs)
        before.append(len(edges) // 2)
    return before, edges
