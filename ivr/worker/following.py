"""The versions that are live, as the database says, on the machine of a worker: also where no webhook runs that fetches
them."""

from __future__ import annotations

from pathlib import Path

from ivr.store.database.connect import reading
from ivr.store.publishing.following import follow
from ivr.store.publishing.publications import tables
from ivr.tables.archive import Archive
from ivr.worker.context import Context

EVERY_SECONDS = 2.0


class Following:
    """Brings this machine's pointers to what is published in the database."""

    name = "versions"
    every = EVERY_SECONDS

    def __init__(self, context: Context, var: Path) -> None:
        self._engine = context.engine
        self._root = var / "tables"

    def run(self, now: int) -> int:
        """Look at each table that was ever published; how many pointers moved."""
        with reading(self._engine) as connection:
            names = tables(connection)
        moved = 0
        for name in names:
            archive = Archive(self._root, name)
            before = archive.pointer()
            moved += follow(self._engine, archive, now) != before
        return moved
