"""The page of a code, as it stands in docs/codes: read into paragraphs and examples, which a template shows as text."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from msgspec import Struct

from ivr.diagnostics import CODES

FOLDER = Path(__file__).parents[3] / "docs" / "codes"
_CODE = re.compile(r"IVR[0-9]{3}")
_LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")


class Span(Struct, frozen=True):
    """A piece of a sentence: `code`, `link` (the code that it leads to) or plain."""

    kind: str
    text: str


class Block(Struct, frozen=True):
    """A part of the page: `heading`, `text` (in spans) or `example` (whose first span is its lines)."""

    kind: str
    spans: tuple[Span, ...]


class CodePage(Struct, frozen=True):
    """A code's page. Without the documentation beside the program there are no blocks."""

    code: str
    title: str
    severity: str
    blocks: tuple[Block, ...]


@lru_cache(maxsize=128)
def code_page(code: str) -> CodePage | None:
    """The page of a code, None when there is no such code."""
    if not _CODE.fullmatch(code) or code not in CODES:
        return None
    held = CODES[code]
    try:
        text = (FOLDER / f"{code}.md").read_text(encoding="utf-8")
    except OSError:
        text = ""
    return CodePage(code, held.title, held.severity.value, tuple(_blocks(text)))


def _blocks(text: str) -> list[Block]:
    """Headings, paragraphs and fenced examples; the first heading is the page's own title, and is left out."""
    out: list[Block] = []
    lines = iter(text.splitlines())
    held: list[str] = []

    def end() -> None:
        if held:
            out.append(Block("text", tuple(_spans(" ".join(held)))))
            held.clear()

    for line in lines:
        if line.startswith("```"):
            end()
            example = []
            for inner in lines:
                if inner.startswith("```"):
                    break
                example.append(inner)
            out.append(Block("example", (Span("code", "\n".join(example)),)))
        elif line.startswith("#"):
            end()
            if not line.startswith("# "):
                out.append(Block("heading", (Span("plain", line.lstrip("# ")),)))
        elif not line.strip():
            end()
        else:
            held.append(line.strip())
    end()
    return out


def _spans(text: str) -> list[Span]:
    out: list[Span] = []
    for index, part in enumerate(text.split("`")):
        if index % 2:
            out.append(Span("code", part))
            continue
        at = 0
        for found in _LINK.finditer(part):
            out.append(Span("plain", part[at : found.start()]))
            out.append(Span("link" if _CODE.fullmatch(found[1]) else "plain", found[1]))
            at = found.end()
        out.append(Span("plain", part[at:]))
    return [span for span in out if span.text]
