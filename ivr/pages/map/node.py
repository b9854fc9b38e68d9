"""What the map tells of one box: its words, its YAML, what leads to it and where it leads."""

from __future__ import annotations

from msgspec import Struct

from ivr.diagnostics import Span
from ivr.pages.map.data import NUMBER, Called, Item, Line, Map
from ivr.pages.map.ways import Bright
from ivr.pages.map.yaml import Snippet, snippet
from ivr.tables.ready import Table

MOST_WAYS = 200
"""Lines in one direction that are listed."""


class Way(Struct, frozen=True):
    """A line as its other end sees it: what is pressed or happens, the kind of line, the box at the other end; `shut` says
    that those whom the filters mean cannot take it."""

    key: str
    label: str
    kind: str
    name: str
    title: str
    what: str
    shut: bool = False


class Spoken(Struct, frozen=True):
    """What a box says, in a language of the table."""

    language: str
    words: str


class Told(Struct, frozen=True):
    """A box in words. `visit` are the visits that it stands in, outermost first, as (name, flow); `hidden` counts ways that
    are not listed."""

    name: str
    title: str
    kind: str
    what: str
    at: str
    file: str
    line: int
    visit: tuple[tuple[str, str], ...]
    spoken: tuple[Spoken, ...]
    numbers: tuple[Called, ...]
    into: tuple[Way, ...]
    out: tuple[Way, ...]
    hidden: int
    yaml: Snippet | None


def told_of(table: Table, map_: Map, name: str, language: int, left: Bright | None = None) -> Told | None:
    """What there is to tell of the box of a name, in a language of the table (by index), and what the filters left (None:
    there are none); None when there is no such box."""
    place = next((index for index, item in enumerate(map_.items) if item.name == name), None)
    if place is None:
        return None
    item = map_.items[place]
    lines = list(zip(map_.lines, _shut(map_, left), strict=True))
    into = [_way(map_, line, line.source, language, shut) for line, shut in lines if line.target == place]
    out = [_way(map_, line, line.target, language, shut) for line, shut in lines if line.source == place]
    if item.letter:  # numbers go on from the box of the numbers
        theirs = (held for held in lines if held[0].kind == NUMBER and held[0].key == item.letter)
        out += [_way(map_, line, line.target, language, shut) for line, shut in theirs]
    span = _span(table, item)
    yaml = snippet(table.source_map.sources, span) if span is not None else None
    spoken = tuple(Spoken(code, words) for code, words in zip(map_.languages, item.words, strict=True) if words)
    hidden = max(0, len(into) - MOST_WAYS) + max(0, len(out) - MOST_WAYS)
    return Told(
        name, item.titles[language], item.kind, item.kinds[language], item.at, yaml.path if yaml else "",
        yaml.line if yaml else 0, _visits(map_, item), spoken if item.kind != "team" else spoken[:1], item.numbers,
        tuple(into[:MOST_WAYS]), tuple(out[:MOST_WAYS]), hidden, yaml,
    )  # fmt: skip


def _shut(map_: Map, left: Bright | None) -> list[bool]:
    """Of each line, whether the filters close it."""
    if left is None:
        return [False] * len(map_.lines)
    kept = set(left.lines)
    return [index not in kept for index in range(len(map_.lines))]


def _way(map_: Map, line: Line, other: int, language: int, shut: bool) -> Way:
    item = map_.items[other]
    return Way(line.key, line.labels[language], line.kind, item.name, item.titles[language], item.kinds[language], shut)


def _span(table: Table, item: Item) -> Span | None:
    """Where the key of a box stands."""
    source_map, index = table.source_map, int(item.id[1:])
    if item.kind == "team":
        return source_map.teams[index].span
    if item.kind == "entry":
        return source_map.numbers[index].name.span if index >= 0 else None
    declared = source_map.nodes[index]
    return declared.name.span if declared is not None else None


def _visits(map_: Map, item: Item) -> tuple[tuple[str, str], ...]:
    parts = item.visit.split("/") if item.visit else []
    names = ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]
    return tuple((name, map_.visits.get(name, "")) for name in names)
