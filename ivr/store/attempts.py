"""Attempts in the database: begun once for a case, accepted once by one leg, over once whoever tells us so.

Whoever changes an attempt locks its case first (PostgreSQL: the row; SQLite: all), so that one who accepts, one who cancels
and one who looks for what came of it wait for each other. All that is needed to go on stands in the rows: a worker of
another version takes over what this one began.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, func, insert, select, tuple_, update

from ivr.desk import attempt as words
from ivr.desk.case import CALLING, NOT_REACHED, PLANNED, REACHED, TELEPHONE, TEXT_RELAY, UNSURE, WAITING, Case
from ivr.desk.case import OVER as SETTLED
from ivr.desk.kept import half_day
from ivr.desk.legs import Heard, conclude
from ivr.desk.schedule import BY_ITSELF
from ivr.store import cases as cases_
from ivr.store import waits
from ivr.store.database.schema import Row, attempts, cases
from ivr.store.journal import Entry

LEASE = 60
"""Seconds in which the worker that holds an attempt answers for it; then another one looks for what came of it."""
WISH = 20
"""Seconds in which a worker begins an attempt that somebody of the desk asked for; then nobody rings for it any more."""
TALK_LOOK = 120
"""Seconds from the agent's key until somebody looks how it went, unless a webhook said so before."""
OPEN = (words.BEGUN, words.RINGING)
"""States in which nobody has won the right to dial."""
UNDER_WAY = (*OPEN, words.ACCEPTED)


class Held(Struct, frozen=True, kw_only=True):
    """An attempt as it stands in its row. Instants are epoch seconds, 0 for none."""

    id: str
    case_id: str
    state: str
    targets: tuple[str, ...]
    agent_call: str
    began: int
    accepted: int
    ended: int
    outcome: str
    by: str
    heard: Heard
    worker: str = ""


def due(
    connection: Connection,
    now: int,
    most: int,
    full: Collection[tuple[str, str]] = (),
    absent: Collection[str] = (),
) -> list[Case]:
    """At most `most` cases whose next attempt is due, those first of which something was promised first, locked against
    other workers until the end of the transaction. `full`: (table, team) of those that cannot take another attempt now;
    `absent`: tables that this worker does not have."""
    at = (cases.c.state.in_(WAITING), cases.c.next_at <= now)
    wanted = select(cases.c.id).where(*at)
    if absent:
        wanted = wanted.where(cases.c.table_id.not_in(sorted(absent)))
    if full:
        wanted = wanted.where(tuple_(cases.c.table_id, cases.c.team).not_in(sorted(full)))
    # all that this asks for stands in one index: as many of its entries are read as cases are due, and no rows
    wanted = wanted.order_by(cases.c.first_due.is_(None), cases.c.first_due, cases.c.opened, cases.c.id).limit(most)
    ids = connection.scalars(wanted).all()
    rows = connection.execute(select(cases).where(cases.c.id.in_(ids), *at).with_for_update(skip_locked=True))
    place = {id: n for n, id in enumerate(ids)}
    return sorted((cases_.as_case(row) for row in rows.mappings()), key=lambda case: place[case.id])


def idle(connection: Connection, after: str, most: int) -> list[Case]:
    """At most `most` cases for which no attempt will begin though somebody could be rung, in the order of their ids, those
    that come after one."""
    of = (
        cases.c.state.in_(WAITING),
        cases.c.next_at.is_(None),
        cases.c.kind.in_(BY_ITSELF),
        cases.c.reach.in_((TELEPHONE, TEXT_RELAY)),
        cases.c.caller != "",
        cases.c.id > after,
    )
    rows = connection.execute(select(cases).where(*of).order_by(cases.c.id).limit(most)).mappings()
    return [cases_.as_case(row) for row in rows]


