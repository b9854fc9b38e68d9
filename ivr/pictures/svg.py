"""A picture as SVG: it stands alone, and prints. All that comes from a table is escaped here, and only here."""

from __future__ import annotations

from html import escape
from itertools import pairwise

from ivr.pictures.drawing import EDGE, Drawing, drawing
from ivr.pictures.frames import Frame
from ivr.pictures.route import Edge
from ivr.pictures.scene import ON, Scene
from ivr.pictures.shape import (
    BADGE,
    LINE,
    PAD,
    PILL,
    SMALL,
    SMALL_LINE,
    WIDE,
    RowShape,
    Shape,
    pill_text,
)
from ivr.pictures.style import LIGHT, LINES, sheet
from ivr.pictures.text import shortened, width


def draw_svg(scene: Scene) -> str:
    """The picture as a file of its own."""
    return svg(drawing(scene), f"<style>{sheet(LIGHT, LINES)}</style>") + "\n"


def svg(drawn: Drawing, style: str) -> str:
    """The picture as an element."""
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="drawn" width="{drawn.wide}" height="{drawn.high}" '
        f'viewBox="0 0 {drawn.wide} {drawn.high}" lang="{escape(drawn.scene.language)}" role="img">',
        f"<title>{escape(drawn.scene.title)}</title>",
        style,
        f'<rect class="paper" width="{drawn.wide}" height="{drawn.high}"/>',
        f'<g transform="translate({EDGE} {EDGE})">',
        *drawn.legend.lines,
        "</g>",
        f'<g transform="translate({EDGE} {EDGE + drawn.legend.height})">',
    ]
    out += [_frame(drawn, frame) for frame in sorted(drawn.sheet.frames, key=lambda f: f.depth)]
    out += _edges(drawn)
    out += _downs(drawn)
    for box in drawn.scene.boxes:
        out.append(_box(drawn, drawn.shapes[box.id]))
    out += ["</g>", "</svg>"]
    return "\n".join(out)


def _frame(drawn: Drawing, frame: Frame) -> str:
    pad = max(12 - 3 * (frame.depth - 1), 3)
    left, right = drawn.columns.lefts[frame.first] - pad, drawn.columns.rights[frame.end - 1] + pad
    room = (frame.end - frame.first) * WIDE
    title = escape(shortened(frame.title, 11, room, bold=True))
    return (
        f'<g class="frame" data-frame="{escape(frame.name)}"><rect x="{left}" y="{frame.y}" width="{right - left}" '
        f'height="{frame.height}" rx="8"/><text x="{left + 10}" y="{frame.y + 15}">{title}</text></g>'
    )


def _edges(drawn: Drawing) -> list[str]:
    """Lines net by net: a halo in the colour of the paper, so that crossings are seen as bridges, then the lines."""
    nets: dict[str, list[Edge]] = {}
    for edge in drawn.edges:
        nets.setdefault(edge.target, []).append(edge)
    out = []
    for target, edges in nets.items():
        colour = drawn.colours[target]
        ways = [_way(edge.points) for edge in edges]
        out.append(f'<path class="halo" d="{"".join(ways)}"/>')
        for edge, way in zip(edges, ways, strict=True):
            out.append(f'<path class="e l{colour}" data-from="{edge.source}" data-to="{edge.target}" d="{way}"/>')
        for x, y in sorted({edge.points[0] for edge in edges}):
            out.append(f'<circle class="a{colour}" cx="{x}" cy="{y}" r="3"/>')
        x, y = edges[0].points[-1]
        out.append(f'<path class="a{colour}" d="M{x} {y}l-9-5v10z"/>')
    return out


