"""What a node may still ask of a call's memory, so that what is dead does not multiply states."""

from __future__ import annotations

from ivr.model.exits import exits
from ivr.model.graph import Graph
from ivr.model.nodes import BranchNode, CaseNode, MenuNode
from ivr.proofs.events import INPUTS


class Liveness:
    """Backward data flow over the graph: a variable is live in a node when some way from it asks it before setting it.

    How many case numbers were typed is one more, which nothing sets and case nodes ask.
    """

    def __init__(self, graph: Graph) -> None:
        asked = bool(graph.variables) or any(isinstance(node, CaseNode) for node in graph.nodes)
        self._live = _solve(graph) if asked else None
        self._tries = 1 << len(graph.variables)
        self._none = (-1,) * len(graph.variables)

    def kept(self, node: int, variables: tuple[int, ...]) -> tuple[int, ...]:
        """The variables with the dead ones forgotten."""
        if self._live is None or variables == self._none:
            return variables
        live = self._live[node]
        return tuple(v if live >> i & 1 else -1 for i, v in enumerate(variables))

    def tries(self, node: int, tries: int) -> int:
        """How many case numbers were typed; 0 where none is asked for any more."""
        return tries if self._live is not None and self._live[node] & self._tries else 0


def _solve(graph: Graph) -> list[int]:
    """Bit sets of live variables; the operator and the entry chain can be reached from anywhere they are asked for."""
    nodes = graph.nodes
    live = [0] * len(nodes)
    typed = 1 << len(graph.variables)
    uses = [
        1 << n.index
        if isinstance(n, BranchNode) and n.subject == "variable"
        else typed
        if isinstance(n, CaseNode)
        else 0
        for n in nodes
    ]
    before: list[list[tuple[int, int]]] = [[] for _ in nodes]
    everywhere = [graph.operator, graph.number_node, graph.start, *graph.chain]
    for number in graph.numbers:
        everywhere += [number.to, number.then]
    for index, node in enumerate(nodes):
        for target, kills in _ways(node):
            for to in [target] if target >= 0 else everywhere:
                before[to].append((index, kills))
        if isinstance(node, INPUTS):  # a key, words or the limit of inputs lead to the operator
            before[graph.operator].append((index, 0))
    for to in everywhere[2:]:
        before[to].append((graph.number_node, 0))
    work = [i for i, used in enumerate(uses) if used]
    for i in work:
        live[i] = uses[i]
    while work:
        at = work.pop()
        for index, kills in before[at]:
            fresh = live[index] | uses[index] | (live[at] & ~kills)
            if fresh != live[index]:
                live[index] = fresh
                work.append(index)
    return live


def _ways(node: object) -> list[tuple[int, int]]:
    """(target, variables that are set on the way)."""
    if isinstance(node, MenuNode):
        options = [(o.to, sum(1 << v for v, _ in o.sets)) for o in node.options]
        return [*options, (node.no_input.to, 0), (node.no_match.to, 0)]
    return [(target, 0) for _, target in exits(node)]  # type: ignore[arg-type]  # any node
