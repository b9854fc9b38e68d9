"""The caret under some characters of a text, also where it is written with escapes or over several lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ivr.diagnostics import Located, SourceMap, Span

_BLANK = " \t\r\n"
_ESCAPE = re.compile(r"\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.|$)")
_BLANK_ESCAPES = frozenset(("\\t", "\\n", "\\r", "\\ ", "\\\t", "\\"))
Place = tuple[int, int, int]
"""Line, column and end column of one character as written."""


def caret(source_map: SourceMap, at: Located, start: int, end: int) -> Span:
    """The span of characters `start` to `end` of a text. What cannot be found again gives the whole text."""
    whole = at.span
    span = at.inside(start, end)
    if span != whole or (start == 0 and end >= len(at.text)):
        return span
    written = _written(source_map, whole)
    places: list[Place] = []
    for position, char in enumerate(at.text[:end]):
        if char in _BLANK:
            continue
        place = next(written, None)
        if place is None:
            return whole
        if position >= start:
            places.append(place)
    if not places:
        return whole
    (line, column, _), (end_line, _, end_column) = places[0], places[-1]
    return Span(whole.file, line, column, end_line, end_column)


def _written(source_map: SourceMap, span: Span) -> Iterator[Place]:
    """The places of the characters of a scalar that are not blank, in order: YAML folds and breaks lines at blanks only."""
    source = source_map.sources.files[span.file]
    mark = source.line(span.line)[span.column : span.column + 1]
    block = mark in ("|", ">")
    for number in range(span.line + (1 if block else 0), span.end_line + 1):
        line = source.line(number)
        column = span.column if number == span.line else 0
        stop = span.end_column if number == span.end_line else len(line)
        if mark in ('"', "'"):
            column += number == span.line
            stop -= number == span.end_line
        yield from _on_line(line, number, column, stop, mark)


def _on_line(line: str, number: int, column: int, stop: int, mark: str) -> Iterator[Place]:
    while column < stop:
        length = 1
        blank = line[column] in _BLANK
        if mark == '"' and line[column] == "\\":
            found = _ESCAPE.match(line, column, stop)
            escape = found.group() if found is not None else "\\"
            length, blank = len(escape), escape in _BLANK_ESCAPES
        elif mark == "'" and line.startswith("''", column):
            length = 2
        if not blank:
            yield number, column, column + length
        column += length
