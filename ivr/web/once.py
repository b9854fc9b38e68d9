"""First answers, kept a minute: a request that comes again gets the same bytes, while the first is still being made too."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

KEPT_SECONDS = 60.0
MOST = 100_000
"""Answers that are held; beyond it the oldest go, however young."""

T = TypeVar("T")
Key = tuple[str, str, int]
"""(call, kind, sequence)."""


class Once(Generic[T]):
    """Makes each answer once."""

    def __init__(self) -> None:
        self._held: OrderedDict[Key, tuple[float, asyncio.Future[T]]] = OrderedDict()

    async def answer(self, key: Key, make: Callable[[], Awaitable[T]]) -> T:
        """The answer for a key: the one that was given before, or a new one. A failure is not kept."""
        self._sweep()
        held = self._held.get(key)
        if held is not None:
            return await asyncio.shield(held[1])
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._held[key] = (time.monotonic() + KEPT_SECONDS, future)
        try:
            answer = await make()
        except BaseException as error:
            self._held.pop(key, None)
            if not future.done():
                future.set_exception(error)
                future.exception()  # it is seen here, whether or not anybody else waits
            raise
        future.set_result(answer)
        return answer

    def _sweep(self) -> None:
        now = time.monotonic()
        while self._held:
            key, (until, _) = next(iter(self._held.items()))
            if until > now and len(self._held) <= MOST:
                return
            del self._held[key]
