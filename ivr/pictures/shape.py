"""How large a box is, and where in it each text stands: before it has a place, so all is measured from its top left."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from ivr.pictures.scene import BYE, ON, Box, Row, Scene
from ivr.pictures.stubs import stub_sources
from ivr.pictures.text import shortened, width, wrapped

WIDE, CHAIN_WIDE, ENTRY_WIDE = 248, 300, 330
"""The width of a box: columns line up, and the eye finds them. Numbers need a wider one."""
PAD = 10
IN = 12
"""Where lines come in, from the top of a box."""
NAME, BODY, SMALL = 12.5, 11.0, 9.5
LINE, SMALL_LINE, PILL = 14, 12, 15
BADGE = 22
WORD_LINES, LABEL_LINES = 2, 3


class RowShape(Struct, frozen=True):
    """A row: `top` and `height`; `lines` of its label, `notes` small; `port` is where its line leaves.

    `pill` is (text, left, top, width), or None. A row of no height stands in the band.
    """

    row: Row
    top: int
    height: int
    port: int
    lines: tuple[str, ...]
    notes: tuple[str, ...]
    pill: tuple[str, int, int, int] | None


class Shape(Struct, frozen=True):
    """A box measured: `band` is the height of its coloured band, `said` the lines of its words, `from_` how many
    places refer to it, in words."""

    box: Box
    wide: int
    height: int
    band: int
    name: tuple[str, ...]
    kind: str
    said: tuple[str, ...]
    said_top: int
    from_: str
    rows: tuple[RowShape, ...]


def shapes(scene: Scene) -> dict[str, Shape]:
    """All boxes of a scene, measured."""
    sources = stub_sources(scene)
    called = callnames(scene)
    return {box.id: _shape(scene, box, called, sources.get(box.id, 0)) for box in scene.boxes}


def callnames(scene: Scene) -> dict[str, str]:
    """By what name others refer to each box: the first of a visit by the visit, another by the visit and its own."""
    first: dict[str, int] = {}
    for box in scene.boxes:
        if box.visit:
            first[box.visit] = min(first.get(box.visit, int(box.id[1:])), int(box.id[1:]))
    out = {}
    for box in scene.boxes:
        visit = box.visit.rpartition("/")[2]
        out[box.id] = box.name if not visit else visit if box.id == f"n{first[box.visit]}" else f"{visit}/{box.name}"
    return out


def pill_text(scene: Scene, source: str, to: str, called: Mapping[str, str], number: str) -> str:
    """What a reference says."""
    if to == ON:
        return "↓ " + scene.words["continue"]
    if to == BYE:
        return scene.words["hangs up"]
    if to == source:
        return "↺"
    return f"→ {number} {called.get(to, '?')}"


def _shape(scene: Scene, box: Box, called: dict[str, str], sources: int) -> Shape:
    kind = scene.kinds.get(box.kind, scene.words.get(box.kind, ""))
    wide = CHAIN_WIDE if box.id in scene.chain else WIDE
    if box.kind == "entry":
        kind, wide = "", ENTRY_WIDE
    if box.kind == "visit":
        kind = shortened(scene.words["visit"].format(flow=box.flow), SMALL, 120)
    room = wide - 2 * PAD - width(kind, SMALL) - 34
    name = tuple(wrapped(box.name, NAME, room, 2, bold=True)) or ("",)
    band = 24 + LINE * (len(name) - 1)
    top = band + (0 if box.kind == "entry" else 4)
    said = tuple(wrapped(box.words, BODY, WIDE - 2 * PAD, WORD_LINES))
    said_top = top
    top += LINE * len(said) + (4 if said else 0)
    from_ = ""
    if sources:
        from_ = scene.words["from pill" if sources == 1 else "from pills"].format(n=sources)
    rows = []
    for row in box.rows:
        rows.append(_row(scene, box, row, top, called, wide))
        top += rows[-1].height
    height = max(top + (1 if box.kind == "entry" else 4), band + 8)
    return Shape(box, wide, height, band, name, kind, said, said_top, from_, tuple(rows))


def _row(scene: Scene, box: Box, row: Row, top: int, called: dict[str, str], wide: int) -> RowShape:
    left = PAD + (BADGE if row.key else 0)
    room = wide - PAD - left
    label = f"{row.label} {row.whom}" if row.whom and not row.stub else row.label
    text = pill_text(scene, box.id, row.to, called, "000") if row.stub else row.tag
    text = shortened(text, SMALL, wide - 2 * PAD - BADGE - 12) if text else ""
    pill_wide = int(width(text, SMALL)) + 12 if text else 0
    if not row.label and row.stub:  # stands in the band
        return RowShape(row, 0, 0, IN, (), (), (text, wide - PAD - pill_wide + 4, 5, pill_wide))
    if row.tag:
        room -= pill_wide + 6
    one = bool(row.tag) or (bool(text) and width(label, BODY) + 8 + pill_wide <= room)
    lines = wrapped(label, BODY, room, LABEL_LINES)
    below = bool(text) and not one and width(lines[-1] if lines else "", BODY) + 8 + pill_wide > room
    notes = wrapped(row.note, SMALL, wide - PAD - left, 3) if row.note else []
    inner = LINE * len(lines) + (PILL + 2 if below else 0) + SMALL_LINE * len(notes)
    height = max(19, inner + 5)
    last = 0 if row.tag else max(len(lines), 1) - 1
    pill_top = top + 3 + (LINE * len(lines) + 1 if below else LINE * last)
    pill = (text, wide - PAD - pill_wide + 4, pill_top, pill_wide) if text else None
    port = round((top + height / 2) / 8) * 8
    return RowShape(row, top, height, port, tuple(lines), tuple(notes), pill)
