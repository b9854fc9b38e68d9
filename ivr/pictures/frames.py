"""The whole picture placed: frames within frames from the inside out, then all of it on one sheet of columns."""

from __future__ import annotations

from dataclasses import dataclass, field

from ivr.pictures.place import Arranged, Item, arrange
from ivr.pictures.scene import Box, Scene
from ivr.pictures.settle import GRID
from ivr.pictures.shape import IN, Shape
from ivr.pictures.stubs import ENTRY, home

TITLE = 32
"""Room for the title of a frame, a multiple of the grid."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame around boxes: columns `first` up to `end`, from `y` on; `depth` 1 stands in nothing else."""

    title: str
    name: str
    first: int
    end: int
    y: int
    height: int
    depth: int


@dataclass(slots=True)
class Sheet:
    """Where everything stands, by column and height: boxes by id, passing places (net, column) → y, frames."""

    columns: int = 0
    boxes: dict[str, tuple[int, int]] = field(default_factory=dict)
    passing: dict[tuple[str, int], int] = field(default_factory=dict)
    frames: list[Frame] = field(default_factory=list)
    height: int = 0


@dataclass(slots=True)
class _Group:
    """What stands in a frame, placed within it."""

    title: str
    name: str
    arranged: Arranged
    inner: dict[str, _Group]
    height: int


def lay_out(scene: Scene, shapes: dict[str, Shape]) -> Sheet:
    """Place all boxes of a scene."""
    homes = home(scene)
    children: dict[tuple[str, ...], list[str | Box]] = {(): []}
    for box in scene.boxes:
        path = homes[box.id]
        for i in range(len(path)):
            if path[: i + 1] not in children:
                children[path[: i + 1]] = []
                children[path[:i]].append(path[i])
        children[path].append(box)
    made: dict[str, _Group] = {}
    for path in sorted(children, key=lambda p: -len(p)):
        if path:
            inner = {name: made[name] for name in children[path] if isinstance(name, str)}
            made[path[-1]] = _group(scene, path[-1], children[path], inner, shapes)
    items = _items(children[()], made, shapes, scene)
    anchors = {item.id for item in items if item.id.startswith("e") or item.id == ENTRY} or {items[0].id}
    arranged = arrange(items, anchors, 2 if scene.chain else 0)
    sheet = Sheet(arranged.columns)
    _flatten(sheet, _Group("", "", arranged, made, 0), 0, 0, 1)
    sheet.height = max(
        [y + shapes[id_].height for id_, (_, y) in sheet.boxes.items()] + [f.y + f.height for f in sheet.frames]
    )
    return sheet


def _items(children: list[str | Box], made: dict[str, _Group], shapes: dict[str, Shape], scene: Scene) -> list[Item]:
    items = []
    for child in children:
        if isinstance(child, Box):
            items.append(_box_item(child, shapes[child.id]))
        else:
            items.append(_group_item(child, made[child]))
    return items


def _box_item(box: Box, shape: Shape) -> Item:
    outs = [(row.row.to, row.port) for row in shape.rows if row.row.to and not row.row.stub]
    if box.lead:
        outs.insert(0, (box.lead, IN))
    last = box.kind in ("team", "end") and not box.visit
    return Item(box.id, 1, shape.height, {box.id: IN}, outs, last, tight=box.kind == "entry" or last)


def _group_item(name: str, group: _Group) -> Item:
    """A frame as a thing to place: all its boxes may be entered, and lines leave from its last column."""
    arranged = group.arranged
    ins, outs = {}, []
    inside = {target for item in arranged.items for target in item.ins}
    for item in arranged.items:
        for target, y in item.ins.items():
            ins[target] = TITLE + int(item.y) + y
        if item.end == arranged.columns:
            ports = [(item.net, 0)] if item.net else item.outs
            outs += [(target, TITLE + int(item.y) + y) for target, y in ports if target not in inside]
    outs.sort(key=lambda port: port[1])
    return Item(name, arranged.columns, group.height, ins, outs)


def _group(
    scene: Scene, name: str, children: list[str | Box], inner: dict[str, _Group], shapes: dict[str, Shape]
) -> _Group:
    items = _items(children, inner, shapes, scene)
    if name == ENTRY:
        order = {id_: i for i, id_ in enumerate(scene.chain)}
        items.sort(key=lambda item: order[item.id])
        arranged = _stacked(items)
        title = scene.words["entry"]
    else:
        arranged = arrange(items, {items[0].id})
        title = scene.visits.get(name, name)
    bottom = max(item.y + item.height for item in arranged.items)
    height = TITLE + -(-int(bottom) // GRID) * GRID + GRID
    return _Group(title, name, arranged, inner, height)


def _stacked(items: list[Item]) -> Arranged:
    """The entry chain: one above the other."""
    y = 0
    for item in items:
        item.y = y
        y += -(-(item.height + 28) // GRID) * GRID
    return Arranged(items, 1)


def _flatten(sheet: Sheet, group: _Group, column: int, y: int, depth: int) -> None:
    for item in group.arranged.items:
        at, top = column + item.column, y + int(item.y)
        inner = group.inner.get(item.id)
        if item.net:
            sheet.passing[item.net, at] = top
        elif inner is None:
            sheet.boxes[item.id] = (at, top)
        else:
            sheet.frames.append(Frame(inner.title, inner.name, at, at + item.span, top, inner.height, depth))
            _flatten(sheet, inner, at, top + TITLE, depth + 1)
