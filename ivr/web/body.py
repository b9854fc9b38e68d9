"""The body of a request, read within bounds of size and time: no stranger holds a connection or fills the memory."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from ivr.web.refusal import Refusal

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]  # as ASGI has it

MOST_SECONDS = 8.0
"""How long a body may take; the provider, which sends it with the head, gives up on the whole answer after 15."""
LOOK_SECONDS = 1.0
"""How often it is looked who takes longer. One look for all: a timer for each request would cost a tenth of a turn."""


class Bodies:
    """Reads bodies of at most `most` bytes."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._reading: dict[asyncio.Task[Any], float] = {}
        self._late: set[asyncio.Task[Any]] = set()
        self._looking = False

    async def read(self, receive: Receive) -> bytes:
        """The body. Raises Refusal when it is too large, too slow, or not sent to its end."""
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        self._reading[task] = loop.time()
        if not self._looking:
            self._looking = True
            loop.call_later(LOOK_SECONDS, self._look, loop)
        try:
            return await self._read(receive)
        except asyncio.CancelledError:
            if task not in self._late:
                raise
            task.uncancel()
            raise Refusal(408, f"the body did not come within {MOST_SECONDS:g} seconds") from None
        finally:
            del self._reading[task]
            self._late.discard(task)

    async def _read(self, receive: Receive) -> bytes:
        message = await receive()
        body: bytes = message.get("body", b"")
        while True:
            if len(body) > self._most:
                raise Refusal(413, f"the body is larger than {self._most} bytes")
            if message["type"] == "http.disconnect":
                raise Refusal(400, "the request ended before its body did")
            if not message.get("more_body", False):
                return body
            message = await receive()
            body += message.get("body", b"")

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """Wake those who have read for too long; they stand in the order in which they began."""
        before = loop.time() - MOST_SECONDS
        for task, began in self._reading.items():
            if began > before:
                break
            self._late.add(task)
            task.cancel()
        self._looking = bool(self._reading)
        if self._looking:
            loop.call_later(LOOK_SECONDS, self._look, loop)