def _way(points: tuple[tuple[int, int], ...]) -> str:
    """A line with its corners rounded."""
    out = [f"M{points[0][0]} {points[0][1]}"]
    for before, at, after in zip(points, points[1:], points[2:], strict=False):
        room = min(
            6, abs(after[1] - at[1]) // 2 + abs(after[0] - at[0]) // 2, abs(at[0] - before[0]) + abs(at[1] - before[1])
        )
        room = min(room, max(abs(after[1] - at[1]), abs(after[0] - at[0])) // 2)
        a, b = _towards(at, before, room), _towards(at, after, room)
        out.append(f"L{a[0]} {a[1]}Q{at[0]} {at[1]} {b[0]} {b[1]}")
    out.append(f"H{points[-1][0]}" if points[-1][1] == points[-2][1] else f"L{points[-1][0]} {points[-1][1]}")
    return "".join(out)


def _towards(at: tuple[int, int], to: tuple[int, int], room: int) -> tuple[int, int]:
    if at[0] == to[0]:
        return at[0], at[1] + (room if to[1] > at[1] else -room if to[1] < at[1] else 0)
    return at[0] + (room if to[0] > at[0] else -room), at[1]


def _downs(drawn: Drawing) -> list[str]:
    """The arrows down the entry chain; dashed where the call goes round by other boxes first."""
    out = []
    chain = [id_ for id_ in drawn.scene.chain if id_ in drawn.sheet.boxes]
    for above, below in pairwise(chain):
        column, y = drawn.sheet.boxes[above]
        x = drawn.columns.lefts[column] + drawn.shapes[above].wide // 2
        start, stop = y + drawn.shapes[above].height, drawn.sheet.boxes[below][1]
        on = any(row.to == ON for row in drawn.shapes[above].box.rows)
        style = "down" if on else "down far"
        out.append(f'<path class="{style}" d="M{x} {start}V{stop - 8}"/><path class="tip" d="M{x} {stop}l-6-10h12z"/>')
    return out


def _box(drawn: Drawing, shape: Shape) -> str:
    box = shape.box
    column, y = drawn.sheet.boxes[box.id]
    family = drawn.families[box.id]
    round_ = 10 if box.kind in ("team", "end") else 5
    left = drawn.columns.lefts[column]
    nodes = f' data-nodes="{" ".join(box.members)}"' if box.members else ""
    out = [
        f'<g class="box" id="{box.id}" data-kind="{box.kind}"{nodes} transform="translate({left} {y})">'
        f"<title>{escape(box.tip)}</title>"
        f'<rect class="b" width="{shape.wide}" height="{shape.height}" rx="{round_}"/>'
        f'<path class="k-{family}" d="M0 {shape.band}V{round_}q0-{round_} {round_}-{round_}H{shape.wide - round_}'
        f'q{round_} 0 {round_} {round_}V{shape.band}z"/>'
    ]
    number = drawn.numbers.get(box.id, "")
    for i, line in enumerate(shape.name):
        text = f"{number}  {line}" if number and not i else line
        out.append(f'<text class="name" x="{PAD}" y="{16 + LINE * i}" xml:space="preserve">{escape(text)}</text>')
    out.append(f'<text class="kind" x="{shape.wide - PAD}" y="16">{escape(shape.kind)}</text>')
    for i, line in enumerate(shape.said):
        text = line
        if box.spoken:
            text = ("“" if not i else "") + line + ("”" if i == len(shape.said) - 1 else "")
        style = ' class="said"' if box.spoken else ""
        out.append(f'<text{style} x="{PAD}" y="{shape.said_top + 11 + LINE * i}">{escape(text)}</text>')
    if shape.from_:
        out.append(f'<text class="small" x="{PAD - 4}" y="-4">{escape(shape.from_)}</text>')
    out += [_row(drawn, shape, row) for row in shape.rows]
    out.append("</g>")
    return "".join(out)


def _row(drawn: Drawing, shape: Shape, row: RowShape) -> str:
    held = row.row
    left = PAD + (BADGE if held.key else 0)
    to = f' data-to="{held.to}"' if held.to else ""
    out = [f'<g class="row" data-exits="{escape("|".join(held.exits))}"{to}>']
    if row.height:
        out.append(f'<path class="rule" d="M1 {row.top}H{shape.wide - 1}"/>')
    if held.key:
        out.append(
            f'<rect class="key" x="{PAD - 3}" y="{row.top + 2}" width="{BADGE - 2}" height="16" rx="3"/>'
            f'<text class="keytext" x="{PAD + 7}" y="{row.top + 14}">{escape(held.key)}</text>'
        )
    for i, line in enumerate(row.lines):
        out.append(f'<text x="{left}" y="{row.top + 14 + LINE * i}">{escape(line)}</text>')
    for i, note in enumerate(row.notes):
        y = row.top + row.height - 5 - SMALL_LINE * (len(row.notes) - 1 - i)
        out.append(f'<text class="small" x="{left}" y="{y}">{escape(note)}</text>')
    if row.pill:
        out.append(_pill(drawn, shape, row))
    out.append("</g>")
    return "".join(out)


def _pill(drawn: Drawing, shape: Shape, row: RowShape) -> str:
    assert row.pill is not None
    text, left, top, wide = row.pill
    right = left + wide
    to = row.row.to
    family = ""
    if row.row.stub:
        full = pill_text(drawn.scene, shape.box.id, to, drawn.called, drawn.numbers.get(to, "?"))
        text = shortened(full, SMALL, wide - 10)
        wide = min(wide, int(width(text, SMALL)) + 12)
        left = right - wide
        family = f" to-{drawn.families[to]}" if to in drawn.families else ""
    inner = (
        f'<g class="pill{family}"><rect x="{left}" y="{top}" width="{wide}" height="{PILL}" rx="7"/>'
        f'<text x="{left + 6}" y="{top + 11}">{escape(text)}</text></g>'
    )
    return f'<a href="#{to}">{inner}</a>' if to in drawn.sheet.boxes else inner
