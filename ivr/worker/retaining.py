"""The task that takes away what is kept no longer, and has the provider delete the audio of recordings."""

from __future__ import annotations

import logging
import re
from itertools import islice

from ivr.desk.retention import Periods
from ivr.store import recordings
from ivr.store.database.connect import writing
from ivr.store.retention import retain
from ivr.store.retention_rules import Cut
from ivr.worker.context import Context
from ivr.worker.provider import Done, Provider, Refused, Unreachable

log = logging.getLogger(__name__)

LOOK_SECONDS = 3600
"""How often it is looked for what is due; periods are days."""
BATCHES = 20
"""Batches of one run: then other tasks have their turn."""
AT_ONCE = 10
_ID = re.compile(r"/Recordings/(RE[0-9A-Za-z]+)(?:\.[A-Za-z0-9]+)?/?$")


class Retaining:
    """The task."""

    name = "retention"
    every = 30.0

    def __init__(self, context: Context, provider: Provider, periods: Periods) -> None:
        self._context = context
        self._provider = provider
        self._periods = periods
        self._looked = -LOOK_SECONDS

    def run(self, now: int) -> int:
        """Take away some of what is due; how many rows and recordings."""
        return self._take(now) + delete_audio(self._context, self._provider, now)

    def _take(self, now: int) -> int:
        if now - self._looked < LOOK_SECONDS:
            return 0
        cut = Cut(self._periods, now)
        gone = sum(rows for _, rows in islice(retain(self._context.engine, cut, self._context.hash_key), BATCHES))
        if not gone:
            self._looked = now
        return gone


def delete_audio(context: Context, provider: Provider, now: int) -> int:
    """Ask the provider to delete some of the recordings whose time is over; how many are gone. What it does not confirm is
    asked again later."""
    with writing(context.engine) as connection:
        due = recordings.take_due(connection, now, AT_ONCE)
    gone = 0
    for doomed in due:
        found = _ID.search(doomed.url)
        answer = provider.delete_recording(found[1]) if found else Refused("its address names no recording")
        with writing(context.engine) as connection:
            if isinstance(answer, Done):
                recordings.confirmed(connection, doomed, context.worker, now)
                gone += 1
            else:
                after = int(answer.after) if isinstance(answer, Unreachable) else 0
                recordings.postpone(connection, doomed, now, after)
                log.warning("a recording of case %s is not deleted yet: %s", doomed.case, answer.reason)
    return gone
