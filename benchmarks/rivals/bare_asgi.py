"""The least that could answer: a bare ASGI app that reads the form and returns the same bytes each time.

No signature, no state, no table, no log: what our webhook does beyond this is what it costs.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl

Message = dict[str, Any]
ANSWER = b"x" * int(os.environ.get("BENCH_LENGTH", "1000"))
HEADERS = [(b"content-type", b"text/xml; charset=utf-8"), (b"content-length", str(len(ANSWER)).encode())]


Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


async def app(scope: Message, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        for stage in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{stage}.complete"})
        return
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    form = parse_qsl(body.decode(), keep_blank_values=True)
    assert form
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": ANSWER})
