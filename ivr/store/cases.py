"""Cases in the database: read as values, and changed only by who saw the newest (compare-and-set on `revision`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, insert, select, update

from ivr.desk.attempt import Attempt
from ivr.desk.case import Case
from ivr.desk.legs import Heard
from ivr.store.database.schema import Row, attempts, cases

MOST = 10_000
"""Cases that one question answers with, at most."""

_SAME = (
    "id", "number", "kind", "version", "zone", "call", "dialled", "team", "language", "caller", "reach", "address", "part",
    "state", "revision", "tries", "closed_by", "taken_by",
)  # fmt: skip
_INSTANTS = ("opened", "first_due", "due", "next_at", "escalate_at", "reached_at", "closed_at", "taken_until")


def as_case(row: Row) -> Case:
    """A row of `cases` as a value: an instant that is null is 0."""
    held: dict[str, Any] = {name: row[name] for name in _SAME} | {name: row[name] or 0 for name in _INSTANTS}
    return Case(table=row["table_id"], topic=row["topic"] or {}, fields=row["fields"] or {}, **held)


def load(connection: Connection, id: str) -> Case | None:
    """The case with an id."""
    row = connection.execute(select(cases).where(cases.c.id == id)).mappings().one_or_none()
    return None if row is None else as_case(row)


def numbered(connection: Connection, number: str) -> list[Case]:
    """The cases that bear a number (six digits), the newest first: one, unless two were opened with the database gone."""
    return find(connection, cases.c.number == number, order=cases.c.opened.desc())


def find(
    connection: Connection, *where: ColumnElement[bool], order: ColumnElement[int] | None = None, limit: int = MOST
) -> list[Case]:
    """Cases that answer to conditions; the first promise first, those without one last."""
    by = (cases.c.first_due.is_(None), cases.c.first_due, cases.c.id) if order is None else (order, cases.c.id)
    rows = connection.execute(select(cases).where(*where).order_by(*by).limit(limit)).mappings()
    return [as_case(row) for row in rows]


def change(connection: Connection, case: Case, **fields: object) -> bool:
    """Change a case, unless somebody changed it since it was read: then nothing is done, and the answer is False.

    `fields` are columns; 0 for an instant is null.
    """
    values = {name: (value or None) if name in _INSTANTS else value for name, value in fields.items()}
    done = connection.execute(
        update(cases)
        .where(cases.c.id == case.id, cases.c.revision == case.revision)
        .values(**values, revision=case.revision + 1)
    )
    return done.rowcount == 1


def tried(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[Attempt, ...]]:
    """The attempts of cases, in their order."""
    rows = connection.execute(
        select(attempts).where(attempts.c.case_id.in_(ids)).order_by(attempts.c.ordinal)
    ).mappings()
    out: dict[str, tuple[Attempt, ...]] = dict.fromkeys(ids, ())
    for row in rows:
        tries = Attempt(
            began=row["began"],
            dialled=row["dialled"] or 0,
            ended=row["ended"] or 0,
            outcome=row["outcome"],
            state=row["state"],
            by=row["by"],
            vain=msgspec.convert(row["heard"] or {}, Heard).vain,
        )
        out[row["case_id"]] += (tries,)
    return out


def as_row(case: Case) -> dict[str, Any]:
    """A value as a row of `cases`: an instant that is 0 is null."""
    values = {name: getattr(case, name) for name in _SAME} | {name: getattr(case, name) or None for name in _INSTANTS}
    return values | {"table_id": case.table, "topic": dict(case.topic), "fields": dict(case.fields)}


def add(connection: Connection, case: Case, **more: object) -> None:
    """Put a new case into the database; `more` are columns that the value does not hold."""
    connection.execute(insert(cases).values(**as_row(case), **more))
