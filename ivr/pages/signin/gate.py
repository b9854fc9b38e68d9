"""How much costly work of strangers goes on at a time: two passwords are looked at, some wait, the rest is sent away."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import anyio
from anyio import to_thread

from ivr.pages.look.faults import Told

AT_ONCE, WAITING = 2, 20
T = TypeVar("T")


class Gate:
    """Runs work in threads of its own share: those of other pages are never all taken."""

    def __init__(self) -> None:
        self._limiter: anyio.CapacityLimiter | None = None
        self._inside = 0

    async def run(self, work: Callable[[], T]) -> T:
        """Do it in a thread. Raises Told when too many wait."""
        if self._inside >= AT_ONCE + WAITING:
            raise Told("signin.busy", 503)
        if self._limiter is None:  # it belongs to the loop that runs now
            self._limiter = anyio.CapacityLimiter(AT_ONCE)
        self._inside += 1
        try:
            return await to_thread.run_sync(work, limiter=self._limiter)
        finally:
            self._inside -= 1
