"""Putting spoken pieces together, so that neighbours in one language are spoken in one breath."""

from __future__ import annotations

from collections.abc import Iterable

from ivr.model.words import Audio, Hole, Words

Pieces = tuple[Words | Audio, ...]


def joined(rows: Iterable[Pieces]) -> Pieces:
    """Pieces one after another; neighbours in one language become one, with a space between."""
    out: list[Words | Audio] = []
    for row in rows:
        for piece in row:
            last = out[-1] if out else None
            if isinstance(piece, Words) and isinstance(last, Words) and last.language == piece.language:
                out[-1] = Words(piece.language, merged((*last.parts, " ", *piece.parts)))
            else:
                out.append(piece)
    return tuple(out)


def merged(parts: Iterable[str | Hole]) -> tuple[str | Hole, ...]:
    """Literal neighbours become one text."""
    out: list[str | Hole] = []
    for part in parts:
        last = out[-1] if out else None
        if isinstance(part, str) and isinstance(last, str):
            out[-1] = last + part
        elif part != "":
            out.append(part)
    return tuple(out)
