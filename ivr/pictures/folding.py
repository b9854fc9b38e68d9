"""Visits to one flow look alike: the first is drawn in a frame, box by box; each other as one box that refers to it."""

from __future__ import annotations

from msgspec import Struct

from ivr.model.exits import exits
from ivr.pictures.part import Part
from ivr.pictures.scene import Box, Reading, Row, target_id
from ivr.pictures.text import cleaned

SHOWN = 2
"""Exits that a row of a folded visit names; more than these are counted."""


class Folded(Struct, frozen=True):
    """A visit drawn as one box: its name, its flow, its nodes, and the visit that is drawn in full."""

    name: str
    flow: str
    nodes: tuple[int, ...]
    like: str


def folded(reading: Reading, part: Part) -> dict[str, Folded]:
    """The visits to fold, by name: of each flow all but the first, and none that stands in a folded one."""
    names = reading.graph.names
    members: dict[str, list[int]] = {}
    for index in part.nodes:
        name = names[index].rpartition("/")[0]
        while name:
            members.setdefault(name, []).append(index)
            name = name.rpartition("/")[0]
    first: dict[str, str] = {}
    out: dict[str, Folded] = {}
    for name in sorted(members, key=lambda n: (n.count("/"), members[n][0])):
        flow = reading.source_map.visits.get(name)
        if flow is None or _inside(name, out):
            continue
        like = first.setdefault(flow.text, name)
        if like != name:
            out[name] = Folded(name, cleaned(flow.text), tuple(members[name]), like)
    return out


def _inside(name: str, held: dict[str, Folded]) -> bool:
    while name := name.rpartition("/")[0]:
        if name in held:
            return True
    return False


def folded_boxes(reading: Reading, visits: dict[str, Folded]) -> list[Box]:
    """The boxes of all folded visits."""
    doors = {like: _door(reading, like) for like in dict.fromkeys(visit.like for visit in visits.values())}
    return [_box(reading, visit, doors[visit.like]) for visit in visits.values()]


def _box(reading: Reading, visit: Folded, door: str) -> Box:
    """Whom a folded visit connects to, where it comes out, and the frame that shows its inside."""
    graph = reading.graph
    members = set(visit.nodes)
    rows: dict[str, Row] = {}
    ways: dict[int, list[tuple[str, str]]] = {}
    for index in visit.nodes:
        node = graph.nodes[index]
        for row in reading.team_rows(node):
            rows.setdefault(f"{row.label} {row.to}", row)
        for name, target in exits(node):
            if target not in members:
                ways.setdefault(target, []).append((f"{index} {name}", _short(reading, index, name)))
    connected = {row.to for row in rows.values() if row.exits == ("(team)",)}
    held = [row for row in rows.values() if row.exits != ("(task)",) or row.to not in connected]
    for target, pairs in ways.items():
        label = reading.exits["then"]
        if len(ways) > 1:
            more = len(pairs) - SHOWN
            label = cleaned(", ".join(text for _, text in pairs[:SHOWN])) + (f" (+{more})" if more > 0 else "")
        held.append(Row(label, tuple(exit for exit, _ in pairs), target_id(target)))
    held.append(Row(reading.words["like"], (), door, stub=True))
    where = reading.source_map.sources.path_line(reading.source_map.visits[visit.name].span)
    inside = ", ".join(cleaned(graph.names[index]) for index in visit.nodes)
    tip = f"{cleaned(visit.name)} ({visit.flow})\n{cleaned(where)}\n{inside}"
    parent, _, name = cleaned(visit.name).rpartition("/")
    ids = tuple(f"n{index}" for index in visit.nodes)
    return Box(ids[0], "visit", name, "", tuple(held), tip, parent, members=ids, flow=visit.flow)


def _short(reading: Reading, index: int, name: str) -> str:
    """An exit of a node within a visit, in words."""
    return f"{reading.graph.names[index].rpartition('/')[2]}: {reading.exit(index, name)}"


def _door(reading: Reading, visit: str) -> str:
    """The first box of a visit that is drawn in full: the one that is led to from outside, else the first written."""
    graph = reading.graph
    members = [i for i in reading.part.nodes if graph.names[i].startswith(visit + "/")]
    inside = set(members)
    led_to = {*graph.chain, graph.start, *(number.to for number in graph.numbers)}
    for index in reading.part.nodes:
        if index not in inside:
            led_to.update(target for _, target in exits(graph.nodes[index]))
    return f"n{next((i for i in members if i in led_to), members[0])}"
