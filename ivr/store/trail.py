"""The audit trail as it is read: the newest lines that answer to a filter, or all of them for an export."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Engine, select

from ivr.store.database.connect import reading
from ivr.store.database.schema import audit

BATCH = 1000
"""Lines that an export reads at a time: no transaction stays open while somebody downloads."""


class Line(Struct, frozen=True):
    """Who did what to what, when (epoch seconds), and what else is to be said of it."""

    id: int
    at: int
    who: str
    what: str
    subject: str
    data: dict[str, Any]  # whatever `audit.record` was given, as JSON


class Filter(Struct, frozen=True):
    """Which lines: '' and None leave a thing open. `what` is a verb or how it begins (`case.`); `since` is in, `until`
    out."""

    who: str = ""
    what: str = ""
    subject: str = ""
    since: int | None = None
    until: int | None = None


def newest(connection: Connection, wanted: Filter, before: int | None, most: int) -> list[Line]:
    """The newest lines, the newest first; `before` is the id of the last one that was seen."""
    where = [*_where(wanted), *([audit.c.id < before] if before is not None else [])]
    return [
        _line(row) for row in connection.execute(select(audit).where(*where).order_by(audit.c.id.desc()).limit(most))
    ]


def export(engine: Engine, wanted: Filter) -> Iterator[Line]:
    """All lines, the oldest first, as far as they had come when it began."""
    with reading(engine) as connection:
        last = connection.scalar(select(audit.c.id).order_by(audit.c.id.desc()).limit(1)) or 0
    seen = 0
    while True:
        with reading(engine) as connection:
            where = (*_where(wanted), audit.c.id > seen, audit.c.id <= last)
            rows = connection.execute(select(audit).where(*where).order_by(audit.c.id).limit(BATCH)).all()
        for row in rows:
            seen = row.id
            yield _line(row)
        if len(rows) < BATCH:
            return


def _where(wanted: Filter) -> list[ColumnElement[bool]]:
    out = []
    if wanted.who:
        out.append(audit.c.who == wanted.who)
    if wanted.what:
        out.append(audit.c.what.startswith(wanted.what, autoescape=True))
    if wanted.subject:
        out.append(audit.c.subject == wanted.subject)
    if wanted.since is not None:
        out.append(audit.c.at >= wanted.since)
    if wanted.until is not None:
        out.append(audit.c.at < wanted.until)
    return out


def _line(row: Any) -> Line:  # a row of `audit`
    return Line(row.id, row.at, row.who, row.what, row.subject, row.data or {})
