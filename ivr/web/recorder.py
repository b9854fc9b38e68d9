"""What happened in each turn, put on disk by group commit: an answer never waits for it, and a full disk costs no call.

What a turn *owes* is another matter (owed.py): that is on disk before the answer leaves.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from msgspec import Struct

from ivr.dialects.twiml import queue_name
from ivr.model.actions import Dial, Enqueue
from ivr.model.events import Dialled, HungUp, Keys, Queued, Recorded
from ivr.model.graph import Graph
from ivr.model.nodes import CallbackNode
from ivr.model.state import ENDED
from ivr.store.journal import Journal
from ivr.web.turn import Turn

REFUSES = Keys("3")
"""What a caller who does not want to be rung answers a callback's offer with (engine/callback.py)."""
FLUSH_SECONDS = 0.1
"""How long an event waits for company: what is lost when the process is killed."""
MOST = 100_000
"""Events that are held while the disk refuses; beyond it the oldest are dropped, and counted."""
Data = dict[str, Any]  # JSON


class Happened(Struct, frozen=True):
    """An event as it stands in the journal of events. `node` is where the call stood after it."""

    call: str
    sequence: int
    at: int
    table: str
    version: str
    node: str
    event: str
    language: str
    kind: str = "turn"
    data: Data = {}


class Recorder:
    """The journal of events of this process."""

    def __init__(self, folder: Path) -> None:
        self._journal = Journal(folder)
        self._held: list[Happened] = []
        self._thread = ThreadPoolExecutor(1, "events")
        self._writing = threading.Lock()
        self.dropped = 0

    def turn(self, turn: Turn, fields: Mapping[str, str]) -> None:
        """A turn was answered."""
        state, graph, served = turn.state, turn.served.graph, turn.served
        data: Data = _begun(turn, graph) if turn.sequence == 0 else {}
        actions = turn.actions
        last = actions[-1] if actions else None
        if last.__class__ is Dial or last.__class__ is Enqueue:
            data |= _put_through(graph, last)
        if not served.told.isdisjoint(map(id, actions)):
            data["told"] = 1
        if state.part == ENDED and actions:
            data["over"] = 1
        event = turn.happened
        if event.__class__ in _OUTCOMES:
            data |= _came_out(event, fields)
        elif turn.began_in.__class__ is CallbackNode and event == REFUSES and state.at != turn.began_at:
            data["refused"] = 1
        if state.memory.variables != turn.before:
            data["topic"] = {
                name: values[at]
                for (name, values), at in zip(graph.variables, state.memory.variables, strict=True)
                if at >= 0
            }
        self._held.append(
            Happened(
                turn.call, turn.sequence, int(time.time()), graph.id, served.version, served.names[state.at],
                event.__class__.__name__.lower(), graph.languages[state.language].code, "turn", data,
            )
        )  # fmt: skip

    def other(self, call: str, sequence: int, table: str, kind: str, event: str, data: Data) -> None:
        """Something else that we were told of a call, such as that it has ended."""
        self._held.append(Happened(call, sequence, int(time.time()), table, "", "", event, "", kind, data))

    async def follow(self) -> None:
        """Write what is held, again and again."""
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            if self._held:
                await self.now()
            elif self._writing.acquire(blocking=False):
                self._journal.rest()
                self._writing.release()

    async def now(self) -> None:
        """Write what is held before the answer leaves: somebody may owe the caller a call for it."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self.flush)

    def flush(self) -> None:
        """Write what is held; what the disk refuses is kept for the next time."""
        with self._writing:
            batch, self._held = self._held, []
            try:
                self._journal.write(batch)
            except OSError:
                self._held = batch + self._held
                surplus = len(self._held) - MOST
                if surplus > 0:
                    del self._held[:surplus]
                    self.dropped += surplus

    def close(self) -> None:
        """Write what is held and close the journal."""
        self._thread.shutdown(wait=True)
        self.flush()
        self._journal.close()


_OUTCOMES = (Dialled, Queued, Recorded, HungUp)


def _begun(turn: Turn, graph: Graph) -> Data:
    arrival = turn.moment.arrival
    number = graph.numbers[arrival.number].name if arrival.number >= 0 else ""
    return {"dialled": arrival.dialled, "number": number, "caller": arrival.caller, "zone": graph.timezone}


def _put_through(
    graph: Graph, action: Any
) -> Data:  # a Dial or an Enqueue; mypy cannot follow the asking for the class
    team = graph.teams[action.team].name if action.team >= 0 else ""
    if action.__class__ is Enqueue:
        return {"team": team, "queue": queue_name(graph, action.team, action.old_place), "old": int(action.old_place)}
    return {"team": team}


def _came_out(event: Any, fields: Mapping[str, str]) -> Data:  # one of _OUTCOMES
    if event.__class__ is Dialled:
        return {"outcome": event.outcome, "talked": _whole(fields.get("DialCallDuration"))}
    if event.__class__ is Queued:
        return {"outcome": event.outcome, "waited": _whole(fields.get("QueueTime"))}
    if event.__class__ is Recorded:
        return {"recorded": event.seconds}
    if fields.get("QueueResult") == "hangup":
        return {"outcome": "hung_up", "waited": _whole(fields.get("QueueTime"))}
    return {}


def _whole(text: str | None) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) <= 7 else 0
