"""The shortest way of one caller to a place in the state space: one that a real call can go from its first word on.

A set of worlds goes along, so that the way is the shortest of all callers. What a state forgets is looked at again here:
a caller falls into the same share each time, shows a number or withholds it for the whole call, and has so many inputs.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable

import msgspec
from msgspec import Struct

from ivr.engine.callback import TYPING
from ivr.engine.step import GRACE
from ivr.model.nodes import CallbackNode, SplitNode
from ivr.model.state import ENDED, ENTERING
from ivr.proofs.classes import World
from ivr.proofs.events import INPUTS
from ivr.proofs.space import LIMIT, SWITCH, Space

Edges = Callable[[int, int], bool]
"""Whether a state and an edge out of it are meant."""
Settled = tuple[tuple[int, int], ...]
"""What is known of a caller on the way: (split, share), or (CALLER_ID, whether it is withheld)."""
CALLER_ID = -1
FREE = -1
"""In place of the turns that were taken: as many as one likes, since a menu was passed that can be heard again."""


class Way(Struct, frozen=True):
    """A way through the state space: the world it is in, and the edges in order as (state, edge)."""

    world: World
    facts: tuple[int, ...]
    steps: tuple[tuple[int, int], ...]


class _Place(Struct, frozen=True):
    """Where a search has come: the edge that led there, and the place before it by number."""

    state: int
    edge: int
    before: int
    mask: int
    settled: Settled
    turns: int
    count: int


def shortest(space: Space, worlds: int, goal: Edges, without: int = 0, cut: Edges | None = None) -> Way | None:
    """The shortest way in any of `worlds` along edges without the flags `without` and not `cut`, that ends with an edge for
    which goal(state, edge) is true. Shortest: fewest doings of caller and network, then fewest nodes.

    Ways on which nothing is switched come first, then those without the limit of inputs. None says that no call can go
    there, also where sets of worlds carried along edges (`reach`) say that one might.
    """
    for forbidden in dict.fromkeys((without | LIMIT | SWITCH, without | LIMIT)):
        way = _Search(space, goal, forbidden, cut, False).run(worlds)
        if way is not None and not _agrees(space, way):
            way = _Search(space, goal, forbidden, cut, True).run(worlds)
        if way is not None:
            return way
    return None if without & LIMIT else _AtTheLimit(space, goal, without, cut, True).run(worlds)


def settles(space: Space, at: int, edge: int) -> tuple[int, int] | None:
    """What an edge says of the caller: the share at a split, or whether the number is withheld."""
    state = space.states[at]
    if state.part != ENTERING:
        return None
    node = space.graph.nodes[state.at]
    if isinstance(node, SplitNode):
        drawn = [i for i, share in enumerate(node.shares) if share]
        return state.at, drawn[space.first[at + 1] - 1 - edge]  # a fork answers the last one first
    if isinstance(node, CallbackNode):
        return CALLER_ID, int(space.states[space.targets[edge]].part == TYPING)
    return None


def _agrees(space: Space, way: Way) -> bool:
    """Whether one caller can go the way: the same thing is not settled in two ways."""
    held: dict[int, int] = {}
    for at, edge in way.steps:
        said = settles(space, at, edge)
        if said is not None and held.setdefault(*said) != said[1]:
            return False
    return True


class _Search:
    """Search by turns, then by edges."""

    def __init__(self, space: Space, goal: Edges, without: int, cut: Edges | None, settle: bool) -> None:
        self.space = space
        self.goal = goal
        self.without = without
        self.cut = cut
        self.settle = settle
        self.most = space.graph.max_turns
        self.places: list[_Place] = []
        self.heap: list[tuple[int, int, int]] = []
        self.seen: dict[tuple[int, Settled, int], int] = {}

    def run(self, worlds: int) -> Way | None:
        """The shortest way in any of the worlds."""
        self._push(_Place(0, -1, -1, worlds, (), 0, 0), 0)
        while self.heap:
            _, steps, number = heapq.heappop(self.heap)
            place = self.places[number]
            fresh = self._fresh(place)
            if fresh:
                found = self._leave(place, fresh, number, steps)
                if found is not None:
                    return found
        return None

    def _push(self, place: _Place, steps: int) -> None:
        self.places.append(place)
        heapq.heappush(self.heap, (place.count, steps, len(self.places) - 1))

    def _fresh(self, place: _Place) -> int:
        """The worlds in which nobody was here before."""
        key = (place.state, place.settled, self._layer(place))
        held = self.seen.get(key, 0)
        fresh = place.mask & ~held
        if fresh:
            self.seen[key] = held | fresh
        return fresh

    def _layer(self, place: _Place) -> int:
        """Places in different layers are apart though the state is the same: none here, since fewer turns are better."""
        return 0

    def _leave(self, place: _Place, mask: int, number: int, steps: int) -> Way | None:
        space, at = self.space, place.state
        for edge in space.out(at):
            here = mask & space.guard(edge)
            if not here or space.flags[edge] & self.without or (self.cut is not None and self.cut(at, edge)):
                continue
            after = self._turns(place, edge)
            if not after:
                continue
            settled = self._settled(place, edge)
            if settled is None:
                continue
            for turns, count in after:
                to = _Place(space.targets[edge], edge, number, here, settled, turns, count)
                if self.goal(at, edge):
                    self.places.append(to)
                    return self._way(len(self.places) - 1, here)
                self._push(to, steps + 1)
        return None

    def _settled(self, place: _Place, edge: int) -> Settled | None:
        """What is known of the caller after an edge; None when it contradicts what was known."""
        said = settles(self.space, place.state, edge) if self.settle else None
        if said is None:
            return place.settled
        known = dict(place.settled)
        return place.settled + (() if said[0] in known else (said,)) if known.get(said[0], said[1]) == said[1] else None

    def _turns(self, place: _Place, edge: int) -> tuple[tuple[int, int], ...]:
        """(turns after an edge, how many that are in fact); () when the call cannot take the edge."""
        state = self.space.states[place.state]
        if state.part == ENTERING:
            return ((place.turns, place.count),)
        asked = isinstance(self.space.graph.nodes[state.at], INPUTS)
        if place.turns >= self.most + GRACE or (asked and place.turns == self.most):
            return ()
        return ((place.turns + 1, place.count + 1),)

    def _way(self, number: int, mask: int) -> Way:
        world, facts = self.space.worlds.any_of(mask)
        return Way(world, facts, tuple(self._steps(number)))

    def _steps(self, number: int) -> list[tuple[int, int]]:
        steps = []
        while number > 0:
            place = self.places[number]
            before = self.places[place.before]
            if place.edge >= 0:
                steps.append((before.state, place.edge))
            number = place.before
        return steps[::-1]


class _AtTheLimit(_Search):
    """Search that counts turns as the engine does: the way to the operator at `max_inputs`, and the end after the grace.

    Where a menu was passed that can be repeated, a caller can come with any number of turns: the count is FREE, and is
    made up by repeating that menu.
    """

    def _layer(self, place: _Place) -> int:
        return place.turns

    def _fresh(self, place: _Place) -> int:
        if 0 <= place.turns <= self.most:
            free = self.seen.get((place.state, place.settled, FREE), 0)
            return (
                super()._fresh(msgspec.structs.replace(place, mask=place.mask & ~free))
                if free
                else super()._fresh(place)
            )
        return super()._fresh(place)

    def _leave(self, place: _Place, mask: int, number: int, steps: int) -> Way | None:
        if 0 <= place.turns < self.most and self._again(place.state) >= 0:
            self._push(_Place(place.state, -1, number, mask, place.settled, FREE, place.count), steps)
            return None  # as many turns as one likes: these are among them
        return super()._leave(place, mask, number, steps)

    def _again(self, at: int) -> int:
        """The edge by which a state can be repeated as it is, -1 for none."""
        space = self.space
        if space.states[at].part in (ENTERING, ENDED):
            return -1
        for edge in space.out(at):
            usable = not space.guard_of[edge] and not space.flags[edge] & (self.without | LIMIT)
            if space.targets[edge] == at and usable and not (self.cut is not None and self.cut(at, edge)):
                return edge
        return -1

    def _turns(self, place: _Place, edge: int) -> tuple[tuple[int, int], ...]:
        space, most = self.space, self.most
        state = space.states[place.state]
        if state.part == ENTERING:
            return ((place.turns, place.count),)
        limit = bool(space.flags[edge] & LIMIT)
        over = limit and space.states[space.targets[edge]].part == ENDED
        asked = isinstance(space.graph.nodes[state.at], INPUTS)
        last = ((most + 1, most + 1),)
        if place.turns == FREE:
            if limit:
                return () if over else last
            going = ((FREE, place.count + 1),) if place.count < most else ()
            return going if asked else going + last
        if over:
            return ((place.turns, place.count),) if place.turns >= most + GRACE else ()
        if place.turns >= most + GRACE or limit != (asked and place.turns == most):
            return ()
        return ((place.turns + 1, place.count + 1),)

    def _steps(self, number: int) -> list[tuple[int, int]]:
        """The way, with a menu repeated until the turns are made up."""
        steps: list[tuple[int, int]] = []
        burnt = 0
        while number > 0:
            place = self.places[number]
            before = self.places[place.before]
            if before.turns == FREE and place.turns == self.most + 1:
                burnt = self.most - before.count
            if place.edge >= 0:
                steps.append((before.state, place.edge))
            else:
                steps += [(place.state, self._again(place.state))] * burnt
            number = place.before
        return steps[::-1]
