"""`INSERT … ON CONFLICT`, which both databases know and SQLAlchemy spells once for each."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_into(connection: Connection, table: Table) -> Any:  # the two inserts share no type that knows conflicts
    """An insert that can say what happens when the row is there already."""
    return (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)


def insert_once(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert rows; those whose key is there already change nothing."""
    if rows:
        connection.execute(insert_into(connection, table).on_conflict_do_nothing(), rows)
