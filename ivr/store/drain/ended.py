"""What is worked out once a call has ended: how it ended, how long to a person, and whether somebody owes it a call."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, bindparam, func, select, update

from ivr.desk.case import TRANSFER, Case
from ivr.desk.endings import LOST, ending
from ivr.desk.missed import missed
from ivr.desk.promises import case_number
from ivr.model.numbers import dialable
from ivr.store import cases as kept
from ivr.store.database.schema import Row, calls, case_calls, cases, events, places, waits
from ivr.store.database.upsert import insert_once
from ivr.store.drain.owed import Plan, name_teams, supersede

LOST_SECONDS = 4 * 3600
"""A call that nobody told us the end of is over by then: the provider ends one at 4 hours (Twilio, "Voice limits")."""
SETTLE_SECONDS = 600
"""How long it is waited with a call that seems to be owed: what another machine knows of it may come later, and the caller
may ring again."""
MOST = 1000


def finish(connection: Connection, of: Collection[str], plan: Plan, lost: bool = False) -> None:
    """Work out what follows from the end of those calls that have ended, or were lost; a call may end any number of times,
    since what came before its end may be told after it."""
    over = () if lost else (calls.c.ended.is_not(None),)
    rows = connection.execute(select(calls).where(calls.c.id.in_(of), *over)).mappings().all()
    ended = {row["id"] for row in rows}
    if not ended:
        return
    linked = select(case_calls.c.call).where(case_calls.c.call.in_(ended))
    with_case = set(connection.execute(linked).scalars())
    left = [row["id"] for row in rows if row["person_at"] is None and row["id"] not in with_case and row["caller"]]
    outcomes = _outcomes(connection, left)
    values = []
    for row in rows:
        person, case = row["person_at"] is not None, row["id"] in with_case
        how = ending(person, case, bool(row["told"]), bool(row["over"]))
        values.append({"its_id": row["id"], "its_ending": how, **_waited(row)})
        team = missed(outcomes.get(row["id"], ()), person, case, row["caller"])
        if team:
            _owe(connection, row, team, plan)
    connection.execute(
        update(calls)
        .where(calls.c.id == bindparam("its_id"))
        .values(ending=bindparam("its_ending"), person_at=bindparam("its_person"), waited=bindparam("its_wait")),
        values,
    )
    settled = [row for row in rows if row["person_at"] is not None or row["id"] in with_case]
    supersede(connection, {f"{row['id']}:missed": row["ended"] or row["began"] for row in settled})
    name_teams(connection, ended)
    end = select(func.coalesce(calls.c.ended, calls.c.began)).where(calls.c.id == waits.c.call).scalar_subquery()
    waiting = (waits.c.call.in_(ended), waits.c.left.is_(None))
    connection.execute(update(waits).where(*waiting).values(left=end, outcome="hung_up"))


def _outcomes(connection: Connection, of: Collection[str]) -> dict[str, list[tuple[str, str]]]:
    """(team, outcome) of each time that calls were put through, in order."""
    found: dict[str, list[tuple[str, str]]] = {}
    teams: dict[str, str] = {}
    turns = select(events.c.call, events.c.data).where(events.c.call.in_(of), events.c.kind == "turn")
    for call, data in connection.execute(turns.order_by(events.c.call, events.c.sequence)):
        held = data or {}
        if held.get("refused"):
            found.pop(call, None)  # they were offered a call, and did not want one
        if "outcome" in held:
            found.setdefault(call, []).append((teams.get(call, ""), held["outcome"]))
        if "team" in held:
            teams[call] = held["team"]
    return found


def _waited(row: Row) -> dict[str, int | None]:
    """When a person came, and how long that took: a queue tells how long, a dial how long was talked."""
    put, person, waited = row["put_at"], row["person_at"], row["waited"]
    if person is None:
        return {"its_person": None, "its_wait": None}
    if waited is None:
        waited = max(0, person - put) if put is not None else None
    elif put is not None:
        person = put + waited
    return {"its_person": person, "its_wait": waited}


def _owe(connection: Connection, row: Row, team: str, plan: Plan) -> None:
    """A case for a caller who was put through in vain, and left with nothing."""
    id = f"{row['id']}:missed"
    if connection.execute(select(cases.c.id).where(cases.c.id == id)).first() is not None:
        return
    case = Case(
        id=id, number=_free_number(connection, id), kind=TRANSFER, table=row["table_id"], version=row["version"],
        zone=row["zone"], call=row["id"], dialled=row["dialled"], team=team, language=row["language"],
        topic=row["topic"] or {}, caller=dialable(row["caller"]), opened=row["ended"] or row["began"],
    )  # fmt: skip
    next_at, escalate_at = plan(case)
    settled = max(next_at, case.opened + SETTLE_SECONDS) if next_at else None
    more = {"caller_key": row["caller_key"], "next_at": settled, "escalate_at": escalate_at or None}
    insert_once(connection, cases, [kept.as_row(case) | more])


def _free_number(connection: Connection, id: str) -> str:
    """A case number that nobody has: one that was spoken must go on meaning one case."""
    for salt in range(MOST):
        number = case_number(id, salt)
        used = select(places.c.number).where(places.c.number == number)
        if connection.execute(used.union(select(cases.c.number).where(cases.c.number == number))).first() is None:
            return number
    return ""  # nobody was told it


def _unplanned(_: Case) -> tuple[int, int]:
    """Nobody is rung by itself for a call that ended hours ago."""
    return 0, 0


def end_lost(connection: Connection, now: int) -> int:
    """End the calls that nobody told us the end of; how many."""
    old = select(calls.c.id).where(calls.c.ending == "", calls.c.began < now - LOST_SECONDS).limit(MOST)
    lost = list(connection.execute(old).scalars())
    if lost:
        finish(connection, lost, _unplanned, lost=True)
        nothing = (calls.c.id.in_(lost), calls.c.ending == "hung_up")
        connection.execute(update(calls).where(*nothing).values(ending=LOST))
    return len(lost)
