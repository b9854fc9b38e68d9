"""Who is on the line with the desk: callers who were put through and whose conversation is not over; and passing them on."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from msgspec import Struct
from sqlalchemy import Connection, and_, select

from ivr.desk.switches import CLOSED
from ivr.model.moment import OPEN
from ivr.store import audit, passes
from ivr.store.database.schema import calls, events, rings, waits
from ivr.store.desk.adding import calendar_of, team_of
from ivr.store.desk.board import NotDone
from ivr.store.live.switches import standing
from ivr.store.passes import Pass
from ivr.store.waits import LONGEST, TAKEN
from ivr.tables.ready import Table

MOST = 30
SHOWN_AFTER = 120
"""Seconds for which it is shown what became of somebody who was passed on."""


class OnLine(Struct, frozen=True):
    """A caller who was put through to a team. `caller` is their number, '' when it is withheld; `put`: since when (epoch
    seconds); `at`: the telephone that took them from our queue, '' where the team's own switchboard rings."""

    call: str
    team: str
    caller: str
    dialled: str
    number: str
    language: str
    topic: Mapping[str, str]
    put: int
    at: str
    passed: Pass | None


def on_line(connection: Connection, table: str, now: int) -> list[OnLine]:
    """The callers who are on the line, the latest first. That a team was rung and nobody has answered yet is not told from a
    conversation: the provider tells only when it is over."""
    queued = select(waits.c.call).where(waits.c.left.is_(None), waits.c.outcome == "", waits.c.joined > now - LONGEST)
    last = and_(events.c.call == calls.c.id, events.c.sequence == calls.c.turns, events.c.kind == "turn")
    wanted = (
        select(calls, events.c.data)
        .outerjoin(events, last)
        .where(
            calls.c.table_id == table, calls.c.ending == "", calls.c.ended.is_(None), calls.c.began > now - LONGEST,
            calls.c.put_at.is_not(None), calls.c.team != "", calls.c.id.not_in(queued),
        )
        .order_by(calls.c.put_at.desc(), calls.c.id)
        .limit(4 * MOST)
    )  # fmt: skip
    rows = connection.execute(wanted).mappings().all()
    known = passes.last_of(connection, [row["id"] for row in rows])
    rows = [row for row in rows if "team" in (row["data"] or {}) or row["id"] in known][:MOST]
    took = _took(connection, [row["id"] for row in rows])
    found = [
        OnLine(
            row["id"], row["team"], row["caller"], row["dialled"], row["number"], row["language"], row["topic"] or {},
            row["put_at"], took.get(row["id"], ""), known.get(row["id"]),
        )
        for row in rows
    ]  # fmt: skip
    return [one for one in found if one.passed is None or not one.passed.ended or one.passed.ended > now - SHOWN_AFTER]


def _took(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    """Call → the telephone that took it from a queue of ours: the only one of that queue, else it is not known which."""
    theirs = select(waits.c.call, waits.c.queue).where(waits.c.call.in_(ids), waits.c.outcome == TAKEN)
    out: dict[str, str] = {}
    for call, queue in connection.execute(theirs.where(waits.c.left.is_(None))).all():
        targets = connection.scalars(select(rings.c.target).where(rings.c.queue == queue, rings.c.state == "accepted"))
        held = list(targets.all())
        out[call] = held[0] if len(held) == 1 else ""
    return out


def pass_on(connection: Connection, table: Table, call: str, team: str, telephone: str, by: str, now: int) -> str:
    """Ask for a caller to be passed on to another team, and back to `telephone` when nobody of it answers; the id.

    Raises NotDone when the caller is gone or passed on already, or the team is not there: then something is promised.
    """
    to = team_of(table.graph, team)
    calendar = calendar_of(table, to)
    if not to.dial or (calendar is not None and calendar.at(now) != OPEN) or team in closed(connection, table, now):
        raise NotDone(f"team '{team}' is not there now", "team_closed", team=team)
    row = connection.execute(select(calls).where(calls.c.id == call)).mappings().one_or_none()
    here = row is not None and row["table_id"] == table.graph.id and row["ended"] is None and row["ending"] == ""
    if row is None or not here or row["put_at"] is None or row["began"] is None or row["began"] <= now - LONGEST:
        raise NotDone("this caller is not on the line any more", "caller_gone")
    waiting = (waits.c.call == call, waits.c.left.is_(None), waits.c.outcome == "")
    if connection.execute(select(waits.c.call).where(*waiting)).first() is not None:
        raise NotDone("this caller is still waiting in the queue", "caller_waits")
    back = (telephone,) if telephone else _rung_for(table, row["team"])
    id = passes.ask(connection, call, table.graph.id, team, back, row["language"], by, now)
    if not id:
        raise NotDone("this caller is being passed on already", "passed_already")
    audit.record(connection, now, by, "call.pass", call, {"team": team, "pass": id})
    return id


def closed(connection: Connection, table: Table, now: int) -> set[str]:
    """The teams that a lead has closed for a while."""
    return {one.team for one in standing(connection, (table.graph.id,), now) if one.kind == CLOSED and one.holds(now)}


def _rung_for(table: Table, team: str) -> tuple[str, ...]:
    held = next((one for one in table.graph.teams if one.name == team), None)
    return held.dial[:10] if held is not None else ()
