"""What a turn owes: put on disk before the answer leaves, once for each call and turn, however often it is asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Semaphore

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from ivr.calendars.moment import LiveMoment
from ivr.desk.case import Case
from ivr.desk.promises import simulated_case
from ivr.model.actions import Effect, FindCase
from ivr.model.events import CaseCancelled, CaseUnknown, EffectFailed, Event
from ivr.model.state import State
from ivr.store.books import Books, Decided, Decision, View
from ivr.store.lookup import find_case
from ivr.web.deciding import TurnOwing, found

PATIENCE = 5.0
"""Seconds that a turn waits for the disk; the provider hangs up at 15, retries included."""


FINDERS = 4
"""Case numbers that are looked up at once."""
FIND_PATIENCE = 2.0
"""Seconds that a caller waits for one."""


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

        def in_time(view: View) -> Decided:
            if done.done():
                raise TimeoutError("nobody waits for it any more")
            return decision.decide(view)

        self._waiting[done] = Decision(in_time, decision.asked)
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

    async def is_cancelled(self, number: str) -> bool:
        """Whether a caller cancelled the case with a number, as the journals here say: they may not be drained yet. False
        when they cannot be looked at."""

        def look(view: View) -> Decided:
            return Decided(CaseCancelled() if view.ledger.cancelled(number) else CaseUnknown())

        try:
            return isinstance(await self.decide(Decision(look)), CaseCancelled)
        except OSError:
            return False

    async def rest(self) -> None:
        """Let go of the journal's file when nothing was owed for a while."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._books.journal.rest)

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


class Desk:
    """Performs effects against the journal; `engine` is the database in which cases are looked up."""

    def __init__(self, commit: GroupCommit, engine: Engine | None = None) -> None:
        self._commit = commit
        self._engine = engine
        self._pool = ThreadPoolExecutor(FINDERS, "finding")
        self._free = Semaphore(FINDERS)

    async def perform(
        self,
        effect: Effect,
        moment: LiveMoment,
        state: State,
        call: str,
        sequence: int,
        version: str,
        disk: str = "",
        cases: Mapping[str, str] | None = None,
    ) -> Event:
        """Put what is owed on disk and say how that went. `disk` and `cases` are what a simulation says of the disk, and of
        what a case number finds; '' and None otherwise."""
        if disk == "failed":
            return EffectFailed()
        if isinstance(effect, FindCase):
            if not disk:
                return await self._find(effect)
            return simulated_case(effect.number, (cases or {}).get(effect.number, ""), moment.arrival.time)
        turn = TurnOwing(effect, moment, state, call, sequence, version, disk)
        try:
            return await self._commit.decide(Decision(turn.decide, turn.asked()))
        except OSError:
            return EffectFailed()

    async def _find(self, effect: FindCase) -> Event:
        """The case with a number, from the database, or from the journals of this machine when it is not there yet. With the
        database gone it cannot be told: a promise may have been moved, or kept, since."""
        held = None
        if self._engine is not None:
            if not self._free.acquire(blocking=False):
                return EffectFailed()
            try:
                held = await asyncio.wait_for(asyncio.wrap_future(self._begin(effect.number)), FIND_PATIENCE)
            except (OSError, SQLAlchemyError):
                return EffectFailed()

        def look(view: View) -> Decided:
            ledger = view.ledger
            return Decided(found(effect.number, held, ledger.case(effect.number), ledger.cancelled(effect.number)))

        try:
            return await self._commit.decide(Decision(look))
        except OSError:
            return EffectFailed()

    def _begin(self, number: str) -> Future[Case | None]:
        """Look for it in a thread. One that hangs is not waited for, and is counted until it ends."""
        assert self._engine is not None
        looked = self._pool.submit(find_case, self._engine, number)
        looked.add_done_callback(lambda _: self._free.release())
        return looked

    def close(self) -> None:
        """Let the threads go."""
        self._pool.shutdown(wait=False, cancel_futures=True)
