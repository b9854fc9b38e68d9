"""Switches in a file of IVR_VAR: what was seen last, for a start without the database; and what was switched without it.

Two files with the same form. `switches.json` mirrors the database, for this machine. `calamity.json` is written by a person
on this machine while the database is gone; the processes of this machine follow it as well.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from ivr.desk.switches import Switch

MIRROR, HERE = "switches.json", "calamity.json"
MAX_BYTES = 1_000_000
"""Of a file that is longer nothing is read."""

_encode = msgspec.json.Encoder(order="sorted").encode
_decode = msgspec.json.Decoder(tuple[Switch, ...]).decode


class Spoilt(Exception):
    """A file that is being written, or that holds something else."""


class Mirror:
    """One of the files."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: tuple[int, int, int] | None = None

    def changed(self) -> bool:
        """Whether it is another file than when it was last read; true at first."""
        return self._stamp() != self._seen

    def read(self) -> tuple[Switch, ...]:
        """What it holds; nothing when there is no such file. Raises Spoilt."""
        stamp = self._stamp()
        if stamp is None:
            self._seen = None
            return ()
        try:
            held = _decode(self.path.read_bytes()) if stamp[1] <= MAX_BYTES else None
        except FileNotFoundError:
            return ()
        except (OSError, msgspec.MsgspecError, ValueError, RecursionError) as error:
            raise Spoilt(f"{self.path.name}: {type(error).__name__}") from None
        if held is None:
            raise Spoilt(f"{self.path.name}: it is too long")
        self._seen = stamp
        return held

    def write(self, switches: tuple[Switch, ...]) -> None:
        """Put it there as a whole, durably. Raises OSError."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        with fresh.open("wb") as file:
            file.write(_encode(switches))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.path)

    def remove(self) -> bool:
        """Take it away; whether it was there."""
        try:
            self.path.unlink()
        except FileNotFoundError:
            return False
        return True

    def _stamp(self) -> tuple[int, int, int] | None:
        try:
            stat = self.path.stat()
        except OSError:
            return None
        return stat.st_mtime_ns, stat.st_size, stat.st_ino
