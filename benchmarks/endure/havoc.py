"""What is killed and stopped while the calls come in, at random moments, each kind apart from the others."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random


@dataclass
class Strike:
    """One blow: what, after how many calls it falls, how long it stays down; and when that was (seconds of the run)."""

    what: str
    after: int
    down: float
    at: float = -1.0
    back: float = -1.0


def plan_strikes(counts: dict[str, int], calls: int, random: Random) -> dict[str, list[Strike]]:
    """The strikes of each kind, in their order, spread at random over the calls but their first and last twentieth."""
    longest = {"web": 1.5, "worker": 2.0, "database": 6.0}
    return {
        what: [
            Strike(what, after, random.uniform(0.1, longest[what]))
            for after in sorted(random.randrange(calls // 20, calls * 19 // 20) for _ in range(count))
        ]
        for what, count in counts.items()
    }


class Havoc:
    """Strikes, in a thread for each kind, so that one may fall while another is down."""

    def __init__(self, plan: dict[str, list[Strike]], strike: dict[str, Callable[[Strike], None]]) -> None:
        self._began = time.monotonic()
        self._stopped = threading.Event()
        self.done = 0
        """Calls that are over: what the strikes wait for."""
        self.fault: BaseException | None = None
        self.made = [one for strikes in plan.values() for one in strikes]
        self._threads = [
            threading.Thread(target=self._follow, args=(strikes, strike[what]), daemon=True)
            for what, strikes in plan.items()
            if strikes
        ]

    def start(self) -> None:
        """Begin to strike."""
        self._began = time.monotonic()
        for thread in self._threads:
            thread.start()

    def _follow(self, strikes: list[Strike], strike: Callable[[Strike], None]) -> None:
        try:
            for one in strikes:
                while self.done < one.after:
                    if self._stopped.wait(0.005):
                        return
                one.at = time.monotonic() - self._began
                strike(one)
                one.back = time.monotonic() - self._began
        except BaseException as error:  # told by `join`, in the thread that counts
            self.fault = error

    def join(self) -> None:
        """Wait until all have fallen and everything is back. Raises what went wrong with one."""
        for thread in self._threads:
            thread.join()
        if self.fault is not None:
            raise self.fault

    def stop(self) -> None:
        """Strike no more."""
        self._stopped.set()
