"""The calamity switch: one small file that every worker looks at, so that it holds after a restart.

What it says is text for each language code, and the name of a declared route; the pages for it come later, the command
`ivr calamity` sets it now.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

from ivr.model.graph import Graph
from ivr.model.moment import Calamity

LOOK_SECONDS = 1.0
"""How often the file is looked at."""
MAX_TEXT = 1000


class Switch:
    """The switch as one worker sees it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._looked = 0.0
        self._seen: tuple[int, int] = (0, 0)
        self._texts: dict[str, str] = {}
        self._route = ""
        self._on = False

    def now(self, graph: Graph) -> Calamity | None:
        """What the switch says, for a graph; None when it is off."""
        clock = time.monotonic()
        if clock - self._looked >= LOOK_SECONDS:
            self._looked = clock
            self._look()
        if not self._on:
            return None
        first = next(iter(self._texts.values()), "")
        return Calamity(tuple(self._texts.get(language.code, first) for language in graph.languages), self._route)

    def _look(self) -> None:
        try:
            stat = self.path.stat()
        except OSError:
            self._on, self._seen = False, (0, 0)
            return
        if (stat.st_mtime_ns, stat.st_size) == self._seen:
            return
        try:
            held = json.loads(self.path.read_text(encoding="utf-8"))
            self._texts = {str(code): str(text)[:MAX_TEXT] for code, text in held["texts"].items()}
            self._route = str(held.get("route", ""))
            self._on = True
            self._seen = (stat.st_mtime_ns, stat.st_size)
        except (OSError, ValueError, KeyError, AttributeError, TypeError, RecursionError):
            return  # a file that is being written, or spoilt: what was known before still holds


def set_switch(path: Path, texts: dict[str, str], route: str) -> None:
    """Switch it on, for all workers that look at this file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    with fresh.open("w", encoding="utf-8") as file:
        json.dump({"texts": texts, "route": route}, file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def clear_switch(path: Path) -> bool:
    """Switch it off; whether it was on."""
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    return True
