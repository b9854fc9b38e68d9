"""Somebody of the desk asks for a call to a citizen now: their own telephone is rung first, by the next worker that sees it.

The wish is an attempt without a worker. One that no worker takes on within attempts.WISH seconds is taken back, and the
case is as it was: whoever asked is told, and nobody's telephone rings when they have gone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, delete, select

from ivr.desk import attempt as words
from ivr.desk.case import CALLING, TELEPHONE, TEXT_RELAY, Case
from ivr.desk.schedule import may_ring, policy_of
from ivr.model.numbers import dialable
from ivr.store import attempts as attempts_
from ivr.store import audit
from ivr.store import cases as cases_
from ivr.store.attempts import UNDER_WAY, WISH
from ivr.store.database.schema import attempts
from ivr.store.database.schema import audit as trail
from ivr.store.desk.adding import calendar_of, team_of
from ivr.store.desk.board import NotDone
from ivr.store.desk.handling import TAKE_SECONDS, free
from ivr.tables.ready import Table

CALL, BACK = "case.call", "case.call_back"


class Asked(Struct, frozen=True):
    """How a call stands that somebody asked for. `state` as desk/attempt.STATES, `outcome` as its OUTCOMES; both are '' when
    it was taken back. `waiting`: no worker has taken it on yet."""

    state: str = ""
    outcome: str = ""
    waiting: bool = False


def call(connection: Connection, table: Table, case: Case, telephone: str, by: str, now: int) -> str:
    """Ask for a call: the id of its attempt. `telephone` is what rings for who asks, `table` the live table of the case.

    Raises NotDone when somebody else has the case, or the citizen must not be rung now.
    """
    free(case, by, now)
    if case.reach not in (TELEPHONE, TEXT_RELAY) or not dialable(case.caller):
        raise NotDone(f"case {case.number} has no number that can be rung", "no_number", case=case.number)
    team = team_of(table.graph, case.team)
    calendar = calendar_of(table, team)
    if not dialable(table.graph.caller_id):
        raise NotDone("the table has no number that can be shown", "no_caller_id")
    if calendar is None or not may_ring(calendar, policy_of(team), now):
        raise NotDone(f"nobody is rung outside the hours of team '{case.team}'", "not_now", case=case.number)
    was = {name: getattr(case, name) for name in ("state", "next_at")}
    taken = {"taken_by": by, "taken_until": now + TAKE_SECONDS}
    id = ""
    if cases_.change(connection, case, **taken):
        id = attempts_.begin(connection, replace(case, revision=case.revision + 1), (telephone,), "", now)
    if not id:
        raise NotDone(
            f"somebody changed case {case.number} at this moment; look at it again", "quicker", case=case.number
        )
    audit.record(connection, now, by, CALL, case.id, {"attempt": id, "was": was})
    return id


def look(connection: Connection, case: Case, id: str) -> Asked:
    """How a call stands."""
    row = connection.execute(
        select(attempts.c.state, attempts.c.outcome, attempts.c.worker).where(
            attempts.c.id == id, attempts.c.case_id == case.id
        )
    ).one_or_none()
    return Asked() if row is None else Asked(row.state, row.outcome, row.worker == "")


def under_way(connection: Connection, case: Case) -> str:
    """The id of the attempt of a case that is under way, '' for none."""
    mine = (attempts.c.case_id == case.id, attempts.c.state.in_(UNDER_WAY))
    return connection.scalar(select(attempts.c.id).where(*mine).order_by(attempts.c.ordinal.desc()).limit(1)) or ""


def stop(connection: Connection, case: Case, by: str, now: int) -> None:
    """Take back a wish that no worker has taken on. Raises NotDone when it rings already: then hang up."""
    id = connection.scalar(select(attempts.c.id).where(*_waiting(), attempts.c.case_id == case.id))
    if id is None or not _take_back(connection, id, by, now):
        raise NotDone(
            f"case {case.number} is being rung at this moment; hang up instead", "being_rung", case=case.number
        )


def lapse(connection: Connection, now: int) -> int:
    """Take back the wishes that nobody took on in time; how many."""
    late = select(attempts.c.id).where(*_waiting(), attempts.c.began <= now - WISH).limit(100)
    return sum(_take_back(connection, id, "worker", now) for id in list(connection.scalars(late)))


def late(connection: Connection, now: int) -> bool:
    """Whether `lapse` has something to do: asked by who only reads."""
    wanted = select(attempts.c.id).where(*_waiting(), attempts.c.began <= now - WISH).limit(1)
    return connection.scalar(wanted) is not None


def _waiting() -> tuple[Any, ...]:  # conditions
    return attempts.c.state == words.BEGUN, attempts.c.worker == ""


def _take_back(connection: Connection, id: str, by: str, now: int) -> bool:
    found = attempts_.look(connection, id)
    if found is None:
        return False
    case = found[0]
    gone = delete(attempts).where(attempts.c.id == id, *_waiting())
    if not connection.execute(gone).rowcount:
        return False  # a worker was quicker
    data = _asked_for(connection, case, id)
    if case.state == CALLING:
        cases_.change(connection, case, **data.get("was", {"state": "planned", "next_at": now}))
    audit.record(connection, now, by, BACK, case.id, {"attempt": id})
    return True


def _asked_for(connection: Connection, case: Case, id: str) -> Mapping[str, Any]:  # as `call` wrote it
    mine = (trail.c.subject == case.id, trail.c.what == CALL)
    for data in connection.scalars(select(trail.c.data).where(*mine).order_by(trail.c.id.desc()).limit(5)):
        if (data or {}).get("attempt") == id:
            held: Mapping[str, Any] = data
            return held
    return {}
