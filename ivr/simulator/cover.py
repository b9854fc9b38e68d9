"""Coverage: which nodes and exits the scenarios take, and which they never do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ivr.simulator.marked import all_exits
from ivr.simulator.run import exit_text
from ivr.simulator.transcript import Transcript
from ivr.tables.ready import Table


@dataclass(frozen=True, slots=True)
class Coverage:
    """How often each node and each exit was taken. A node of a flow is one node, however often the flow is visited.

    Nodes are known by the index of their first place in the graph; nodes that the compiler made count for nothing.
    """

    table: Table
    nodes: dict[int, int]
    exits: dict[tuple[int, str], int]

    @property
    def percent(self) -> float:
        """Nodes and exits that were taken, of all there are, in a hundred."""
        hit = sum(1 for n in self.nodes.values() if n) + sum(1 for n in self.exits.values() if n)
        total = len(self.nodes) + len(self.exits)
        return 100.0 * hit / total if total else 100.0

    def missed_nodes(self) -> list[str]:
        """Names of the nodes that were never passed."""
        return [self.table.graph.names[node] for node, n in self.nodes.items() if not n]

    def missed_exits(self) -> list[tuple[str, str]]:
        """Exits that were never taken: what they are called, and where the node is written."""
        source_map = self.table.source_map
        return [(exit_text(self.table, *e), source_map.node(e[0])) for e, n in sorted(self.exits.items()) if not n]

    def as_dict(self) -> dict[str, object]:
        """The coverage for JSON."""
        names = self.table.graph.names
        return {
            "percent": round(self.percent, 2),
            "nodes": {names[node]: n for node, n in self.nodes.items()},
            "exits": {exit_text(self.table, *e): n for e, n in sorted(self.exits.items())},
        }


def measure(table: Table, transcripts: Iterable[Transcript]) -> Coverage:
    """The coverage of a set of calls."""
    first = first_places(table)
    nodes = dict.fromkeys(sorted(set(first.values())), 0)
    exits = dict.fromkeys(sorted({(first[n], e) for n, e in all_exits(table.graph) if n in first}), 0)
    for transcript in transcripts:
        for node in transcript.nodes:
            if node in first:
                nodes[first[node]] += 1
        for node, exit in transcript.exits:
            if (first.get(node, -1), exit) in exits:
                exits[first[node], exit] += 1
    return Coverage(table, nodes, exits)


def first_places(table: Table) -> dict[int, int]:
    """Each node that is written in the table → the first node that is written at the same place."""
    held: dict[int, int] = {}
    out: dict[int, int] = {}
    for index, declared in enumerate(table.source_map.nodes):
        if declared is not None:
            out[index] = held.setdefault(id(declared), index)
    return out
