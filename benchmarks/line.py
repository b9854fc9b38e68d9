"""Requests to an app in a process of its own, over connections that are kept alive: how many a second it answers."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import cast
from urllib.parse import urlencode

import uvloop
from twilio.request_validator import RequestValidator

CONNECTIONS = 16
TOKEN = "0123456789abcdef0123456789abcdef"
BASE_URL = "https://ivr.example"


def request_of(path: str, call: str, key: str) -> bytes:
    """A signed request as the provider sends it, whole."""
    number = f"+316{int(call[-4:], 16) + 10_000_000}"
    form = {
        "AccountSid": "AC" + "0" * 32, "ApiVersion": "2010-04-01", "CallSid": call, "CallStatus": "in-progress",
        "Called": "+3150367911", "CalledCity": "", "CalledCountry": "NL", "CalledState": "", "CalledZip": "",
        "Caller": number, "CallerCity": "", "CallerCountry": "NL", "CallerState": "", "CallerZip": "",
        "Digits": key, "Direction": "inbound", "FinishedOnKey": "", "From": number, "FromCity": "",
        "FromCountry": "NL", "FromState": "", "FromZip": "", "To": "+31503679111", "ToCity": "", "ToCountry": "NL",
        "ToState": "", "ToZip": "", "msg": "Gather End",
    }  # fmt: skip
    body = urlencode(form).encode()
    signature = RequestValidator(TOKEN).compute_signature(BASE_URL + path, form)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: ivr.example\r\nUser-Agent: TwilioProxy/1.1\r\nAccept: */*\r\n"
        f"Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\nContent-Length: {len(body)}\r\n"
        f"I-Twilio-Idempotency-Token: {call}\r\nX-Twilio-Signature: {signature}\r\n\r\n"
    )
    return head.encode() + body


@contextmanager
def serving(app: str, place: Path, env: dict[str, str]) -> Iterator[int]:
    """One app in a process of its own; the port that it listens on. What it logs goes to a file."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = place / f"{port}.log"
    with log.open("wb") as stream:
        command = [sys.executable, "-m", "benchmarks.serving", app, str(port)]
        root = Path(__file__).parents[1]
        process = subprocess.Popen(command, env={**os.environ, **env}, cwd=root, stdout=stream, stderr=stream)
        try:
            _wait(port, process, log)
            yield port
        finally:
            process.terminate()
            process.wait(20)


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > until:
                raise SystemExit("a server did not start:\n" + log.read_text()[-2000:]) from None
            time.sleep(0.05)


class _Line(asyncio.Protocol):
    """One connection that is kept alive: the next request goes out when the answer to the last one is whole."""

    def __init__(self, requests: Iterator[bytes], done: asyncio.Future[None]) -> None:
        self._requests = requests
        self._done = done
        self._held = b""
        self.last = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one in all but name
        self._next()

    def _next(self) -> None:
        request = next(self._requests, None)
        if request is not None:
            self._transport.write(request)
        elif not self._done.done():
            self._done.set_result(None)
            self._transport.close()

    def data_received(self, data: bytes) -> None:
        held = self._held + data if self._held else data
        head, _, body = held.partition(b"\r\n\r\n")
        at = head.find(b"content-length: ")
        if at < 0 or len(body) < int(head[at + 16 :].partition(b"\r\n")[0]):
            self._held = held
            return
        if not head.startswith(b"HTTP/1.1 200"):
            self._fail(held)
            return
        self._held = b""
        self.last = held
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(b"the connection was closed")

    def _fail(self, what: bytes) -> None:
        if not self._done.done():
            self._done.set_exception(SystemExit(f"a request failed: {what[:300]!r}"))


def _same(line: _Line) -> _Line:
    return line


async def _play(port: int, requests: Iterator[bytes], connections: int) -> list[bytes]:
    loop = asyncio.get_running_loop()
    dones = [loop.create_future() for _ in range(connections)]
    lines = [_Line(requests, done) for done in dones]
    for line in lines:
        await loop.create_connection(partial(_same, line), "127.0.0.1", port)
    await asyncio.wait_for(asyncio.gather(*dones), 300)
    return [line.last for line in lines]


def rate(port: int, requests: Sequence[bytes], count: int, connections: int = CONNECTIONS) -> float:
    """Requests a second."""
    rows = (requests[n % len(requests)] for n in range(count))
    start = time.perf_counter()
    uvloop.run(_play(port, rows, connections))
    return count / (time.perf_counter() - start)


def one_answer(port: int, request: bytes) -> bytes:
    """The body of one answer."""
    return uvloop.run(_play(port, iter([request]), 1))[0].partition(b"\r\n\r\n")[2]
