"""What callers asked in a week: when they called, what they chose, what they were promised."""

from __future__ import annotations

from collections import Counter

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, and_, func, select

from ivr.desk.case import CANCELLED, CLOSED, REACHED
from ivr.desk.period import Period
from ivr.store.database.schema import calls, cases, events
from ivr.store.reports.callbacks import Promises, count_promises
from ivr.store.reports.calls import Calls, count_calls
from ivr.store.reports.local import Local
from ivr.store.reports.marks import count_marks
from ivr.store.reports.numbers import count_numbers

HOURS = 24
MOST = 12
"""Choices and numbers that are told, at most."""


class Week(Struct, frozen=True):
    """The figures of a week. `hours`: calls by day and hour of the clock. `chosen`: where callers came to by a key or by
    speech. `topics`: variable → value → calls. `made`, `overdue`: team → promises made in the week, and those that are
    overdue now, whenever made. `due`: what became of those that fell due in it. `before`: calls in the week before."""

    hours: tuple[tuple[int, ...], ...]
    before: int
    found: Calls
    chosen: tuple[tuple[str, int], ...]
    topics: dict[str, Counter[str]]
    numbers: tuple[tuple[str, int], ...]
    made: dict[str, int]
    due: tuple[Promises, ...]
    overdue: dict[str, int]
    marks: Counter[int]
    mark_teams: dict[str, Counter[int]]

    @property
    def total(self) -> int:
        """All calls of the week."""
        return sum(map(sum, self.hours))


def count_week(connection: Connection, period: Period, before: Period, now: int, table: str = "") -> Week:
    """The figures of a week (`period`), beside the calls of the week `before`, as they stand at `now` (epoch seconds)."""
    local = Local(connection, calls.c.began, calls.c.zone, period)
    mine = [local.within, *([calls.c.table_id == table] if table else [])]
    marks = count_marks(connection, period, "team", table)
    numbers = [
        (number, sum(weeks)) for (_, number), weeks in count_numbers(connection, period, table).items() if number
    ]
    return Week(
        hours=_hours(connection, local, mine),
        before=_count(connection, before, table),
        found=count_calls(connection, period, table),
        chosen=_chosen(connection, mine),
        topics=_topics(connection, mine),
        numbers=tuple(sorted(numbers, key=lambda one: (-one[1], one[0]))[:MOST]),
        made=_made(connection, period, table),
        due=count_promises(connection, period, now, table),
        overdue=_overdue(connection, now, table),
        marks=sum(marks.values(), Counter[int]()),
        mark_teams=marks,
    )


def _hours(
    connection: Connection, local: Local, mine: list[ColumnElement[bool]]
) -> tuple[tuple[int, ...], ...]:  # fmt: skip
    hour = local.hour().label("hour")
    counts = dict(connection.execute(select(hour, func.count()).where(*mine).group_by(hour)).all())
    return tuple(tuple(counts.get(day * HOURS + hour, 0) for hour in range(HOURS)) for day in range(7))


def _count(connection: Connection, period: Period, table: str) -> int:
    within = Local(connection, calls.c.began, calls.c.zone, period).within
    where = [within, *([calls.c.table_id == table] if table else [])]
    return connection.execute(select(func.count()).select_from(calls).where(*where)).scalar_one()


def _chosen(connection: Connection, mine: list[ColumnElement[bool]]) -> tuple[tuple[str, int], ...]:
    """A key that leaves a caller where they were chose nothing. Events are kept for a while only: of an old week nothing
    is known here."""
    was = events.alias("was")
    earlier = and_(was.c.call == events.c.call, was.c.sequence == events.c.sequence - 1, was.c.kind == events.c.kind)
    joined = events.join(calls, calls.c.id == events.c.call).join(was, earlier)
    count = func.count(events.c.call.distinct())
    rows = connection.execute(
        select(events.c.node, count)
        .select_from(joined)
        .where(*mine, events.c.kind == "turn", events.c.event.in_(("keys", "speech")), events.c.node != was.c.node)
        .group_by(events.c.node)
        .order_by(count.desc(), events.c.node)
    )
    return tuple(rows.all())


def _topics(connection: Connection, mine: list[ColumnElement[bool]]) -> dict[str, Counter[str]]:
    out: dict[str, Counter[str]] = {}
    for topic, count in connection.execute(select(calls.c.topic, func.count()).where(*mine).group_by(calls.c.topic)):
        for variable, value in (topic or {}).items():
            out.setdefault(variable, Counter())[value] += count
    return out


def _made(connection: Connection, period: Period, table: str) -> dict[str, int]:
    local = Local(connection, cases.c.opened, cases.c.zone, period)
    return _by_team(connection, [local.within, cases.c.first_due.is_not(None)], table)


def _overdue(connection: Connection, now: int, table: str) -> dict[str, int]:
    """Against what holds now: a promise that was moved is not overdue before its new time."""
    settled = (REACHED, CLOSED, CANCELLED)
    return _by_team(connection, [cases.c.due < now, cases.c.state.not_in(settled)], table)


def _by_team(connection: Connection, where: list[ColumnElement[bool]], table: str) -> dict[str, int]:
    mine = [*where, *([cases.c.table_id == table] if table else [])]
    rows = connection.execute(select(cases.c.team, func.count()).where(*mine).group_by(cases.c.team))
    return dict(sorted(rows.all()))
