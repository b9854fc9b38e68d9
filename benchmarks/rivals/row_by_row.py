"""The rival of the drainer: SQLAlchemy, one row at a time: each event and what it changes of its call, committed before the
next one is taken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Engine, insert, update

from ivr.store.database.connect import writing
from ivr.store.database.schema import calls, events

BEGUN = ("version", "zone", "number", "dialled", "caller")
"""What the first event of a call says of it."""


def store(engine: Engine, happened: Iterable[Mapping[str, Any]]) -> None:
    """Store events, durably: a row of `events` each, and the row of their call kept up to date."""
    for one in happened:
        with writing(engine) as connection:
            _event(connection, one)
            _call(connection, one)


def _event(connection: Connection, one: Mapping[str, Any]) -> None:
    data = {name: value for name, value in one["data"].items() if name not in ("caller", "dialled")}
    held = {column.name: one[column.name] for column in events.columns if column.name != "data"}
    connection.execute(insert(events).values(**held, data=data))


def _call(connection: Connection, one: Mapping[str, Any]) -> None:
    data = one["data"]
    held = {"node": one["node"], "language": one["language"], "turns": one["sequence"]}
    held |= {name: data[name] for name in ("team", "outcome", "topic", "over") if name in data}
    if one["sequence"] == 0:
        held |= {"id": one["call"], "table_id": one["table"], "began": one["at"]}
        held |= {name: data.get(name, one.get(name, "")) for name in BEGUN}
        connection.execute(insert(calls).values(**held))
    else:
        connection.execute(update(calls).where(calls.c.id == one["call"]).values(**held))
