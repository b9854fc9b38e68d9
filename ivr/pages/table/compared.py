"""Two versions compared as text: which files differ, and their lines."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from msgspec import Struct

from ivr.tables.texts import in_order

AROUND = 3
"""Lines around a change that are shown."""
MOST_LINES = 2000
"""Lines that are shown in all."""
LONG = 20_000
"""Lines beyond which a file is not compared line by line: that takes longer than anybody waits."""


class Line(Struct, frozen=True):
    """A line of a comparison: `old`, `new`, `same`, or `gap` (lines left out). Numbers count from 1, 0 for none."""

    kind: str
    text: str
    old: int = 0
    new: int = 0


class File(Struct, frozen=True):
    """A file that differs. `kind`: `changed`, `added`, `removed`, or `large`, which is not compared by lines."""

    path: str
    kind: str
    added: int
    removed: int
    lines: tuple[Line, ...]


class Compared(Struct, frozen=True):
    """The files that differ; `cut`: there are more lines than are shown."""

    files: tuple[File, ...]
    cut: bool


def compare_texts(old: Mapping[str, str], new: Mapping[str, str]) -> Compared:
    """What differs, file by file."""
    out: list[File] = []
    room = MOST_LINES
    cut = False
    for path in in_order({*old, *new}):
        if old.get(path) == new.get(path):
            continue
        file = _file(path, old.get(path), new.get(path))
        if len(file.lines) > room:
            cut = True
            file = File(path, file.kind, file.added, file.removed, file.lines[:room])
        room -= len(file.lines)
        out.append(file)
    return Compared(tuple(out), cut)


def _file(path: str, old: str | None, new: str | None) -> File:
    before, after = (old or "").splitlines(), (new or "").splitlines()
    kind = "added" if old is None else "removed" if new is None else "changed"
    if max(len(before), len(after)) > LONG:
        return File(path, "large", 0, 0, ())
    lines: list[Line] = []
    added = removed = 0
    for number, group in enumerate(
        difflib.SequenceMatcher(None, before, after, autojunk=True).get_grouped_opcodes(AROUND)
    ):
        if number:
            lines.append(Line("gap", ""))
        for tag, a, b, c, d in group:
            if tag == "equal":
                lines += [Line("same", before[a + i], a + i + 1, c + i + 1) for i in range(b - a)]
                continue
            lines += [Line("old", before[i], i + 1, 0) for i in range(a, b)]
            lines += [Line("new", after[i], 0, i + 1) for i in range(c, d)]
            removed, added = removed + b - a, added + d - c
    return File(path, kind, added, removed, tuple(lines))
