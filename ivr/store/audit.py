"""The audit trail: who changed what, and when. It is only ever added to: triggers of the
database refuse the rest, but for what retention lets go (migration 0002)."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, insert, update

from ivr.store.database.schema import audit, audit_horizon
from ivr.store.database.upsert import insert_once


def record(
    connection: Connection, at: int, who: str, what: str, subject: str, data: Mapping[str, object] | None = None
) -> None:
    """Note a change in the transaction that makes it. `what` is a verb of ours (`case.move`, `subject.erase`); `data` holds
    no telephone number."""
    connection.execute(insert(audit).values(at=at, who=who[:100], what=what, subject=subject, data=dict(data or {})))


def open_horizon(connection: Connection, until: int) -> None:
    """Allow that what is older than an instant goes, for retention alone: the database refuses all other deletion, and every
    change, by triggers. The horizon never moves back."""
    moved = connection.execute(update(audit_horizon).where(audit_horizon.c.until < until).values(until=until))
    if not moved.rowcount:
        insert_once(connection, audit_horizon, [{"id": 1, "until": until}])
