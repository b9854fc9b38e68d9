"""What callers can be told apart by: combinations of facts, less what nobody asks of them any more.

A caller whom the first branch sends away for one fact is never asked for the others, so those need not be told apart there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, product

from ivr.model.exits import exits
from ivr.model.facts import default_fact
from ivr.model.graph import Graph
from ivr.model.nodes import CONTINUE, NO_CASE, BranchNode, NumberNode
from ivr.proofs.events import INPUTS
from ivr.proofs.relevant import asked_facts

Known = dict[int, int]
"""Fact → value, of those that are known."""
SHOWN = "+31612345678"
"""A caller who shows a number: of one who does not, `anonymous` is the usual."""
FEW = 16
"""Combinations up to which all are told apart without a look at the table."""


def told_apart(graphs: Sequence[Graph], most: int) -> list[Known] | None:
    """What is known of callers whom the tables tell apart, which have the same facts: each caller is like one of them in
    all that is asked. None for more than `most`."""
    facts = graphs[0].facts
    asked = sorted(set().union(*map(asked_facts, graphs)))
    size = 1
    for fact in asked:
        size *= len(facts[fact][1])
    if size <= FEW:
        rows = product(*(range(len(facts[fact][1])) for fact in asked))
        return [dict(zip(asked, row, strict=True)) for row in rows]
    held = list(islice(_told_apart(graphs, [len(values) for _, values in facts]), most + 1))
    return held if len(held) <= most else None


def usual_facts(graph: Graph) -> tuple[int, ...]:
    """The facts of a caller who shows a number and of whom nothing is known."""
    return tuple(default_fact(name, values, SHOWN) for name, values in graph.facts)


def _told_apart(graphs: Sequence[Graph], sizes: list[int]) -> Iterator[Known]:
    """What is known of callers when all that is asked of them was answered: each way of answering, once."""
    spoken = sorted({fact for graph in graphs for guarantee in graph.guarantees for fact, _ in guarantee.who.facts})
    todo = [
        dict(zip(spoken, values, strict=True)) for values in product(*(range(sizes[fact]) for fact in spoken))
    ]  # what guarantees say of whom they speak is known of everybody
    todo.reverse()
    while todo:
        known = todo.pop()
        fact = next((found for graph in graphs if (found := _asked_next(graph, known)) >= 0), -1)
        if fact < 0:
            yield known
        else:
            todo += [{**known, fact: value} for value in reversed(range(sizes[fact]))]


def _asked_next(graph: Graph, known: Known) -> int:
    """A fact that a caller of whom so much is known may be asked for next; -1 for none."""
    row = [graph.chain[0] if graph.chain else graph.number_node]
    seen = set(row)
    for at in row:
        node = graph.nodes[at]
        if isinstance(node, BranchNode) and node.subject == "fact":
            if node.index not in known:
                return node.index
            to = node.exits[known[node.index]]
            ways = [node.otherwise if to == NO_CASE else to]
        else:
            ways = [to for _, to in exits(node)]
        for to in _led(graph, at, ways):
            if to not in seen:
                seen.add(to)
                row.append(to)
    return -1


def _led(graph: Graph, at: int, ways: list[int]) -> Iterator[int]:
    """Where calls go by the targets of a node, and by what the table does: to the operator, and where numbers lead."""
    for to in ways:
        if to == CONTINUE:
            yield from (*graph.chain, graph.number_node)
        elif to >= 0:
            yield to
    node = graph.nodes[at]
    if isinstance(node, INPUTS):
        yield graph.operator
    if isinstance(node, NumberNode):
        yield graph.start
        for number in graph.numbers:
            yield from (to for to in (number.to, number.then) if to >= 0)
