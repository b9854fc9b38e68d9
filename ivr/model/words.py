"""What is spoken: a prompt is a row of pieces, each in one language, with holes that a turn fills."""

from __future__ import annotations

from msgspec import Struct


class Hole(Struct, frozen=True):
    """A place in a text that is filled when it is spoken, `{opens:kcc}`.

    `kind` is one of `HOLES`; `argument` is the index of the calendar (`opens`), of the field (`field`) or of the
    node (`notice`), else -1.
    """

    kind: str
    argument: int = -1


HOLES = ("opens", "field", "case", "due", "number", "shows", "position", "minutes", "calamity", "notice")


class Words(Struct, frozen=True):
    """A text in one language. `parts` alternates literal text and holes, in speaking order."""

    language: int
    parts: tuple[str | Hole, ...]

    @property
    def plain(self) -> str | None:
        """The text when it has no hole, else None."""
        if not self.parts:
            return ""
        if len(self.parts) == 1 and isinstance(self.parts[0], str):
            return self.parts[0]
        return None


class Audio(Struct, frozen=True):
    """A recording at a URL, played as it is."""

    url: str


class Prompt(Struct, frozen=True):
    """One thing that is spoken without a pause for the caller: pieces in order.

    `names` are the prompts of the table's `prompts` section that it holds.
    """

    pieces: tuple[Words | Audio, ...]
    names: tuple[str, ...] = ()


def as_text(prompt: Prompt) -> str:
    """The prompt as a line of text, holes shown as `{kind}`, recordings as `[url]`. For people, not for Twilio."""
    out: list[str] = []
    for piece in prompt.pieces:
        if isinstance(piece, Audio):
            out.append(f"[{piece.url}]")
        else:
            out.append("".join(p if isinstance(p, str) else "{" + p.kind + "}" for p in piece.parts))
    return " ".join(part for part in out if part)
