"""The places of a team's day, counted in the database: two callers at once for the last one never both get it.

A place is reserved in one transaction, before its promise is in the journal; one whose promise never came to be is given
back (`give_back`). With the database gone nobody counts here, and the promise is one working day more cautious
(`Ledger`).
"""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Iterable, Sequence

from msgspec import Struct
from sqlalchemy import Connection, delete, func, insert, select, text, tuple_

from ivr.store.database.schema import cases, places

Key = tuple[str, int]
"""(call, sequence) of a turn."""
Slot = tuple[str, str]
"""(table, team)."""
GIVE_BACK_SECONDS = 86_400
"""How long a place waits for its case: a turn that reserved it is answered, or given up, within seconds, but its line may
stand in the journal of a machine that is not drained for a while."""


class Asked(Struct, frozen=True):
    """What a turn may want of the database: its key, the team whose days are counted, if any, and numbers for its case.
    With neither it is asked whether the promise of the turn is there."""

    key: Key
    slot: Slot | None
    numbers: tuple[str, ...] = ()


class Reserved(Struct, frozen=True):
    """A place: the number of its case, and when the promise is due (epoch seconds)."""

    number: str
    due: int


class Places:
    """The places of one transaction, for a batch of turns. Nothing is reserved before `write`. Without `lock` it only
    counts: others may take places meanwhile."""

    def __init__(self, connection: Connection, asked: Sequence[Asked], now: int, lock: bool = True) -> None:
        self._connection = connection
        self._now = now
        self._held: dict[Key, Reserved] = {}
        self._counts: dict[tuple[str, str, str], int] = {}
        self._numbers: set[str] = set()
        self._rows: list[dict[str, object]] = []
        slots = sorted({item.slot for item in asked if item.slot is not None})
        if lock:
            self._lock(slots)
        self._read([item.key for item in asked if item.slot is not None])
        self._count(slots)
        self._look(sorted({number for item in asked for number in item.numbers}))
        self.counted = self._drained([item.key for item in asked if item.slot is None and not item.numbers])

    def _lock(self, slots: Sequence[Slot]) -> None:
        """Hold the teams against other machines until the end of the transaction, always in the same order. The write
        lock of SQLite is held already."""
        if self._connection.dialect.name == "postgresql":
            for slot in sorted({zlib.crc32("/".join(slot).encode()) for slot in slots}):
                self._connection.execute(text("SELECT pg_advisory_xact_lock(14050, :n)"), {"n": slot - 2**31})

    def _read(self, keys: Sequence[Key]) -> None:
        if keys:
            mine = select(places).where(tuple_(places.c.call, places.c.sequence).in_(keys))
            for row in self._connection.execute(mine).mappings():
                self._held[row["call"], row["sequence"]] = Reserved(row["number"], row["due"])

    def _count(self, slots: Sequence[Slot]) -> None:
        if not slots:
            return
        today = (dt.datetime.fromtimestamp(self._now, dt.UTC) - dt.timedelta(days=1)).date().isoformat()
        which = (places.c.table_id, places.c.team, places.c.day)
        counted = (
            select(*which, func.count())
            .where(tuple_(places.c.table_id, places.c.team).in_(slots), places.c.day >= today)
            .group_by(*which)
        )
        for table, team, day, count in self._connection.execute(counted):
            self._counts[table, team, day] = count

    def _drained(self, keys: Sequence[Key]) -> list[Key]:
        """The turns whose promise is in the database: it counts them now, or they are over."""
        ids = {f"{call}:{sequence}": (call, sequence) for call, sequence in keys}
        if not ids:
            return []
        return [ids[id] for id in self._connection.execute(select(cases.c.id).where(cases.c.id.in_(ids))).scalars()]

    def _look(self, numbers: Sequence[str]) -> None:
        """Which of these numbers are in use."""
        if numbers:
            either = (
                select(places.c.number)
                .where(places.c.number.in_(numbers))
                .union(select(cases.c.number).where(cases.c.number.in_(numbers)))
            )
            self._numbers |= set(self._connection.execute(either).scalars())

    def held(self, key: Key) -> Reserved | None:
        """The place that a turn has already."""
        return self._held.get(key)

    def taken(self, number: str) -> bool:
        """Whether a case number is in use, of those that were asked for."""
        return number in self._numbers

    def count(self, slot: Slot, day: int) -> int:
        """How many places of a team's local day (ordinal) are taken."""
        return self._counts.get((*slot, dt.date.fromordinal(day).isoformat()), 0)

    def take(self, key: Key, slot: Slot, per_day: int, days: Iterable[tuple[int, int]], number: str) -> Reserved | None:
        """The first of the days, (due, ordinal), that has a place left; None when none has."""
        for due, ordinal in days:
            day = dt.date.fromordinal(ordinal).isoformat()
            if self._counts.get((*slot, day), 0) < per_day:
                self._counts[(*slot, day)] = self._counts.get((*slot, day), 0) + 1
                self._numbers.add(number)
                self._held[key] = held = Reserved(number, due)
                self._rows.append(place_row(key, slot, day, number, due, self._now))
                return held
        return None

    def write(self) -> None:
        """Reserve what was taken; it holds once the transaction is committed."""
        if self._rows:
            self._connection.execute(insert(places), self._rows)


def place_row(key: Key, slot: Slot, day: str, number: str, due: int, now: int) -> dict[str, object]:
    """The row of a place."""
    return {
        "call": key[0], "sequence": key[1], "table_id": slot[0], "team": slot[1], "day": day, "number": number,
        "due": due, "reserved": now,
    }  # fmt: skip


def give_back(connection: Connection, now: int) -> int:
    """Give back the places whose promise never came to be, because the process died or the disk refused; how many."""
    gone = delete(places).where(places.c.case_id.is_(None), places.c.reserved < now - GIVE_BACK_SECONDS)
    return connection.execute(gone).rowcount
