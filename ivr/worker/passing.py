"""The task that sends callers on whom an agent passes on: their leg is sent to a document of ours, which does the rest."""

from __future__ import annotations

import logging

from ivr.store import passes
from ivr.store.database.connect import reading, writing
from ivr.store.passes import Pass
from ivr.worker.context import Context
from ivr.worker.provider import Done, Provider, Refused
from ivr.worker.ringing import RETRIES

log = logging.getLogger(__name__)

BATCH = 16


class Passing:
    """The task. A caller of whom the provider tells nothing stays with the agent, who is told."""

    name = "passing"
    every = 0.25

    def __init__(self, context: Context, provider: Provider, public_url: str) -> None:
        self._context = context
        self._provider = provider
        self._public_url = public_url

    def run(self, now: int) -> int:
        """Send on who is to be; answers how many."""
        with reading(self._context.engine) as connection:
            if not passes.any_asked(connection):
                return 0
        with writing(self._context.engine) as connection:
            passes.lapse(connection, now)
            asked = passes.asked(connection, self._context.worker, now, BATCH)
        for one in asked:
            self._send(one, now)
        return len(asked)

    def _send(self, one: Pass, now: int) -> None:
        url = f"{self._public_url}/voice/{one.table}/pass?p={one.id}{RETRIES}"
        came = self._provider.redirect(one.call, url)
        with writing(self._context.engine) as connection:
            if isinstance(came, Done):
                passes.sent(connection, one.id, now)
            elif isinstance(came, Refused):
                log.warning("call %s could not be passed on: %s", one.call, came.reason)
                passes.end(connection, one.id, passes.HUNG_UP, now)
            else:
                passes.end(connection, one.id, passes.FAILED, now)
