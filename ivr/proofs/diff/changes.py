"""What differs between two tables as written, before anybody calls: changed nodes, numbers, and what can come to them."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.model.exits import exits
from ivr.model.graph import Graph
from ivr.model.nodes import CONTINUE, CallbackNode, Node, NumberNode
from ivr.proofs.diff.align import Pair
from ivr.proofs.diff.both import NEW, OLD, Callers
from ivr.proofs.events import INPUTS


class Changes:
    """`nodes` differ in content, or in what every node of their kind leads to; `numbers` are those that differ (common
    indices), `callers` also those that come to another `start`; `ahead` are the nodes from which
    a changed one can be come to."""

    def __init__(self, pair: Pair, callers: Callers) -> None:
        self.pair = pair
        old, new = pair.old, pair.new
        self._rest: dict[tuple[int, int], bool] = {}
        self.numbers = frozenset(self._callers(callers))
        self.callers = set(self.numbers)
        self.renumbered = self._renumbered()
        self.nodes = {i for i in range(pair.common.size) if old.nodes[i] != new.nodes[i]}
        self.operator_differs = old.operator != new.operator
        """Then whoever asks for a person, or is led to one, may fare differently in any node that takes inputs."""
        asking = {i for i, node in enumerate(old.nodes) if isinstance(node, INPUTS)} if self.operator_differs else set()
        self.nodes |= {
            i
            for i, node in enumerate(old.nodes)
            if isinstance(node, CallbackNode)
            and node.team >= 0
            and old.teams[node.team].calendar != new.teams[node.team].calendar
        }  # what it promises is counted in the hours of the team
        if self._inputs_differ():
            self.nodes |= {i for i, node in enumerate(old.nodes) if isinstance(node, INPUTS)}
        if old.chain != new.chain:
            self.nodes |= {*old.chain, *new.chain}
        if self.callers or old.start != new.start:
            self.nodes |= {old.number_node}
        if old.start != new.start:
            self.callers |= {-1} | {i for i in range(len(pair.common.numbers)) if self._returns(i, callers)}
        self.ahead = self._ahead(self.nodes | asking)

    def _inputs_differ(self) -> bool:
        old, new = self.pair.old, self.pair.new
        rows = [(g.operator_key, g.repeat_key, g.operator_words) for g in (old, new)]
        return rows[0] != rows[1]

    def _callers(self, callers: Callers) -> Iterator[int]:
        old, new = self.pair.old, self.pair.new
        for index in range(len(self.pair.common.numbers)):
            before, after = callers.number(OLD, index), callers.number(NEW, index)
            if before != after or (before >= 0 and _way(old, before) != _way(new, after)):
                yield index

    def _renumbered(self) -> dict[int, int]:
        """Numbers that are gone, each with the new one that has its callers' place: the same owner, leading to the same."""
        pair = self.pair
        gone = {i: pair.old.numbers[i] for i, at in enumerate(pair.new_numbers) if at < 0}
        come = {i: pair.new.numbers[i] for i, at in enumerate(pair.old_numbers) if at < 0}
        out: dict[int, int] = {}
        for index, was in gone.items():
            fit = [i for i, now in come.items() if (now.formerly, now.to) == (was.formerly, was.to)]
            if was.formerly and len(fit) == 1 and fit[0] not in out.values():
                out[index] = fit[0]
        return out

    def _returns(self, index: int, callers: Callers) -> bool:
        """Whether callers of a number can come to where those of the main line begin."""
        rows = ((self.pair.old, callers.number(OLD, index)), (self.pair.new, callers.number(NEW, index)))
        return any(at < 0 or any(phase == 4 for _, phase in graph.numbers[at].phases) for graph, at in rows)

    def same_rest(self, old: int, new: int) -> bool:
        """Whether what follows in the entry is the same in both."""
        held = self._rest.get((old, new))
        if held is None:
            held = self.pair.old.chain[old + 1 :] == self.pair.new.chain[new + 1 :]
            self._rest[old, new] = held
        return held

    def _ahead(self, changed: set[int]) -> set[int]:
        before: list[list[int]] = [[] for _ in range(self.pair.common.size)]
        for graph in (self.pair.old, self.pair.new):
            for index, node in enumerate(graph.nodes):
                for target in onward(graph, index, node):
                    before[target].append(index)
        found = set(changed)
        stack = list(found)
        while stack:
            for index in before[stack.pop()]:
                if index not in found:
                    found.add(index)
                    stack.append(index)
        return found


def _way(graph: Graph, number: int) -> tuple[object, ...]:
    """What callers of a number meet."""
    held = graph.numbers[number]
    return held.to, held.then, held.phases, held.announce


def onward(graph: Graph, index: int, node: Node) -> Iterator[int]:
    """Where a call may go from a node."""
    for _, target in exits(node):
        if target >= 0:
            yield target
        elif target == CONTINUE and index in graph.chain:
            place = graph.chain.index(index) + 1
            yield graph.chain[place] if place < len(graph.chain) else graph.number_node
        elif target == CONTINUE:
            yield from (*graph.chain, graph.number_node)
    if isinstance(node, INPUTS):
        yield graph.operator
    if isinstance(node, NumberNode):
        yield graph.start
        for number in graph.numbers:
            yield number.to
            yield number.then
