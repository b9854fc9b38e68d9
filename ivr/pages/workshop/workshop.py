"""Heavy work in a child process, at a lower priority, ended when it takes too long: a call never waits for it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing import get_context
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
NICE = 10
"""By how much its priority is lowered."""
MOST_WAITING = 16
"""Pieces of work that wait at most; more are refused, since nobody waits that long."""
LONGEST_WAIT = 60.0
"""Seconds that a piece of work waits for those before it, and that the child may take to start."""
MOST_MEMORY = 4 * 2**30
"""Bytes that the child may take (RLIMIT_AS): the proofs of a table of 100,000 nodes take 1.5 GB."""


class TooLong(Exception):
    """The work took longer than it may, or too much waits already."""


class Workshop:
    """One child process, made when it is first needed; it keeps what its functions keep (caches) until it is ended. It does
    one piece of work after another."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._turn: asyncio.Lock | None = None
        self._waiting = 0
        self._tasks: set[asyncio.Task[object]] = set()

    async def run(  # type: ignore[valid-type]  # `seconds` stands among the arguments of the function
        self, function: Callable[P, T], *args: P.args, seconds: float = 30.0, **more: P.kwargs
    ) -> T:
        """What a function of a module answers, within so many seconds from its turn on. Raises TooLong, and what the
        function raises. Whoever no longer waits for it does not end it: the next one's turn comes when it is done."""
        if self._waiting >= MOST_WAITING:
            raise TooLong("too much is being worked on")
        task = asyncio.create_task(self._in_turn(partial(function, *args, **more), seconds))
        self._tasks.add(task)
        task.add_done_callback(self._over)
        return await asyncio.shield(task)

    def _over(self, task: asyncio.Task[object]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # of a task that nobody waits for any more

    async def _in_turn(self, work: Callable[[], T], seconds: float) -> T:
        if self._turn is None:
            self._turn = asyncio.Lock()
        self._waiting += 1
        try:
            await asyncio.wait_for(self._turn.acquire(), LONGEST_WAIT)
        except TimeoutError:
            raise TooLong("too much is being worked on") from None
        finally:
            self._waiting -= 1
        try:
            pool = await self._started()
            return await asyncio.wait_for(asyncio.wrap_future(pool.submit(work)), seconds)
        except TimeoutError:
            self._end()
            raise TooLong(f"it took more than {seconds:g} seconds") from None
        except BrokenProcessPool:
            self._end()
            raise TooLong("the work was ended") from None
        finally:
            self._turn.release()

    async def _started(self) -> ProcessPoolExecutor:
        """The child, once it is there: how long it takes to start does not count."""
        if self._pool is None:
            self._pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_begin)
            await asyncio.wait_for(asyncio.wrap_future(self._pool.submit(os.getpid)), LONGEST_WAIT)
        return self._pool

    def close(self) -> None:
        """End the child."""
        self._end()

    def _end(self) -> None:
        pool, self._pool = self._pool, None
        if pool is None:
            return
        children = list((pool._processes or {}).values())  # the pool itself knows no way to end work under way
        pool.shutdown(wait=False, cancel_futures=True)
        for child in children:
            with contextlib.suppress(ProcessLookupError, OSError):
                child.kill()


def _begin() -> None:
    with contextlib.suppress(OSError, ValueError):
        os.nice(NICE)
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
