"""What is owed is decided by one process at a time: with all that others wrote in view, and on disk before the next one.

Without it two processes would promise the same place of a day, or open two cases for one turn that is asked for twice. The
places of a day are counted in the database, which all machines share; while it is gone, or slow, promises are made from the
journals of this machine alone, and are more cautious.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct
from sqlalchemy import Engine

from ivr.model.events import Event
from ivr.store.journal import Entry, Journal
from ivr.store.ledger import Ledger
from ivr.store.numbers import Numbers
from ivr.store.places import Asked, Places
from ivr.store.session import Session

SKIP_SECONDS = 3.0
"""How long a database that failed is not asked again: a turn must not wait for it each time."""


class View(Struct, frozen=True):
    """What a decision may look at. `places` is None when there is no database, or when it is gone: then `cautious`."""

    ledger: Ledger
    places: Places | None
    cautious: bool


class Decided(Struct, frozen=True):
    """What a decision answers, and the entry that must be on disk first; None when nothing new is owed."""

    answer: Event
    entry: Entry | None = None


class Decision(Struct, frozen=True):
    """Judges what is owed. Asked for one turn twice, it must find the first entry and answer the same. `asked` says what
    the database is asked for beforehand; None for nothing."""

    decide: Callable[[View], Decided]
    asked: Asked | None = None


class Books:
    """The journal and the ledger of a folder, as this process keeps them, and the database's places if there is one."""

    def __init__(self, folder: Path, engine: Engine | None = None, to_disk: bool = True) -> None:
        """`to_disk` false keeps nothing: for measuring what keeping costs."""
        self._to_disk = to_disk
        self.journal = Journal(folder)
        self._numbers = Numbers(folder) if to_disk else None
        self.ledger = Ledger(folder, self._numbers)
        self._engine = engine
        self._ask_again = 0.0
        self._session: Session | None = None
        self.failures = 0
        """How often the database could not be asked."""

    def decide(self, decisions: Sequence[Decision]) -> list[Event | Exception]:
        """Take decisions one after another, and return when all that they owe is on disk (one fsync).

        The answers are in the order of the decisions; one that failed is its exception. Raises OSError when the disk or
        the lock refuses: then nothing is owed.
        """
        entries: list[Entry] = []
        if not self._to_disk:
            return [self._take(decision, View(self.ledger, None, False), entries) for decision in decisions]
        with self.journal.locked():
            self.ledger.refresh()
            answers = self._decide(decisions, entries)
            try:
                self.journal.write(entries)
            except BaseException:
                self._take_back(entries)
                raise
            if entries:
                self.ledger.knows(*self.journal.end)
        return answers

    def _decide(self, decisions: Sequence[Decision], entries: list[Entry]) -> list[Event | Exception]:
        asked = [decision.asked for decision in decisions if decision.asked is not None]
        if self._engine is None or not asked:
            view = View(self.ledger, None, False)
            return [self._take(decision, view, entries) for decision in decisions]
        answers = self._with_places(self._engine, asked, decisions, entries)
        if answers is not None:
            return answers
        self._take_back(entries)
        entries.clear()
        view = View(self.ledger, None, True)
        return [self._take(decision, view, entries) for decision in decisions]

    def _with_places(
        self, engine: Engine, asked: Sequence[Asked], decisions: Sequence[Decision], entries: list[Entry]
    ) -> list[Event | Exception] | None:
        """The answers, with the places counted in the database; None when it is gone, or too slow for who waits."""
        if time.monotonic() < self._ask_again or (self._session is not None and not self._session.over):
            return None
        self._session = session = Session(engine, (*asked, *self.ledger.uncounted()), int(time.time()))
        places = session.places()
        if places is not None:
            self.ledger.count(places.counted)
            view = View(self.ledger, places, False)
            answers = [self._take(decision, view, entries) for decision in decisions]
            if session.commit():
                return answers
        session.drop()
        self.failures += 1
        self._ask_again = time.monotonic() + SKIP_SECONDS
        return None

    def _take_back(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            self.ledger.remove(entry)

    def _take(self, decision: Decision, view: View, entries: list[Entry]) -> Event | Exception:
        """The answer of one decision; what it owes counts at once for the next one."""
        try:
            decided = decision.decide(view)
        except Exception as error:  # one that fails takes nobody along
            return error
        if decided.entry is not None:
            self.ledger.add(decided.entry)
            entries.append(decided.entry)
        return decided.answer

    def close(self) -> None:
        """Close the journal and the connections."""
        self.journal.close()
        if self._numbers is not None:
            self._numbers.close()
        if self._engine is not None:
            self._engine.dispose()
