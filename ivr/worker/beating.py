"""The task that says that this worker is alive, and of which version it is."""

from __future__ import annotations

from sqlalchemy import delete

from ivr.store.database.connect import writing
from ivr.store.database.schema import workers
from ivr.store.database.upsert import insert_into
from ivr.worker.context import Context

FORGOTTEN_SECONDS = 86_400


class Beating:
    """Notes when this worker was last seen; one that was not seen for a day is forgotten."""

    name = "alive"
    every = 10.0

    def __init__(self, context: Context, version: str, started: int) -> None:
        self._context = context
        self._version = version
        self._started = started

    def run(self, now: int) -> int:
        """Note it."""
        with writing(self._context.engine) as connection:
            row = {"id": self._context.worker, "version": self._version, "started": self._started, "seen": now}
            statement = insert_into(connection, workers).values(row)
            connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_={"seen": now}))
            connection.execute(delete(workers).where(workers.c.seen < now - FORGOTTEN_SECONDS))
        return 0
