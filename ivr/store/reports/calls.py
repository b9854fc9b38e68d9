"""Calls in a period: how they ended, where callers hung up, how long a person took."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, repeat

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, case, func, select

from ivr.desk.figures import LONG_WAIT_SECONDS
from ivr.desk.period import Period, Stretch
from ivr.store.database.elapsed import seconds_between
from ivr.store.database.schema import calls
from ivr.store.reports.local import Local

MOST_NODES = 20
"""Nodes at which callers hung up, at most."""
MOST_DROPPED = 200
"""Calls that were given up after a long wait that are listed, at most: the newest."""


MAIN_NUMBER = "-"
"""What stands for the main number where a number is asked for: in the rows it is ''."""


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


class Helped(Struct, frozen=True):
    """Of a stretch of a period: calls put through, those that came to a person, and those within the norm."""

    put_through: int = 0
    helped: int = 0
    within: int = 0


class Asked:
    """Which calls a report is about: those that began in a period, of one table and number, put through to one team last,
    where these are given; '-' is the main number."""

    def __init__(
        self, connection: Connection, period: Period, table: str = "", team: str = "", number: str = ""
    ) -> None:  # fmt: skip
        self.connection, self.period = connection, period
        self.local = Local(connection, calls.c.began, calls.c.zone, period)
        self.all = [self.local.within]
        for column, value in ((calls.c.table_id, table), (calls.c.team, team), (calls.c.number, number)):
            if value:
                self.all.append(column == ("" if value == MAIN_NUMBER else value))
        self.ended = [*self.all, calls.c.ending != ""]


def count_calls(
    connection: Connection, period: Period, table: str = "", team: str = "", number: str = ""
) -> Calls:  # fmt: skip
    """All that is known of the calls of a period."""
    asked = Asked(connection, period, table, team, number)
    return Calls(
        _counted(asked, calls.c.ending, asked.ended),
        count_hung_up(asked),
        count_to_person(asked),
        count_waiting(asked),
        list_dropped(asked),
        count_running(asked),
    )


def count_running(asked: Asked) -> int:
    """Calls that had not ended."""
    where = (*asked.all, calls.c.ending == "")
    return asked.connection.execute(select(func.count()).select_from(calls).where(*where)).scalar_one()


def count_hung_up(asked: Asked) -> tuple[tuple[str, int], ...]:
    """(node, calls) at which callers hung up with nothing, most first, MOST_NODES at most."""
    return _counted(asked, calls.c.node, [*asked.all, calls.c.ending == "hung_up"])[:MOST_NODES]


def count_endings(asked: Asked, stretches: Sequence[Stretch]) -> tuple[dict[str, int], ...]:
    """For each of adjoining stretches: ending → calls."""
    place = asked.local.place(stretches).label("place")
    keys = (place, calls.c.ending)
    out: tuple[dict[str, int], ...] = tuple({} for _ in stretches)
    for at, name, count in asked.connection.execute(select(*keys, func.count()).where(*asked.ended).group_by(*keys)):
        out[at][name] = count
    return out


def count_within(asked: Asked, stretches: Sequence[Stretch], norm: int) -> tuple[Helped, ...]:
    """For each of adjoining stretches, who was helped within `norm` seconds."""
    place = asked.local.place(stretches).label("place")
    c = calls.c
    helped = case((c.person_at.is_not(None) & c.waited.is_not(None), 1), else_=0)
    within = case((c.person_at.is_not(None) & (c.waited <= norm), 1), else_=0)
    rows = asked.connection.execute(
        select(place, func.count(), func.sum(helped), func.sum(within))
        .where(*asked.ended, c.put_at.is_not(None) | c.person_at.is_not(None))
        .group_by(place)
    )
    found = {at: Helped(put, int(one), int(two)) for at, put, one, two in rows}
    return tuple(found.get(at, Helped()) for at in range(len(stretches)))


def count_to_person(asked: Asked) -> tuple[int, ...]:
    """Seconds from the begin of each call to a person, ascending."""
    took = seconds_between(calls.c.began, calls.c.person_at).label("took")
    rows = asked.connection.execute(
        select(took, func.count()).where(*asked.ended, calls.c.person_at.is_not(None)).group_by(took).order_by(took)
    )
    return tuple(chain.from_iterable(repeat(int(seconds), count) for seconds, count in rows))


def count_waiting(asked: Asked) -> dict[str, Waiting]:
    """Team → how long its callers waited."""
    c = calls.c
    person = case((c.person_at.is_not(None), 1), else_=0).label("person")
    keys = (c.team, person, c.waited)
    put: dict[str, int] = {}
    waited: dict[str, list[int]] = {}
    rows = asked.connection.execute(
        select(*keys, func.count())
        .where(*asked.ended, c.put_at.is_not(None) | c.person_at.is_not(None))
        .group_by(*keys)
        .order_by(c.waited)
    )
    for team, came, seconds, count in rows:
        put[team] = put.get(team, 0) + count
        if came and seconds is not None:
            waited.setdefault(team, []).extend(repeat(seconds, count))
    gave_up: dict[str, int] = dict(
        asked.connection.execute(select(c.team, func.count()).where(*_given_up(asked)).group_by(c.team)).all()
    )
    return {name: Waiting(put[name], tuple(waited.get(name, ())), gave_up.get(name, 0)) for name in sorted(put)}


def list_dropped(asked: Asked) -> tuple[Dropped, ...]:
    """Calls that were given up after a long wait, the newest first, MOST_DROPPED at most."""
    c = calls.c
    columns = (c.id, c.ended, c.zone, c.team, seconds_between(c.put_at, c.ended))
    rows = asked.connection.execute(
        select(*columns).where(*_given_up(asked)).order_by(c.ended.desc(), c.id).limit(MOST_DROPPED)
    )
    return tuple(Dropped(id, ended, zone, team, int(seconds)) for id, ended, zone, team, seconds in rows)


def _given_up(asked: Asked) -> list[ColumnElement[bool]]:
    c = calls.c
    return [
        *asked.all, c.ending == "hung_up", c.person_at.is_(None), c.outcome.in_(("", "hung_up")),
        seconds_between(c.put_at, c.ended) >= LONG_WAIT_SECONDS,
    ]  # fmt: skip


def _counted(
    asked: Asked, column: ColumnElement[str], where: list[ColumnElement[bool]]
) -> tuple[tuple[str, int], ...]:  # fmt: skip
    rows = asked.connection.execute(select(column, func.count()).where(*where).group_by(column))
    return tuple(sorted(((name, count) for name, count in rows), key=lambda row: (-row[1], row[0])))
