"""Heavy work in a child process, at a lower priority, ended when it takes too long: a call never waits for it."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
NICE = 10
"""By how much its priority is lowered."""
MOST_WAITING = 16
"""Pieces of work that wait at most; more are refused, since nobody waits that long."""


class TooLong(Exception):
    """The work took longer than it may, or too much waits already."""


class Workshop:
    """One child process, made when it is first needed; it keeps what its functions keep (caches) until it is ended."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._waiting = 0

    async def run(self, function: Callable[P, T], *args: P.args, seconds: float = 30.0, **more: P.kwargs) -> T:  # type: ignore[valid-type]
        """What a function of a module answers. Raises TooLong, and what the function raises."""
        if self._waiting >= MOST_WAITING:
            raise TooLong("too much is being worked on")
        self._waiting += 1
        try:
            return await asyncio.wait_for(self._ask(function, *args, **more), seconds)
        except TimeoutError:
            self._end()
            raise TooLong(f"it took more than {seconds:g} seconds") from None
        except BrokenProcessPool:
            self._end()
            raise TooLong("the work was ended") from None
        finally:
            self._waiting -= 1

    async def _ask(self, function: Callable[P, T], *args: P.args, **more: P.kwargs) -> T:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_lower)
        call = asyncio.wrap_future(self._pool.submit(function, *args, **more))
        return await call

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


def _lower() -> None:
    with contextlib.suppress(OSError):
        os.nice(NICE)
