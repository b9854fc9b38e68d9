"""How wide a text is on paper, and how it breaks into lines: estimated, since there is no font to ask."""

from __future__ import annotations

import unicodedata

_WIDTHS = {
    0.30: "'Iijl",
    0.35: " ,./:;\\f|",
    0.40: "!()-[]t",
    0.45: "r",
    0.50: '"*J`',
    0.55: "csz",
    0.60: "?L_kvxy",
    0.65: "$0123456789FTabdeghnopqu{}",
    0.70: "ABEKPSVXYZ",
    0.75: "CHNRU",
    0.80: "&DGOQ",
    0.85: "#+<=>^w~",
    0.90: "M",
    0.95: "%",
    1.05: "@Wm",
}
"""Width of a character in ems. Of each character the widest of DejaVu Sans and Arial, measured, and rounded up: most
sans-serif fonts lie between the two, so a text is narrower than is thought and never spills."""
_OF = {character: width for width, characters in _WIDTHS.items() for character in characters}
BOLD = 1.13
"""How much wider bold is, on the whole."""


def cleaned(text: str) -> str:
    """The text on one line, without what XML cannot carry or what would hide or turn other text: controls, marks of
    direction, surrogates, unassigned characters. Each becomes `\ufffd`; any white space becomes one space."""
    out = []
    for character in text:
        if character.isspace():
            out.append(" ")
        elif unicodedata.category(character) in ("Cc", "Cf", "Cs", "Cn", "Co"):
            out.append("\ufffd")
        else:
            out.append(character)
    return " ".join("".join(out).split())


def width(text: str, size: float, bold: bool = False) -> float:
    """The width of a text in pixels at a size in pixels."""
    ems = sum(_OF.get(character) or _other(character) for character in text)
    return ems * size * (BOLD if bold else 1.0)


def _other(character: str) -> float:
    """A character outside ASCII: its letter when it is one with an accent, else as wide as it may be."""
    if unicodedata.combining(character):
        return 0.0
    if unicodedata.east_asian_width(character) in "WF":
        return 1.1
    base = unicodedata.normalize("NFD", character)[0]
    return _OF.get(base, 1.0 if character in "…—→↓↺↩☎" else 0.85)


def wrapped(text: str, size: float, room: float, most: int = 0, bold: bool = False) -> list[str]:
    """The text in lines of at most `room` pixels. Words that are too long are cut; with `most`, what is over is left
    out and the last line ends in `…`. No text gives no line."""
    lines: list[str] = []
    line = ""
    for word in _words(text, size, room, bold):
        longer = f"{line} {word}" if line else word
        if line and width(longer, size, bold) > room:
            lines.append(line)
            line = word
            if most and len(lines) > most:
                break
        else:
            line = longer
    if line:
        lines.append(line)
    if most and len(lines) > most:
        lines = [*lines[: most - 1], shortened(lines[most - 1] + " …", size, room, bold)]
    return lines


def _words(text: str, size: float, room: float, bold: bool) -> list[str]:
    """The words of a text, each cut to what fits a line: after a hyphen or a slash if there is one."""
    out: list[str] = []
    for word in text.split():
        rest = word
        while width(rest, size, bold) > room and len(rest) > 1:
            fits = len(rest) - 1
            while fits > 1 and width(rest[:fits], size, bold) > room:
                fits -= 1
            joint = max(rest.rfind(mark, 0, fits) for mark in "-/_.") + 1
            fits = joint if joint > 1 else fits
            out.append(rest[:fits])
            rest = rest[fits:]
        out.append(rest)
    return out


def shortened(text: str, size: float, room: float, bold: bool = False) -> str:
    """The text when it fits in `room` pixels, else as much as fits, and `…`."""
    if width(text, size, bold) <= room:
        return text
    held = text.rstrip(" …")
    while held and width(held + "…", size, bold) > room:
        held = held[:-1]
    return held.rstrip() + "…"