def at_once(connection: Connection) -> dict[tuple[str, str], int]:
    """How many attempts are under way for each (table, team)."""
    counted = (
        select(cases.c.table_id, cases.c.team, func.count())
        .join(attempts, attempts.c.case_id == cases.c.id)
        .where(attempts.c.state.in_(UNDER_WAY))
        .group_by(cases.c.table_id, cases.c.team)
    )
    return {(table, team): count for table, team, count in connection.execute(counted)}


def begin(
    connection: Connection, case: Case, targets: Sequence[str], worker: str, now: int, partly: bool = False
) -> str:
    """Begin an attempt for a case that nobody is busy with; answers its id, '' when somebody was quicker. `partly`: others
    of the team are on the telephone. Without a `worker` the first one that sees it takes it on (`asked`)."""
    if not cases_.change(connection, case, state=CALLING, next_at=0):
        return ""
    last = connection.scalar(select(func.max(attempts.c.ordinal)).where(attempts.c.case_id == case.id))
    id = uuid.uuid4().hex
    connection.execute(
        insert(attempts).values(
            id=id, case_id=case.id, ordinal=(last or 0) + 1, state=words.BEGUN, worker=worker, lease=now + LEASE,
            target=" ".join(targets), began=now, heard={"partly": True} if partly else None,
        )
    )  # fmt: skip
    return id


def asked(connection: Connection, worker: str, now: int, most: int) -> list[tuple[Case, Held]]:
    """At most `most` attempts that somebody of the desk asked for and no worker has, held by `worker` from now on."""
    wanted = select(attempts).where(
        attempts.c.state == words.BEGUN, attempts.c.worker == "", attempts.c.began > now - WISH
    )
    rows = connection.execute(wanted.limit(most).with_for_update(skip_locked=True)).mappings().all()
    ids = [row["id"] for row in rows]
    if not ids:
        return []
    connection.execute(update(attempts).where(attempts.c.id.in_(ids)).values(worker=worker, lease=now + LEASE))
    of = {case.id: case for case in cases_.find(connection, cases.c.id.in_({row["case_id"] for row in rows}))}
    return [(of[row["case_id"]], _held(row)) for row in rows]


def hold(connection: Connection, id: str, worker: str, now: int) -> bool:
    """Prolong a lease, right before the provider is asked; False when it is another's by now, or the attempt is no longer
    open: then nobody must be rung for it."""
    done = connection.execute(
        update(attempts)
        .where(attempts.c.id == id, attempts.c.worker == worker, attempts.c.state.in_(OPEN))
        .values(lease=now + LEASE)
    )
    return done.rowcount == 1


def undo(connection: Connection, id: str, worker: str, now: int, again: int) -> bool:
    """Take back an attempt for which surely nobody was rung; its case is due again at `again`."""
    case, held = _locked(connection, id)
    if case is None or held is None or held.state != words.BEGUN or held.heard.agents:
        return False
    gone = attempts.delete().where(attempts.c.id == id, attempts.c.worker == worker)
    if not connection.execute(gone).rowcount:
        return False
    if case.state == CALLING:
        cases_.change(connection, case, state=PLANNED, next_at=max(again, now))
    return True


def postpone(connection: Connection, id: str, until: int) -> None:
    """Nobody needs to look at an attempt before an instant (epoch seconds, 0: never again)."""
    connection.execute(update(attempts).where(attempts.c.id == id).values(lease=until or None))


def ran_out(connection: Connection, worker: str, now: int, most: int) -> list[tuple[Case, Held]]:
    """At most `most` attempts that nobody answers for any more, held by `worker` from now on."""
    rows: list[Row] = []
    for state in (words.ACCEPTED, words.RINGING, words.BEGUN, words.UNKNOWN):
        wanted = select(attempts).where(attempts.c.state == state, attempts.c.lease <= now, attempts.c.worker != "")
        wanted = wanted.order_by(attempts.c.lease).limit(most - len(rows)).with_for_update(skip_locked=True)
        rows += connection.execute(wanted).mappings().all()
        if len(rows) >= most:
            break
    ids = [row["id"] for row in rows]
    connection.execute(update(attempts).where(attempts.c.id.in_(ids)).values(worker=worker, lease=now + LEASE))
    of = {case.id: case for case in cases_.find(connection, cases.c.id.in_({row["case_id"] for row in rows}))}
    return [(of[row["case_id"]], _held(row)) for row in rows]


