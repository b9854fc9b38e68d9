"""A scene with everything in its place: sizes, columns, lines, numbers and colours, ready to be written."""

from __future__ import annotations

from msgspec import Struct

from ivr.pictures.frames import Sheet, lay_out
from ivr.pictures.legend import Legend, legend
from ivr.pictures.route import Columns, Edge, columns_and_edges
from ivr.pictures.scene import Scene
from ivr.pictures.shape import Shape, callnames, shapes
from ivr.pictures.style import LINES
from ivr.pictures.words import FAMILIES

EDGE = 40
"""Room around the picture."""


class Drawing(Struct, frozen=True):
    """A scene with everything in its place, ready to be written.

    By the id of a box: its shape, the number that it is given, the name that references call it, the family of its
    kind, and the colour of the lines to it.
    """

    scene: Scene
    shapes: dict[str, Shape]
    sheet: Sheet
    columns: Columns
    edges: list[Edge]
    numbers: dict[str, str]
    called: dict[str, str]
    families: dict[str, str]
    colours: dict[str, int]
    legend: Legend
    wide: int
    high: int


def drawing(scene: Scene) -> Drawing:
    """Place a scene."""
    measured = shapes(scene)
    placed = lay_out(scene, measured)
    columns, edges = columns_and_edges(scene, measured, placed)
    order = sorted(placed.boxes, key=lambda id_: placed.boxes[id_])
    numbered = [id_ for id_ in order if not id_.startswith("e")]
    numbers = {id_: str(i) for i, id_ in enumerate(numbered, 1)}
    families = {box.id: FAMILIES.get(box.kind, "say") for box in scene.boxes}
    lined = {edge.target for edge in edges}
    colours = _colours([id_ for id_ in order if id_ in lined], edges, placed)
    wide = max(columns.rights[-1] + 2 * EDGE, 900)
    explained = legend(scene, wide - 2 * EDGE)
    high = explained.height + placed.height + 2 * EDGE + 16
    return Drawing(
        scene, measured, placed, columns, edges, numbers, callnames(scene), families, colours, explained, wide, high
    )


def _colours(targets: list[str], edges: list[Edge], placed: Sheet) -> dict[str, int]:
    """A colour for each net: of those that run between the same columns, as few as can be have the same."""
    passes: dict[str, set[int]] = {target: set() for target in targets}
    for edge in edges:
        passes[edge.target].update(range(placed.boxes[edge.source][0], placed.boxes[edge.target][0]))
    used: dict[int, list[int]] = {}
    out = {}
    for at, target in enumerate(targets):
        counts = [sum(used.get(c, [0] * len(LINES))[k] for c in passes[target]) for k in range(len(LINES))]
        best = min(range(len(LINES)), key=lambda k: (counts[k], (k - at) % len(LINES)))
        for channel in passes[target]:
            used.setdefault(channel, [0] * len(LINES))[best] += 1
        out[target] = best
    return out
