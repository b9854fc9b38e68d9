"""What the journals say is owed: how each turn was answered, and how many promises each team has on each day.

It is what decisions are made from while the database is gone, and what tells at once that a turn owes already. Its memory
is bounded: what has long been in the database is forgotten here.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from ivr.model.graph import Graph
from ivr.store.journal import Entry, read_journals
from ivr.store.numbers import Numbers

Slot = tuple[str, str, int]
"""(table, team, local day as ordinal)."""
MOST = 200_000
"""Turns that are remembered; a provider asks again within seconds."""
KINDS = frozenset({"case", "mark", "join", "cancel"})


class Owed(Struct, frozen=True):
    """What a turn owes: the number of its case ('' for a mark), when it is due (epoch seconds, 0 for never), the place
    that it takes in a team's day, if any, and whether that was promised without the database."""

    kind: str
    case: str
    due: int
    slot: Slot | None
    cautious: bool


class Ledger:
    """An index over the journals of a folder, kept in memory. `refresh` takes in what other processes wrote since."""

    def __init__(self, folder: Path, used: Numbers | None = None) -> None:
        """`used` remembers the case numbers that are forgotten here."""
        self._folder = folder
        self._used = used
        self._seen: dict[str, int] = {}
        self._owed: OrderedDict[tuple[str, int], Owed] = OrderedDict()
        self._numbers: dict[str, tuple[str, int]] = {}
        self._cancelled: set[str] = set()
        self._promises: dict[Slot, int] = {}
        self._cautious: dict[Slot, int] = {}
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
        if entry.get("kind") not in KINDS or key in self._owed:
            return
        self._owed[key] = held
        if held.case and held.kind == "case":
            self._numbers[held.case] = key
            if self._used is not None:
                with contextlib.suppress(OSError):  # whoever decides asks it first, and is told then
                    self._used.take(held.case)
        elif held.kind == "cancel":
            self._cancelled.add(held.case)
        self._count(held, 1)
        if len(self._owed) > MOST:
            self._forget()

    def remove(self, entry: Entry) -> None:
        """Take back an entry that did not reach the disk."""
        held = self._owed.pop(_key(entry), None)
        if held is not None:
            self._drop(held)
            self._count(held, -1)
            if held.kind == "case" and self._used is not None:
                with contextlib.suppress(OSError):
                    self._used.give_back(held.case)

    def _drop(self, held: Owed) -> None:
        if held.kind == "case":
            self._numbers.pop(held.case, None)
        elif held.kind == "cancel":
            self._cancelled.discard(held.case)

    def _forget(self) -> None:
        """Let the oldest half go; of the promises only those of days that have passed."""
        for _ in range(MOST // 2):
            _, held = self._owed.popitem(last=False)
            self._drop(held)
        today = dt.datetime.now(dt.UTC).toordinal() - 1
        for counts in (self._promises, self._cautious):
            for slot in [slot for slot in counts if slot[2] < today]:
                del counts[slot]

    def _count(self, held: Owed, more: int) -> None:
        if held.slot is not None:
            self._promises[held.slot] = self._promises.get(held.slot, 0) + more
            if held.cautious:
                self._cautious[held.slot] = self._cautious.get(held.slot, 0) + more

    def owed(self, call: str, sequence: int) -> Owed | None:
        """What a turn of a call owes already."""
        return self._owed.get((call, sequence))

    def taken(self, number: str) -> bool:
        """Whether a case number is in use. Raises OSError when that cannot be seen."""
        return number in self._numbers or (self._used is not None and self._used.taken(number))

    def case(self, number: str) -> Owed | None:
        """The case that bears a number, as it was opened."""
        key = self._numbers.get(number)
        return self._owed.get(key) if key is not None else None

    def cancelled(self, number: str) -> bool:
        """Whether a caller cancelled the case with a number, as far as the journals here know."""
        return number in self._cancelled

    def promises(self, graph: Graph, team: int, cautious: bool = False) -> Mapping[tuple[int, int], int]:
        """How many promises a team has, by (its index, local day as ordinal); `cautious`: only those that were made
        without the database, which does not count them yet."""
        name = (graph.id, graph.teams[team].name)
        counts = self._cautious if cautious else self._promises
        return {(team, slot[2]): count for slot, count in counts.items() if slot[:2] == name}


def _key(entry: Entry) -> tuple[str, int]:
    return str(entry.get("call")), int(entry.get("sequence", 0))


def _owed(entry: Entry) -> Owed:
    day = entry.get("due_day")
    slot = (str(entry.get("table")), str(entry.get("team")), dt.date.fromisoformat(day).toordinal()) if day else None
    return Owed(
        str(entry.get("kind")), str(entry.get("case", "")), int(entry.get("due", 0)), slot, bool(entry.get("cautious"))
    )
