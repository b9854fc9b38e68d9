"""Coverage: which nodes and exits the scenarios take, and which they never do."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from ivr.model.exits import exit_label
from ivr.model.nodes import BranchNode
from ivr.simulator.marked import all_exits
from ivr.simulator.transcript import Transcript
from ivr.tables.ready import Table


@dataclass(frozen=True, slots=True)
class Coverage:
    """How often each node and each exit was taken. A node of a flow is one node, however often the flow is visited.

    Nodes are known by the index of their first place in the graph; nodes that the compiler made count for nothing.
    `names` are what they are called where they are written, `flow/node` in a flow; `visits` the visits that put them where
    callers pass. `idle_nodes` and `idle_exits` are those that were not taken and that nobody can come to, as far as that has
    been looked for (`less`): they do not count.
    """

    table: Table
    nodes: dict[int, int]
    exits: dict[tuple[int, str], int]
    names: dict[int, str]
    visits: dict[int, tuple[str, ...]]
    idle_nodes: frozenset[int] = frozenset()
    idle_exits: frozenset[tuple[int, str]] = frozenset()

    def less(self, nodes: Collection[int], exits: Collection[tuple[int, str]]) -> Coverage:
        """The coverage without the nodes and exits, of those given, that were never taken: nobody can."""
        idle = frozenset(node for node in nodes if not self.nodes.get(node, 1))
        return replace(self, idle_nodes=idle, idle_exits=frozenset(e for e in exits if not self.exits.get(e, 1)))

    @property
    def whole(self) -> bool:
        """Whether nothing is missing."""
        return not self.missed_nodes() and not self.missed_exits()

    @property
    def hit(self) -> tuple[int, int, int, int]:
        """(nodes taken, of how many, exits taken, of how many); what nobody can take is none of them."""
        nodes, exits = len(self.nodes) - len(self.idle_nodes), len(self.exits) - len(self.idle_exits)
        return sum(1 for n in self.nodes.values() if n), nodes, sum(1 for n in self.exits.values() if n), exits

    @property
    def percent(self) -> float:
        """Nodes and exits that were taken, of all there are, in a hundred."""
        nodes, all_nodes, exits, all_exits = self.hit
        total = all_nodes + all_exits
        return 100.0 * (nodes + exits) / total if total else 100.0

    def missed_nodes(self) -> list[str]:
        """Names of the nodes that were never passed."""
        return [self.names[node] for node, n in self.nodes.items() if not n and node not in self.idle_nodes]

    def missed_exits(self) -> list[tuple[str, str]]:
        """Exits that were never taken: what they are called, and where the node is written."""
        source_map = self.table.source_map
        missed = [e for e, n in sorted(self.exits.items()) if not n and e not in self.idle_exits]
        return [(self.exit(*e), source_map.node(e[0])) for e in missed]

    def idle(self) -> list[tuple[str, str, str]]:
        """What nobody can come to: what it is called, where it is written, the mend. A node stands for its exits."""
        place = self.table.source_map.node
        found = [(self.names[n], place(n), "no way that a caller can go leads there: lead one there, or take the node out")
                 for n in sorted(self.idle_nodes)]  # fmt: skip
        exits = [e for e in sorted(self.idle_exits) if e[0] not in self.idle_nodes]
        return found + [(self.exit(*e), place(e[0]), self._mend(*e)) for e in exits]

    def _mend(self, node: int, name: str) -> str:
        if isinstance(self.table.graph.nodes[node], BranchNode) and name == "otherwise":
            return "every caller takes one of its cases: write the last of them as 'otherwise'"
        return "no caller comes to it at any time: leave it out, or change what leads here"

    def exit(self, node: int, name: str) -> str:
        """An exit as it is shown: `main → 2`, `reach/ring → busy`."""
        return f"{self.names[node]} → {exit_label(self.table.graph, node, name)}"

    def node(self, node: int) -> str:
        """A node as it is shown, with where it is visited: `mark/draw (done)`, `reach/ring (reach-civil and 11 more)`."""
        places = self.visits[node]
        more = f" and {len(places) - 1} more" if len(places) > 1 else ""
        return self.names[node] + (f" ({places[0]}{more})" if places else "")

    def as_dict(self) -> dict[str, object]:
        """The coverage for JSON."""
        return {
            "percent": round(self.percent, 2),
            "nodes": {self.names[node]: n for node, n in self.nodes.items()},
            "exits": {self.exit(*e): n for e, n in sorted(self.exits.items())},
            "nobody": [{"what": what, "at": at, "help": mend} for what, at, mend in self.idle()],
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
    return Coverage(table, nodes, exits, *_written(table, first))


def first_places(table: Table) -> dict[int, int]:
    """Each node that is written in the table → the first node that is written at the same place."""
    held: dict[int, int] = {}
    out: dict[int, int] = {}
    for index, declared in enumerate(table.source_map.nodes):
        if declared is not None:
            out[index] = held.setdefault(id(declared), index)
    return out


def _written(table: Table, first: dict[int, int]) -> tuple[dict[int, str], dict[int, tuple[str, ...]]]:
    """By first place: what a node is called where it is written, and the visits that put it in the graph."""
    source_map = table.source_map
    inner: dict[int, tuple[str, str]] = {}
    for visit in source_map.expanded:  # an inner visit comes before the one that it stands in
        for index in range(visit.first, visit.last):
            inner.setdefault(index, (visit.flow.text, visit.name))
    names: dict[int, str] = {}
    visits: dict[int, list[str]] = {}
    for index, place in first.items():
        flow, visited = inner.get(index, ("", ""))
        declared = source_map.nodes[index]
        assert declared is not None
        names[place] = f"{flow}/{declared.name.text}" if flow else declared.name.text
        held = visits.setdefault(place, [])
        if visited and visited not in held:
            held.append(visited)
    return names, {place: tuple(held) for place, held in visits.items()}
