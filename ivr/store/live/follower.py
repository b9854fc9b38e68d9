"""What is switched, as a process that answers calls knows it: a value in memory that a thread keeps up to date.

A call asks that value and nothing else, so a database that is slow, hangs or is gone holds up no call. What was seen last is
mirrored to a file, for a start without the database. When something begins or ends is seen by the local clock.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from pathlib import Path

from sqlalchemy import Engine

from ivr.desk.switches import Holding, Switch, holding
from ivr.store.database.connect import explain, reading
from ivr.store.live.here import both
from ivr.store.live.mirror import HERE, MIRROR, Mirror, Spoilt
from ivr.store.live.switches import standing

LOOK_SECONDS = 0.5
"""How often it is looked; a switch is known everywhere within about this."""
FIRST_SECONDS = 1.0
"""How long the start of a process waits for the first look."""
_NONE = Holding()


class Follower:
    """Follows the switches of some tables; `database` None follows the file of this machine alone.

    `tell` is told in words what went wrong, once each time it begins, and '' when it is well again; it is called in the
    thread.
    """

    def __init__(
        self, var: Path, tables: Collection[str], database: Engine | None, tell: Callable[[str], None] = lambda _: None,
        clock: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self._tables = tuple(tables)
        self._database = database
        self._tell = tell
        self._clock = clock
        self._mirror = Mirror(var / MIRROR)
        self._here = Mirror(var / HERE)
        self._seen: tuple[Switch, ...] = ()
        self._mirrored: tuple[Switch, ...] | None = None
        self._local: tuple[Switch, ...] = ()
        self._held: dict[str, Holding] = {}
        self._all: tuple[Switch, ...] = ()
        self._trouble = ""
        self._looked = 0.0
        self._lock = threading.Lock()  # held for as long as it takes to look through a few rows
        self._wake = threading.Event()
        self._first = threading.Event()
        self._stopped = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Take what was seen last, and follow from now on; gives the database a moment to say how it stands."""
        try:
            self._seen = self._mirror.read()
        except Spoilt as error:
            self._trouble_is(str(error))
        self._look_here()
        self._take()
        self._thread = threading.Thread(target=self._run, name="switches", daemon=True)
        self._thread.start()
        self._first.wait(FIRST_SECONDS)

    def stop(self) -> None:
        """End the thread; one that hangs in the database is left behind."""
        self._stopped = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join(2.0)
        if self._database is not None:
            self._database.dispose()

    def nudge(self) -> None:
        """Look at once: something was switched by this process."""
        self._wake.set()

    def now(self, table: str, now: int) -> Holding:
        """What holds for a table at an instant that is now: the same value until that changes."""
        held = self._held.get(table, _NONE)
        if now >= held.until:
            with self._lock:
                held = holding(self._of(table), now)
                self._held = {**self._held, table: held}
        return held

    @property
    def age(self) -> float:
        """Seconds since the database was last heard of; 0 where there is none to follow."""
        return 0.0 if self._database is None else time.monotonic() - self._looked if self._looked else float("inf")

    # --- the thread

    def _run(self) -> None:
        while not self._stopped:
            try:
                self._look()
            except Exception as error:  # whatever it is: who followed no more would never see a switch again
                self._trouble_is(f"{type(error).__name__}: {error}"[:300])
            self._first.set()
            self._wake.wait(LOOK_SECONDS)
            self._wake.clear()

    def _look(self) -> None:
        self._look_here()
        if self._database is None:
            return
        try:
            with reading(self._database) as connection:
                seen = standing(connection, self._tables, int(self._clock()))
        except Exception as error:  # whatever it is: what was known before still holds, and it is looked again
            self._trouble_is(explain(error))
            return
        self._looked = time.monotonic()
        if seen != self._seen:
            self._seen = seen
            self._take()
        try:
            self._keep(seen)
            self._trouble_is("")
        except OSError as error:
            self._trouble_is(f"{self._mirror.path.name} cannot be written: {error.strerror}")

    def _keep(self, seen: tuple[Switch, ...]) -> None:
        """Mirror what is so, unless another process of this machine has done it."""
        if seen == self._mirrored and not self._mirror.changed():
            return
        try:
            self._mirrored = self._mirror.read()
        except Spoilt:
            self._mirrored = None
        if self._mirrored != seen:
            self._mirror.write(seen)
            self._mirrored = self._mirror.read()

    def _look_here(self) -> None:
        if not self._here.changed():
            return
        try:
            held = self._here.read()
        except Spoilt:
            return  # it is being written: looked at again
        if held != self._local:
            self._local = held
            self._take()

    def _take(self) -> None:
        """Swap the value that is asked."""
        with self._lock:
            self._all = both(self._seen, self._local)
            now = int(self._clock())
            self._held = {table: holding(self._of(table), now) for table in self._tables}

    def _of(self, table: str) -> list[Switch]:
        return [one for one in self._all if one.table in (table, "")]

    def _trouble_is(self, what: str) -> None:
        if what != self._trouble:
            self._trouble = what
            self._tell(what)
