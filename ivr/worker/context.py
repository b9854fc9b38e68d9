"""What the tasks of a worker share: its name, the database, the tables that are live, and what it was set to."""

from __future__ import annotations

import contextlib
import threading
import time
from pathlib import Path
from typing import Protocol

from sqlalchemy import Engine

from ivr.tables.archive import Archive, NotKept
from ivr.tables.ready import Table

LOOK_SECONDS = 2.0
"""How often it is looked at which version of a table is live."""


class Task(Protocol):
    """Something that a worker does again and again, in a thread of its own."""

    name: str
    every: float
    """Seconds to rest when there was nothing to do."""

    def run(self, now: int) -> int:
        """Do what is due at `now` (epoch seconds), a bounded piece of it; answers how many things were done, 0 to rest.

        What it raises is logged, and it is run again after a rest: it must leave the database as if it had not begun, or
        such that another run goes on.
        """


class Tables:
    """The live version of each table that was published in a folder of what is kept (IVR_VAR)."""

    def __init__(self, var: Path) -> None:
        self._root = var / "tables"
        self._held: dict[str, tuple[str, Table]] = {}
        self._looked: dict[str, float] = {}
        self._lock = (
            threading.Lock()
        )  # tasks ask at once, and none must be told that there is no table while one reads it

    def live(self, id: str) -> Table | None:
        """The table that is live under an id; the last good one while the newest cannot be read; None when there is none."""
        with self._lock:
            return self._live(id)

    def _live(self, id: str) -> Table | None:
        held = self._held.get(id)
        clock = time.monotonic()
        if clock - self._looked.get(id, float("-inf")) < LOOK_SECONDS:
            return held[1] if held is not None else None
        self._looked[id] = clock
        archive = Archive(self._root, id)
        version = archive.live()
        if version and (held is None or held[0] != version):
            with contextlib.suppress(NotKept):
                self._held[id] = held = (version, archive.load(version))
        return held[1] if held is not None else None


class Context:
    """Handed to every task. `worker` is this process's name among the workers, unlike any other's."""

    def __init__(self, worker: str, engine: Engine, tables: Tables, hash_key: bytes) -> None:
        self.worker = worker
        self.engine = engine
        self.tables = tables
        self.hash_key = hash_key
