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


class Connection(HttpToolsProtocol):
    """One connection. `_since` is when what comes now began, None while nothing is owed by the other side."""

    _since: float | None
    _head: int
    """Bytes of the head that is coming; -1 while none is."""
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
        """Something came."""
        super().data_received(data)
        if self._head >= 0:
            self._head += len(data)
            if self._head > MOST_HEAD and not self.transport.is_closing():
                self.transport.write(_TOO_LARGE)
                self.transport.close()

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        if self._since is None:
            self._since, self._head = self.loop.time(), 0

    def on_headers_complete(self) -> None:
        """Its head is whole."""
        self._head = -1
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """It is whole."""
        self._since = None
        super().on_message_complete()

    def _look(self) -> None:
        if self not in self.connections:
            return  # it was handed on, as an upgrade is
        late = self._since is not None and self.loop.time() - self._since > MOST_SECONDS
        cycle: Any = self.cycle  # None before the first request, which uvicorn's own annotation leaves out
        if late and (self._head >= 0 or cycle is None or cycle.response_complete):
            self.transport.close()
            return
        self._looks = self.loop.call_later(LOOK_SECONDS, self._look)
