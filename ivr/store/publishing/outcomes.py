"""How callers fared on a version that is tried, beside the one that the others had meanwhile: counts, from the calls."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import Connection, Row, func, select

from ivr.desk.endings import ENDINGS
from ivr.store.database.schema import calls
from ivr.store.database.schema_desk import publications
from ivr.store.publishing.publications import ALL, Publication


class Outcome(Struct, frozen=True):
    """Calls that began on a version in a stretch of time. `endings` counts each ending; what still runs is in none of them.
    `waited` is the mean of seconds until a person, None when nobody came to one."""

    version: str
    calls: int
    running: int
    endings: tuple[tuple[str, int], ...]
    waited: float | None

    def count(self, ending: str) -> int:
        """How many calls ended so."""
        return dict(self.endings).get(ending, 0)

    def share(self, ending: str) -> float | None:
        """Which part of the calls that are over ended so; None when none is over."""
        over = self.calls - self.running
        return self.count(ending) / over if over else None


def outcomes(connection: Connection, tried: Publication, now: int) -> tuple[Outcome, Outcome] | None:
    """Of the version that is (or was) tried, and of the one that the other callers had, for calls that began during the
    trial; None for one that never began."""
    if tried.live is None:
        return None
    began, ended = tried.live, tried.ended or now
    beside = _beside(connection, tried.table_id, began)
    found = (
        select(calls.c.version, calls.c.ending, func.count(), func.count(calls.c.waited), func.sum(calls.c.waited))
        .where(
            calls.c.table_id == tried.table_id,
            calls.c.version.in_((tried.version, beside)),
            calls.c.began >= began,
            calls.c.began <= ended,
        )
        .group_by(calls.c.version, calls.c.ending)
    )
    rows = connection.execute(found).all()
    return _outcome(tried.version, rows), _outcome(beside, rows)


def _beside(connection: Connection, table_id: str, at: int) -> str:
    """The version that was live for the others at an instant, '' for none."""
    held = publications.c
    chosen = (
        select(held.version)
        .where(held.table_id == table_id, held.share == ALL, held.live <= at)
        .order_by(held.live.desc(), held.id.desc())
    )
    return connection.scalar(chosen.limit(1)) or ""


def _outcome(version: str, rows: Sequence[Row[str, str, int, int, int]]) -> Outcome:
    counted: dict[str, int] = {}
    came = seconds = 0
    for of, ending, count, waits, total in rows:
        if of == version:
            counted[ending] = count
            came, seconds = came + waits, seconds + int(total or 0)
    running = counted.pop("", 0)
    endings = tuple((ending, counted.get(ending, 0)) for ending in ENDINGS)
    return Outcome(version, running + sum(counted.values()), running, endings, seconds / came if came else None)
