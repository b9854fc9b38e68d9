"""A table → the scene that is drawn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import msgspec

from ivr.diagnostics import SourceMap
from ivr.model.graph import Graph
from ivr.pictures.entries import Group, entry_box, groups, number_box
from ivr.pictures.folding import folded, folded_boxes
from ivr.pictures.part import Part
from ivr.pictures.scene import BYE, ON, Box, Reading, Scene
from ivr.pictures.stubs import with_stubs
from ivr.pictures.text import cleaned


def compose(
    graph: Graph, source_map: SourceMap, part: Part, language: int, now: int, title: str = "", fold: bool = True
) -> Scene:
    """What to draw of a part of a table, in a language (by index), with the phases of `now` (epoch seconds).

    With `fold` the first visit to each flow is drawn in full, and every other as one box.
    """
    reading = Reading(graph, source_map, part, language)
    visits = folded(reading, part) if fold else {}
    alias = {f"n{index}": f"n{visit.nodes[0]}" for visit in visits.values() for index in visit.nodes}
    ids = [f"n{i}" for i in (*graph.chain, graph.number_node)] if part.entry else []
    chain = tuple(dict.fromkeys(alias.get(id_, id_) for id_ in ids))
    held = groups(reading) if part.entry else []
    boxes = [entry_box(reading, group, chain[0], now) for group in held]
    boxes += folded_boxes(reading, visits)
    boxes += _nodes(reading, alias, held)
    boxes += [reading.team(index) for index in part.teams]
    known = {box.id for box in boxes} | {ON, BYE, ""}
    boxes = [_led(box, alias, known, graph) for box in boxes]
    scene = Scene(
        title=title or cleaned(f"{graph.title or graph.id}: {reading.words['flow']}"),
        subtitle=_subtitle(reading, part, now, sum(box.id.startswith("n") for box in boxes)),
        language=reading.code,
        words=reading.words,
        kinds=reading.kinds,
        boxes=tuple(boxes),
        chain=chain,
        visits=_frames(boxes, source_map),
        operator=alias.get(f"n{graph.operator}", f"n{graph.operator}"),
        operator_key=graph.operator_key,
        repeat_key=graph.repeat_key,
    )
    return with_stubs(scene)


def _nodes(reading: Reading, alias: dict[str, str], held: list[Group]) -> Iterator[Box]:
    """The boxes of the nodes of a part; what stands in a folded visit has none."""
    for index in reading.part.nodes:
        if f"n{index}" in alias:
            continue
        if index != reading.graph.number_node:
            yield reading.node(index)
        elif reading.part.entry:
            yield number_box(reading, held)


def _frames(boxes: list[Box], source_map: SourceMap) -> dict[str, str]:
    """The title of each visit that boxes stand in: `reach-civil · reach`."""
    frames: dict[str, str] = {}
    for box in boxes:
        name = box.visit
        while name and name not in frames:
            flow = source_map.visits.get(name)
            frames[name] = f"{name.rpartition('/')[2]} · {cleaned(flow.text)}" if flow is not None else name
            name = name.rpartition("/")[0]
    return frames


def _led(box: Box, alias: dict[str, str], known: set[str], graph: Graph) -> Box:
    """The box with its rows led to the boxes of folded visits; what is not in the picture is only named."""
    rows = []
    for row in box.rows:
        to = alias.get(row.to, row.to)
        if to not in known:
            name = graph.teams[int(to[1:])].name if to[0] == "t" else graph.names[int(to[1:])]
            rows.append(msgspec.structs.replace(row, to="", stub=False, tag=cleaned(f"→ {name}")))
        else:
            rows.append(row if to == row.to else msgspec.structs.replace(row, to=to))
    return msgspec.structs.replace(box, rows=tuple(rows))


def _subtitle(reading: Reading, part: Part, now: int, count: int) -> str:
    graph, words = reading.graph, reading.words
    day = dt.datetime.fromtimestamp(now, ZoneInfo(graph.timezone))
    facts = [f"{words['stand']} {day:%d-%m-%Y}", f"{count} {words['nodes']}"]
    if len(part.numbers) > 1:
        facts.append(f"{len(part.numbers)} {words['numbers']}")
    if part.begins:
        facts.insert(0, f"{words['part']} {part.begins}")
    if graph.illustration:
        facts.append(words["illustration"])
    return cleaned(" · ".join(facts))
