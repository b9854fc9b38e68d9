"""Which exit a call took, without a second interpretation of the table: the engine itself plays a graph in which every
exit leads to a number of its own, and the number says which exit it was."""

from __future__ import annotations

import msgspec

from ivr.engine import move
from ivr.engine.step import MAX_MOVES, give_up
from ivr.engine.way import onward
from ivr.model.actions import Action
from ivr.model.events import Event
from ivr.model.exits import exits, retarget
from ivr.model.graph import Graph
from ivr.model.moment import Moment
from ivr.model.nodes import NumberNode
from ivr.model.state import ENTERING, State


class Marked:
    """A graph whose exits are marked, and what the marks mean."""

    def __init__(self, graph: Graph) -> None:
        self._real = graph
        self._marks: list[tuple[str, int]] = []
        self._first = len(graph.nodes)
        nodes = tuple(retarget(node, self._mark) for node in graph.nodes)
        self.graph: Graph = msgspec.structs.replace(graph, nodes=nodes)

    def _mark(self, name: str, target: int) -> int:
        self._marks.append((name, target))
        return self._first + len(self._marks) - 1

    def resolve(self, before: State, after: State) -> tuple[State, str]:
        """The state as the real graph would have it, and the name of the exit that led there.

        What the node itself does not lead to is the table's doing: the operator, or where a number's callers go.
        """
        if after.at < self._first:
            number = isinstance(self._real.nodes[before.at], NumberNode)
            return after, "number" if number else "operator"
        name, target = self._marks[after.at - self._first]
        if target < 0:
            return onward(self._real, after, target), name
        return msgspec.structs.replace(after, at=target), name


class Passage:
    """One step taken node by node, the same `move`s that `step` makes: `state` and `actions` (each with the index of its
    node) are those of `step`; `nodes` were entered and `exits`, (node, name), taken on the way."""

    __slots__ = ("_marked", "_moment", "actions", "exits", "nodes", "state")

    def __init__(self, graph: Graph, state: State, event: Event, moment: Moment) -> None:
        self._marked = marked(graph)
        self._moment = moment
        self.state = state
        self.actions: list[tuple[Action, int]] = []
        self.nodes: list[int] = []
        self.exits: list[tuple[int, str]] = []
        if state.part != ENTERING:
            self._move(event)
        for _ in range(MAX_MOVES):
            if self.state.part != ENTERING:
                return
            self.nodes.append(self.state.at)
            self._move(event)
        if self.state.part == ENTERING:
            self.state, more = give_up(graph, self.state)
            self.actions = [(action, self.state.at) for action in more]

    def _move(self, event: Event) -> None:
        before = self.state
        after, more = move(self._marked.graph, before, event, self._moment)
        self.actions += [(action, before.at) for action in more]
        if after.part == ENTERING:
            after, exit = self._marked.resolve(before, after)
            self.exits.append((before.at, exit))
        self.state = after


_cache: dict[int, tuple[Graph, Marked]] = {}


def marked(graph: Graph) -> Marked:
    """The marked form of a graph, made once."""
    held = _cache.get(id(graph))
    if held is None or held[0] is not graph:
        if len(_cache) > 16:
            _cache.clear()
        held = _cache[id(graph)] = (graph, Marked(graph))
    return held[1]


def all_exits(graph: Graph) -> set[tuple[int, str]]:
    """Every (node, exit) that a call can take."""
    return {(index, name) for index, node in enumerate(graph.nodes) for name, _ in exits(node)}
