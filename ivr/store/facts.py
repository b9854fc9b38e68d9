"""What is known of callers when they arrive: a file that is looked at again when it changes, never kept in git."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path

LOOK_SECONDS = 5.0
MAX_BYTES = 64 * 1024 * 1024
NOTHING: Mapping[str, str] = {}


class FactsFile:
    """A JSON file: E.164 number → fact → value. A file that is spoilt leaves what was known before."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._looked = float("-inf")
        self._seen: tuple[int, int] | None = None
        self._known: dict[str, dict[str, str]] = {}

    def of(self, caller: str) -> Mapping[str, str]:
        """What is known of a caller (E.164)."""
        if self.path is None or not caller:
            return NOTHING
        clock = time.monotonic()
        if clock - self._looked >= LOOK_SECONDS:
            self._looked = clock
            self._look(self.path)
        return self._known.get(caller, NOTHING)

    def _look(self, path: Path) -> None:
        try:
            stat = path.stat()
            if (stat.st_mtime_ns, stat.st_size) == self._seen or stat.st_size > MAX_BYTES:
                return
            held = json.loads(path.read_text(encoding="utf-8"))
            known = {
                str(number): {str(name): str(value) for name, value in facts.items()} for number, facts in held.items()
            }
        except (OSError, ValueError, AttributeError, RecursionError):
            return
        self._known, self._seen = known, (stat.st_mtime_ns, stat.st_size)
