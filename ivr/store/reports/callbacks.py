"""Promises that fell due in a period: whether they were kept, by team or by who rang."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import Connection, func, null, select

from ivr.desk.attempt import RANG, REACHED
from ivr.desk.period import Period, Stretch
from ivr.store.database.elapsed import seconds_between
from ivr.store.database.schema import attempts, cases
from ivr.store.database.views import promises
from ivr.store.reports.local import Local


class Promises(Struct, frozen=True):
    """Those of one team: `kept` counts them by desk.kept.KEPT, `took` holds the seconds from the promise being made to the
    citizen being reached, for those who were. `over`: `kept` of each stretch that was asked for."""

    team: str
    kept: dict[str, int]
    took: tuple[int, ...]
    over: tuple[dict[str, int], ...] = ()


class Rung(Struct, frozen=True):
    """What one employee did: citizens rung, and reached."""

    by: str
    rung: int
    reached: int


def count_promises(
    connection: Connection, period: Period, now: int, table: str = "", team: str = "", stretches: Sequence[Stretch] = ()
) -> tuple[Promises, ...]:
    """The promises whose first due time lies in a period, as they stand at `now` (epoch seconds), by team; and in each of
    adjoining stretches that make up the period, when these are given."""
    held = promises(now)
    local = Local(connection, held.c.first_due, held.c.zone, period)
    where = [local.within]
    if table:
        where.append(held.c.table_id == table)
    if team:
        where.append(held.c.team == team)
    place = local.place(stretches) if stretches else null()
    took = seconds_between(held.c.opened, held.c.reached_at)
    found: dict[str, _Counting] = {}
    for name, kept, seconds, at in connection.execute(select(held.c.team, held.c.kept, took, place).where(*where)):
        counting = found.get(name) or found.setdefault(name, _Counting(len(stretches)))
        counting.kept[kept] += 1
        if seconds is not None:
            counting.took.append(seconds)
        if at is not None:
            counting.over[at][kept] += 1
    return tuple(
        Promises(name, dict(one.kept), tuple(sorted(one.took)), tuple(map(dict, one.over)))
        for name, one in sorted(found.items())
    )


class _Counting:
    """What was counted of a team so far."""

    def __init__(self, stretches: int) -> None:
        self.kept: Counter[str] = Counter()
        self.took: list[int] = []
        self.over: list[Counter[str]] = [Counter() for _ in range(stretches)]


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
