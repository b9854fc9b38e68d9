"""A transaction about places, in a thread of its own, for who has a second: a database that hangs holds up nobody.

A time limit at the server does not help when it is the server that stands still, or the way to it: so whoever asks waits for
a bounded time by its own clock, and goes on without.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from ivr.store.database.connect import writing
from ivr.store.places import Asked, Places

BUDGET = 1.0
"""Seconds for all of it: reading what is taken, reserving, and the commit."""
LONGEST = 60.0
"""How long the thread waits to be told what to reserve."""


class _Dropped(Exception):
    """Nothing is to be reserved."""


class Session:
    """One transaction. Ask for `places`, decide by them, then `commit` or `drop`."""

    def __init__(self, engine: Engine, asked: Sequence[Asked], now: int) -> None:
        self._engine = engine
        self._asked = asked
        self._now = now
        self._until = time.monotonic() + BUDGET
        self._ready, self._decided, self._over = threading.Event(), threading.Event(), threading.Event()
        self._keep = self._committed = False
        self._places: Places | None = None
        threading.Thread(target=self._run, name="places", daemon=True).start()

    @property
    def over(self) -> bool:
        """Whether its thread has ended; one that hangs may end much later."""
        return self._over.is_set()

    def places(self) -> Places | None:
        """What is taken; None when the database did not say so in time."""
        self._ready.wait(max(0.0, self._until - time.monotonic()))
        return self._places

    def commit(self) -> bool:
        """Reserve what was taken of the places; whether that is sure. False: it may yet come to be, and is given back then
        (`give_back`)."""
        self._keep = True
        self._decided.set()
        self._over.wait(max(0.05, self._until - time.monotonic()))
        return self._committed

    def drop(self) -> None:
        """Reserve nothing."""
        self._decided.set()

    def _run(self) -> None:
        try:
            with writing(self._engine) as connection:
                places = Places(connection, self._asked, self._now)
                self._places = places
                self._ready.set()
                if not self._decided.wait(LONGEST) or not self._keep:
                    raise _Dropped
                places.write()
            self._committed = True
        except (SQLAlchemyError, OSError, _Dropped):
            pass
        finally:
            self._over.set()
            self._ready.set()