def look(connection: Connection, id: str) -> tuple[Case, Held] | None:
    """An attempt and its case, as they are."""
    row = connection.execute(select(attempts).where(attempts.c.id == id)).mappings().one_or_none()
    case = cases_.load(connection, row["case_id"]) if row is not None else None
    return (case, _held(row)) if row is not None and case is not None else None


def accept(connection: Connection, id: str, agent_call: str, now: int, target: str = "") -> Case | None:
    """A leg of the team pressed the key: the case whose citizen it may dial now, or None. `target` is whom it rang, where
    the provider says so.

    One leg wins, and wins again when it asks again (the provider repeats a request whose answer it did not get) until a leg
    to the citizen is known of. Nobody wins once the case is settled or another attempt of it was accepted.
    """
    case, held = _locked(connection, id)
    if case is None or held is None or case.state != CALLING or held.heard.rang:
        return None
    if held.state == words.ACCEPTED:
        return case if held.agent_call == agent_call else None
    if held.state not in OPEN or _others(connection, held, (words.ACCEPTED,)):
        return None
    known = {}
    if target in held.targets and agent_call not in held.heard.to:
        known["heard"] = msgspec.to_builtins(held.heard.merge(Heard(to={agent_call: target})))
    first_look = now + (5 if len(held.heard.agents) > 1 else TALK_LOOK)  # the other legs still ring
    done = connection.execute(
        update(attempts)
        .where(attempts.c.id == id, attempts.c.state.in_(OPEN))
        .values(state=words.ACCEPTED, agent_call=agent_call, accepted=now, dialled=now, lease=first_look, **known)
    )
    return case if done.rowcount else None


def hear(connection: Connection, id: str, heard: Heard, at: int) -> str:
    """Take in what was heard of an attempt's legs at an instant; answers its outcome, '' while it is under way.

    May be told anything in any order, and again. What a person settled stays as they settled it.
    """
    case, held = _locked(connection, id)
    if case is None or held is None:
        return ""
    known = held.heard.merge(heard)
    fields: dict[str, object] = {}
    if known != held.heard:
        fields["heard"] = msgspec.to_builtins(known)
    if held.state == words.BEGUN and known.agents:
        fields |= {"state": words.RINGING}
    if not held.agent_call and known.agents:
        fields["agent_call"] = min(known.agents)
    if known.sid:
        fields["citizen_call"] = known.sid
    if fields:
        connection.execute(update(attempts).where(attempts.c.id == id).values(**fields))
    outcome = conclude(known, held.agent_call if held.accepted else "")
    if not outcome or held.by:
        return held.outcome
    _settle(connection, case, held, outcome, known.seconds, at)
    return outcome


def over(connection: Connection, id: str, outcome: str, now: int) -> bool:
    """End an attempt of which no more will be heard: NO_AGENT when nobody has accepted it, UNSURE when somebody has. False
    when it stands otherwise by now."""
    case, held = _locked(connection, id)
    wanted = OPEN if outcome == words.NO_AGENT else (words.ACCEPTED,)
    if case is None or held is None or held.state not in wanted:
        return False
    _settle(connection, case, held, outcome, 0, now)
    return True


def apply_leg(connection: Connection, entry: Entry) -> None:
    """Carry what a webhook told of a leg (journal entry of kind `leg`) into the database: any number of times, in any
    order. An entry of an attempt, or ring, that is not there is passed over. Raises ValueError when it is none of ours."""
    if "ring" in entry:
        waits.hear(connection, str(entry["ring"]), str(entry["call"]), str(entry["status"]), int(entry["at"]))
        return
    try:
        heard = msgspec.convert(entry["heard"], Heard)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from None
    hear(connection, str(entry["attempt"]), heard, int(entry["at"]))


