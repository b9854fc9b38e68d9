"""The files of the journals that hold more than the database: what is new in them, and which may go.

A process that died leaves its file behind; it is read like any other, so its successor adopts what it owed.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from ivr.store.journal import Entry, Journal, held, read_line

FOLDERS = ("journal", "events")
"""The folders of IVR_VAR that hold journals: what is owed, and what happened."""
CHUNK = 512 * 1024
"""Bytes of one file that are carried at a time."""
REST_SECONDS = 60
"""How long a complete file stays after it was carried: other processes may not have looked at it yet."""


class Chunk(Struct, frozen=True):
    """A piece of a file: its name in the database (`journal/…jsonl`), where the piece ends, and what is in it."""

    file: str
    end: int
    entries: tuple[Entry, ...]


def sizes(var: Path) -> dict[str, int]:
    """How many bytes each file holds. What is owed is looked at while nobody writes: a line whose fsync fails is taken
    back, and must not have been carried away. Raises OSError."""
    events = _sizes(var, "events")
    if not (var / "journal").is_dir():
        return events
    journal = Journal(var / "journal")
    try:
        with journal.locked():
            return _sizes(var, "journal") | events  # events were looked at first: they may speak of what is owed
    finally:
        journal.close()


def _sizes(var: Path, folder: str) -> dict[str, int]:
    out = {}
    with contextlib.suppress(FileNotFoundError), os.scandir(var / folder) as items:
        for item in items:
            if item.name.endswith(".jsonl"):
                with contextlib.suppress(FileNotFoundError):
                    out[f"{folder}/{item.name}"] = item.stat().st_size
    return dict(sorted(out.items()))


def chunks(var: Path, sizes: Mapping[str, int], carried: Mapping[str, int]) -> Iterator[Chunk]:
    """What is new in the files up to their sizes, what is owed first, file by file in the order of their names."""
    for file, size in sorted(sizes.items(), key=lambda item: (not item[0].startswith("journal/"), item[0])):
        at = carried.get(file, 0)
        if size <= at:
            continue
        try:
            with (var / file).open("rb") as lines:
                lines.seek(at)
                data = lines.read(min(size - at, CHUNK))
        except OSError:
            continue  # it is gone, or cannot be read now: another time
        whole = data[: data.rfind(b"\n") + 1]
        if whole:
            entries = tuple(e for e in map(read_line, whole.splitlines(keepends=True)) if e is not None)
            yield Chunk(file, at + len(whole), entries)
        elif len(data) == CHUNK:
            yield Chunk(file, at + len(data), ())  # a line longer than any of ours: passed over


def complete(var: Path, carried: Mapping[str, int]) -> list[str]:
    """The files that nobody writes to any more and whose lines are all in the database: they may go. A torn line at their
    end was never promised to anybody."""
    out = []
    for file, done in carried.items():
        path = var / file
        try:
            stat = path.stat()
            if time.time() - stat.st_mtime < REST_SECONDS or held(path):
                continue
            with path.open("rb") as lines:
                lines.seek(done)
                rest = lines.read(CHUNK)
        except FileNotFoundError:
            out.append(file)
            continue
        except OSError:
            continue
        if b"\n" not in rest and len(rest) < CHUNK:
            out.append(file)
    return out


def remove(var: Path, files: list[str]) -> None:
    """Remove files that are in the database."""
    for file in files:
        with contextlib.suppress(OSError):
            (var / file).unlink()
