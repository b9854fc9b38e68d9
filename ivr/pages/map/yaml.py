"""The lines of a file in which something is written: from its key to the next thing at its depth."""

from __future__ import annotations

from msgspec import Struct

from ivr.diagnostics import Sources, Span

MOST_LINES = 120


class Snippet(Struct, frozen=True):
    """A stretch of a file: its path, the number of its first line (from 1), the number of the key's line, the lines less
    what all of them are indented by, and whether more follow."""

    path: str
    first: int
    line: int
    lines: tuple[str, ...]
    cut: bool = False


def snippet(sources: Sources, span: Span) -> Snippet | None:
    """The block whose key stands at a place, with the comment right above it; None for what is written nowhere."""
    if not 0 <= span.file < len(sources.files):
        return None
    source = sources.files[span.file]
    lines = source.lines
    if not span.line < len(lines):
        return None
    depth = span.column
    last = span.line + 1
    while last < len(lines) and (not lines[last].strip() or _indent(lines[last]) > depth):
        last += 1
    while last > span.line + 1 and (not lines[last - 1].strip() or _is_comment(lines[last - 1])):
        last -= 1
    first = span.line
    while first > 0 and _is_comment(lines[first - 1]) and _indent(lines[first - 1]) == depth:
        first -= 1
    held = lines[first : min(last, first + MOST_LINES)]
    least = min((_indent(line) for line in held if line.strip()), default=0)
    return Snippet(
        source.path, first + 1, span.line + 1, tuple(line[least:] for line in held), last - first > MOST_LINES
    )  # fmt: skip


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _is_comment(line: str) -> bool:
    return line.lstrip(" ").startswith("#")
