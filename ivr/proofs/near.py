"""How far a goal is: for each world the fewest choices and seconds in which a caller can come there."""

from __future__ import annotations

import heapq
from collections.abc import Callable

from msgspec import Struct

from ivr.model.events import Event, Keys, Queued, Silence, Speech
from ivr.model.speaking import prompt_seconds
from ivr.proofs.space import LIMIT, SWITCH, Space

MANY = 30
"""Choices beyond which nobody is asked to go."""
KEY_SECONDS = 1.0
"""What pressing a key takes. Whoever presses hears the whole prompt first: a caller who knows the menu is faster."""


class Nearest(Struct, frozen=True):
    """Which worlds come to the goal within the bounds, and the most that any of them needs."""

    worlds: int
    choices: int
    seconds: float


class Costs:
    """What each event and each row of prompts costs: seconds, and whether it is a choice."""

    def __init__(self, space: Space) -> None:
        graph = space.graph
        codes = tuple(language.code for language in graph.languages)
        spoken = [prompt_seconds(prompt, codes) for prompt in graph.prompts]
        self.spoken = [sum(spoken[p] for p in row) for row in space.prompts]
        """Seconds of each row of prompts."""
        self.took = [_took(event, float(graph.wait)) for event in space.events]
        """Seconds until each event has happened."""
        self.choice = [_choice(event) for event in space.events]
        """Whether the caller chooses in it."""


def _took(event: Event, wait: float) -> float:
    return wait if isinstance(event, Silence) else KEY_SECONDS if isinstance(event, Keys | Speech) else 0.0


def _choice(event: Event) -> bool:
    return isinstance(event, Keys | Speech) or (isinstance(event, Queued) and event.outcome == "left")


Goal = Callable[[int, int], bool]
"""Whether an edge (state, edge) is what is looked for."""


def nearest(
    space: Space, worlds: int, goal: Goal, most_choices: int | None, most_seconds: float | None, cut: Goal | None = None,
    without: int = LIMIT | SWITCH,
) -> Nearest:  # fmt: skip
    """Search by seconds, a layer for each number of choices, with sets of worlds in place of single callers; edges that are
    `cut` are not taken.

    Edges with a flag of `without` are not taken either: nothing is switched and the limit of inputs is not reached, both of
    them assumptions of `can`, and printed.
    """
    costs = Costs(space)
    took, chosen, spoken = costs.took, costs.choice, costs.spoken
    first, flags, targets, guard_of, guards = space.first, space.flags, space.targets, space.guard_of, space.guards
    event_of, prompt_of = space.event_of, space.prompt_of
    limit = MANY if most_choices is None else most_choices
    longest = float("inf") if most_seconds is None else most_seconds
    seen: dict[int, list[int]] = {0: [0] * (limit + 1)}
    coming: dict[tuple[float, int, int], int] = {(0.0, 0, 0): worlds}
    """Worlds that come to a state after so many seconds and choices: once in the heap, however many edges lead there."""
    heap = [(0.0, 0, 0)]
    done, choices, seconds = 0, 0, 0.0
    while heap and done != worlds:
        key = now, made, at = heapq.heappop(heap)
        here = coming.pop(key)
        rows = seen.setdefault(at, [0] * (limit + 1))
        here &= ~(rows[made] | done)
        if not here:
            continue
        for more in range(made, limit + 1):
            rows[more] |= here
        for edge in range(first[at], first[at + 1]):
            if flags[edge] & without:
                continue
            event, guard = event_of[edge], guard_of[edge]
            mask = here & guards[guard] if guard else here
            when, used = now + took[event], made + chosen[event]
            if not mask or used > limit or when > longest or (cut is not None and cut(at, edge)):
                continue
            if goal(at, edge):
                fresh = mask & ~done
                if fresh:
                    done |= fresh
                    choices, seconds = max(choices, used), max(seconds, when)
                continue
            target, later = targets[edge], when + spoken[prompt_of[edge]]
            held = seen.get(target)
            if held is not None:
                mask &= ~held[used]
            if not mask or later > longest:  # whatever comes next takes no less
                continue
            to = later, used, target
            if to in coming:
                coming[to] |= mask
            else:
                coming[to] = mask
                heapq.heappush(heap, to)
    return Nearest(done, choices, seconds)
