"""Who waits in our own queues, and which agents are rung for them: no more than there are callers, none twice at once."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from ivr.desk.attempt import ACCEPTED, BEGUN, NO_AGENT, OVER, RINGING
from ivr.desk.legs import Heard, is_over
from ivr.store.database.schema import Row, attempts, rings, waits

LONGEST = 4 * 3600
"""Seconds after which nobody waits any more, whatever the provider told us: its own queues end a wait at 4 hours at most."""
LEASE = 60
LIVE = (BEGUN, RINGING, ACCEPTED)
SETTLED = 20
GONE = "gone"
"""The outcome of a wait of which only the provider's books tell that it is over."""
TAKEN = "taken"
"""The outcome of a ring that somebody accepted, and of a wait whose caller was given to them, until more is told."""


InVain = Mapping[str, tuple[int, int]]
"""Target → how often it was rung in vain, and when that ended last (epoch seconds)."""
_LOCK = 1_405_000_004
"""The number of PostgreSQL's lock that whoever plans rings holds, till the end of the transaction."""


class Queue(Struct, frozen=True):
    """A team's queue: how many wait in it, and since when the first of them does (epoch seconds)."""

    table: str
    team: str
    waiting: int
    since: int


class Ring(Struct, frozen=True, kw_only=True):
    """An agent who is rung for a queue, or was. Instants are epoch seconds, 0 for none."""

    id: str
    table: str
    team: str
    target: str
    state: str
    agent_call: str = ""
    began: int = 0
    ended: int = 0
    outcome: str = ""


def alone(connection: Connection) -> None:
    """Wait until no other worker plans rings or attempts: two would ring one target twice. SQLite lets one write at a time
    anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def queues(connection: Connection, now: int) -> list[Queue]:
    """The teams for which somebody waits, who has waited longest first."""
    since = func.min(waits.c.since)
    found = (
        select(waits.c.table_id, waits.c.team, func.count(), since)
        .where(*_waiting(now))
        .group_by(waits.c.table_id, waits.c.team)
        .order_by(since)
    )
    return [Queue(*row) for row in connection.execute(found)]


def longest(connection: Connection, table: str, team: str, now: int) -> str:
    """The provider's name of the queue whose head has waited longest for a team; '' when nobody waits."""
    head = _head(connection, table, team, now)
    return "" if head is None else head["queue"]


def _waiting(now: int) -> tuple[ColumnElement[bool], ...]:
    """Who waits: not those whom an agent was given, whose wait is only told to be over when their conversation is."""
    return waits.c.left.is_(None), waits.c.outcome == "", waits.c.joined > now - LONGEST


def _head(connection: Connection, table: str, team: str, now: int) -> Row | None:
    wanted = select(waits).where(*_waiting(now), waits.c.table_id == table, waits.c.team == team)
    wanted = wanted.order_by(waits.c.since, waits.c.joined, waits.c.call).limit(1).with_for_update()
    return connection.execute(wanted).mappings().one_or_none()


def recent(connection: Connection, now: int) -> list[tuple[str, str, str]]:
    """(table, team, the provider's name) of the queues in which somebody waited of late."""
    found = select(waits.c.table_id, waits.c.team, waits.c.queue).where(waits.c.joined > now - LONGEST).distinct()
    return [(table, team, queue) for table, team, queue in connection.execute(found)]


def agree(connection: Connection, table: str, team: str, queue: str, members: Mapping[str, int], now: int) -> None:
    """Bring who waits into line with the provider's books, call → seconds in the queue: the news of somebody who joined or
    left may have died with a process. Who joined or left within SETTLED seconds is not judged."""
    of = (waits.c.table_id == table, waits.c.queue == queue, waits.c.left.is_(None), waits.c.joined < now - SETTLED)
    left = update(waits).where(*of, waits.c.outcome == "", waits.c.call.not_in(list(members)))
    connection.execute(left.values(left=now, outcome=GONE))
    still = update(waits).where(*of, waits.c.outcome == TAKEN, waits.c.call.in_(list(members)))
    connection.execute(still.values(outcome=""))
    known = set(connection.scalars(select(waits.c.call).where(waits.c.call.in_(list(members)))))
    missing = {call: waited for call, waited in members.items() if call not in known and waited > SETTLED}
    for call, waited in missing.items():
        connection.execute(
            insert(waits).values(
                call=call, sequence=0, table_id=table, team=team, queue=queue, joined=now - waited, since=now - waited
            )
        )


def live(connection: Connection) -> list[Ring]:
    """All rings that are not over."""
    rows = connection.execute(select(rings).where(rings.c.state.in_(LIVE)).order_by(rings.c.began, rings.c.id))
    return [_ring(row) for row in rows.mappings()]


def rung(connection: Connection, table: str, team: str, since: int) -> InVain:
    """How often each target of a team was rung in vain since an instant, and when that ended last."""
    found = (
        select(rings.c.target, func.count(), func.max(rings.c.ended))
        .where(rings.c.table_id == table, rings.c.team == team, rings.c.state == OVER)
        .where(rings.c.began >= since, rings.c.outcome == NO_AGENT)
        .group_by(rings.c.target)
    )
    return {target: (count, ended or 0) for target, count, ended in connection.execute(found)}


