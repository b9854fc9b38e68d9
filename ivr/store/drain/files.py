"""The files of the journals that hold more than the database: what is new in them, and which may go.

A process that died leaves its file behind; it is read like any other, so its successor adopts what it owed.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from ivr.store.journal import Entry, Journal, held, read_line

OWED = "journal/"
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


def pieces(sizes: Mapping[str, int], carried: Mapping[str, int]) -> int:
    """How many pieces of what is owed there are to carry."""
    new = (size - carried.get(file, 0) for file, size in sizes.items() if file.startswith(OWED))
    return sum(-(-more // CHUNK) for more in new if more > 0)


def chunks(var: Path, sizes: Mapping[str, int], carried: Mapping[str, int]) -> Iterator[Chunk]:
    """What is new in the files up to their sizes: first all that is owed, so that what happened never overtakes it; of that
    one piece a file. Raises OSError when something that is owed cannot be read."""
    yield from owed(var, sizes, carried)
    for file, size in sorted(sizes.items()):
        if not file.startswith(OWED):
            with contextlib.suppress(OSError):  # it is gone, or cannot be read now: another time
                yield from itertools.islice(_pieces(var, file, carried.get(file, 0), size), 1)


def owed(var: Path, sizes: Mapping[str, int], carried: Mapping[str, int]) -> Iterator[Chunk]:
    """What is new of what is owed, file by file in the order of their names."""
    for file, size in sorted(sizes.items()):
        if file.startswith(OWED):
            with contextlib.suppress(FileNotFoundError):
                yield from _pieces(var, file, carried.get(file, 0), size)


def _pieces(var: Path, file: str, at: int, size: int) -> Iterator[Chunk]:
    while at < size:
        with (var / file).open("rb") as lines:
            lines.seek(at)
            data = lines.read(min(size - at, CHUNK))
        whole = data[: data.rfind(b"\n") + 1]
        if whole:
            at += len(whole)
            yield Chunk(file, at, tuple(e for e in map(read_line, whole.splitlines(keepends=True)) if e is not None))
        elif len(data) == CHUNK:
            at += len(data)
            yield Chunk(file, at, ())  # a line longer than any of ours: passed over
        else:
            return


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
