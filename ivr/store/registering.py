"""Which cases changed since they were passed on to Open Klant: each is put into the outbox again, once a change."""

from __future__ import annotations

from sqlalchemy import Connection, or_, select, text, update

from ivr.store import outbox
from ivr.store.database.schema import cases

STALE_DAYS = 30
"""A case that was never registered and has been at its end for so long is left out: Open Klant is told what is going on,
not what was before it was connected."""


def pass_on(connection: Connection, now: int, limit: int) -> int:
    """Put cases that changed into the outbox; answers how many were looked at. Cases that another worker looks at now are
    left to it."""
    rows = connection.execute(
        select(cases.c.id, cases.c.revision)
        .where(text("registered <> revision"))  # as the index says it
        .order_by(cases.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    if not rows:
        return 0
    revisions = {row.id: row.revision for row in rows}
    fresh = connection.execute(
        select(cases.c.id).where(
            cases.c.id.in_(revisions),
            or_(
                cases.c.registered >= 0,
                cases.c.closed_at.is_(None),
                cases.c.closed_at >= now - STALE_DAYS * 86_400,
            ),
        )
    ).scalars()
    for id in fresh:
        outbox.renew(connection, key(id), outbox.OPENKLANT, id, {"revision": revisions[id]}, now)
    connection.execute(update(cases).where(cases.c.id.in_(revisions)).values(registered=cases.c.revision))
    return len(rows)


def is_needed(connection: Connection) -> bool:
    """Whether any case changed since it was passed on."""
    return connection.execute(select(cases.c.id).where(text("registered <> revision")).limit(1)).first() is not None


def key(case: str) -> str:
    """The outbox's key of a case that is registered."""
    return f"openklant:{case}"