def leg_order(entry: Entry) -> str:
    """By which entries of legs are sorted before they are applied: two transactions that lock the cases of several attempts
    must do so in one order."""
    return str(entry.get("attempt") or entry.get("ring") or "")


def claimed(connection: Connection, legs: Sequence[str]) -> set[str]:
    """Those of the legs that some attempt, or ring for a queue, knows as its own."""
    known = select(attempts.c.agent_call).where(attempts.c.agent_call.in_(legs))
    found = set(connection.scalars(known)) | waits.claimed(connection, legs)
    for heard in connection.scalars(select(attempts.c.heard).where(attempts.c.state.in_(UNDER_WAY))):
        found |= set(msgspec.convert(heard or {}, Heard).agents)
    return found & set(legs)


def _locked(connection: Connection, id: str) -> tuple[Case | None, Held | None]:
    of = connection.scalar(select(attempts.c.case_id).where(attempts.c.id == id))
    if of is None:
        return None, None
    case = connection.execute(select(cases).where(cases.c.id == of).with_for_update()).mappings().one()
    row = connection.execute(select(attempts).where(attempts.c.id == id).with_for_update()).mappings().one_or_none()
    return cases_.as_case(case), None if row is None else _held(row)


def _held(row: Row) -> Held:
    return Held(
        id=row["id"],
        case_id=row["case_id"],
        state=row["state"],
        targets=tuple(row["target"].split()),
        agent_call=row["agent_call"],
        began=row["began"],
        accepted=row["accepted"] or 0,
        ended=row["ended"] or 0,
        outcome=row["outcome"],
        by=row["by"],
        heard=msgspec.convert(row["heard"] or {}, Heard),
        worker=row["worker"],
    )


def _others(connection: Connection, held: Held, states: Sequence[str]) -> int:
    same = (attempts.c.case_id == held.case_id, attempts.c.id != held.id, attempts.c.state.in_(states))
    return connection.scalar(select(func.count()).select_from(attempts).where(*same)) or 0


def _settle(connection: Connection, case: Case, held: Held, outcome: str, seconds: int, at: int) -> None:
    """Write an outcome into the attempt, and what follows from it into the case."""
    if outcome == held.outcome:
        return
    ended = held.ended if held.outcome not in ("", words.UNSURE) else at
    rang = outcome in words.RANG
    unsure = outcome == words.UNSURE
    connection.execute(
        update(attempts)
        .where(attempts.c.id == held.id)
        .values(
            state=words.UNKNOWN if unsure else words.OVER,
            outcome=outcome,
            ended=ended,
            seconds=seconds,
            half_day=half_day(held.accepted or ended, ZoneInfo(case.zone)) if rang else "",
            lease=at + LEASE if unsure else None,
        )
    )
    tries = select(func.count()).select_from(attempts)
    tries = tries.where(attempts.c.case_id == case.id, attempts.c.outcome.in_(words.RANG))
    fields: dict[str, object] = {"tries": connection.scalar(tries) or 0}
    if case.state not in SETTLED:
        if outcome == words.REACHED:
            fields |= {"state": REACHED, "next_at": 0, "reached_at": max(held.accepted, ended - seconds)}
        elif not _others(connection, held, UNDER_WAY) and (case.state != REACHED or held.outcome == words.REACHED):
            fields |= {"state": UNSURE, "next_at": 0} if unsure else _again(outcome, at)
    cases_.change(connection, case, **fields)


def _again(outcome: str, at: int) -> dict[str, object]:
    """The case is looked at once more at once: whoever dispatches asks the policy when it is rung again, if at all."""
    return {"state": NOT_REACHED if outcome in words.RANG else PLANNED, "next_at": at, "reached_at": 0}
