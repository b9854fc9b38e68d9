"""How the provider fails: by a script that a test gives, or by chance with a seed."""

from __future__ import annotations

import random
import threading
from collections import defaultdict, deque
from dataclasses import dataclass, field

BUSY, ERROR, ERROR_AFTER, AWAY = "429", "500", "500 after", "503"
SILENT, SILENT_AFTER, CUT, CUT_AFTER = "silent", "silent after", "cut", "cut after"
GARBLED, GARBLED_AFTER = "garbled", "garbled after"
FAULTS = (BUSY, ERROR, ERROR_AFTER, AWAY, SILENT, SILENT_AFTER, CUT, CUT_AFTER, GARBLED, GARBLED_AFTER)
"""What a REST request can meet. `after`: it was done, and the answer does not say so. `silent`: no answer; `cut`: the
connection is closed; `garbled`: an answer of something that stands between."""


@dataclass
class Hooks:
    """Shares (0 to 1) of what befalls requests to the web; seconds are real ones."""

    lost: float = 0.0
    """A document's answer does not arrive: it is asked for again."""
    twice: float = 0.0
    """A request is delivered twice."""
    at_once: float = 0.0
    """A document is asked for by two requests at the same time, as when an answer was too late and is tried again."""
    late: float = 0.0
    """Seconds by which what is told of a leg may come late, so that it comes out of order."""
    never: float = 0.0
    """What is told of a leg never comes."""


@dataclass
class Faults:
    """What goes wrong. Endpoints are `calls.create`, `calls.list`, `calls.fetch`, `calls.update`, `messages.create`,
    `recordings.delete`, `queues.list`, `members.list`."""

    seed: int = 0
    shares: dict[str, dict[str, float]] = field(default_factory=dict)
    """Endpoint, or `*` → fault → how often."""
    hooks: Hooks = field(default_factory=Hooks)
    silence: float = 3.0
    """Real seconds of a silence."""
    retry_after: int = 1
    lag: float = 0.0
    """Real seconds until a leg shows in lists."""

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._chance = random.Random(f"faults:{self.seed}")
        self._next: dict[str, deque[str]] = defaultdict(deque)

    def then(self, endpoint: str, *faults: str) -> None:
        """The next requests to an endpoint meet these, one after the other; '' lets one pass."""
        unknown = [fault for fault in faults if fault and fault not in FAULTS]
        if unknown:
            raise ValueError(f"there is no fault {unknown[0]!r}")
        with self._lock:
            self._next[endpoint] += faults

    def meets(self, endpoint: str) -> str:
        """What this request meets, '' for nothing."""
        with self._lock:
            if self._next[endpoint]:
                return self._next[endpoint].popleft()
            drawn = self._chance.random()
            for fault, share in self.shares.get(endpoint, self.shares.get("*", {})).items():
                if drawn < share:
                    return fault
                drawn -= share
            return ""

    def happens(self, share: float) -> bool:
        """Whether something that happens so often happens now."""
        with self._lock:
            return self._chance.random() < share

    def up_to(self, seconds: float) -> float:
        """Some seconds by chance."""
        with self._lock:
            return self._chance.uniform(0, seconds)
