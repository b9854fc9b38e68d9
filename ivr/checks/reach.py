"""Which nodes calls come to: unreachable ones, the entry chain kept to, flows that return."""

from __future__ import annotations

from ivr.checks.cycles import components
from ivr.checks.links import Links
from ivr.diagnostics import Declared, Label, Report, Visit
from ivr.model.nodes import CONTINUE, CalamityNode, HoursNode, SayNode


def check_reach(links: Links, report: Report) -> None:
    """IVR301 and IVR315: what no call ever comes to, and flows that never come back."""
    graph = links.graph
    seen = links.reached((*links.chain, graph.number_node, *links.roots))
    if links.opaque < 0:
        _unreachable(links, seen, report)
    for visit in links.source_map.expanded:
        _returns(links, visit, seen, report)


class _Units:
    """Unreached nodes gathered by what an admin would call unreachable: a node as declared, or the outermost visit."""

    def __init__(self, links: Links, seen: bytearray) -> None:
        source_map = links.source_map
        met = {id(declared) for at, declared in enumerate(source_map.nodes) if seen[at]}
        outer: dict[int, Declared] = {}
        for visit in source_map.expanded:
            places = range(visit.first, visit.last)
            if any(seen[at] for at in places):
                met.add(id(visit.decl))
        for visit in source_map.expanded:  # an inner visit comes before the outer one, which takes its place
            if id(visit.decl) not in met:
                outer.update(dict.fromkeys(range(visit.first, visit.last), visit.decl))
        self.of: dict[int, int] = {}
        self.declared: list[Declared] = []
        numbers: dict[int, int] = {}
        for at, declared in enumerate(source_map.nodes):
            unit = outer.get(at, declared)
            if seen[at] or unit is None or id(unit) in met:
                continue
            if id(unit) not in numbers:
                numbers[id(unit)] = len(self.declared)
                self.declared.append(unit)
            self.of[at] = numbers[id(unit)]


def _unreachable(links: Links, seen: bytearray, report: Report) -> None:
    """An island is reported once for each of its beginnings: what only follows them is mended with them."""
    if all(seen[:-2]):
        return
    units = _Units(links, seen)
    edges: list[set[int]] = [set() for _ in units.declared]
    for at, unit in units.of.items():
        edges[unit].update(units.of[to] for _, to in links.ways[at] if to in units.of)
    rows = [sorted(row - {unit}) for unit, row in enumerate(edges)]
    parts = components(rows, range(len(rows)))
    part_of = {unit: number for number, part in enumerate(parts) for unit in part}
    led_to = {part_of[to] for unit, row in enumerate(rows) for to in row if part_of[to] != part_of[unit]}
    for number, part in enumerate(parts):
        if number not in led_to:
            first = min((units.declared[unit] for unit in part), key=lambda declared: declared.name.span)
            report.add(
                "IVR301", first.name.span, f"no call ever comes to '{first.name.text}'",
                "lead a node to it, or take it out",
            )  # fmt: skip


def _returns(links: Links, visit: Visit, seen: bytearray, report: Report) -> None:
    places = range(visit.first, visit.last)
    if any(seen[at] for at in visit.returning) or not any(seen[at] for at in places):
        return
    if links.opaque >= 0 and any(to == links.opaque for at in places if seen[at] for _, to in links.ways[at]):
        return
    report.add(
        "IVR315", visit.flow.span, f"the flow '{visit.flow.text}' never returns: no way through it comes to 'return'",
        "lead a node of it to 'return'",
        [Label(visit.decl.place("then").span, "so no call ever comes here from this visit")],
    )  # fmt: skip


_PLAIN = {SayNode: "to", CalamityNode: "then", HoursNode: "open"}
"""The exit that calls take through a node of the entry when nothing is the matter."""


def check_entry(links: Links, report: Report) -> None:
    """IVR302 and IVR212: the entry chain is passed as a whole, once, and by every number's callers."""
    _empty_entry(links, report)
    graph = links.graph
    for position, at in enumerate(links.chain):
        if at == links.opaque or (position == len(links.chain) - 1 and not graph.numbers):
            continue
        plain = _PLAIN.get(graph.nodes[at].__class__, "")
        led = [to for name, to in links.stated[at] if name == plain] if plain else [at]
        if not any(links.comes_to_continue(to) for to in led):
            span = links.at_exit(at, plain) if plain else links.at_name(at)
            report.add(
                "IVR302", span, "calls leave the entry here: its other nodes and where each number leads are passed by",
                "lead it to 'continue'",
            )  # fmt: skip
    _stated_continue(links, report)
    for at, name, came in links.strays if graph.operator >= 0 else ():
        _stray(links, at, name, came, report)


def _stated_continue(links: Links, report: Report) -> None:
    """`continue` where only a node can stand: in the entry itself, as start or operator, as where a number leads."""
    graph = links.graph
    places = [
        links.at_table(*path)
        for target, path in (
            (graph.start, ("start",)),
            (graph.operator, ("operator", "to")),
            (CONTINUE if CONTINUE in graph.chain else 0, ("entry", "continue")),
        )
        if target == CONTINUE
    ]
    for number, declared in zip(graph.numbers, links.source_map.numbers, strict=True):
        if CONTINUE in (number.to, number.then):
            places += [at.span for key in ("to", "then") if (at := declared.place(key)).text == "continue"]
    for span in places:
        report.add("IVR212", span, "'continue' stands where a node must be named", "name a node")


def _empty_entry(links: Links, report: Report) -> None:
    graph = links.graph
    if links.chain or not graph.numbers:
        return
    for kind in (CalamityNode, HoursNode):
        for at, node in enumerate(graph.nodes):
            if isinstance(node, kind):
                span = links.at_table("entry")
                message = f"the entry is empty, so callers of a number can pass by '{links.name(at)}'"
                help = f"write 'entry: [{links.name(at)}, …]' in the table"
                report.add("IVR302", span, message, help, links.label(at, "every call should come here first"))
                return


def _stray(links: Links, at: int, name: str, came: tuple[int, str] | None, report: Report) -> None:
    span = links.at_exit(at, name)
    labels = [Label(links.at_exit(*came), "calls come here after the entry")] if came is not None else []
    labels = [label for label in labels if label.span.file >= 0]
    exits = dict(links.stated[at])
    if exits.get(name) == CONTINUE:
        report.add("IVR212", span, "'continue' stands outside the entry", "name a node", labels)
    elif links.source_map.nodes[at] is not None:
        back = links.name(exits[name])
        message = f"this leads back into the entry, to '{back}', which calls have passed already"
        report.add("IVR212", span, message, "name the node that follows the entry", labels)
