"""How far a goal is: for each world the fewest choices and seconds in which a caller can come there."""

from __future__ import annotations

import heapq
from collections.abc import Callable

from msgspec import Struct

from ivr.model.events import Keys, Queued, Silence, Speech
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
    """What each edge costs: seconds that are heard and waited for, and whether it is a choice."""

    def __init__(self, space: Space) -> None:
        graph = space.graph
        codes = tuple(language.code for language in graph.languages)
        spoken = [prompt_seconds(prompt, codes) for prompt in graph.prompts]
        self._rows = [sum(spoken[p] for p in row) for row in space.prompts]
        self._space = space
        self._wait = float(graph.wait)

    def seconds(self, edge: int) -> float:
        """Seconds of an edge."""
        event = self._space.event(edge)
        took = self._wait if isinstance(event, Silence) else KEY_SECONDS if isinstance(event, Keys | Speech) else 0.0
        return took + self._rows[self._space.prompt_of[edge]]

    def choice(self, edge: int) -> bool:
        """Whether the caller chooses on it."""
        event = self._space.event(edge)
        return isinstance(event, Keys | Speech) or (isinstance(event, Queued) and event.outcome == "left")


def nearest(
    space: Space, worlds: int, goal: Callable[[int, int], bool], most_choices: int | None, most_seconds: float | None
) -> Nearest:
    """Search by seconds, a layer for each number of choices, with sets of worlds in place of single callers.

    The calamity switch is off and the limit of inputs is not reached: both are assumptions of `can`, and printed.
    """
    costs = Costs(space)
    limit = MANY if most_choices is None else most_choices
    seen: dict[int, list[int]] = {0: [0] * (limit + 1)}
    heap: list[tuple[float, int, int, int]] = [(0.0, 0, 0, worlds)]
    done, choices, seconds = 0, 0, 0.0
    while heap and done != worlds:
        now, made, at, here = heapq.heappop(heap)
        rows = seen.setdefault(at, [0] * (limit + 1))
        here &= ~rows[made]
        if not here:
            continue
        for more in range(made, limit + 1):
            rows[more] |= here
        for edge in space.out(at):
            if space.flags[edge] & (LIMIT | SWITCH):
                continue
            mask = here & space.guard(edge)
            if not mask:
                continue
            after, used = now + costs.seconds(edge), made + costs.choice(edge)
            if used > limit or (most_seconds is not None and now > most_seconds):
                continue
            if goal(at, edge):
                fresh = mask & ~done
                if fresh:
                    done |= fresh
                    choices, seconds = max(choices, used), max(seconds, now)
                continue
            heapq.heappush(heap, (after, used, space.targets[edge], mask))
    return Nearest(done, choices, seconds)
