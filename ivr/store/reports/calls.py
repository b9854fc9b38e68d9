"""Calls in a period: how they ended, where callers hung up, how long a person took."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, func, select

from ivr.desk.figures import LONG_WAIT_SECONDS
from ivr.desk.period import Period
from ivr.store.database.schema import calls
from ivr.store.reports.local import Local

MOST_NODES = 20
"""Nodes at which callers hung up, at most."""
MOST_DROPPED = 200
"""Calls that were given up after a long wait that are listed, at most: the newest."""


class Dropped(Struct, frozen=True):
    """A call that was given up after a long wait. No number: who may ring back looks it up by the call."""

    call: str
    ended: int
    zone: str
    team: str
    waited: int


class Waiting(Struct, frozen=True):
    """What came of the calls put through to a team: how many, seconds that those waited who came to a person, and how many
    gave up after a long wait."""

    put_through: int
    waited: tuple[int, ...]
    gave_up: int


class Calls(Struct, frozen=True):
    """The figures. `endings` and `hung_up`: (name, calls), most first. `to_person`: seconds from the call's begin to a
    person, one for each that came to one. `running`: calls that had not ended, which are counted nowhere else."""

    endings: tuple[tuple[str, int], ...]
    hung_up: tuple[tuple[str, int], ...]
    to_person: tuple[int, ...]
    teams: dict[str, Waiting]
    dropped: tuple[Dropped, ...]
    running: int

    @property
    def total(self) -> int:
        """Calls that ended."""
        return sum(count for _, count in self.endings)


def count_calls(connection: Connection, period: Period, table: str = "", team: str = "") -> Calls:
    """The calls that began in a period, of one table and put through to one team last where these are given."""
    local = Local(connection, calls.c.began, calls.c.zone, period)
    where = [local.within]
    if table:
        where.append(calls.c.table_id == table)
    if team:
        where.append(calls.c.team == team)
    ended = [*where, calls.c.ending != ""]
    running = connection.execute(
        select(func.count()).select_from(calls).where(*where, calls.c.ending == "")
    ).scalar_one()
    to_person, teams, dropped = _waiting(connection, ended)
    return Calls(
        _counted(connection, calls.c.ending, ended),
        _counted(connection, calls.c.node, [*ended, calls.c.ending == "hung_up"])[:MOST_NODES],
        to_person,
        teams,
        dropped,
        running,
    )


def _counted(
    connection: Connection, column: ColumnElement[str], where: list[ColumnElement[bool]]
) -> tuple[tuple[str, int], ...]:
    rows = connection.execute(select(column, func.count()).where(*where).group_by(column))
    return tuple(sorted(((name, count) for name, count in rows), key=lambda row: (-row[1], row[0])))


def _waiting(
    connection: Connection, where: list[ColumnElement[bool]]
) -> tuple[tuple[int, ...], dict[str, Waiting], tuple[Dropped, ...]]:
    c = calls.c
    columns = (c.id, c.began, c.ended, c.put_at, c.person_at, c.waited, c.team, c.ending, c.outcome, c.zone)
    rows = connection.execute(select(*columns).where(*where, c.put_at.is_not(None) | c.person_at.is_not(None)))
    to_person: list[int] = []
    put: dict[str, int] = {}
    waited: dict[str, list[int]] = {}
    dropped: list[Dropped] = []
    for row in rows:
        put[row.team] = put.get(row.team, 0) + 1
        if row.person_at is not None:
            to_person.append(row.person_at - row.began)
            if row.waited is not None:
                waited.setdefault(row.team, []).append(row.waited)
        elif row.ending == "hung_up" and row.outcome in ("", "hung_up") and row.ended is not None:
            seconds = row.ended - row.put_at
            if seconds >= LONG_WAIT_SECONDS:
                dropped.append(Dropped(row.id, row.ended, row.zone, row.team, seconds))
    dropped.sort(key=lambda one: (-one.ended, one.call))
    gave_up: dict[str, int] = {}
    for one in dropped:
        gave_up[one.team] = gave_up.get(one.team, 0) + 1
    teams = {
        name: Waiting(put[name], tuple(sorted(waited.get(name, ()))), gave_up.get(name, 0)) for name in sorted(put)
    }
    return tuple(sorted(to_person)), teams, tuple(dropped[:MOST_DROPPED])
