"""How long words take to speak: an estimate from the text, by language.

No voice of a provider was measured: the rates are those of read text (about 150 words a minute), and every figure that is
made from them is an estimate.
"""

from __future__ import annotations

from ivr.model.words import Audio, Prompt, Words

RATES = {"nl": 14.0, "en": 15.0}
"""Characters a second."""
OTHER_RATE = 14.0
REST = 0.3
"""Seconds of rest after a sentence."""
HOLE_CHARACTERS = 16
"""What stands for a hole that is filled when it is spoken: `morgen om half negen`."""
AUDIO_SECONDS = 5.0
"""What stands for a recording, whose length nobody knows here."""


def speaking_seconds(text: str, language: str) -> float:
    """How long a text takes to speak, estimated: characters by the rate of the language, a rest after each sentence."""
    return len(text) / RATES.get(language, OTHER_RATE) + REST * (text.count(".") + text.count("?"))


def prompt_seconds(prompt: Prompt, codes: tuple[str, ...]) -> float:
    """How long a prompt takes to speak, estimated; `codes` are the languages of the table."""
    total = 0.0
    for piece in prompt.pieces:
        total += AUDIO_SECONDS if isinstance(piece, Audio) else _words_seconds(piece, codes[piece.language])
    return total


def _words_seconds(piece: Words, code: str) -> float:
    text = "".join(part if isinstance(part, str) else "x" * HOLE_CHARACTERS for part in piece.parts)
    return speaking_seconds(text, code)
