"""Promises that are about to break, and attempts in doubt: each is warned of once, by a row in the outbox for each way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, literal, select

from ivr.desk.attempt import UNKNOWN
from ivr.desk.case import OVER, REACHED, STATES, UNSURE
from ivr.store import audit, outbox
from ivr.store import cases as cases_
from ivr.store.database.schema import attempts, cases
from ivr.store.database.schema import outbox as box

RUNNING = tuple(state for state in STATES if state not in (REACHED, *OVER))
"""States in which a promise may still break."""


def is_needed(connection: Connection, now: int, ways: Sequence[str]) -> bool:
    """Whether somebody must be warned of any case."""
    if connection.execute(select(cases.c.id).where(*_due(now)).limit(1)).first() is not None:
        return True
    return bool(ways) and connection.execute(_unsure(ways[0]).limit(1)).first() is not None


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


def warn_unsure(connection: Connection, now: int, ways: Sequence[str], limit: int) -> int:
    """The same for attempts of which nobody knows whether the citizen was rung, whatever was warned of before: until a
    person decides nobody is rung again."""
    if not ways:
        return 0
    rows = connection.execute(_unsure(ways[0]).limit(limit)).all()
    for attempt, case, due in rows:
        put = [
            outbox.put(
                connection, f"unsure:{way}:{attempt}", outbox.ESCALATION, case,
                {"way": way, "due": due or 0, "unsure": attempt}, now,
            )
            for way in ways
        ]  # fmt: skip
        if any(put):
            audit.record(connection, now, "worker", "case.escalate", case, {"unsure": attempt, "ways": list(ways)})
    return len(rows)


def _unsure(way: str) -> Select[Any]:  # of str, str and int | None
    """Attempt, case and promise of those in doubt that no warning was made of."""
    warned = select(box.c.key).where(box.c.key == literal(f"unsure:{way}:").concat(attempts.c.id))
    return (
        select(attempts.c.id, cases.c.id, cases.c.due)
        .join(cases, cases.c.id == attempts.c.case_id)
        .where(attempts.c.state == UNKNOWN, attempts.c.by == "", cases.c.state == UNSURE, ~warned.exists())
        .order_by(attempts.c.id)
    )


def _due(now: int) -> tuple[ColumnElement[bool], ...]:
    return cases.c.state.in_(RUNNING), cases.c.escalate_at <= now
