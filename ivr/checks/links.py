"""The ways from node to node, gathered once for all checks, and the place where each way is written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ivr.diagnostics import NOWHERE, Label, SourceMap, Span
from ivr.model.exits import Exit, exit_label, exits
from ivr.model.graph import Graph
from ivr.model.nodes import (
    CONTINUE,
    AskNode,
    BranchNode,
    CalamityNode,
    CallbackNode,
    CaseNode,
    EndNode,
    HoursNode,
    MenuNode,
    NoticeNode,
    NumberNode,
    QueueNode,
    SayNode,
    SplitNode,
    SurveyNode,
    TransferNode,
    VoicemailNode,
)

SELF_ACTING: frozenset[type] = frozenset(
    (SayNode, HoursNode, BranchNode, SplitNode, CalamityNode, NoticeNode, NumberNode)
)
"""Kinds that a call goes through without anybody doing anything."""
LISTENING: frozenset[type] = frozenset((MenuNode, AskNode, CallbackNode, SurveyNode, CaseNode, NumberNode))
"""Kinds in which a caller is asked: from each the operator can be reached, by key or after too many inputs."""
PERSONS: frozenset[type] = frozenset((TransferNode, QueueNode))
_NESTED = frozenset(("no_input", "no_match", "offer_after", "timeout"))


class Links:
    """`ways[i]` are the exits of node i as (name, target), with each `continue` led to where it goes.

    A `continue` outside the entry, and a way back into the entry, have no target here: they are faults of their own
    (`strays`: node, exit, and the way by which calls come to that node), and must not be reported a second time as a
    loop. `stated` are the exits as they are in the graph, `roots` where calls go after the entry.
    """

    def __init__(self, graph: Graph, source_map: SourceMap) -> None:
        self.graph = graph
        self.source_map = source_map
        self.opaque = source_map.opaque
        self.ways: list[Sequence[Exit]] = [exits(node) for node in graph.nodes]
        self.chain = tuple(at for at in graph.chain if at >= 0)
        self.stated = list(self.ways)
        self.continuing = [i for i, ways in enumerate(self.ways) if any(t == CONTINUE for _, t in ways)]
        self._never: set[int] = set()
        self._passed = frozenset(at for at in self.chain if self.comes_to_continue(at))
        self.roots = self._after_entry()
        self.stated[graph.number_node] = self.ways[graph.number_node]
        self.strays: list[tuple[int, str, tuple[int, str] | None]] = []
        self._lead_continue(self._stray())

    def _after_entry(self) -> tuple[int, ...]:
        """Where calls go after the entry, and the operator, to whom they may go from any menu.

        A start within the entry is a fault of its own (`starts_over`), and led nowhere.
        """
        graph = self.graph
        tos = {graph.start: "start"}
        for number in graph.numbers:
            tos.setdefault(number.to, number.name)
            tos.setdefault(number.then, number.name)
        tos.pop(CONTINUE, None)
        if self.starts_over:
            del tos[graph.start]
        self.ways[graph.number_node] = tuple((name, to) for to, name in tos.items())
        return tuple(tos) if graph.operator < 0 else (*tos, graph.operator)

    def comes_to_continue(self, start: int) -> bool:
        """Whether some way from a node comes to a `continue`. What cannot is remembered."""
        if start == CONTINUE or start == self.opaque:
            return True
        if start in self._never:
            return False
        seen = {start}
        row = [start]
        for at in row:
            for _, to in self.stated[at]:
                if to == CONTINUE or (to == self.opaque and to >= 0):
                    return True
                if to not in seen and to not in self._never:
                    seen.add(to)
                    row.append(to)
        self._never |= seen
        return False

    def _stray(self) -> set[tuple[int, str]]:
        """Exits after the entry that say `continue`, or that lead back into the entry."""
        seen = bytearray(len(self.ways))
        came: dict[int, tuple[int, str]] = {}
        row = []
        for root in self.roots:
            if root not in self._passed and not seen[root]:
                seen[root] = 1
                row.append(root)
        cut: set[tuple[int, str]] = set()
        if not self.continuing:
            return cut
        for at in row:
            for name, to in self.ways[at]:
                if to == CONTINUE or to in self._passed:
                    cut.add((at, name))
                    self.strays.append((at, name, came.get(at)))
                elif not seen[to]:
                    seen[to] = 1
                    came[to] = (at, name)
                    row.append(to)
        return cut

    def _lead_continue(self, cut: set[tuple[int, str]]) -> None:
        """Replace each CONTINUE by the next nodes of the entry, and cut the strays."""
        where = self._nexts(cut)
        for at in {*self.continuing, *(at for at, _ in cut)}:
            led: list[Exit] = []
            for name, to in self.ways[at]:
                if (at, name) in cut:
                    continue
                if to == CONTINUE:
                    led += [(name, target) for target in sorted(where[at])]
                else:
                    led.append((name, to))
            self.ways[at] = led

    def _nexts(self, cut: set[tuple[int, str]]) -> dict[int, set[int]]:
        """Where `continue` leads from each node that says so: on from the node of the entry that the call came from."""
        chain, ways = self.chain, self.ways
        following = dict(zip(chain, [*chain[1:], self.graph.number_node], strict=False))
        where: dict[int, set[int]] = {at: {following[at]} if at in following else set() for at in self.continuing}
        if all(at in following for at in self.continuing):
            return where
        for start in following:
            seen = {start}
            row = [start]
            for at in row:
                if at in where:
                    where[at].add(following[start])
                for name, to in ways[at]:
                    known = to < 0 or to in seen or to in following or to in self._never
                    if not known and (at, name) not in cut:
                        seen.add(to)
                        row.append(to)
        return where

    # --- what nodes are

    @property
    def starts_over(self) -> bool:
        """Whether the start is a node of the entry from which calls go on in it: they would come to it again."""
        return self.graph.start in self._passed

    def told(self, at: int) -> bool:
        """Whether the words of a node tell a caller where else to turn."""
        node = self.graph.nodes[at]
        return isinstance(node, SayNode | EndNode) and node.where_to_turn

    def nothing_done(self, at: int) -> Sequence[Exit]:
        """The exits of a menu or ask node that are taken without a good answer: `no_input` and `no_match`."""
        row = self.ways[at]
        if row.__class__ is tuple:
            return row[-2:]
        return [e for e in row if e[0] in ("no_input", "no_match")]

    def name(self, at: int) -> str:
        """The name of a node as declared; in a flow without the visit's name."""
        declared = self.source_map.nodes[at]
        return self.graph.names[at] if declared is None else declared.name.text

    def reached(self, starts: Iterable[int]) -> bytearray:
        """A flag for each node: whether it can be reached from one of the starts."""
        seen = bytearray(len(self.ways))
        row = []
        for start in starts:
            if not seen[start]:
                seen[start] = 1
                row.append(start)
        ways = self.ways
        for at in row:
            for _, to in ways[at]:
                if not seen[to]:
                    seen[to] = 1
                    row.append(to)
        return seen

    # --- where things are written

    def at_name(self, at: int) -> Span:
        """The name of a node."""
        return self.source_map.span(at)

    def at_exit(self, at: int, exit: str) -> Span:
        """Where the target of an exit is written: in the node, else in the table's defaults, else the node's name."""
        declared = self.source_map.nodes[at]
        if declared is None:
            return NOWHERE
        for path in self._paths(at, exit):
            place = declared.place(*path)
            if place is not declared.name:
                return place.span
        table = self.source_map.table
        if table is not None:
            place = table.place("defaults", exit)
            if place is not table.place("defaults"):
                return place.span
        return declared.name.span

    def _paths(self, at: int, exit: str) -> tuple[tuple[str, ...], ...]:
        match self.graph.nodes[at]:
            case MenuNode() if exit not in _NESTED:
                return (("options", exit, "to"),)
            case BranchNode() if exit != "otherwise":
                return (("cases", exit_label(self.graph, at, exit)),)
            case SplitNode():
                return (("shares", exit, "to"),)
            case CalamityNode() if exit != "then":
                return (("routes", exit),)
            case VoicemailNode() if exit == "no_input":
                return (("no_input",), ("to",))
            case HoursNode() if exit == "holiday":
                return (("holiday",), ("closed",))
            case QueueNode() | MenuNode() | AskNode() if exit in _NESTED:
                return ((exit, "to"),)
            case _:
                return ((exit,),)

    def at_table(self, *path: str) -> Span:
        """A place in the table section."""
        table = self.source_map.table
        return NOWHERE if table is None else table.place(*path).span

    def table_label(self, key: str, text: str) -> list[Label]:
        """A label at a key of the table section; none for one that is not written."""
        table = self.source_map.table
        if table is None or (place := table.place(key)) is table.name:
            return []
        return [Label(place.span, text)]

    def label(self, at: int, text: str) -> list[Label]:
        """A label at a node's name; none for a node that is written nowhere."""
        return [Label(self.at_name(at), text)] if self.source_map.nodes[at] is not None else []
