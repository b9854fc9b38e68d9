"""What a turn owes: put on disk before the answer leaves, once for each call and turn, however often it is asked for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from msgspec import Struct

from ivr.calendars.moment import LiveMoment
from ivr.desk.promises import case_number, due_day, promise
from ivr.model.actions import Effect, OpenCase
from ivr.model.events import CaseOpened, CaseRefused, EffectFailed, Event, MarkKept
from ivr.model.state import State
from ivr.store.books import Books, Decided, Decision
from ivr.store.journal import Entry
from ivr.store.ledger import Ledger

PATIENCE = 5.0
"""Seconds that a turn waits for the disk; the provider hangs up at 15, retries included."""


class GroupCommit:
    """Many turns, one lock and one fsync: what comes while the disk is busy goes along with the next write."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self._waiting: dict[asyncio.Future[Event], Decision] = {}
        self._busy = False
        self._task: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, "journal")

    async def decide(self, decision: Decision) -> Event:
        """The answer of a decision, once what it owes is on the disk. Raises OSError (TimeoutError after PATIENCE) when
        it is not: a decision that nobody waits for any more is not taken."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Event] = loop.create_future()

        def in_time(ledger: Ledger) -> Decided:
            if done.done():
                raise TimeoutError("nobody waits for it any more")
            return decision(ledger)

        self._waiting[done] = in_time
        if not self._busy:
            self._busy = True
            self._task = loop.create_task(self._drain())
        try:
            return await asyncio.wait_for(done, PATIENCE)
        finally:
            self._waiting.pop(done, None)  # when it was given up before its turn came

    async def _drain(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, {}
                answers: Sequence[Event | Exception]
                try:
                    answers = await loop.run_in_executor(self._thread, self._books.decide, list(batch.values()))
                except Exception as error:
                    answers = [error] * len(batch)
                for done, answer in zip(batch, answers, strict=True):
                    _tell(done, answer)
        finally:
            self._busy = False

    def close(self) -> None:
        """Stop the thread and close the journal."""
        self._thread.shutdown(wait=True)
        self._books.close()


def _tell(done: asyncio.Future[Event], answer: Event | Exception) -> None:
    """Give an answer to who still waits for it."""
    if done.done():
        return
    if isinstance(answer, Exception):
        done.set_exception(answer)
    else:
        done.set_result(answer)


MOST_TRIES = 1000
"""Case numbers that are tried for a turn: with half of all six digits in use, one in 2**1000 turns finds none."""


class Desk:
    """Performs effects against the journal."""

    def __init__(self, commit: GroupCommit) -> None:
        self._commit = commit

    async def perform(
        self, effect: Effect, moment: LiveMoment, state: State, call: str, sequence: int, version: str, disk: str = ""
    ) -> Event:
        """Put what is owed on disk and say how that went. `disk` is what a simulation says of it, else ''."""
        if disk == "failed":
            return EffectFailed()
        turn = _Turn(moment, state, call, sequence, version, disk)
        try:
            return await self._commit.decide(lambda ledger: turn.decide(effect, ledger))
        except OSError:
            return EffectFailed()


class _Turn(Struct, frozen=True):
    """What a decision needs to know of the turn that it is taken for."""

    moment: LiveMoment
    state: State
    call: str
    sequence: int
    version: str
    disk: str

    def decide(self, effect: Effect, ledger: Ledger) -> Decided:
        """What is owed for an effect. A turn that owes already, at whichever process, is answered as it was."""
        held = ledger.owed(self.call, self.sequence)
        if isinstance(effect, OpenCase):
            return Decided(CaseOpened(held.case, held.due)) if held is not None else self._case(effect, ledger)
        if held is not None:
            return Decided(MarkKept())
        return Decided(MarkKept(), {**self._entry("mark", effect.node), "mark": effect.mark})

    def _case(self, effect: OpenCase, ledger: Ledger) -> Decided:
        if self.disk == "full" and effect.kind == "callback":
            return Decided(CaseRefused())
        graph, almanac = self.moment.graph, self.moment.almanac
        taken = ledger.promises(graph, effect.team) if effect.team >= 0 and not self.disk else {}
        now = self.moment.arrival.time if self.disk else int(time.time())
        due = promise(almanac, effect, now, taken)
        if due is None:
            return Decided(CaseRefused())
        case = self._number(ledger)
        entry = self._entry("case", effect.node) | {
            "case": case,
            "type": effect.kind,
            "team": graph.teams[effect.team].name if effect.team >= 0 else "",
            "number": effect.number,
            "dialled": self.moment.arrival.dialled,
            "within": list(effect.within),
            "due": due,
            "due_day": due_day(due, almanac.zone).isoformat() if due else "",
            "recording": effect.recording,
            "seconds": effect.seconds,
        }
        return Decided(CaseOpened(case, due), entry)

    def _number(self, ledger: Ledger) -> str:
        """A case number that nobody has: the same for the same turn, another one where two turns would share it."""
        number = case_number(self.call, self.state.turns)
        salt = 0
        while not self.disk and ledger.taken(number):
            salt += 1
            if salt > MOST_TRIES:
                raise OSError("no case number is free: the journal holds too many cases")
            number = case_number(f"{self.call}/{salt}", self.state.turns)
        return number

    def _entry(self, kind: str, node: int) -> Entry:
        graph, memory = self.moment.graph, self.state.memory
        variables = {
            name: values[chosen]
            for (name, values), chosen in zip(graph.variables, memory.variables, strict=True)
            if chosen >= 0
        }
        return {
            "kind": kind,
            "at": int(time.time()),
            "call": self.call,
            "sequence": self.sequence,
            "table": graph.id,
            "version": self.version,
            "node": graph.names[node],
            "language": graph.languages[self.state.language].code,
            "variables": variables,
            "fields": dict(zip(graph.fields, memory.fields, strict=True)),
        }
