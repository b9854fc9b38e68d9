"""A table as GraphML, for whoever wants to ask its graph in another program (NetworkX, Gephi, yEd)."""

from __future__ import annotations

import networkx

from ivr.model.exits import exit_label, exits
from ivr.model.graph import Graph
from ivr.model.nodes import CONTINUE


def graphml(graph: Graph) -> str:
    """The whole graph: nodes with their kind, edges with the exit that they are; numbers lead to where they go.

    A `continue` leads to the next node of the entry chain when it stands in it, else to the number's node.
    """
    return "\n".join(networkx.generate_graphml(as_networkx(graph))) + "\n"


def as_networkx(graph: Graph) -> networkx.MultiDiGraph[str]:
    """The graph as NetworkX has it, nodes by name."""
    out: networkx.MultiDiGraph[str] = networkx.MultiDiGraph(name=graph.title or graph.id)
    names = graph.names[:-1]
    for index, name in enumerate(names):
        kind = str(graph.nodes[index].__struct_config__.tag)
        out.add_node(name, kind=kind)
    for index, name in enumerate(names):
        for exit, target in exits(graph.nodes[index]):
            to = _onward(graph, index) if target == CONTINUE else target
            if 0 <= to < len(names):
                out.add_edge(name, names[to], exit=exit_label(graph, index, exit))
    for number in graph.numbers:
        out.add_node(number.name, kind="legacy number")
        out.add_edge(number.name, names[number.to], exit="to")
    return out


def _onward(graph: Graph, index: int) -> int:
    """Where `continue` leads from a node."""
    if index in graph.chain:
        place = graph.chain.index(index) + 1
        if place < len(graph.chain):
            return graph.chain[place]
    return graph.number_node
