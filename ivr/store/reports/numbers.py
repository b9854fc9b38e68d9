"""Calls of each legacy number, week by week."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from ivr.desk.period import Period
from ivr.store.database.schema import calls
from ivr.store.reports.local import Local


def count_numbers(connection: Connection, period: Period, table: str = "") -> dict[str, tuple[int, ...]]:
    """Number (as the table writes it; '' for the main number) → calls in each week of the period, in their order."""
    weeks = period.weeks()
    local = Local(connection, calls.c.began, calls.c.zone, period)
    where = [local.within] + ([calls.c.table_id == table] if table else [])
    week = local.place(weeks).label("week")
    rows = connection.execute(
        select(calls.c.number, week, func.count()).where(*where).group_by(calls.c.number, week)
    )  # fmt: skip
    out: dict[str, list[int]] = {}
    for number, index, count in rows:
        out.setdefault(number, [0] * len(weeks))[index] = count
    return {number: tuple(counts) for number, counts in sorted(out.items())}
