"""Which case numbers are in use: a byte for each of six digits, in a file that all processes of a machine map.

The database knows too, and is asked when it is there (places.py). While it is gone, a number of a case that was carried into
it long ago, and stands in no journal any more, must not be given to somebody else: whoever typed it would hear of another's
promise. A number is never free again; nine hundred thousand last a city for decades.
"""

from __future__ import annotations

import mmap
import os
from pathlib import Path

from sqlalchemy import Connection, select

from ivr.store.database.schema import cases

COUNT = 1_000_000
FILE = ".numbers"


class Numbers:
    """The file in a journal's folder; made when the first number is taken. Whoever takes one holds the folder
    (`Journal.locked`). Raises OSError when it cannot be made or read."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._map: mmap.mmap | None = None

    def taken(self, number: str) -> bool:
        """Whether a number was ever given to a case."""
        at = _place(number)
        return at >= 0 and self._open()[at] != 0

    def take(self, number: str) -> None:
        """Note that a number is in use."""
        self._mark(number, 1)

    def give_back(self, number: str) -> None:
        """A number whose case did not reach the disk."""
        self._mark(number, 0)

    def learn(self, connection: Connection, since: int) -> int:
        """Take in the numbers of the cases in the database that were opened at an instant or later (epoch seconds): other
        machines gave some of them, and this file may be new. Answers when the latest was opened, `since` for none."""
        latest = since
        for number, opened in connection.execute(select(cases.c.number, cases.c.opened).where(cases.c.opened >= since)):
            self.take(number)
            latest = max(latest, opened)
        return latest

    def _mark(self, number: str, used: int) -> None:
        at = _place(number)
        if at >= 0:
            self._open()[at] = used

    def _open(self) -> mmap.mmap:
        if self._map is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            opened = os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
            try:
                if os.fstat(opened).st_size < COUNT:
                    os.posix_fallocate(opened, 0, COUNT)  # a hole in it, on a disk that is full, would kill the process
                self._map = mmap.mmap(opened, COUNT)
            finally:
                os.close(opened)
        return self._map

    def close(self) -> None:
        """Let go of the file."""
        if self._map is not None:
            self._map.close()
            self._map = None


def _place(number: str) -> int:
    return int(number) if len(number) == 6 and number.isascii() and number.isdigit() else -1
