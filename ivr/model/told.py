"""The words that tell a caller where else to turn."""

from __future__ import annotations

from ivr.model.actions import Action
from ivr.model.graph import Graph
from ivr.model.nodes import EndNode, NumberNode, SayNode


def where_to_turn(graph: Graph) -> frozenset[int]:
    """The actions, by identity, that tell a caller where else to turn."""
    out: list[Action] = []
    for node in graph.nodes:
        if isinstance(node, SayNode | EndNode) and node.where_to_turn:
            out += [action for says in node.says for action in says]
        elif isinstance(node, NumberNode):
            out += [action for says in node.helps for action in says]
    out += [action for says in graph.give_up for action in says]
    return frozenset(map(id, out))
