"""Edits of YAML text at the places of its values: what an admin's hand would change, and nothing around it."""

from __future__ import annotations

import difflib
import re

from msgspec import Struct

from ivr.authoring.values import Mapping, Scalar, Sequence, Value
from ivr.diagnostics import Source, Sources

LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""Where YAML ends a line."""


class Edit(Struct, frozen=True, order=True):
    """A stretch of one file (characters, end exclusive) and what stands there instead."""

    file: int
    start: int
    end: int
    text: str


class Editor:
    """Makes edits in the files of a table."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self._lines: dict[int, list[int]] = {}

    def at(self, file: int, line: int, column: int) -> int:
        """The place of a line and column in the text of a file."""
        starts = self._lines.get(file)
        if starts is None:
            text = self.sources.files[file].text
            starts = self._lines[file] = [0, *(found.end() for found in LINE_END.finditer(text)), len(text)]
        return min(starts[min(line, len(starts) - 1)] + column, starts[-1])

    def written(self, value: Scalar) -> str:
        """A word as it is written, quotes included."""
        edit = self.put(value, "")
        return self.sources.files[value.file].text[edit.start : edit.end]

    def put(self, value: Scalar, text: str) -> Edit:
        """Write something in the place of a word."""
        start = self.at(value.file, value.line, value.column)
        return Edit(value.file, start, self.at(value.file, value.end_line, value.end_column), text)

    def swap(self, one: Scalar, other: Scalar) -> tuple[Edit, Edit]:
        """Exchange two words."""
        return self.put(one, self.written(other)), self.put(other, self.written(one))

    def drop(self, box: Mapping, name: str) -> Edit | None:
        """Take a key and its value out of a mapping; None when nothing would be left in it."""
        names = list(box.entries)
        place = names.index(name)
        if len(names) == 1:
            return None
        key, value = box.entries[name]
        start = self.at(box.file, key.line, key.column)
        end = self._end(value)
        following = box.entries[names[place + 1]][0] if place + 1 < len(names) else None
        text = self.sources.files[box.file].text
        if text[self.at(box.file, box.line, box.column) : start].startswith("{"):
            if following is not None:
                return Edit(box.file, start, self.at(box.file, following.line, following.column), "")
            return Edit(box.file, self._end(box.entries[names[place - 1]][1]), end, "")
        if following is None or text[start - key.column : start].strip():
            line = text.find("\n", end)
            return Edit(box.file, start - key.column, len(text) if line < 0 else line + 1, "")
        return Edit(box.file, start - key.column, self.at(box.file, following.line, 0), "")

    def _end(self, value: Value) -> int:
        """The place after the last character of a value."""
        if isinstance(value, Scalar):
            end = self.at(value.file, value.end_line, value.end_column)
            text = self.sources.files[value.file].text
            return end - 1 if value.quoted in ("|", ">") and text[end - 1 : end] == "\n" else end
        inner = [v for _, v in value.entries.values()] if isinstance(value, Mapping) else value.items
        text = self.sources.files[value.file].text
        if text[self.at(value.file, value.line, value.column)] in "{[" or not inner:
            return self.at(value.file, value.end_line, value.end_column)
        return self._end(inner[-1])

    def apply(self, edits: tuple[Edit, ...]) -> Sources:
        """The files with edits made."""
        files = list(self.sources.files)
        for edit in sorted(edits, reverse=True):
            held = files[edit.file]
            files[edit.file] = Source(held.path, held.text[: edit.start] + edit.text + held.text[edit.end :])
        return Sources(tuple(files))

    def diff(self, edits: tuple[Edit, ...]) -> str:
        """The edits as a unified diff that `patch` can apply."""
        after = self.apply(edits)
        out: list[str] = []
        for file in sorted({edit.file for edit in edits}):
            was, now = self.sources.files[file], after.files[file]
            out += difflib.unified_diff(
                was.text.splitlines(), now.text.splitlines(), "a/" + was.path, "b/" + now.path, n=1, lineterm=""
            )
        return "\n".join(out)

    def where(self, edit: Edit) -> str:
        """`path:line` of an edit."""
        text = self.sources.files[edit.file].text
        return f"{self.sources.files[edit.file].path}:{text.count(chr(10), 0, edit.start) + 1}"


def words(value: Value | None) -> list[Scalar]:
    """A word, or the words of a list; nothing of a mapping."""
    if isinstance(value, Scalar):
        return [value]
    if isinstance(value, Sequence):
        return [item for item in value.items if isinstance(item, Scalar)]
    return []
