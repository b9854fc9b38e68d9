"""What goes on at this moment: the calls that run, where each of them is, and who waits for whom."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from sqlalchemy import Connection, func, select

from ivr.store.database.schema import calls, waits
from ivr.store.waits import LONGEST

MOST = 500
"""Calls that are listed at most; they are counted all the same."""


class Running(Struct, frozen=True):
    """A call that runs. Instants are epoch seconds, 0 for none. `number` is the legacy number as the table writes it, '' for
    the main one; `node` is where the call is; `team` the last one that it was put through to; `person`: since when it speaks
    to somebody; `waits`: since when it waits in a queue of ours."""

    call: str
    number: str
    version: str
    language: str
    node: str
    team: str
    began: int
    put: int
    person: int
    waits: int
    topic: Mapping[str, str]


class Waiting(Struct, frozen=True):
    """How many wait for a team, and since when the first of them does (epoch seconds)."""

    waiting: int
    since: int


def running(connection: Connection, table: str, now: int) -> tuple[int, list[Running]]:
    """(how many calls run, the newest of them). A call of which nothing was heard for four hours does not count."""
    mine = (calls.c.table_id == table, calls.c.ending == "", calls.c.ended.is_(None), calls.c.began > now - LONGEST)
    count = connection.scalar(select(func.count()).select_from(calls).where(*mine)) or 0
    queued = (
        select(waits.c.call, func.max(waits.c.since).label("since"))
        .where(waits.c.left.is_(None), waits.c.outcome == "", waits.c.joined > now - LONGEST)
        .group_by(waits.c.call)
        .subquery()
    )
    found = connection.execute(
        select(calls, queued.c.since)
        .outerjoin_from(calls, queued, queued.c.call == calls.c.id)
        .where(*mine)
        .order_by(calls.c.began.desc(), calls.c.id)
        .limit(MOST)
    )
    return count, [
        Running(
            row.id, row.number, row.version, row.language, row.node, row.team, row.began or 0, row.put_at or 0,
            row.person_at or 0, row.since or 0, row.topic or {},
        )
        for row in found
    ]  # fmt: skip


def waiting(connection: Connection, table: str, now: int) -> dict[str, Waiting]:
    """Team → who waits for it in our own queues."""
    found = connection.execute(
        select(waits.c.team, func.count(), func.min(waits.c.since))
        .where(waits.c.table_id == table, waits.c.left.is_(None), waits.c.outcome == "", waits.c.joined > now - LONGEST)
        .group_by(waits.c.team)
    )
    return {team: Waiting(count, since) for team, count, since in found}
