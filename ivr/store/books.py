"""What is owed is decided by one process at a time: with all that others wrote in view, and on disk before the next one.

Without it two processes would promise the same place of a day, or open two cases for one turn that is asked for twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct

from ivr.model.events import Event
from ivr.store.journal import Entry, Journal
from ivr.store.ledger import Ledger


class Decided(Struct, frozen=True):
    """What a decision answers, and the entry that must be on disk first; None when nothing new is owed."""

    answer: Event
    entry: Entry | None = None


Decision = Callable[[Ledger], Decided]
"""Judges by the ledger what is owed. Asked for one turn twice, it must find the first entry and answer the same."""


class Books:
    """The journal and the ledger of a folder, as this process keeps them."""

    def __init__(self, folder: Path) -> None:
        self.journal = Journal(folder)
        self.ledger = Ledger(folder)

    def decide(self, decisions: Sequence[Decision]) -> list[Event | Exception]:
        """Take decisions one after another, and return when all that they owe is on disk (one fsync).

        The answers are in the order of the decisions; one that failed is its exception. Raises OSError when the disk or
        the lock refuses: then nothing is owed.
        """
        entries: list[Entry] = []
        with self.journal.locked():
            self.ledger.refresh()
            answers = [self._take(decision, entries) for decision in decisions]
            try:
                self.journal.write(entries)
            except BaseException:
                for entry in entries:
                    self.ledger.remove(entry)
                raise
        return answers

    def _take(self, decision: Decision, entries: list[Entry]) -> Event | Exception:
        """The answer of one decision; what it owes counts at once for the next one."""
        try:
            decided = decision(self.ledger)
        except Exception as error:  # one that fails takes nobody along
            return error
        if decided.entry is not None:
            self.ledger.add(decided.entry)
            entries.append(decided.entry)
        return decided.answer

    def close(self) -> None:
        """Close the journal."""
        self.journal.close()
