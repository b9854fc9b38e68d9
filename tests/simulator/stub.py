"""A hand-made webhook: what it answers is given by the test, what it was asked is kept."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import uvicorn

Fields = dict[str, str]
Answer = str | int | tuple[int, dict[str, str], str]
"""The inside of a <Response>, a bare status, or (status, headers, body as it is)."""
NEVER = 0
"""The status of an answer that does not come."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came."""

    method: str
    target: str
    fields: Fields
    headers: dict[str, str]


@dataclass(slots=True)
class Stub:
    """Answers by path: each answer is used once, the last one for ever. A path that is not given answers 404."""

    url: str = ""
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def give(self, answers: dict[str, Answer | list[Answer]]) -> None:
        """Begin anew with these answers."""
        self.asked.clear()
        self.answers = {path: list(a) if isinstance(a, list) else [a] for path, a in answers.items()}

    def at(self, path: str) -> list[Fields]:
        """The fields of the requests to a path."""
        return [asked.fields for asked in self.asked if asked.target.partition("?")[0] == path]

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[Any]],
        send: Callable[[Any], Awaitable[None]],
    ) -> None:
        """Answer one request."""
        body = (await receive()).get("body", b"")
        query = scope["query_string"].decode()
        target = scope["path"] + (f"?{query}" if query else "")
        fields = dict(parse_qsl(body.decode() or query, keep_blank_values=True))
        headers = {k.decode(): v.decode() for k, v in scope["headers"]}
        self.asked.append(Asked(scope["method"], target, fields, headers))
        held = self.answers.get(scope["path"], [404])
        answer = held.pop(0) if len(held) > 1 else held[0]
        if answer == NEVER:
            while (await receive())["type"] != "http.disconnect":
                await asyncio.sleep(0)
            return
        status, more, text = _spelled(answer)
        kept = {"content-type": "text/xml", **more}
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [(k.encode(), v.encode()) for k, v in kept.items()],
            }
        )
        await send({"type": "http.response.body", "body": text.encode()})


def _spelled(answer: Answer) -> tuple[int, dict[str, str], str]:
    if isinstance(answer, tuple):
        return answer
    return (answer, {}, "") if isinstance(answer, int) else (200, {}, f"<Response>{answer}</Response>")


@contextlib.contextmanager
def listening(make: Callable[[str], Any]) -> Iterator[str]:  # any ASGI application
    """Serve the application that `make` gives for its address, on a free port of the loopback; gives the address."""
    held = socket.socket()
    held.bind(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{held.getsockname()[1]}"
    config = uvicorn.Config(
        make(url), log_level="error", access_log=False, lifespan="auto", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [held]}, daemon=True)
    thread.start()
    until = time.monotonic() + 15
    while not server.started and time.monotonic() < until:
        time.sleep(0.01)
    assert server.started
    try:
        yield url
    finally:
        server.should_exit = True
        thread.join(15)
        held.close()
