"""A table as the map shows it: boxes and lines with their words in every language, as a picture of the table has them."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from ivr.model.graph import Graph
from ivr.pages.map.onward import onward
from ivr.pictures.entries import MOST, Group, entry_box, groups, number_box
from ivr.pictures.part import whole
from ivr.pictures.scene import BYE, ON, Box, Reading, Row
from ivr.pictures.words import FAMILIES
from ivr.tables.ready import Table

EXIT, NUMBER, TEAM, TASK, OPERATOR, ENTRY = "exit", "number", "team", "task", "operator", "entry"
"""What a line is: an exit that callers take; where a group of numbers goes after the entry (its key is the group's letter);
to whom callers are connected; for whom something is left; the operator's key, which every menu has; and into the table."""
_MARKED = {"(team)": TEAM, "(task)": TASK, "(operator)": OPERATOR}


class Called(Struct, frozen=True):
    """A number on the left: its name, whose it was, its phase now and the phases to come (both by language)."""

    name: str
    formerly: str
    phases: tuple[str, ...]
    coming: tuple[str, ...]


class Item(Struct, frozen=True):
    """A box. `id` is its index with n, e or t before it (node, entry, team), `name` how it is called in the table:
    `main`, `team:kcc`, `numbers:A`. Titles, words and the word for its kind are by language; `visit` is the visit that
    it stands in, `flow` that visit's flow; `at` is `path:line`. `letter` marks a group of numbers."""

    id: str
    name: str
    kind: str
    family: str
    kinds: tuple[str, ...]
    titles: tuple[str, ...]
    words: tuple[str, ...]
    visit: str = ""
    at: str = ""
    letter: str = ""
    numbers: tuple[Called, ...] = ()


class Line(Struct, frozen=True):
    """A line between two boxes (by index): the exits that it stands for, the key that is pressed, words by language."""

    source: int
    target: int
    kind: str
    exits: tuple[str, ...]
    key: str
    labels: tuple[str, ...]


class Map(Struct, frozen=True):
    """All of a table. `visits` is visit → flow; `chain` the boxes of the entry in order, that of the numbers last."""

    id: str
    title: str
    version: str
    languages: tuple[str, ...]
    illustration: bool
    items: tuple[Item, ...]
    lines: tuple[Line, ...]
    visits: dict[str, str]
    chain: tuple[int, ...]
    operator: int


def map_of(table: Table, now: int) -> Map:
    """The map of a table, with the phases of `now` (epoch seconds)."""
    graph, source_map = table.graph, table.source_map
    part = whole(graph, source_map.opaque >= 0)
    readings = [Reading(graph, source_map, part, index) for index in range(len(graph.languages))]
    numbers = groups(readings[0])
    # in each language the same boxes with the same rows: only their words differ
    boxes = list(zip(*(_boxes(reading, numbers, now) for reading in readings), strict=True))
    called = {group.numbers[0]: group for group in numbers}
    items = tuple(_item(table, readings, called, same) for same in boxes)
    place = {item.id: index for index, item in enumerate(items)}
    lines = tuple(_lines(graph, place, boxes))
    chain = tuple(place[f"n{at}"] for at in (*graph.chain, graph.number_node) if f"n{at}" in place)
    return Map(
        id=graph.id, title=graph.title or graph.id, version=table.version,
        languages=tuple(language.code for language in graph.languages), illustration=graph.illustration,
        items=items, lines=lines, visits={name: flow.text for name, flow in source_map.visits.items()},
        chain=chain, operator=place.get(f"n{graph.operator}", -1),
    )  # fmt: skip


def _boxes(reading: Reading, held: list[Group], now: int) -> Iterator[Box]:
    """The numbers by where they go, every node, every team."""
    graph = reading.graph
    for group in held:
        yield entry_box(reading, group, f"n{graph.chain[0] if graph.chain else graph.number_node}", now)
    for index in reading.part.nodes:
        yield number_box(reading, held) if index == graph.number_node else reading.node(index)
    for index in reading.part.teams:
        yield reading.team(index)


def _item(table: Table, readings: list[Reading], called: dict[int, Group], boxes: tuple[Box, ...]) -> Item:
    first = boxes[0]
    name, at = _named(table, first)
    titles = tuple(box.name for box in boxes)
    numbers: tuple[Called, ...] = ()
    if first.kind == "entry":
        numbers = _numbers(table.graph, called[int(first.id[1:])], boxes)
        more = f" +{len(first.rows) - 3}" if len(first.rows) > 3 else ""
        titles = tuple(", ".join(row.label for row in box.rows[1:3]) + more for box in boxes)
    return Item(
        id=first.id, name=name, kind=first.kind, family=FAMILIES.get(first.kind, "say"),
        kinds=tuple(_kind(reading, first.kind) for reading in readings), titles=titles,
        words=tuple(box.words for box in boxes), visit=first.visit, at=at,
        letter=first.name if first.kind == "entry" else "", numbers=numbers,
    )  # fmt: skip


def _named(table: Table, box: Box) -> tuple[str, str]:
    """How a box is called in the table, and where it is written; '' for what the compiler made."""
    source_map, index = table.source_map, int(box.id[1:])
    where = source_map.sources.path_line
    if box.kind == "entry":
        if index < 0:
            return f"numbers:{box.name}", where(source_map.table.name.span) if source_map.table is not None else ""
        return f"numbers:{box.name}", where(source_map.numbers[index].name.span)
    if box.kind == "team":
        return f"team:{table.graph.teams[index].name}", where(source_map.teams[index].span)
    at = source_map.node(index)
    return table.graph.names[index], "" if at == "-" else at


def _kind(reading: Reading, kind: str) -> str:
    """The word for a kind of box."""
    return reading.words["team"] if kind == "team" else reading.kinds["number" if kind == "entry" else kind]


def _numbers(graph: Graph, group: Group, boxes: tuple[Box, ...]) -> tuple[Called, ...]:
    """The numbers of a group, each a row of its box in every language."""
    out = []
    for place, index in enumerate(group.numbers[:MOST], 1):
        rows = [box.rows[place] for box in boxes]
        name, formerly = (
            (graph.main_number, "") if index < 0 else (graph.numbers[index].name, graph.numbers[index].formerly)
        )
        out.append(Called(name, formerly, tuple(row.tag for row in rows), tuple(row.note for row in rows)))
    return tuple(out)


def _lines(graph: Graph, place: dict[str, int], boxes: list[tuple[Box, ...]]) -> Iterator[Line]:
    """The rows of all boxes that lead somewhere."""
    leads = onward(graph)
    for source, same in enumerate(boxes):
        if same[0].lead:
            yield Line(source, place[same[0].lead], ENTRY, (), "", tuple("" for _ in same))
        if same[0].id[0] == "e":
            continue  # what it leads to after the entry, the box of the numbers says
        for rows in zip(*(box.rows for box in same), strict=True):
            for target in _targets(rows[0], int(same[0].id[1:]), leads):
                if target in place:
                    yield _line(source, place[target], rows, EXIT if same[0].kind != "number" else NUMBER)


def _targets(row: Row, source: int, leads: dict[int, tuple[int, ...]]) -> list[str]:
    if row.to == ON:
        return [f"n{target}" for target in leads.get(source, ())]
    return [] if row.to in ("", BYE) else [row.to]


def _line(source: int, target: int, rows: tuple[Row, ...], usual: str) -> Line:
    first = rows[0]
    kind = next((_MARKED[name] for name in first.exits if name in _MARKED), usual)
    return Line(source, target, kind, first.exits, first.key, tuple(row.label for row in rows))
