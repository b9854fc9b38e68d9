"""Which calendars and facts the callers of a number can ever meet, so that its worlds differ in nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.model.exits import exits
from ivr.model.graph import Graph
from ivr.model.nodes import BranchNode, HoursNode, MenuNode, Node, NumberNode, QueueNode, TransferNode


class Relevance:
    """Calendars that can be asked from each node on, as bit sets: one for each strongly connected part of the graph."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._chain = 0
        onward = [list(_onward(graph, index, node)) for index, node in enumerate(graph.nodes)]
        self._asked = [_asks(node) for node in graph.nodes]
        self._from = carried(onward, self._asked)
        for at in graph.chain:
            self._chain |= self._from[at]
        self._common = self._chain | self._from[graph.operator] | _spoken_of(graph)

    def of_number(self, number: int) -> int:
        """The calendars that callers of a number can meet, as a bit set; -1 for the main line."""
        graph = self._graph
        held = self._common | self._from[graph.start]
        if number >= 0:
            entry = graph.numbers[number]
            held = self._common | self._from[entry.to]
            for team in entry.must_still_reach:
                held |= _bit(graph.teams[team].calendar)
            phases = {phase for _, phase in entry.phases}
            if phases & {0, 5}:
                held |= self._from[entry.then]
            if 4 in phases:
                held |= self._from[graph.start]
        return held


def _asks(node: Node) -> int:
    return _bit(node.calendar) if isinstance(node, HoursNode | TransferNode | QueueNode) else 0


def _bit(calendar: int) -> int:
    return 1 << calendar if calendar >= 0 else 0


def _spoken_of(graph: Graph) -> int:
    """The calendars by which guarantees say of whom they speak, whether or not those callers meet them."""
    held = 0
    for guarantee in graph.guarantees:
        for calendar, _ in guarantee.who.arriving:
            held |= _bit(calendar)
    return held


def _onward(graph: Graph, index: int, node: Node) -> Iterator[int]:
    """Where a call may go from a node; the entry chain goes on, but not into a number: each has its own."""
    for _, target in exits(node):
        if target >= 0:
            yield target
        elif index in graph.chain:
            place = graph.chain.index(index) + 1
            if place < len(graph.chain):
                yield graph.chain[place]
    if isinstance(node, MenuNode | NumberNode):
        yield graph.operator


def carried(onward: list[list[int]], own: list[int]) -> list[int]:
    """For each node what it and all that follow it have, together (Tarjan's parts, in the order in which they close)."""
    size = len(onward)
    order, low, part = [0] * size, [0] * size, [-1] * size
    parts: list[int] = []
    stack: list[int] = []
    count = 0
    for root in range(size):
        if order[root]:
            continue
        work = [(root, iter(onward[root]))]
        count += 1
        order[root] = low[root] = count
        stack.append(root)
        while work:
            at, ways = work[-1]
            for to in ways:
                if not order[to]:
                    count += 1
                    order[to] = low[to] = count
                    stack.append(to)
                    work.append((to, iter(onward[to])))
                    break
                if part[to] < 0:
                    low[at] = min(low[at], order[to])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[at])
                if low[at] == order[at]:
                    _close(at, stack, part, parts, onward, own)
    return [parts[part[i]] for i in range(size)]


def _close(
    at: int, stack: list[int], part: list[int], parts: list[int], onward: list[list[int]], own: list[int]
) -> None:  # fmt: skip
    members = []
    while True:
        member = stack.pop()
        part[member] = len(parts)
        members.append(member)
        if member == at:
            break
    held = 0
    for member in members:
        held |= own[member]
        for to in onward[member]:
            if part[to] < len(parts):
                held |= parts[part[to]]
    parts.append(held)


def asked_facts(graph: Graph) -> set[int]:
    """The facts that some branch asks, or by which some guarantee says of whom it speaks."""
    spoken = {fact for guarantee in graph.guarantees for fact, _ in guarantee.who.facts}
    return spoken | {node.index for node in graph.nodes if isinstance(node, BranchNode) and node.subject == "fact"}
