"""What goes when its time is over: looked at without being touched, or taken away in bounded batches.

Both ask the same conditions, so a dry run tells exactly what the real run does. Times and outcomes stay, so reports of old
periods do not change.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Engine, Table, delete, func, select, tuple_, update

from ivr.desk.case import OVER
from ivr.desk.pseudonym import number_key
from ivr.desk.retention import DAY
from ivr.store import audit as trail
from ivr.store.database.connect import reading, writing
from ivr.store.database.schema import audit, calls, cases
from ivr.store.retention_rules import RULES, Cut, Rule, ended_at

BATCH = 500
"""Rows that one transaction takes away: a turn never waits long for its lock."""
WHO = "retention"
OLD_CASE_DAYS = 365
"""An open case older than this is told of: what it holds goes only when somebody closes it."""


class Due(Struct, frozen=True):
    """What of a rule is due: how many rows, and the oldest and the newest instant (0 for none)."""

    name: str
    term: str
    rows: int
    oldest: int
    newest: int


def due(engine: Engine, cut: Cut) -> list[Due]:
    """What would go now, by rule; nothing is changed."""
    with reading(engine) as connection:
        return [_due(connection, rule, cut) for rule in RULES]


def _due(connection: Connection, rule: Rule, cut: Cut) -> Due:
    rows = select(rule.at.label("at")).select_from(rule.table).where(*rule.where(cut)).subquery()
    found, oldest, newest = connection.execute(
        select(func.count(), func.min(rows.c.at), func.max(rows.c.at)).select_from(rows)
    ).one()
    return Due(rule.name, rule.term, found, oldest or 0, newest or 0)


def retain(engine: Engine, cut: Cut, hash_key: bytes, who: str = WHO) -> Iterator[tuple[str, int]]:
    """Take away what is due: the name of a rule and how many rows went, batch by batch. Each batch is a transaction of its
    own, with its line in the audit; whoever stops in between goes on where it stopped."""
    for rule in RULES:
        found = _chosen(engine, rule, cut)
        while found:
            with writing(engine) as connection:
                done = _take(connection, rule, cut, found, hash_key)
                if done:
                    trail.record(connection, cut.now, who, "retain", rule.name, {"rows": done})
            if done:
                yield rule.name, done
            found = _chosen(engine, rule, cut) if len(found) == BATCH else []


def _key(rule: Rule) -> ColumnElement[Any]:
    columns = list(rule.table.primary_key)
    return tuple_(*columns) if len(columns) > 1 else columns[0]


def _chosen(engine: Engine, rule: Rule, cut: Cut) -> list[Any]:  # values of the primary key, or tuples of them
    """Looked for by a reader, so that nobody waits for the search."""
    with reading(engine) as connection:
        rows = connection.execute(select(*rule.table.primary_key).where(*rule.where(cut)).limit(BATCH))
        return [tuple(row) if len(row) > 1 else row[0] for row in rows]


def _take(connection: Connection, rule: Rule, cut: Cut, found: list[Any], hash_key: bytes) -> int:
    """Take away those of the chosen rows for which it still holds, whoever else was at them meanwhile."""
    where = (_key(rule).in_(found), *rule.where(cut))
    if rule.keyed:
        _make_keys(connection, rule.table, where, cut.before(rule.keyed), hash_key)
    if rule.table is audit:
        trail.open_horizon(connection, cut.before(rule.term))
    if rule.values is None:
        return connection.execute(delete(rule.table).where(*where)).rowcount
    return connection.execute(update(rule.table).where(*where).values(**rule.values(cut))).rowcount


def _make_keys(
    connection: Connection, table: Table, where: Sequence[ColumnElement[bool]], since: int, hash_key: bytes
) -> None:
    """Numbers that go without a hash that stands for them get one, unless its time is over too."""
    at = ended_at if table is calls else table.c.closed_at
    bare = select(table.c.id, table.c.caller).where(*where, table.c.caller != "", table.c.caller_key == "", at >= since)
    for id, number in connection.execute(bare).all() if hash_key else ():
        connection.execute(update(table).where(table.c.id == id).values(caller_key=number_key(hash_key, number)))


def old_cases(engine: Engine, now: int) -> int:
    """How many cases have been open so long that somebody should close them."""
    with reading(engine) as connection:
        where = (cases.c.state.not_in(OVER), cases.c.opened < now - OLD_CASE_DAYS * DAY)
        return connection.scalar(select(func.count()).select_from(cases).where(*where)) or 0
