"""Putting spoken pieces together, so that neighbours in one language are spoken in one breath."""

from __future__ import annotations

from collections.abc import Iterable

from ivr.model.words import Audio, Hole, Words

Pieces = tuple[Words | Audio, ...]


def joined(rows: Iterable[Pieces]) -> Pieces:
    """Pieces one after another; neighbours in one language become one, with a space between.

    A single row is given back as it is, so that who keeps it can tell that it is the same.
    """
    filled = [row for row in rows if row]
    if len(filled) == 1:
        return filled[0]
    out: list[Words | Audio] = []
    language, parts = -1, list[str | Hole]()
    for row in filled:
        for piece in row:
            if piece.__class__ is Words and piece.language == language:
                parts += (" ", *piece.parts)
                continue
            if language >= 0:
                out.append(Words(language, merged(parts)))
            if isinstance(piece, Words):
                language, parts = piece.language, [*piece.parts]
            else:
                language = -1
                out.append(piece)
    if language >= 0:
        out.append(Words(language, merged(parts)))
    return tuple(out)


def merged(parts: Iterable[str | Hole]) -> tuple[str | Hole, ...]:
    """Literal neighbours become one text."""
    out: list[str | Hole] = []
    run = ""
    for part in parts:
        if isinstance(part, str):
            run += part
            continue
        if run:
            out.append(run)
            run = ""
        out.append(part)
    if run:
        out.append(run)
    return tuple(out)
