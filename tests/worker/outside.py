"""What tests of telling things outside share: a worker's context, cases and attempts in a database, a clock."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, insert

from ivr.desk.case import Case
from ivr.store import cases, outbox
from ivr.store.database.connect import reading, writing
from ivr.store.database.schema import attempts
from ivr.store.outbox import Item
from ivr.worker.context import Context, Tables

NOW = 1_796_115_600
"""Tuesday 1 December 2026, 10:00 in Amsterdam."""
HOUR = 3600


def context(engine: Engine, var: Path, worker: str = "a") -> Context:
    """A worker's context, with no table live unless the folder holds one."""
    return Context(worker, engine, Tables(var), b"key")


def add(engine: Engine, case: Case) -> None:
    """Put a case into the database."""
    with writing(engine) as connection:
        cases.add(connection, case)


def change(engine: Engine, id: str, **fields: object) -> None:
    """Change a case."""
    with writing(engine) as connection:
        held = cases.load(connection, id)
        assert held is not None
        assert cases.change(connection, held, **fields)


def try_citizen(engine: Engine, id: str, ordinal: int, outcome: str, at: int = NOW) -> None:
    """Put an attempt that is over into the database, and change its case as whoever ends one does."""
    with writing(engine) as connection:
        row = {"began": at, "dialled": at, "ended": at + 60, "outcome": outcome, "state": "over"}
        connection.execute(insert(attempts).values(id=f"{id}/{ordinal}", case_id=id, ordinal=ordinal, **row))
        held = cases.load(connection, id)
        assert held is not None
        state = {"reached": "reached"}.get(outcome, "not_reached")
        assert cases.change(connection, held, state=state, reached_at=at if outcome == "reached" else 0)


def held(engine: Engine, key: str) -> Item:
    """What the outbox holds under a key."""
    with reading(engine) as connection:
        found = outbox.one(connection, key)
    assert found is not None
    return found
