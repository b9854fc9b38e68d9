"""What the store knows when a call needs it: the case that a number names, and facts about a caller at arrival."""

from __future__ import annotations

from sqlalchemy import Engine, select

from ivr.desk.case import CANCELLED, CLOSED, REACHED, Case
from ivr.store import cases as kept
from ivr.store.database.connect import reading
from ivr.store.database.schema import attempts, cases, waits

SETTLED = frozenset({REACHED, CLOSED, CANCELLED})
"""States of a case in which nothing is owed any more."""
STORE_FACTS = frozenset({"open_case", "dropped", "rang"})
"""The facts that are given from here, when a table declares them."""
DROPPED_SECONDS = 15 * 60
"""How long a caller who left a queue by hanging up is offered the old place."""
RANG_SECONDS = 7 * 86_400
"""How long a team that rang somebody in vain is where they are taken when they ring back."""


def find_case(engine: Engine, number: str) -> Case | None:
    """The case with a number: of two that share it, the one that is not settled; None when there is none or that cannot
    be told. Raises SQLAlchemyError."""
    with reading(engine) as connection:
        held = kept.numbered(connection, number)
    running = [case for case in held if case.state not in SETTLED]
    if len(running) > 1:
        return None
    return running[0] if running else next(iter(held), None)


def facts_of(engine: Engine, table: str, key: str, now: int, asked: frozenset[str]) -> dict[str, str]:
    """What is known of a caller (by the hash of the number): the facts of `asked` that the store can give.

    `open_case` some: a case of theirs is not settled. `dropped` recent: they left a queue by hanging up less than 15
    minutes ago. `rang` TEAM: the team that last rang them, in vain, within 7 days. Raises SQLAlchemyError.
    """
    out: dict[str, str] = {}
    with reading(engine) as connection:
        mine = (cases.c.caller_key == key, cases.c.table_id == table)
        if "open_case" in asked:
            some = connection.execute(select(cases.c.id).where(*mine, cases.c.state.not_in(SETTLED)).limit(1)).first()
            out["open_case"] = "some" if some else "none"
        if "dropped" in asked:
            theirs = (waits.c.caller_key == key, waits.c.table_id == table, waits.c.left >= now - DROPPED_SECONDS)
            last = select(waits.c.outcome).where(*theirs).order_by(waits.c.left.desc()).limit(1)
            out["dropped"] = "recent" if connection.scalar(last) == "hung_up" else "none"
        if "rang" in asked:
            rang = (
                select(cases.c.team)
                .join(attempts, attempts.c.case_id == cases.c.id)
                .where(
                    *mine,
                    attempts.c.half_day != "",
                    attempts.c.began >= now - RANG_SECONDS,
                    cases.c.state.not_in(SETTLED),
                )
                .order_by(attempts.c.began.desc())
                .limit(1)
            )
            out["rang"] = connection.execute(rang).scalar() or "none"
    return out
