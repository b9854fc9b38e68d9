"""Recordings whose time is over: asked of the provider until it confirms that the audio is gone."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import Connection, func, select, update

from ivr.desk.retention import DAY
from ivr.store import audit
from ivr.store.database.schema import recordings

LEASE = 120
"""Seconds for which one worker has a recording in hand."""
FIRST_WAIT = 300


class Doomed(Struct, frozen=True):
    """A recording to delete: `url` is the provider's address of it, `tries` how often it was asked in vain."""

    id: str
    case: str
    url: str
    tries: int


def take_due(connection: Connection, now: int, limit: int) -> list[Doomed]:
    """Recordings to ask for now; nobody else is given them for a while."""
    due = (recordings.c.deleted.is_(None), recordings.c.delete_at <= now)
    chosen = select(recordings).where(*due).order_by(recordings.c.delete_at).limit(limit)
    if connection.dialect.name == "postgresql":
        chosen = chosen.with_for_update(skip_locked=True)
    found = [Doomed(r["id"], r["case_id"], r["url"], r["tries"]) for r in connection.execute(chosen).mappings()]
    ids = [doomed.id for doomed in found]
    connection.execute(update(recordings).where(recordings.c.id.in_(ids)).values(delete_at=now + LEASE))
    return found


def confirmed(connection: Connection, doomed: Doomed, who: str, now: int) -> None:
    """The provider said that the audio is gone."""
    connection.execute(update(recordings).where(recordings.c.id == doomed.id).values(deleted=now, url=""))
    audit.record(connection, now, who, "recording.delete", doomed.case)


def postpone(connection: Connection, doomed: Doomed, now: int, after: int = 0) -> None:
    """It did not: ask again, each time twice as late, after a day at most."""
    wait = max(after, min(DAY, FIRST_WAIT << min(doomed.tries, 10)))
    values = {"tries": doomed.tries + 1, "delete_at": now + wait}
    connection.execute(update(recordings).where(recordings.c.id == doomed.id).values(**values))


def unconfirmed(connection: Connection) -> int:
    """How many recordings should be gone, and are not known to be."""
    where = (recordings.c.deleted.is_(None), recordings.c.delete_at.is_not(None))
    return connection.scalar(select(func.count()).select_from(recordings).where(*where)) or 0
