"""The journal: one line of JSON for each thing that is owed, on disk before anybody hears of it.

One file a process, so that no two write to one; a reader takes them all. A line counts when it is whole: a process that
died while writing leaves at most one torn line, at the end of its file, and nobody was told of that one.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

Entry = dict[str, Any]  # JSON, as read back
_encode = msgspec.json.Encoder().encode
MAX_LINE = 64 * 1024


class JournalFull(OSError):
    """The disk refused."""


class Journal:
    """The journal of this process. `write` returns when the lines are on the disk."""

    def __init__(self, folder: Path) -> None:
        """Open a new file in the folder; it is made on the first write."""
        self.folder = folder
        self.path = (
            folder / f"{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}-{os.getpid()}-{os.urandom(2).hex()}.jsonl"
        )
        self._file: int | None = None

    def write(self, entries: list[Entry]) -> None:
        """Append entries and fsync once for all of them. Raises OSError when any of it is not on the disk."""
        lines = b"".join(_encode(entry) + b"\n" for entry in entries)
        if self._file is None:
            self._file = self._open()
        done = os.write(self._file, lines)
        while done < len(lines):
            done += os.write(self._file, lines[done:])
        os.fsync(self._file)

    def _open(self) -> int:
        self.folder.mkdir(parents=True, exist_ok=True)
        opened = os.open(self.path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)  # the name of a new file is owed too
        finally:
            os.close(folder)
        return opened

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def read_journals(folder: Path) -> Iterator[Entry]:
    """All whole entries of all journals of a folder, file by file in the order of their names."""
    if not folder.is_dir():
        return
    for path in sorted(folder.glob("*.jsonl")):
        try:
            with path.open("rb") as lines:
                for line in lines:
                    entry = _whole(line)
                    if entry is not None:
                        yield entry
        except OSError:
            continue


def _whole(line: bytes) -> Entry | None:
    if not line.endswith(b"\n") or len(line) > MAX_LINE:
        return None
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None
