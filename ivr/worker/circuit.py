"""A circuit: after some failures in a row nothing more is sent for a while, then one trial decides."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

CLOSED, OPEN, HALF_OPEN = "closed", "open", "half_open"
"""As the field has it: `closed` lets through, `open` does not, `half_open` waits for the outcome of one trial."""

Changed = Callable[[str, str, str], None]
"""Told of a change: the circuit's name, its new state, and why."""


def silent(name: str, state: str, why: str) -> None:
    """Tells nobody."""


class Circuit:
    """One circuit, for one destination; safe to share between threads.

    Ask `enter` before each request, and say afterwards how it came out: `succeeded` (the other side answered, whatever it
    said) or `failed` (it did not, or could not).
    """

    def __init__(
        self,
        name: str,
        failures: int = 5,
        rest: float = 30.0,
        changed: Changed = silent,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._most = failures
        self._rest = rest
        self._changed = changed
        self._clock = clock
        self._lock = threading.Lock()
        self._state = CLOSED
        self._failed = 0
        self._until = 0.0

    @property
    def state(self) -> str:
        """One of CLOSED, OPEN, HALF_OPEN."""
        return self._state

    def after(self) -> float:
        """Seconds until a request may be tried; 0 for now."""
        with self._lock:
            return 0.0 if self._state == CLOSED else max(0.0, self._until - self._clock())

    def enter(self) -> bool:
        """Whether a request may go out now. While half open only one may, until it came out or as long again has passed."""
        with self._lock:
            if self._state == CLOSED:
                return True
            if self._clock() < self._until:
                return False
            self._until = self._clock() + self._rest  # a trial whose outcome is never told blocks no longer than this
            before, self._state = self._state, HALF_OPEN
        if before != HALF_OPEN:
            self._changed(self.name, HALF_OPEN, "one request is tried")
        return True

    def succeeded(self) -> None:
        """A request was answered. One that was sent before the circuit opened does not close it."""
        with self._lock:
            self._failed = 0 if self._state != OPEN else self._failed
            if self._state != HALF_OPEN:
                return
            self._state = CLOSED
        self._changed(self.name, CLOSED, "a request was answered")

    def failed(self, why: str) -> None:
        """A request was not answered."""
        with self._lock:
            self._failed += 1
            if self._state == OPEN or (self._state == CLOSED and self._failed < self._most):
                return
            self._state = OPEN
            self._until = self._clock() + self._rest
        self._changed(self.name, OPEN, why)
