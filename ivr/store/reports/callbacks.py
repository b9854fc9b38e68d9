"""Promises that fell due in a period: whether they were kept, by team or by who rang."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import Connection, func, select

from ivr.desk.attempt import RANG, REACHED
from ivr.desk.period import Period
from ivr.store.database.schema import attempts, cases
from ivr.store.database.views import promises
from ivr.store.reports.local import Local


class Promises(Struct, frozen=True):
    """Those of one team: `kept` counts them by desk.kept.KEPT, `took` holds the seconds from the promise being made to the
    citizen being reached, for those who were."""

    team: str
    kept: dict[str, int]
    took: tuple[int, ...]


class Rung(Struct, frozen=True):
    """What one employee did: citizens rung, and reached."""

    by: str
    rung: int
    reached: int


def count_promises(
    connection: Connection, period: Period, now: int, table: str = "", team: str = ""
) -> tuple[Promises, ...]:
    """The promises whose first due time lies in a period, as they stand at `now` (epoch seconds), by team."""
    held = promises(now)
    local = Local(connection, held.c.first_due, held.c.zone, period)
    where = [local.within]
    if table:
        where.append(held.c.table_id == table)
    if team:
        where.append(held.c.team == team)
    kept: dict[str, dict[str, int]] = {}
    took: dict[str, list[int]] = {}
    for row in connection.execute(select(held.c.team, held.c.kept, held.c.opened, held.c.reached_at).where(*where)):
        counts = kept.setdefault(row.team, {})
        counts[row.kept] = counts.get(row.kept, 0) + 1
        if row.reached_at is not None:
            took.setdefault(row.team, []).append(row.reached_at - row.opened)
    return tuple(Promises(name, kept[name], tuple(sorted(took.get(name, ())))) for name in sorted(kept))


def count_rung(connection: Connection, period: Period, table: str = "", team: str = "") -> tuple[Rung, ...]:
    """Who rang how many citizens in a period. Whether it may be asked at all is for the caller (desk.staff.may_show)."""
    joined = attempts.join(cases, attempts.c.case_id == cases.c.id)
    local = Local(connection, attempts.c.began, cases.c.zone, period, joined)
    where = [local.within, attempts.c.by != "", attempts.c.outcome.in_(RANG)]
    if table:
        where.append(cases.c.table_id == table)
    if team:
        where.append(cases.c.team == team)
    counted: dict[str, dict[str, int]] = {}
    keys = (attempts.c.by, attempts.c.outcome)
    for by, outcome, count in connection.execute(
        select(*keys, func.count()).select_from(joined).where(*where).group_by(*keys)
    ):
        counted.setdefault(by, {})[outcome] = count
    return tuple(Rung(by, sum(held.values()), held.get(REACHED, 0)) for by, held in sorted(counted.items()))
