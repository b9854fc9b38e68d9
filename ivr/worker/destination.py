"""A destination outside that takes JSON over HTTP: every wait bounded, its circuit kept, no address in an error."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

import httpx
from msgspec import Struct

from ivr.worker.circuit import Circuit
from ivr.worker.outbox import Later
from ivr.worker.twilio_http import retry_after

MOST_BYTES = 1_000_000
"""Bytes of an answer that are read."""
ASTRAY_REST = 300.0
"""Seconds until it is tried again after an answer that only a change of settings can mend."""


class Answer(Struct, frozen=True):
    """What was answered: a status that the asker must judge, and the JSON that came with it (None for none)."""

    status: int
    body: Any  # whatever JSON holds


class Destination:
    """One address with its headers. `judged`: statuses below 500, 2xx aside, that are an answer to what was asked."""

    def __init__(
        self,
        name: str,
        base: str,
        headers: Mapping[str, str],
        circuit: Circuit,
        connect: float,
        total: float,
        judged: frozenset[int],
    ) -> None:
        self.name = name
        self._base = base
        self._circuit = circuit
        self._total = total
        self._judged = judged
        self._client = httpx.Client(
            headers=dict(headers), timeout=httpx.Timeout(total, connect=connect), follow_redirects=False
        )

    def ready(self) -> bool:
        """Whether a request may go out now, or a trial of whether it may."""
        return self._circuit.after() <= 0

    def send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """The answer to one request. Raises Later when there is none that says whether it was taken."""
        if not self._circuit.enter():
            raise Later(f"{self.name} is left alone for a while", self._circuit.after() + 1, counted=False)
        until = time.monotonic() + self._total
        sent = {"Content-Type": "application/json", **(headers or {})} if body is not None else dict(headers or {})
        try:
            with self._client.stream(method, self._base + path, params=params, content=body, headers=sent) as answer:
                raw = self._read(answer, until)
        except httpx.HTTPError as error:
            raise self._failed(f"{self.name} gives no answer ({type(error).__name__})") from None
        status = answer.status_code
        if status >= 500 or status in (408, 425, 429):
            wait = retry_after(answer.headers.get("retry-after", ""), time.time())
            raise self._failed(f"{self.name} answers {status}", wait)
        if not 200 <= status < 300 and status not in self._judged:
            raise self._failed(f"{self.name} answers {status}: see its settings", ASTRAY_REST, counted=False)
        self._circuit.succeeded()
        return Answer(status, _json(raw))

    def _read(self, answer: httpx.Response, until: float) -> bytes:
        parts: list[bytes] = []
        size = 0
        for part in answer.iter_bytes():
            size += len(part)
            if size > MOST_BYTES or time.monotonic() > until:
                raise self._failed(f"{self.name} answers without end")
            parts.append(part)
        return b"".join(parts)

    def _failed(self, why: str, after: float = 0.0, counted: bool = True) -> Later:
        self._circuit.failed(why)
        return Later(why, after, counted)

    def close(self) -> None:
        """Close what is open."""
        self._client.close()


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return None
