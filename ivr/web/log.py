"""Structured logs: one line of JSON for each thing that happens, telephone numbers masked, written in batches.

A line is put into a buffer and written when the loop has a moment, or at once when it is grave: a turn never waits for a
terminal or a pipe.
"""

from __future__ import annotations

import sys
import time
from typing import BinaryIO

import msgspec
from msgspec import Struct

LEVELS = ("debug", "info", "warning", "error")
FLUSH_SECONDS = 0.25
_encode = msgspec.json.Encoder().encode


class _Turn(Struct):
    """The line of a turn. A struct is encoded in one go, in the order of its fields."""

    at: float
    call: str
    table: str
    version: str
    node: str
    input: str
    sequence: int
    level: str = "info"
    event: str = "turn"


class Log:
    """A log to a stream of bytes."""

    def __init__(self, level: str = "info", stream: BinaryIO | None = None) -> None:
        self._least = LEVELS.index(level)
        self._stream = stream if stream is not None else sys.stderr.buffer
        self._lines: list[bytes] = []
        self._dropped = 0

    def turn(self, call: str, table: str, version: str, node: str, event: str, sequence: int) -> None:
        """A turn of a call: the line that is written most."""
        if self._least <= 1:
            self._lines.append(_encode(_Turn(time.time(), call, table, version, node, event, sequence)) + b"\n")
            if len(self._lines) >= 256:
                self.flush()

    def write(self, level: str, event: str, **fields: object) -> None:
        """Any other line. Grave ones are written at once."""
        grade = LEVELS.index(level)
        if grade < self._least:
            return
        self._lines.append(_encode({"at": time.time(), "level": level, "event": event, **fields}) + b"\n")
        if grade >= 2 or len(self._lines) >= 256:
            self.flush()

    def flush(self) -> None:
        """Write what is held. A stream that is gone takes nothing and hurts nobody."""
        if not self._lines:
            return
        lines, self._lines = self._lines, []
        try:
            self._stream.write(b"".join(lines))
            self._stream.flush()
        except (OSError, ValueError):
            self._dropped += len(lines)
