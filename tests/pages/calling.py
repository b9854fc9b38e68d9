"""Callers for tests of the pages: signed posts to the voice paths of a desk, as the provider makes them."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from twilio.request_validator import RequestValidator

from tests.pages.browser import TOKEN, Desk

_numbers = itertools.count(1)


class Line:
    """A provider that calls the desk's server."""

    def __init__(self, desk: Desk) -> None:
        self.base = desk.url
        self.client = httpx.Client(timeout=20)
        self._validator = RequestValidator(TOKEN)

    def post(self, path: str, form: dict[str, str]) -> str:
        """The document that answers a signed request."""
        signature = self._validator.compute_signature(self.base + path, form)
        answer = self.client.post(self.base + path, data=form, headers={"X-Twilio-Signature": signature})
        assert answer.status_code == 200, answer.text
        return answer.text

    def start(self, call: str = "", to: str = "+3114050", caller: str = "+31612345678") -> str:
        """A call begins."""
        call = call or f"CA{next(_numbers):032x}"
        return self.post("/voice/groningen", {"CallSid": call, "From": caller, "To": to})


class Load:
    """What callers heard while they called one after another: (instant, document)."""

    def __init__(self) -> None:
        self.heard: list[tuple[float, str]] = []
        self.fault = ""

    def since(self, instant: float) -> list[str]:
        """What was heard after an instant."""
        return [text for at, text in self.heard if at > instant]


@contextmanager
def calling(desk: Desk, lines: int = 4) -> Iterator[Load]:
    """Callers on several lines, without pause."""
    load, over = Load(), threading.Event()

    def call() -> None:
        line = Line(desk)
        try:
            while not over.is_set():
                began = time.monotonic()
                load.heard.append((began, line.start()))
        except Exception as error:  # told by the test, not by a thread
            load.fault = repr(error)
        finally:
            line.client.close()

    threads = [threading.Thread(target=call, daemon=True) for _ in range(lines)]
    for thread in threads:
        thread.start()
    try:
        yield load
    finally:
        over.set()
        for thread in threads:
            thread.join(20)
    assert not load.fault, load.fault
