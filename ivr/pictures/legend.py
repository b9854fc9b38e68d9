"""The head of a picture: its title, and how to read it."""

from __future__ import annotations

from html import escape

from msgspec import Struct

from ivr.pictures.scene import Scene
from ivr.pictures.text import cleaned, shortened, width, wrapped
from ivr.pictures.words import FAMILIES

COLUMN = 900
"""The title and the explanation stand beside each other where there is room for twice this."""


class Legend(Struct, frozen=True):
    """SVG elements from (0, 0) on, and how high they are."""

    lines: tuple[str, ...]
    height: int


def legend(scene: Scene, wide: int) -> Legend:
    """Title, subtitle, the colours of the kinds, and what lines, references and frames mean."""
    beside = wide >= 2 * COLUMN
    room = COLUMN - 40 if beside else wide
    out = [
        f'<text class="h1" y="18">{escape(shortened(cleaned(scene.title), 24, room, bold=True))}</text>',
        f'<text class="h2" y="42">{escape(shortened(scene.subtitle, 13, room))}</text>',
    ]
    y = _families(scene, room, out) + 22
    left, top = (COLUMN, 8) if beside else (0, y)
    out.append(f'<g transform="translate({left} 0)">')
    bottom = _texts(scene, room, top, out)
    out.append("</g>")
    return Legend(tuple(out), max(y, bottom) + 14)


def _families(scene: Scene, wide: int, out: list[str]) -> int:
    """The colours that are used; gives the last line."""
    x, y = 0.0, 66
    used = {FAMILIES.get(box.kind, "say") for box in scene.boxes}
    for family in ("entry", "say", "ask", "decide", "connect", "promise", "visit", "end", "team"):
        if family not in used:
            continue
        text = scene.words[f"kinds {family}"]
        room = 24 + width(text, 11) + 20
        if x + room > wide:
            x, y = 0.0, y + 20
        out.append(f'<rect class="k-{family}" x="{int(x)}" y="{y - 11}" width="18" height="13" rx="3"/>')
        out.append(f'<text x="{int(x) + 24}" y="{y}">{escape(text)}</text>')
        x += room
    return y


def _texts(scene: Scene, wide: int, y: int, out: list[str]) -> int:
    """How to read it, in sentences; gives where they end."""
    words = scene.words
    texts = [("line", words["legend line"]), ("pill", words["legend pill"])]
    if scene.visits:
        texts.append(("frame", words["legend frame"]))
    if any(box.kind == "menu" for box in scene.boxes):
        menu = words["legend menu"].format(operator=scene.operator_key, repeat=scene.repeat_key)
        texts.append(("", menu))
    if any(box.kind == "entry" and box.id != "e-1" for box in scene.boxes):
        texts.append(("", words["legend phases"]))
    for sign, text in texts:
        if sign:
            out.append(_sign(sign, y))
        for line in wrapped(text, 11, min(wide, 1100) - 50):
            out.append(f'<text x="48" y="{y}">{escape(line)}</text>')
            y += 15
        y += 3
    return y


def _sign(sign: str, y: int) -> str:
    if sign == "line":
        return f'<path class="e l0" d="M0 {y - 4}H28"/><path class="a0" d="M38 {y - 4}l-9-5v10z"/>'
    if sign == "pill":
        return (
            f'<g class="pill"><rect x="0" y="{y - 12}" width="38" height="15" rx="7"/>'
            f'<text x="8" y="{y - 1}">→ 12</text></g>'
        )
    if sign == "frame":
        return f'<g class="frame"><rect x="0" y="{y - 12}" width="38" height="14" rx="4"/></g>'
    return ""
