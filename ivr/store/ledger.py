"""What the journals say is open: cases by call and turn, and how many promises each team has on each day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from ivr.model.graph import Graph
from ivr.store.journal import Entry, read_journals


class Ledger:
    """An index over the journals, kept in memory: read once at the start, then added to by this process.

    Other processes' promises are seen only at the start; counting them in one transaction is the database's work.
    """

    def __init__(self, folder: Path) -> None:
        self._cases: dict[tuple[str, int], Entry] = {}
        self._numbers: set[str] = set()
        self._promises: dict[tuple[str, str], int] = {}
        for entry in read_journals(folder):
            self.add(entry)

    def add(self, entry: Entry) -> None:
        """Take an entry into account; the same call and turn counts once."""
        if entry.get("kind") != "case":
            return
        key = (str(entry.get("call")), int(entry.get("sequence", 0)))
        if key in self._cases:
            return
        self._cases[key] = entry
        self._numbers.add(str(entry.get("case")))
        if entry.get("due_day"):
            slot = (str(entry.get("team")), str(entry["due_day"]))
            self._promises[slot] = self._promises.get(slot, 0) + 1

    def remove(self, call: str, sequence: int) -> None:
        """Take back an entry that did not reach the disk."""
        entry = self._cases.pop((call, sequence), None)
        if entry is None:
            return
        self._numbers.discard(str(entry.get("case")))
        if entry.get("due_day"):
            slot = (str(entry.get("team")), str(entry["due_day"]))
            self._promises[slot] = max(0, self._promises.get(slot, 0) - 1)

    def case(self, call: str, sequence: int) -> Entry | None:
        """The case that a turn of a call has opened already."""
        return self._cases.get((call, sequence))

    def taken(self, number: str) -> bool:
        """Whether a case number is in use."""
        return number in self._numbers

    def promises(self, graph: Graph) -> Mapping[tuple[int, int], int]:
        """How many promises there are by (team index, local day as ordinal)."""
        index = {team.name: i for i, team in enumerate(graph.teams)}
        return {
            (index[team], dt.date.fromisoformat(day).toordinal()): count
            for (team, day), count in self._promises.items()
            if team in index
        }
