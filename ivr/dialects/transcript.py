"""Prompts as lines of a transcript: what a caller hears, piece by piece."""

from __future__ import annotations

from ivr.dialects.filling import Filling
from ivr.model.graph import Graph
from ivr.model.words import Audio, Words

Heard = tuple[str, str]
"""(language code, text), or ('', URL) for a recording."""


def heard(graph: Graph, prompt: int, filling: Filling) -> list[Heard]:
    """What is heard of a prompt."""
    out: list[Heard] = []
    for piece in graph.prompts[prompt].pieces:
        if isinstance(piece, Audio):
            out.append(("", piece.url))
        else:
            text = words(piece, filling)
            if text:
                out.append((graph.languages[piece.language].code, text))
    return out


def words(piece: Words, filling: Filling) -> str:
    """The text of a piece with its holes filled."""
    plain = piece.plain
    if plain is not None:
        return plain
    return "".join(p if isinstance(p, str) else filling.text(p, piece.language) for p in piece.parts)
