"""What a turn owes: put on disk before the answer leaves, once for each call and turn, however often it is asked for."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

from ivr.calendars.moment import LiveMoment
from ivr.desk.promises import case_number, due_day, promise
from ivr.model.actions import Effect, OpenCase
from ivr.model.events import CaseOpened, CaseRefused, EffectFailed, Event, MarkKept
from ivr.model.graph import Graph
from ivr.model.state import State
from ivr.store.journal import Entry, Journal
from ivr.store.ledger import Ledger

PATIENCE = 5.0
"""Seconds that a turn waits for the disk; the provider hangs up at 15, retries included."""


class GroupCommit:
    """Many turns, one fsync: what comes while the disk is busy goes along with the next write."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._waiting: list[tuple[Entry, asyncio.Future[None]]] = []
        self._busy = False
        self._task: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, "journal")

    async def write(self, entry: Entry) -> None:
        """Return when the entry is on the disk. Raises OSError or TimeoutError."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        self._waiting.append((entry, done))
        if not self._busy:
            self._busy = True
            self._task = loop.create_task(self._drain())
        await asyncio.wait_for(asyncio.shield(done), PATIENCE)

    async def _drain(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, []
                try:
                    await loop.run_in_executor(self._thread, self._journal.write, [entry for entry, _ in batch])
                except OSError as error:
                    for _, done in batch:
                        if not done.done():
                            done.set_exception(error)
                else:
                    for _, done in batch:
                        if not done.done():
                            done.set_result(None)
        finally:
            self._busy = False

    def close(self) -> None:
        """Stop the thread and close the file."""
        self._thread.shutdown(wait=True)
        self._journal.close()


class Desk:
    """Performs effects against the journal."""

    def __init__(self, commit: GroupCommit, ledger: Ledger) -> None:
        self._commit = commit
        self._ledger = ledger

    async def perform(
        self, effect: Effect, moment: LiveMoment, state: State, call: str, sequence: int, version: str, disk: str = ""
    ) -> Event:
        """Put what is owed on disk and say how that went. `disk` is what a simulation says of it, else ''."""
        if disk == "failed":
            return EffectFailed()
        try:
            if isinstance(effect, OpenCase):
                return await self._case(effect, moment, state, call, sequence, version, disk)
            entry = self._entry("mark", moment.graph, state, call, sequence, version, effect.node)
            await self._commit.write({**entry, "mark": effect.mark})
            return MarkKept()
        except (OSError, TimeoutError):
            return EffectFailed()

    async def _case(
        self, effect: OpenCase, moment: LiveMoment, state: State, call: str, sequence: int, version: str, disk: str
    ) -> Event:
        held = self._ledger.case(call, sequence)
        if held is not None:
            return CaseOpened(str(held["case"]), int(held["due"]))
        if disk == "full" and effect.kind == "callback":
            return CaseRefused()
        graph, almanac = moment.graph, moment.almanac
        taken = {} if disk else self._ledger.promises(graph)
        now = moment.arrival.time if disk else int(time.time())
        due = promise(almanac, effect, now, taken)
        if due is None:
            return CaseRefused()
        entry = self._entry("case", graph, state, call, sequence, version, effect.node)
        entry |= {
            "case": self._number(call, state.turns, bool(disk)),
            "type": effect.kind,
            "team": graph.teams[effect.team].name if effect.team >= 0 else "",
            "number": effect.number,
            "dialled": moment.arrival.dialled,
            "within": list(effect.within),
            "due": due,
            "due_day": due_day(due, almanac.zone).isoformat() if due else "",
            "recording": effect.recording,
            "seconds": effect.seconds,
        }
        self._ledger.add(entry)  # before it is on disk, so that two at once do not take one place
        try:
            await self._commit.write(entry)
        except BaseException:
            self._ledger.remove(call, sequence)
            raise
        return CaseOpened(str(entry["case"]), due)

    def _number(self, call: str, turns: int, simulated: bool) -> str:
        """A case number that nobody has: the same for the same turn, another one where two turns would share it."""
        number = case_number(call, turns)
        salt = 0
        while not simulated and self._ledger.taken(number):
            salt += 1
            number = case_number(f"{call}/{salt}", turns)
        return number

    def _entry(self, kind: str, graph: Graph, state: State, call: str, sequence: int, version: str, node: int) -> Entry:
        memory = state.memory
        variables = {
            name: values[chosen]
            for (name, values), chosen in zip(graph.variables, memory.variables, strict=True)
            if chosen >= 0
        }
        return {
            "kind": kind,
            "at": int(time.time()),
            "call": call,
            "sequence": sequence,
            "table": graph.id,
            "version": version,
            "node": graph.names[node],
            "language": graph.languages[state.language].code,
            "variables": variables,
            "fields": dict(zip(graph.fields, memory.fields, strict=True)),
        }