def busy(connection: Connection) -> set[str]:
    """Targets of any team that are in an attempt to reach a citizen: all that are rung, and once somebody accepted only
    whoever did. Nobody, where it is not known who that was: to ring somebody who speaks does less harm than to ring nobody.
    """
    found = select(attempts.c.target, attempts.c.state, attempts.c.agent_call, attempts.c.heard)
    taken: set[str] = set()
    for targets, state, leg, heard in connection.execute(found.where(attempts.c.state.in_(LIVE))):
        rung = set(targets.split())
        if state == ACCEPTED and len(rung) > 1:
            rung = {msgspec.convert(heard or {}, Heard).to.get(leg, "")}
        taken |= rung
    return taken - {""}


def ringing(connection: Connection) -> set[str]:
    """Targets of any team that are rung for a queue, or speak to somebody who waited in it."""
    return set(connection.scalars(select(rings.c.target).where(rings.c.state.in_(LIVE))))


def claimed(connection: Connection, legs: Collection[str]) -> set[str]:
    """Those of some legs that belong to a ring."""
    return set(connection.scalars(select(rings.c.agent_call).where(rings.c.agent_call.in_(legs))))


def unplaced(connection: Connection, targets: Collection[str]) -> bool:
    """Whether any of some targets is rung for a queue by a leg that is not known yet."""
    found = select(rings.c.id).where(rings.c.state == BEGUN, rings.c.agent_call == "", rings.c.target.in_(targets))
    return connection.execute(found.limit(1)).first() is not None


def begin(connection: Connection, table: str, team: str, target: str, worker: str, now: int) -> str:
    """Note that a target is about to be rung; answers the ring's id."""
    id = uuid.uuid4().hex
    connection.execute(
        insert(rings).values(
            id=id, table_id=table, team=team, target=target, state=BEGUN, worker=worker, lease=now + LEASE, began=now
        )
    )
    return id


def take(connection: Connection, id: str, agent_call: str, now: int) -> str:
    """An agent pressed the key: the queue whose head they get, '' when nobody waits any more, or another leg took it."""
    row = connection.execute(select(rings).where(rings.c.id == id).with_for_update()).mappings().one_or_none()
    if row is None or row["state"] not in LIVE:
        return ""
    if row["state"] == ACCEPTED:
        return row["queue"] if row["agent_call"] == agent_call else ""
    head = _head(connection, row["table_id"], row["team"], now)
    if head is None:
        return ""
    connection.execute(
        update(waits).where(waits.c.call == head["call"], waits.c.sequence == head["sequence"]).values(outcome=TAKEN)
    )
    queue: str = head["queue"]
    connection.execute(
        update(rings)
        .where(rings.c.id == id)
        .values(state=ACCEPTED, agent_call=agent_call, queue=queue, lease=now + LEASE)
    )
    return queue


def look(connection: Connection, id: str) -> Ring | None:
    """A ring as it is."""
    row = connection.execute(select(rings).where(rings.c.id == id)).mappings().one_or_none()
    return None if row is None else _ring(row)


def hear(connection: Connection, id: str, leg: str, status: str, at: int) -> None:
    """Take in what became of the agent's leg: any number of times, in any order."""
    row = connection.execute(select(rings).where(rings.c.id == id).with_for_update()).mappings().one_or_none()
    if row is None or row["state"] == OVER or (row["agent_call"] and row["agent_call"] != leg):
        return
    if is_over(status):
        outcome = TAKEN if row["state"] == ACCEPTED else NO_AGENT
        values: dict[str, object] = {"state": OVER, "ended": at, "outcome": outcome, "lease": None}
    else:
        values = {"state": RINGING if row["state"] == BEGUN else row["state"]}
    connection.execute(update(rings).where(rings.c.id == id).values(**values, agent_call=leg))


def end(connection: Connection, id: str, now: int) -> None:
    """A ring of which no more will be heard."""
    row = connection.execute(select(rings.c.state).where(rings.c.id == id).with_for_update()).one_or_none()
    if row is not None and row.state in LIVE:
        outcome = TAKEN if row.state == ACCEPTED else NO_AGENT
        over = {"state": OVER, "ended": now, "outcome": outcome, "lease": None}
        connection.execute(update(rings).where(rings.c.id == id).values(**over))


def ran_out(connection: Connection, worker: str, now: int, most: int) -> list[Ring]:
    """At most `most` rings that nobody answers for any more, held by `worker` from now on."""
    wanted = select(rings).where(rings.c.state.in_(LIVE), rings.c.lease <= now).order_by(rings.c.lease).limit(most)
    rows = connection.execute(wanted.with_for_update(skip_locked=True)).mappings().all()
    ids = [row["id"] for row in rows]
    connection.execute(update(rings).where(rings.c.id.in_(ids)).values(worker=worker, lease=now + LEASE))
    return [_ring(row) for row in rows]


def _ring(row: Row) -> Ring:
    return Ring(
        id=row["id"],
        table=row["table_id"],
        team=row["team"],
        target=row["target"],
        state=row["state"],
        agent_call=row["agent_call"],
        began=row["began"],
        ended=row["ended"] or 0,
        outcome=row["outcome"],
    )
