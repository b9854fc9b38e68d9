"""How callers went: from which node to which, turn by turn, in the newest calls of the last days."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import Connection, func, select

from ivr.store.database.schema import calls, events

MOST_CALLS = 20_000
"""Calls that are looked at, the newest: what a page waits for must not grow with the archive."""


class Passings(Struct, frozen=True):
    """`calls` that were looked at, and whether there were more. `pairs`: (from, to, how often), the nodes at which two turns
    after each other ended, '' for the beginning of the call. `numbers`: (number, calls), '' for the main one."""

    calls: int
    more: bool
    pairs: tuple[tuple[str, str, int], ...]
    numbers: tuple[tuple[str, int], ...]


def count_passings(connection: Connection, table: str, since: int, most: int = MOST_CALLS) -> Passings:
    """The ways of the calls of a table that began at `since` (epoch seconds) or later."""
    theirs = (
        select(calls.c.id, calls.c.number)
        .where(calls.c.table_id == table, calls.c.began >= since)
        .order_by(calls.c.began.desc(), calls.c.id)
    )
    newest = theirs.limit(most).subquery("newest")
    numbers = connection.execute(select(newest.c.number, func.count()).group_by(newest.c.number)).all()
    counted = sum(count for _, count in numbers)
    more = counted == most and connection.execute(theirs.offset(most).limit(1)).first() is not None
    before = func.lag(events.c.node).over(partition_by=events.c.call, order_by=events.c.sequence)
    turns = (
        select(func.coalesce(before, "").label("before"), events.c.node)
        .join(newest, newest.c.id == events.c.call)
        .where(events.c.kind == "turn", events.c.node != "")
    ).subquery("turns")
    rows = connection.execute(
        select(turns.c.before, turns.c.node, func.count())
        .where(turns.c.before != turns.c.node)
        .group_by(turns.c.before, turns.c.node)
    ).all()
    return Passings(
        counted,
        more,
        tuple(sorted((source, target, count) for source, target, count in rows)),
        tuple(sorted((number, count) for number, count in numbers)),
    )
