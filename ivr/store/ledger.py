"""What the journals say is owed: how each turn was answered, and how many promises each team has on each day.

It is what decisions are made from while the database is gone, and what tells at once that a turn owes already. Its memory
is bounded: what has long been in the database is forgotten here.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
from collections import Counter, OrderedDict
from collections.abc import Iterable, Mapping
from pathlib import Path

from msgspec import Struct

from ivr.model.graph import Graph
from ivr.store.journal import Entry, read_journals
from ivr.store.numbers import Numbers
from ivr.store.places import Asked

Slot = tuple[str, str, int]
"""(table, team, local day as ordinal)."""
MOST = 200_000
"""Turns that are remembered; a provider asks again within seconds."""
MOST_ASKED = 500
"""Promises that the database is asked about at a time."""
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
        self._uncounted: dict[tuple[str, int], Slot] = {}
        self.refresh()

    def refresh(self) -> None:
        """Read what is new in the journals. Held against others (`Journal.locked`), it then knows all that is owed."""
        for entry in read_journals(self._folder, self._seen):
            self.add(entry)

    def knows(self, file: str, length: int) -> None:
        """What stands in a file up to a length was added already: this process wrote it."""
        self._seen[file] = length

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
        if held.cautious and held.slot is not None:
            self._uncounted[key] = held.slot
        if len(self._owed) > MOST:
            self._forget()

    def remove(self, entry: Entry) -> None:
        """Take back an entry that did not reach the disk."""
        held = self._owed.pop(_key(entry), None)
        if held is not None:
            self._uncounted.pop(_key(entry), None)
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
        for slot in [slot for slot in self._promises if slot[2] < today]:
            del self._promises[slot]
        for key in [key for key, slot in self._uncounted.items() if slot[2] < today]:
            del self._uncounted[key]

    def _count(self, held: Owed, more: int) -> None:
        if held.slot is not None:
            self._promises[held.slot] = self._promises.get(held.slot, 0) + more

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

    def promises(self, graph: Graph, team: int) -> Mapping[tuple[int, int], int]:
        """How many promises a team has, by (its index, local day as ordinal)."""
        name = (graph.id, graph.teams[team].name)
        return {(team, slot[2]): count for slot, count in self._promises.items() if slot[:2] == name}

    def uncounted(self) -> tuple[Asked, ...]:
        """The promises that were made without the database, the oldest first: it is asked whether it has them by now."""
        return tuple(Asked(key, None) for key in itertools.islice(self._uncounted, MOST_ASKED))

    def count(self, keys: Iterable[tuple[str, int]]) -> None:
        """The database has these promises, and counts them itself."""
        for key in keys:
            self._uncounted.pop(key, None)

    def beside(self, graph: Graph, team: int) -> Mapping[tuple[int, int], int]:
        """How many promises of a team the database does not count yet, likewise."""
        name = (graph.id, graph.teams[team].name)
        days = Counter(slot[2] for slot in self._uncounted.values() if slot[:2] == name)
        return {(team, day): count for day, count in days.items()}


def _key(entry: Entry) -> tuple[str, int]:
    return str(entry.get("call")), int(entry.get("sequence", 0))


def _owed(entry: Entry) -> Owed:
    day = entry.get("due_day")
    slot = (str(entry.get("table")), str(entry.get("team")), dt.date.fromisoformat(day).toordinal()) if day else None
    return Owed(
        str(entry.get("kind")), str(entry.get("case", "")), int(entry.get("due", 0)), slot, bool(entry.get("cautious"))
    )
