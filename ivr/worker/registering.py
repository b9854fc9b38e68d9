"""The task that sees to it that every case that changed is registered in Open Klant."""

from __future__ import annotations

from ivr.store import registering
from ivr.store.database.connect import reading, writing
from ivr.worker.context import Context

AT_ONCE = 200


class Registering:
    """Puts cases that changed since they were passed on into the outbox. Run only where Open Klant is connected."""

    name = "registering"
    every = 2.0

    def __init__(self, context: Context) -> None:
        self._engine = context.engine

    def run(self, now: int) -> int:
        """Pass on a piece of what changed."""
        with reading(self._engine) as connection:
            if not registering.is_needed(connection):
                return 0
        with writing(self._engine) as connection:
            return registering.pass_on(connection, now, AT_ONCE)
