"""Keys of menus: those that mean the same everywhere, 0 for a person, and menus that offer nothing."""

from __future__ import annotations

from ivr.checks.links import PERSONS, Links
from ivr.checks.menus import is_spoken
from ivr.diagnostics import Label, Report, Span
from ivr.model.nodes import (
    CONTINUE,
    BranchNode,
    CalamityNode,
    HoursNode,
    MenuNode,
    NoticeNode,
    QueueNode,
    SayNode,
    SplitNode,
    TransferNode,
)


def check_keys(links: Links, report: Report) -> None:
    """IVR308, IVR309 and IVR310."""
    graph = links.graph
    people = _People(links)
    if graph.operator >= 0 and not people.lead(graph.operator):
        report.add(
            "IVR309", links.at_table("operator", "to"), f"the operator '{links.name(graph.operator)}' is no person",
            "name a transfer or a queue, or a visit of a flow that begins with one",
            links.label(graph.operator, "this node connects the caller to nobody"),
        )  # fmt: skip
    if graph.operator_key == graph.repeat_key:
        report.add(
            "IVR308", links.at_table("repeat_key"), f"the key {graph.repeat_key} also reaches the operator",
            "choose another key; a menu cannot be repeated as it is",
        )  # fmt: skip
    for at, node in enumerate(graph.nodes):
        if isinstance(node, MenuNode):
            _menu(links, at, node, people, report)
        elif isinstance(node, QueueNode) and node.offer_key == "0" and links.source_map.nodes[at] is not None:
            _offer(links, at, node, people, report)


def _menu(links: Links, at: int, node: MenuNode, people: _People, report: Report) -> None:
    graph = links.graph
    if not node.options:
        if links.source_map.nodes[at] is not None and _empty(links, at):
            report.add(
                "IVR310", links.source_map.span(at, "options"), "a menu without options", "add the choices, by key"
            )
        return
    for key in {graph.operator_key, graph.repeat_key, "0"}:
        chosen = node.keys.get(key)
        if chosen is None:
            continue
        declared = links.source_map.nodes[at]
        if declared is None:
            continue
        span = declared.place("options", key).span
        if key not in ("0", graph.operator_key) or (key == graph.repeat_key != graph.operator_key):
            report.add(
                "IVR308", span, f"the key {key} repeats every menu and cannot choose anything",
                "choose another key", links.table_label("repeat_key", "the key that repeats"),
            )  # fmt: skip
        elif not people.lead(node.options[chosen].to):
            _no_person(links, at, key, report)
        elif key == graph.operator_key and (to := node.options[chosen].to) != graph.operator:
            if not people.lines(to) <= people.lines(graph.operator):
                _other_person(links, at, key, to, report)
            elif is_spoken(declared, key):
                _twice(links, key, span, report)


def _no_person(links: Links, at: int, key: str, report: Report) -> None:
    span = links.source_map.nodes[at].place("options", key).span  # type: ignore[union-attr]  # asked before
    if key == "0":
        report.add(
            "IVR309",
            span,
            "the key 0 leads to a person everywhere, but not here",
            "choose another key, or lead it to a person",
        )
    else:
        report.add(
            "IVR308", span, f"the key {key} reaches the operator in every menu and cannot choose anything else",
            "choose another key", [Label(links.at_table("operator", "key"), "the key of the operator")],
        )  # fmt: skip


def _other_person(links: Links, at: int, key: str, to: int, report: Report) -> None:
    graph = links.graph
    report.add(
        "IVR308", links.at_exit(at, key),
        f"the key {key} reaches the operator '{links.name(graph.operator)}' in every menu, and here '{links.name(to)}'",
        "choose another key for it", [Label(links.at_table("operator", "key"), "the key of the operator")],
    )  # fmt: skip


def _twice(links: Links, key: str, span: Span, report: Report) -> None:
    """The words of a menu end with the operator's key, unless the choice on it is the operator."""
    report.add(
        "IVR308", span, f"callers would hear the key {key} twice: for this choice, and for the operator",
        f"choose another key for it, or lead it to '{links.name(links.graph.operator)}'",
        [Label(links.at_table("operator", "key"), "the key of the operator")],
    )  # fmt: skip


def _offer(links: Links, at: int, node: QueueNode, people: _People, report: Report) -> None:
    """The key that leaves a queue is pressed by who wants a person now, when it is 0."""
    to = dict(links.stated[at]).get("offer_after", CONTINUE)
    declared = links.source_map.nodes[at]
    if declared is not None and to >= 0 and not people.lead(to):
        report.add(
            "IVR309", declared.place("offer_after", "key").span, "the key 0 leads to a person everywhere, but not here",
            "choose another key to leave the queue",
        )  # fmt: skip


def _empty(links: Links, at: int) -> bool:
    """Whether nothing is written under `options`; what could not be read is reported already."""
    declared = links.source_map.nodes[at]
    return declared is not None and declared.place("options", "#0") is declared.place("options")


class _People:
    """Whether a node leads straight to a person: a line that is rung, or nodes that act by themselves before one."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self._known: dict[int, bool] = {}

    def lead(self, start: int) -> bool:
        """Whether every way from a node rings a line; of hours only the open exit counts, of a calamity the plain one."""
        stack = [start]
        entered: set[int] = set()
        while stack:
            at = stack[-1]
            nexts = self._nexts(at)
            if at in self._known:
                stack.pop()
            elif nexts is None:
                self._known[at] = self._rings(at)
            elif at in entered:
                self._known[at] = bool(nexts) and all(self._known.get(to, False) for to in nexts)
            else:
                entered.add(at)
                stack += [to for to in nexts if to not in self._known and to not in entered]
        return self._known[start]

    def lines(self, start: int) -> frozenset[tuple[int, object]]:
        """The lines that may be rung first from a node: teams, or what is dialled of no team."""
        row, met, out = [start], {start}, set()
        for at in row:
            nexts = self._nexts(at)
            node = self._links.graph.nodes[at]
            if nexts is not None:
                row += [to for to in nexts if to not in met]
                met.update(nexts)
            elif isinstance(node, TransferNode):
                out.add((node.team, tuple(dial.targets for dial in node.dials[0]) if node.team < 0 else ()))
            elif isinstance(node, QueueNode):
                out.add((node.team, ()))
        return frozenset(out)

    def _rings(self, at: int) -> bool:
        return at == self._links.opaque or self._links.graph.nodes[at].__class__ in PERSONS

    def _nexts(self, at: int) -> list[int] | None:
        node = self._links.graph.nodes[at]
        ways = self._links.ways[at]
        match node:
            case SayNode() | BranchNode() | SplitNode():
                return [to for _, to in ways]
            case HoursNode():
                return [to for name, to in ways if name == "open"]
            case CalamityNode() | NoticeNode():
                return [to for name, to in ways if name == "then"]
            case _:
                return None
