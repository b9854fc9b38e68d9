"""What the journals say is open: what each turn was answered with, and how many promises each team has on each day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from ivr.model.graph import Graph
from ivr.store.journal import Entry, read_journals

Slot = tuple[str, str, int]
"""(table, team, local day as ordinal)."""


class Owed(Struct, frozen=True):
    """What a turn owes: the number of its case ('' for a mark), when it is due (epoch seconds, 0 for never), and the
    place that it takes in a team's day, if any."""

    case: str
    due: int
    slot: Slot | None


class Ledger:
    """An index over the journals of a folder, kept in memory. `refresh` takes in what other processes wrote since."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: dict[str, int] = {}
        self._owed: dict[tuple[str, int], Owed] = {}
        self._numbers: set[str] = set()
        self._promises: dict[tuple[str, str], dict[int, int]] = {}
        self.refresh()

    def refresh(self) -> None:
        """Read what is new in the journals. Held against others (`Journal.locked`), it then knows all that is owed."""
        for entry in read_journals(self._folder, self._seen):
            self.add(entry)

    def add(self, entry: Entry) -> None:
        """Take an entry into account; the same call and turn counts once."""
        try:
            key, held = _key(entry), _owed(entry)
        except (ValueError, TypeError, OverflowError):
            return  # a line that no process of ours wrote
        if entry.get("kind") not in ("case", "mark") or key in self._owed:
            return
        self._owed[key] = held
        if held.case:
            self._numbers.add(held.case)
        self._count(held, 1)

    def remove(self, entry: Entry) -> None:
        """Take back an entry that did not reach the disk."""
        held = self._owed.pop(_key(entry), None)
        if held is None:
            return
        self._numbers.discard(held.case)
        self._count(held, -1)

    def _count(self, held: Owed, more: int) -> None:
        if held.slot is not None:
            table, team, day = held.slot
            days = self._promises.setdefault((table, team), {})
            days[day] = days.get(day, 0) + more

    def owed(self, call: str, sequence: int) -> Owed | None:
        """What a turn of a call owes already."""
        return self._owed.get((call, sequence))

    def taken(self, number: str) -> bool:
        """Whether a case number is in use."""
        return number in self._numbers

    def promises(self, graph: Graph, team: int) -> Mapping[tuple[int, int], int]:
        """How many promises a team has, by (its index, local day as ordinal)."""
        days = self._promises.get((graph.id, graph.teams[team].name), {})
        return {(team, day): count for day, count in days.items()}


def _key(entry: Entry) -> tuple[str, int]:
    return str(entry.get("call")), int(entry.get("sequence", 0))


def _owed(entry: Entry) -> Owed:
    day = entry.get("due_day")
    slot = (str(entry.get("table")), str(entry.get("team")), dt.date.fromisoformat(day).toordinal()) if day else None
    return Owed(str(entry.get("case", "")), int(entry.get("due", 0)), slot)
