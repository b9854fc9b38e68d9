"""The audit trail: who changed what, and when. It is only ever added to."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, insert

from ivr.store.database.schema import audit


def record(
    connection: Connection, at: int, who: str, what: str, subject: str, data: Mapping[str, object] | None = None
) -> None:
    """Note a change in the transaction that makes it. `what` is a verb of ours (`case.move`, `subject.erase`); `data` holds
    no telephone number."""
    connection.execute(insert(audit).values(at=at, who=who[:100], what=what, subject=subject, data=dict(data or {})))
