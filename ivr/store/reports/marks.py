"""The marks that callers gave: how many of each mark, by month, number, team or language."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import ColumnElement, Connection, func, select

from ivr.desk.period import Period
from ivr.store.database.schema import marks
from ivr.store.reports.calls import MAIN_NUMBER
from ivr.store.reports.local import Local

BY = ("month", "number", "team", "language")
"""What marks are grouped by."""


def count_marks(
    connection: Connection, period: Period, by: str, table: str = "", team: str = "", number: str = ""
) -> dict[str, Counter[int]]:
    """Group → mark → how many; months in their order, other groups by name. '' is the main number, or no team."""
    months = period.months()
    local = Local(connection, marks.c.at, marks.c.zone, period)
    where = [local.within]
    for column, value in ((marks.c.table_id, table), (marks.c.team, team), (marks.c.number, number)):
        if value:
            where.append(column == ("" if value == MAIN_NUMBER else value))
    columns: dict[str, ColumnElement[str] | ColumnElement[int]] = {
        "month": local.place(months), "number": marks.c.number, "team": marks.c.team, "language": marks.c.language,
    }  # fmt: skip
    group = columns[by].label("grouped")
    rows = connection.execute(select(group, marks.c.mark, func.count()).where(*where).group_by(group, marks.c.mark))
    out: dict[str | int, Counter[int]] = {}
    for name, mark, count in rows:
        out.setdefault(name, Counter())[mark] += count
    if by == "month":
        return {months[int(name)].name: out[name] for name in sorted(out)}
    return {str(name): out[name] for name in sorted(out)}
