"""The journal: one line of JSON for each thing that is owed, on disk before anybody hears of it.

One file a process, so that no two write to one; a reader takes them all. A line counts when it is whole: a process that
died while writing leaves at most one torn line, at the end of its file, and nobody was told of that one. A process holds
its file (flock) as long as it may write to it: one that nobody holds is complete, and whoever has carried it into the
database may remove it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

Entry = dict[str, Any]  # JSON, as read back
_encode = msgspec.json.Encoder().encode
MAX_LINE = 64 * 1024
ROLL_BYTES = 4 * 1024 * 1024
ROLL_SECONDS = 3600.0
"""Where a file ends and the next begins, so that what was carried away can be removed: numbers stand in it."""
NUL = b"\\u0000"
"""A character that PostgreSQL cannot hold, as JSON writes it."""
REST_SECONDS = 300
"""How long a file that nothing is written to is held."""
LOCK = ".lock"
"""The file in a journal's folder that whoever decides what is owed holds (flock)."""
LOCK_SECONDS = 4.0
"""How long is waited for it: less than a turn waits for the disk."""
LOCK_LOOK = 0.001


class Journal:
    """The journal of this process. `write` returns when the lines are on the disk."""

    def __init__(self, folder: Path) -> None:
        """Open a new file in the folder; it is made on the first write."""
        self.folder = folder
        self.path = _fresh(folder)
        self.end: tuple[str, int] = ("", 0)
        """The file that was written to last, and its length."""
        self._file: int | None = None
        self._written = 0.0
        self._began = 0.0
        self._lock: int | None = None

    def write(self, entries: Sequence[Entry | Struct]) -> None:
        """Append entries and fsync once for all of them. Raises OSError when any of it is not on the disk; then none
        of it is left in the file."""
        if not entries:
            return
        lines = b"".join(_encode(entry) + b"\n" for entry in entries)
        if self._file is None:
            self._file, self._began = self._open(), time.monotonic()
        length = os.fstat(self._file).st_size
        try:
            done = os.write(self._file, lines)
            while done < len(lines):
                done += os.write(self._file, lines[done:])
            os.fsync(self._file)
        except OSError:
            self._abandon(self._file, length)
            raise
        self._written = time.monotonic()
        self.end = (self.path.name, length + len(lines))
        if length + len(lines) >= ROLL_BYTES or time.monotonic() - self._began >= ROLL_SECONDS:
            self.roll()

    def rest(self) -> None:
        """Let go of a file that nothing was written to for a while, so that whoever drains it can remove it."""
        if time.monotonic() - self._written >= REST_SECONDS:
            self.roll()

    def roll(self) -> None:
        """Let go of the file; what is written next begins another."""
        if self._file is not None:
            os.close(self._file)
            self._file, self.path = None, _fresh(self.folder)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder against all other processes. Raises TimeoutError after LOCK_SECONDS, or OSError.

        The kernel lets go of the lock of a process that dies.
        """
        if self._lock is None:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(self.folder / LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        until = time.monotonic() + LOCK_SECONDS
        while True:
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= until:
                    raise TimeoutError(f"another process holds {self.folder / LOCK}") from None
                time.sleep(LOCK_LOOK)
        try:
            yield
        finally:
            fcntl.flock(self._lock, fcntl.LOCK_UN)

    def probe(self) -> None:
        """See whether a promise could be kept here, before there is one. Raises OSError when not."""
        try:
            with self.locked():
                entry = self.folder / f".probe-{os.getpid()}"
                entry.touch(0o600)
                entry.unlink()
        finally:
            self.close()

    def _open(self) -> int:
        self.folder.mkdir(parents=True, exist_ok=True)
        opened = os.open(self.path, os.O_CREAT | os.O_APPEND | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            folder = os.open(self.folder, os.O_RDONLY)
            try:
                os.fsync(folder)  # the name of a new file is owed too
            finally:
                os.close(folder)
        except OSError:
            os.close(opened)
            raise
        return opened

    def _abandon(self, file: int, length: int) -> None:
        """Take back what was written, and begin another file: a torn line would spoil the one after it, and after an
        fsync that failed nobody knows what the disk holds."""
        with contextlib.suppress(OSError):
            os.ftruncate(file, length)
            if not length:
                self.path.unlink()
        with contextlib.suppress(OSError):
            os.close(file)
        self._file, self.path = None, _fresh(self.folder)

    def close(self) -> None:
        """Close the files."""
        for held in (self._file, self._lock):
            if held is not None:
                os.close(held)
        self._file = self._lock = None


def _fresh(folder: Path) -> Path:
    """A file that no other process has: the time (UTC) comes first, so that names sort by it."""
    now = time.time_ns()
    stamp = f"{time.strftime('%Y%m%dT%H%M%S', time.gmtime(now // 10**9))}.{now // 1000 % 10**6:06d}"
    return folder / f"{stamp}-{os.getpid()}-{os.urandom(4).hex()}.jsonl"


def held(path: Path) -> bool:
    """Whether a process may still write to a file of a journal."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


def read_journals(folder: Path, seen: dict[str, int] | None = None) -> Iterator[Entry]:
    """All whole entries of all journals of a folder, file by file in the order of their names.

    `seen` holds how many bytes of each file were read before; only what came since is read, and noted in it.
    """
    seen = {} if seen is None else seen
    for path in _grown(folder, seen):
        try:
            with path.open("rb") as lines:
                lines.seek(seen.get(path.name, 0))
                for line in lines:
                    if not line.endswith(b"\n"):
                        break  # it is being written, or its process died
                    seen[path.name] = seen.get(path.name, 0) + len(line)
                    entry = read_line(line)
                    if entry is not None:
                        yield entry
        except OSError:
            continue


def _grown(folder: Path, seen: dict[str, int]) -> list[Path]:
    """The files that hold more than was seen of them, in the order of their names."""
    try:
        with os.scandir(folder) as held:
            names = [e.name for e in held if e.name.endswith(".jsonl") and e.stat().st_size > seen.get(e.name, 0)]
    except OSError:
        return []
    return [folder / name for name in sorted(names)]


def read_line(line: bytes) -> Entry | None:
    """The entry of a whole line, None for one that no process of ours wrote."""
    if len(line) > MAX_LINE:
        return None
    try:
        entry = msgspec.json.decode(line)
    except (ValueError, RecursionError):
        return None
    if NUL in line:
        entry = _without_nul(entry)
    return entry if isinstance(entry, dict) else None


def _without_nul(held: Any) -> Any:  # whatever JSON holds
    if isinstance(held, str):
        return held.replace("\0", "")
    if isinstance(held, dict):
        return {_without_nul(key): _without_nul(value) for key, value in held.items()}
    return [_without_nul(item) for item in held] if isinstance(held, list) else held
