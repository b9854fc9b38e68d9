"""How often somebody may try to sign in: counted in the database, so that all workers count together.

A try is counted before the password is looked at and taken back when it was right, so that many at once get no more tries
than one after another.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import Connection, delete, func, insert, select, text

from ivr.store.database.schema_desk import refused_sign_ins

KEPT_SECONDS = 86_400
_LOCK = 14_050_003


class Bound(Struct, frozen=True):
    """At most `most` refused tries in `seconds` for a key: a keyed hash, never a login or an address itself."""

    key: str
    most: int
    seconds: int


class Tried(Struct, frozen=True):
    """The try that was counted (`rows`), or in how many seconds another one may be made (`wait`)."""

    rows: tuple[int, ...] = ()
    wait: int = 0


def count_try(connection: Connection, bounds: Sequence[Bound], now: int) -> Tried:
    """Count a try, unless a bound is reached. Nothing is added then: waiting always helps."""
    table = refused_sign_ins
    if connection.dialect.name == "postgresql":  # SQLite's write lock is held already
        connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _LOCK})
    connection.execute(delete(table).where(table.c.at < now - KEPT_SECONDS))
    waits = []
    for bound in bounds:
        since = now - bound.seconds
        held = select(func.count()).where(table.c.key == bound.key, table.c.at > since)
        if (connection.scalar(held) or 0) >= bound.most:
            newest = select(table.c.at).where(table.c.key == bound.key, table.c.at > since).order_by(table.c.at.desc())
            nth = connection.scalar(newest.offset(bound.most - 1).limit(1)) or now
            waits.append(nth + bound.seconds - now)
    if waits:
        return Tried(wait=max(1, *waits))
    made = [connection.execute(insert(table).values(key=bound.key, at=now)).inserted_primary_key for bound in bounds]
    return Tried(tuple(int(key[0]) for key in made if key is not None))


def take_back(connection: Connection, tried: Tried) -> None:
    """It was right: the try does not count."""
    connection.execute(delete(refused_sign_ins).where(refused_sign_ins.c.id.in_(tried.rows)))
