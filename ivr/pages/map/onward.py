"""Where `continue` leads: on along the entry chain, which depends on the node of the chain that a caller came from."""

from __future__ import annotations

from ivr.model.exits import exits
from ivr.model.graph import Graph
from ivr.model.nodes import CONTINUE


def onward(graph: Graph) -> dict[int, tuple[int, ...]]:
    """Each node that callers may leave by `continue` → the nodes that they can come to: the next of the entry chain, or
    after its last one the node of the numbers. A node outside the chain may be passed at several places of it."""
    out: dict[int, list[int]] = {}
    for place, first in enumerate(graph.chain):
        after = graph.chain[place + 1] if place + 1 < len(graph.chain) else graph.number_node
        seen, todo = {first}, [first]
        while todo:
            at = todo.pop()
            for _, target in exits(graph.nodes[at]):
                if target == CONTINUE:
                    held = out.setdefault(at, [])
                    if after not in held:
                        held.append(after)
                elif target >= 0 and target not in seen:
                    seen.add(target)
                    todo.append(target)
    return {at: tuple(held) for at, held in out.items()}
