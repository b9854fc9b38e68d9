"""Ways of one caller that take many exits that no call has taken yet: from each place to a near one, and to the end."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from msgspec import Struct

from ivr.model.events import (
    CaseCancelled,
    CaseFound,
    CaseJoined,
    CaseOpened,
    CaseRefused,
    CaseUnknown,
    EffectFailed,
    MarkKept,
)
from ivr.model.nodes import CalamityNode, CallbackNode
from ivr.model.state import ENDED, ENTERING
from ivr.proofs.search import Way, settles
from ivr.proofs.space import LIMIT, SWITCH, Space
from ivr.simulator.exits import Exits, by_hand

SPARE = 5
"""Turns that are kept for coming to an end, of those that a call has."""
DISK, SWITCHED = -3, -4
"""What is settled for a whole call besides what `search.settles` says: how the disk is, and the calamity switch."""
WELL, FULL, FAILED = 1, 2, 4
ALL = -1

Settles = tuple[int, int] | None
"""What an edge settles: (what, the answers that agree with it as bits)."""


class Ground(Struct, frozen=True):
    """A space with what walks in it need of each edge: what it settles, and its exit as a bit (0 for none)."""

    space: Space
    exits: Exits
    settles: tuple[Settles, ...]
    bits: tuple[int, ...]


def ground(space: Space, exits: Exits) -> Ground:
    """Prepare a space for walks."""
    said = tuple(_settles(space, at, edge) for at in range(len(space.states)) for edge in space.out(at))
    return Ground(space, exits, said, tuple(0 if exit < 0 else 1 << exit for exit in exits.of_edge))


def _settles(space: Space, at: int, edge: int) -> Settles:
    state = space.states[at]
    node = space.graph.nodes[state.at]
    if state.part == ENTERING:
        if isinstance(node, CalamityNode):
            return SWITCHED, 1 << (space.targets[edge] + 1 if space.flags[edge] & SWITCH else 0)
        said = settles(space, at, edge)
        return None if said is None else (said[0], 1 << said[1])
    event = space.event(edge)
    if isinstance(event, CaseRefused):
        return DISK, FULL
    if isinstance(event, EffectFailed):
        return DISK, FAILED
    if isinstance(event, CaseOpened | MarkKept | CaseFound | CaseUnknown | CaseJoined | CaseCancelled):
        return DISK, WELL if isinstance(node, CallbackNode) else WELL | FULL
    return None


class Walker:
    """Walks within one world (the number of its bit)."""

    def __init__(self, held: Ground, world: int) -> None:
        self.ground = held
        self.space = held.space
        self.world = world
        space = held.space
        inside = [guard >> world & 1 for guard in space.guards]
        self.out = [
            sorted(
                (
                    edge
                    for edge in space.out(at)
                    if inside[space.guard_of[edge]] and not space.flags[edge] & LIMIT and not by_hand(space, at, edge)
                ),
                key=lambda edge: space.flags[edge] & SWITCH,
            )
            for at in range(len(space.states))
        ]
        self.ahead = self._ahead()

    def _ahead(self) -> list[int]:
        """The exits that can still be taken from each state."""
        bits, targets = self.ground.bits, self.space.targets
        held = [0] * len(self.out)
        order = self.space.order[::-1]
        changed = True
        while changed:
            changed = False
            for at in order:
                fresh = held[at]
                for edge in self.out[at]:
                    fresh |= bits[edge] | held[targets[edge]]
                if fresh != held[at]:
                    held[at] = fresh
                    changed = True
        return held

    def walk(self, wanted: int, loss: float, first: int = 0) -> Way:
        """A way that takes many of the wanted exits (bits), those of `first` before all else.

        `loss` is how many edges longer a way may be for each exit that can still be taken after it.
        """
        walk = _Walk(self)
        if first:

            def goal(edge: int) -> bool:
                return bool(self.ground.bits[edge] & first)

            walk.go(goal) or walk.go(goal, spare=0)  # what takes nearly all turns that a call has may still end in time
        while walk.left() > SPARE and walk.take(wanted & ~walk.taken, loss):
            pass
        for _ in range(SPARE):
            if self.space.states[walk.at].part == ENDED or not walk.go(self._ends, spare=0):
                break
        world, facts = self.space.worlds.any_of(1 << self.world)
        return Way(world, facts, tuple(walk.steps))

    def _ends(self, edge: int) -> bool:
        return self.space.states[self.space.targets[edge]].part == ENDED


class _Place(Struct, frozen=True):
    """A place that a search came to: the edge by which, the place before it, and how many edges and turns that took."""

    at: int
    edge: int
    before: int
    far: int
    turns: int


class _Walk:
    """A way as far as it has come, with what is settled of the caller and the world."""

    def __init__(self, walker: Walker) -> None:
        self.walker = walker
        self.at = 0
        self.steps: list[tuple[int, int]] = []
        self.taken = 0
        self.turns = 0
        self.settled: dict[int, int] = {}

    def left(self) -> int:
        """Turns that are left before the limit of inputs."""
        return self.walker.space.graph.max_turns - 1 - self.turns

    def take(self, wanted: int, loss: float) -> bool:
        """Go on to the best of the wanted exits: near, and with little that cannot be taken after it. Whether there was
        any."""
        ahead, bits = self.walker.ahead, self.walker.ground.bits
        if not wanted & ahead[self.at]:
            return False
        places = self._places(SPARE)
        best, least = -1, 0.0
        for number, place in enumerate(places):
            bit = bits[place.edge] if place.edge >= 0 else 0
            if bit & wanted:
                cost = place.far - loss * (wanted & ahead[place.at] & ~bit).bit_count()
                if best < 0 or cost < least:
                    best, least = number, cost
        return best >= 0 and self._follow(places, best)

    def go(self, goal: Callable[[int], bool], spare: int = SPARE) -> bool:
        """Go the shortest way that ends with an edge for which `goal` is true. Whether there was any."""
        places = self._places(spare)
        number = next((n for n, place in enumerate(places) if place.edge >= 0 and goal(place.edge)), -1)
        return number >= 0 and self._follow(places, number)

    def _places(self, spare: int) -> list[_Place]:
        """All places that can be come to with what is settled now, nearest first; one for each edge that takes an exit."""
        ground, space, out = self.walker.ground, self.walker.space, self.walker.out
        says, bits, targets, states = ground.settles, ground.bits, space.targets, space.states
        most = self.left() - spare
        places = [_Place(self.at, -1, -1, 0, 0)]
        seen = {self.at}
        known = self.taken
        queue = deque([0])
        while queue:
            number = queue.popleft()
            place = places[number]
            turns = place.turns + (states[place.at].part != ENTERING)
            if turns > most:
                continue
            for edge in out[place.at]:
                to, said = targets[edge], says[edge]
                if said is not None and not self.settled.get(said[0], ALL) & said[1]:
                    continue
                if to in seen and not bits[edge] & ~known:
                    continue
                known |= bits[edge]
                places.append(_Place(to, edge, number, place.far + 1, turns))
                if to not in seen:
                    seen.add(to)
                    queue.append(len(places) - 1)
        return places

    def _follow(self, places: list[_Place], number: int) -> bool:
        """Go the way to a place, as far as what it settles agrees with itself. Whether that went anywhere."""
        ground, space = self.walker.ground, self.walker.space
        edges: list[int] = []
        while number > 0:
            edges.append(places[number].edge)
            number = places[number].before
        gone = False
        for edge in reversed(edges):
            said = ground.settles[edge]
            if said is not None:
                agreed = self.settled.get(said[0], ALL) & said[1]
                if not agreed:
                    break
                self.settled[said[0]] = agreed
            self.steps.append((self.at, edge))
            self.turns += space.states[self.at].part != ENTERING
            self.taken |= ground.bits[edge]
            self.at = space.targets[edge]
            gone = True
        return gone
