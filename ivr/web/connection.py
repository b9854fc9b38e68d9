"""A connection, with bounds that uvicorn does not set: on the size of a request's head, and on how long a request comes.

Bodies are bounded in body.py; a connection on which nothing is under way is closed by uvicorn's own `timeout_keep_alive`.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_HEAD = 32 * 1024
"""Bytes of a request's line and headers; the provider's have about 1,500."""
MOST_SECONDS = 20.0
"""How long may pass from a connection, or from the first byte of a request, until the request is whole. Longer than a
body may take: who is read on the voice paths is told so first."""
LOOK_SECONDS = 5.0
"""How often a connection is looked at."""
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


_received = HttpToolsProtocol.data_received  # called for every request: `super()` would cost as much as all else here


class Connection(HttpToolsProtocol):
    """One connection. `_since` is when what comes now began, None while nothing is owed by the other side; `_head` are the
    bytes of it so far."""

    _since: float | None
    _head: int
    _looks: asyncio.TimerHandle

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Somebody is there."""
        super().connection_made(transport)
        self._since, self._head = self.loop.time(), 0
        self._looks = self.loop.call_later(LOOK_SECONDS, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        """They are gone."""
        self._looks.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Something came: of a request that is being answered, or of a head that is not whole yet."""
        _received(self, data)
        cycle: Any = self.cycle  # None before the first request, which uvicorn's own annotation leaves out
        if cycle is not None and not cycle.response_complete:
            self._since = None
            self._head = 0
            return
        if self._since is None:
            self._since = self.loop.time()
        self._head += len(data)
        if self._head > MOST_HEAD and not self.transport.is_closing():
            self.transport.write(_TOO_LARGE)
            self.transport.close()

    def _look(self) -> None:
        if self not in self.connections:
            return  # it was handed on, as an upgrade is
        if self._since is not None and self.loop.time() - self._since > MOST_SECONDS:
            self.transport.close()
            return
        self._looks = self.loop.call_later(LOOK_SECONDS, self._look)
