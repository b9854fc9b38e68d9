"""Cases that were reached and that nobody closes are closed by themselves: their numbers must not be kept for that."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from ivr.desk.case import CLOSED, REACHED
from ivr.store import audit
from ivr.store.database.schema import cases

SETTLED_SECONDS = 7 * 86_400
"""How long somebody may still look at a case that was reached."""
MOST = 500


def close_reached(connection: Connection, now: int) -> int:
    """Close them; how many."""
    old = select(cases.c.id).where(cases.c.state == REACHED, cases.c.reached_at < now - SETTLED_SECONDS).limit(MOST)
    ids = list(connection.scalars(old))
    if ids:
        closed = {"state": CLOSED, "closed_at": now, "closed_by": "rule", "next_at": None, "escalate_at": None}
        still = (cases.c.id.in_(ids), cases.c.state == REACHED)
        connection.execute(update(cases).where(*still).values(**closed, revision=cases.c.revision + 1))
        audit.record(connection, now, "rule", "case.close", "", {"cases": len(ids), "why": "reached a week ago"})
    return len(ids)
