"""The rival of the drainer: SQLAlchemy, one row at a time, each committed before the next one is taken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Engine, insert

from ivr.store.database.connect import writing
from ivr.store.database.schema import events


def store(engine: Engine, rows: Iterable[Mapping[str, object]]) -> None:
    """Put rows into `events`, durably."""
    statement = insert(events)
    for row in rows:
        with writing(engine) as connection:
            connection.execute(statement, row)
