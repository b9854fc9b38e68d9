"""Which nodes calls come to: unreachable ones, the entry chain kept to, flows that return."""

from __future__ import annotations

from collections.abc import Iterable

from ivr.checks.cycles import components
from ivr.checks.links import Links
from ivr.diagnostics import Declared, Label, Report, Visit
from ivr.model.nodes import CONTINUE, CalamityNode, HoursNode, NoticeNode, SayNode


def check_reach(links: Links, report: Report) -> None:
    """IVR301 and IVR315: what no call ever comes to, and flows that never come back."""
    graph = links.graph
    meant = () if links.chain else links.continuing  # nodes of an entry that the table does not state: IVR302
    roots = [*links.chain, graph.number_node, *links.roots, *meant]
    seen = links.reached(roots)
    dead: dict[str, Visit] = {}
    while more := [v for v in links.source_map.expanded if v.name not in dead and _never_returns(links, v, seen)]:
        dead.update({visit.name: visit for visit in more})
        roots += [at for visit in more for at in _following(links, visit)]  # not to be reported for the same fault
        seen = links.reached(roots)
    for visit in dead.values():
        report.add(
            "IVR315", visit.flow.span, f"the flow '{visit.flow.text}' never returns: no way through it comes to 'return'",
            "lead a node of it to 'return'",
            [Label(visit.decl.place("then").span, "so no call ever comes here from this visit")],
        )  # fmt: skip
    if links.opaque < 0 and graph.start >= 0 and graph.operator >= 0:
        _unreachable(links, seen, report)


def _never_returns(links: Links, visit: Visit, seen: bytearray) -> bool:
    """Whether calls come into a visit, and out of it by no `return`; unknown nodes may return."""
    places = range(visit.first, visit.last)
    if any(seen[at] for at in visit.returning) or not any(seen[at] for at in places):
        return False
    return links.opaque < 0 or all(to != links.opaque for at in places if seen[at] for _, to in links.ways[at])


def _following(links: Links, visit: Visit) -> Iterable[int]:
    """The nodes that the `then` of a visit names, as far as they are nodes of their own."""
    word = visit.decl.place("then").text
    outer = visit.name.rpartition("/")[0]
    for name in (f"{outer}/{word}", word) if outer else (word,):
        if name in links.graph.names:
            return (links.graph.names.index(name),)
        for other in links.source_map.expanded:
            if other.name == name:
                return range(other.first, other.last)
    return ()


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


_PLAIN = {SayNode: "to", CalamityNode: "then", NoticeNode: "then", HoursNode: "open"}
"""The exit that calls take through a node of the entry when nothing is the matter."""


def check_entry(links: Links, report: Report) -> None:
    """IVR302, IVR212 and IVR303: the entry chain is passed as a whole, once, and by every number's callers."""
    _empty_entry(links, report)
    graph = links.graph
    for position, at in enumerate(links.chain):
        if at == links.opaque or (position == len(links.chain) - 1 and not graph.numbers):
            continue
        plain = _PLAIN.get(graph.nodes[at].__class__, "")
        led = [to for name, to in links.stated[at] if name == plain] if plain else [at]
        if not any(links.comes_to_continue(to) or _goes_round(links, to) for to in led):
            span = links.at_exit(at, plain) if plain else links.at_name(at)
            report.add(
                "IVR302", span, "calls leave the entry here: its other nodes and where each number leads are passed by",
                "lead it to 'continue'",
            )  # fmt: skip
    _stated_continue(links, report)
    if links.starts_over:
        _starts_over(links, report)
    for at, name, came in links.strays if graph.operator >= 0 else ():
        _stray(links, at, name, came, report)


def _starts_over(links: Links, report: Report) -> None:
    table = links.source_map.table
    place = table.place("start") if table is not None else None
    written = place is not None and table is not None and place is not table.name
    name = place.text if place is not None and written else links.name(links.graph.start)
    report.add(
        "IVR303", links.at_table("start"), f"the start leads back into the entry: calls pass '{name}' and come to it again",
        "name the node that follows the entry",
    )  # fmt: skip


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
    """Without an entry, what the main number's callers pass first is passed by when a number leads past it."""
    graph = links.graph
    if links.chain or not graph.numbers:
        return
    kinds = (CalamityNode, NoticeNode, HoursNode)
    first = {*links.continuing, *_plainly(links, graph.start)}
    for at in sorted(at for at in first if isinstance(graph.nodes[at], kinds)):
        for number, declared in zip(graph.numbers, links.source_map.numbers, strict=True):
            if number.to >= 0 and number.to != links.opaque and at not in _plainly(links, number.to):
                name = links.name(at)
                report.add(
                    "IVR302",
                    links.at_table("entry"),
                    f"the entry is empty, so callers of a number pass by '{name}'",
                    f"write 'entry: [{name}, …]' in the table, and lead its nodes to 'continue'",
                    [*links.label(at, "calls should come here first"), Label(declared.name.span, "these do not")],
                )
                return


def _plainly(links: Links, start: int) -> list[int]:
    """The nodes that calls go through from a start, when nothing is the matter, before anybody acts."""
    way: list[int] = []
    at = start
    while at >= 0 and at not in way and len(way) < 50:
        way.append(at)
        plain = _PLAIN.get(links.graph.nodes[at].__class__)
        at = next((to for name, to in links.stated[at] if name == plain), -1)
    return way


def _goes_round(links: Links, start: int) -> bool:
    """Whether calls that nothing is the matter with come round to where they were: that loop is the fault."""
    met: set[int] = set()
    at = start
    while at >= 0 and at not in met:
        met.add(at)
        plain = _PLAIN.get(links.graph.nodes[at].__class__)
        at = next((to for name, to in links.stated[at] if name == plain), -1)
    return at >= 0


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
