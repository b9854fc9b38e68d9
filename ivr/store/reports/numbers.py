"""Calls of each legacy number, week by week."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, func, select

from ivr.calendars.zones import read_zone
from ivr.desk.period import Period
from ivr.store.database.schema import calls
from ivr.store.reports.local import Local

Number = tuple[str, str]
"""(table, number as the table writes it; '' for the main number)."""


def count_numbers(connection: Connection, period: Period, table: str = "") -> dict[Number, tuple[int, ...]]:
    """Each number that was dialled → calls in each week of the period, in their order."""
    weeks = period.weeks()
    local = Local(connection, calls.c.began, calls.c.zone, period)
    where = [local.within] + ([calls.c.table_id == table] if table else [])
    week = local.place(weeks).label("week")
    keys = (calls.c.table_id, calls.c.number, week)
    out: dict[Number, list[int]] = {}
    for id, number, index, count in connection.execute(select(*keys, func.count()).where(*where).group_by(*keys)):
        out.setdefault((id, number), [0] * len(weeks))[index] = count
    return {number: tuple(counts) for number, counts in sorted(out.items())}


def known_since(connection: Connection, table: str = "") -> dict[str, dt.date]:
    """Table → the local day of its first call that is known: before it, no calls are not none."""
    where = [calls.c.began.is_not(None)] + ([calls.c.table_id == table] if table else [])
    rows = connection.execute(
        select(calls.c.table_id, calls.c.zone, func.min(calls.c.began))
        .where(*where)
        .group_by(calls.c.table_id, calls.c.zone)
    )
    out: dict[str, dt.date] = {}
    for id, zone, began in rows:
        day = dt.datetime.fromtimestamp(began, read_zone(zone)).date()
        out[id] = min(day, out.get(id, day))
    return out
