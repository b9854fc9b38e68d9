"""Promises that are about to break: each is warned of once, by a row in the outbox for each way."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, select

from ivr.desk.case import OVER, REACHED, STATES
from ivr.store import audit, outbox
from ivr.store import cases as cases_
from ivr.store.database.schema import cases

RUNNING = tuple(state for state in STATES if state not in (REACHED, *OVER))
"""States in which a promise may still break."""


def is_needed(connection: Connection, now: int) -> bool:
    """Whether somebody must be warned of any case."""
    return connection.execute(select(cases.c.id).where(*_due(now)).limit(1)).first() is not None


def warn(connection: Connection, now: int, ways: Sequence[str], limit: int) -> int:
    """Put warnings of cases into the outbox, one for each way; answers of how many cases. One that nobody can be warned of
    is marked all the same: the desk shows it."""
    rows = connection.execute(
        select(cases).where(*_due(now)).order_by(cases.c.escalate_at).limit(limit).with_for_update(skip_locked=True)
    ).mappings()
    warned = 0
    for case in [cases_.as_case(row) for row in rows]:
        if not cases_.change(connection, case, escalate_at=0, escalated=now):
            continue
        warned += 1
        for way in ways:
            # a promise that is moved is warned of again, so the key says which promise it was
            key = f"escalation:{way}:{case.id}:{case.due}"
            outbox.put(connection, key, outbox.ESCALATION, case.id, {"way": way, "due": case.due}, now)
        audit.record(connection, now, "worker", "case.escalate", case.id, {"due": case.due, "ways": list(ways)})
    return warned


def _due(now: int) -> tuple[ColumnElement[bool], ...]:
    return cases.c.state.in_(RUNNING), cases.c.escalate_at <= now
