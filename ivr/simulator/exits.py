"""Which exit of a node each edge of the state space takes, and in which worlds each exit can be taken."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ivr.engine import move
from ivr.model.events import Begin
from ivr.model.graph import Graph
from ivr.model.nodes import CalamityNode
from ivr.model.state import ENDED, ENTERING, State
from ivr.proofs.events import possible
from ivr.proofs.fork import Fork, Question
from ivr.proofs.reach import reached
from ivr.proofs.space import LIMIT, SWITCH, Space
from ivr.simulator.cover import first_places
from ivr.simulator.marked import all_exits, marked
from ivr.tables.ready import Table

Exit = tuple[int, str]
"""(node, exit), as `Coverage` counts them: a node of a flow is one node, however often the flow is visited."""


class Exits:
    """The exits that calls can take, by number, and the edges that take them."""

    def __init__(self, table: Table, space: Space) -> None:
        self._first = first_places(table)
        counted = {(self._first[n], e) for n, e in all_exits(table.graph) if n in self._first}
        edges = [self.known(exit, counted) for exit in _by_edge(space)]
        found = reached(space, space.worlds.all, LIMIT, lambda at, edge: by_hand(space, at, edge))
        worlds: dict[Exit, int] = {}
        for at, here in enumerate(found):
            for edge in space.out(at):
                exit = edges[edge]
                taken = here & space.guard(edge)
                if exit is not None and taken and not space.flags[edge] & LIMIT and not by_hand(space, at, edge):
                    worlds[exit] = worlds.get(exit, 0) | taken
        self.list: list[Exit] = sorted(worlds)
        """Those that can be taken by anybody."""
        self.worlds: list[int] = [worlds[exit] for exit in self.list]
        """The worlds in which each can be taken."""
        self.index: dict[Exit, int] = {exit: i for i, exit in enumerate(self.list)}
        self.of_edge: list[int] = [-1 if exit is None else self.index.get(exit, -1) for exit in edges]
        """The exit that each edge takes, -1 for none."""

    def known(self, exit: Exit | None, counted: set[Exit]) -> Exit | None:
        """An exit as it is counted; None for what the table does and not the node."""
        if exit is None or exit[0] not in self._first:
            return None
        held = (self._first[exit[0]], exit[1])
        return held if held in counted else None

    def taken(self, exits: list[Exit]) -> int:
        """The exits that a call took, as a bit set."""
        out = 0
        for node, name in exits:
            index = self.index.get((self._first.get(node, -1), name), -1)
            out |= 1 << index if index >= 0 else 0
        return out


def by_hand(space: Space, at: int, edge: int) -> bool:
    """Whether an edge needs a notice, or a team that is closed by hand: it leads nowhere that calls do not come to without,
    so scenarios do without."""
    return bool(space.flags[edge] & SWITCH) and not isinstance(space.graph.nodes[space.states[at].at], CalamityNode)


def nobody_takes(table: Table, space: Space) -> tuple[set[int], set[Exit]]:
    """The nodes and exits, as `Coverage` counts them, that no call can come to, whatever is done in it. Sets of worlds
    carried along edges are too kind, never too strict: what is told here is so."""
    first = first_places(table)
    found = reached(space, space.worlds.all)
    nodes = set(first.values()) - {
        first[s.at] for s, here in zip(space.states, found, strict=True) if here and s.at in first
    }
    exits = {(first[n], e) for n, e in all_exits(table.graph) if n in first}
    by_edge = _by_edge(space)
    for at, here in enumerate(found):
        for edge in space.out(at) if here else ():
            exit = by_edge[edge]
            if exit is not None and exit[0] in first and here & space.guard(edge):
                exits.discard((first[exit[0]], exit[1]))
    return nodes, exits


def _by_edge(space: Space) -> list[Exit | None]:
    """The exit of each edge. The space is gone through again, over a graph in which each exit leads to a mark of its own:
    questions are answered in the same order, so edges come in the same order."""
    mark = marked(space.graph)
    fork = Fork(space.worlds)
    out: list[Exit | None] = []
    for at, state in enumerate(space.states):
        if state.part != ENDED:
            for after in _afters(space, mark.graph, fork, state):
                moved = after.part == ENTERING
                out.append((state.at, mark.resolve(state, after)[1]) if moved else None)
        out += [None] * (space.first[at + 1] - len(out))  # the limit of inputs is no exit of a node
    return out


def _afters(space: Space, graph: Graph, fork: Fork, state: State) -> Iterator[State]:
    """Where the moves out of a state lead over another graph, in the order of its edges."""
    if state.part == ENTERING:
        for _, (after, _) in fork.run(lambda: move(graph, state, _BEGIN, fork)):
            yield after
        return
    for event in possible(space.graph, space.graph.nodes[state.at], state):
        fork.forget()
        try:
            after, _ = move(graph, state, event, fork)
        except Question:
            for _, (forked, _) in fork.run(partial(move, graph, state, event, fork)):
                yield forked
        else:
            yield after


_BEGIN = Begin()
