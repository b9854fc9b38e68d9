"""What somebody of the desk does with a case: each change once, by who saw the newest, and in the audit trail."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Update, delete, func, insert, select, update

from ivr.desk import attempt as words
from ivr.desk.case import CALLING, CANCELLED, CLOSED, NOT_REACHED, OVER, PLANNED, REACHED, UNSURE, Case
from ivr.desk.kept import half_day
from ivr.store import audit
from ivr.store import cases as cases_
from ivr.store.database.schema import attempts, notes, places
from ivr.store.desk.board import NotDone

MAX_NOTE = 2000
"""Characters of a note."""
TAKE_SECONDS = 1800
"""How long a case that somebody took is left to them; then it is rung for by itself again, so that none is forgotten."""
BY_HAND = (words.REACHED, words.VOICEMAIL, words.NO_ANSWER, words.BUSY)
"""How a call that somebody made by hand came out."""
SPOKEN, RUNG, NOT_RUNG = "spoken", "rung", "not_rung"
DECISIONS = {SPOKEN: words.REACHED, RUNG: words.NO_ANSWER, NOT_RUNG: words.NO_AGENT}
"""What a person found out about an attempt in doubt → its outcome."""


def note(connection: Connection, case: Case, text: str, by: str, now: int) -> None:
    """Write a note to a case."""
    clean = "".join(c for c in text if c.isprintable() or c in "\n\t").strip()
    if not clean:
        raise NotDone("the note is empty", "note_empty")
    if len(clean) > MAX_NOTE:
        raise NotDone(f"the note is longer than {MAX_NOTE} characters", "note_long", n=MAX_NOTE)
    written = insert(notes).values(case_id=case.id, at=now, by=by, text=clean).returning(notes.c.id)
    audit.record(connection, now, by, "case.note", case.id, {"note": connection.scalar(written)})


def take(connection: Connection, case: Case, by: str, now: int) -> int:
    """Leave a case to somebody who calls back by hand; answers until when (epoch seconds). To take it again prolongs it."""
    free(case, by, now)
    until = now + TAKE_SECONDS
    fields = {"taken_by": by, "taken_until": until, "next_at": max(case.next_at, until) if case.next_at else 0}
    _do(connection, case, by, now, "case.take", fields)
    return until


def let_go(connection: Connection, case: Case, by: str, now: int) -> None:
    """Give back a case that one took: it is rung for by itself again, as its team's policy says."""
    _running(case)
    if case.taken_by != by:
        raise NotDone(f"case {case.number} is not taken by {by}", "not_yours", case=case.number)
    fields = {"taken_by": "", "taken_until": 0, "next_at": now if case.next_at else 0}
    _do(connection, case, by, now, "case.let_go", fields)


def free(case: Case, by: str, now: int) -> None:
    """Raises NotDone when somebody else works on a case, or nothing is to be done for it."""
    _running(case)
    if case.state == REACHED:
        raise NotDone(f"case {case.number} was reached already", "reached_already", case=case.number)
    if case.state == CALLING:
        raise NotDone(f"case {case.number} is being rung at this moment", "being_rung", case=case.number)
    if case.state == UNSURE:
        raise NotDone(
            f"case {case.number} may have been rung; first 'ivr desk decide {case.number}'", "unsure", case=case.number
        )
    if case.taken_until > now and case.taken_by != by:
        raise NotDone(f"case {case.number} is taken by {case.taken_by}", "taken", case=case.number, by=case.taken_by)


def outcome(connection: Connection, case: Case, came_out: str, by: str, now: int) -> None:
    """Note how a call that somebody made by hand came out (BY_HAND): an attempt like any other. Who calls by hand has
    looked into what was in doubt before, so that is in doubt no longer."""
    _running(case)
    if came_out not in BY_HAND:
        raise NotDone(f"'{came_out}' is no outcome; outcomes are: {', '.join(BY_HAND)}")
    if case.state == REACHED:
        raise NotDone(
            f"case {case.number} was reached already; close it with 'ivr desk close {case.number}'",
            "reached_already",
            case=case.number,
        )
    if case.state == CALLING and came_out != words.REACHED:
        raise NotDone(
            f"case {case.number} is being rung at this moment; its outcome comes by itself",
            "being_rung",
            case=case.number,
        )
    fields: dict[str, object] = {"tries": case.tries + 1, "taken_by": "", "taken_until": 0}
    if came_out == words.REACHED:
        fields |= {"state": REACHED, "reached_at": now, "next_at": 0, "escalate_at": 0}
    else:
        # whoever dispatches asks the policy when it is rung again, if at all
        fields |= {"state": NOT_REACHED, "next_at": now if case.caller else 0}
    last = connection.scalar(select(func.max(attempts.c.ordinal)).where(attempts.c.case_id == case.id)) or 0
    id = uuid.uuid4().hex
    doubt = list(connection.scalars(select(attempts.c.id).where(*_doubtful(case))))
    more = {"outcome": came_out, "attempt": id, "doubt": doubt}
    _do(connection, case, by, now, "case.outcome", fields, more)
    connection.execute(
        insert(attempts).values(
            id=id, case_id=case.id, ordinal=last + 1, state=words.OVER, outcome=came_out, by=by,
            began=now, dialled=now, ended=now, half_day=half_day(now, ZoneInfo(case.zone)),
        )
    )  # fmt: skip
    connection.execute(_in_doubt(case).values(state=words.OVER, by=by, lease=None))


def decide(connection: Connection, case: Case, found: str, by: str, now: int) -> None:
    """Settle what nobody knew: `found` is one of DECISIONS. An attempt counts from when it may have rung them."""
    doubt = select(attempts).where(
        attempts.c.case_id == case.id, attempts.c.outcome == words.UNSURE, attempts.c.by == ""
    )
    held = list(connection.execute(doubt.order_by(attempts.c.ordinal)).mappings())
    if not held:
        raise NotDone(f"nothing is in doubt about case {case.number}", "not_in_doubt", case=case.number)
    came_out = DECISIONS[found]
    at = [row["dialled"] or row["ended"] or row["began"] for row in held]
    rung = came_out in words.RANG
    fields: dict[str, object] = {"tries": case.tries + len(held) if rung else case.tries}
    if case.state == UNSURE and found == SPOKEN:
        fields |= {"state": REACHED, "reached_at": at[0], "next_at": 0, "escalate_at": 0}
    elif case.state == UNSURE:
        fields |= {"state": NOT_REACHED if rung else PLANNED, "next_at": now if case.caller else 0}
    _change(connection, case, **fields)
    for row, when in zip(held, at, strict=True):
        settled = _in_doubt(case).where(attempts.c.id == row["id"])
        half = half_day(when, ZoneInfo(case.zone)) if rung else ""
        if not connection.execute(
            settled.values(state=words.OVER, outcome=came_out, by=by, half_day=half, lease=None)
        ).rowcount:
            raise NotDone(_quicker(case), "quicker", case=case.number)
    audit.record(connection, now, by, "case.decide", case.id, {"found": found})


def close(connection: Connection, case: Case, by: str, now: int) -> None:
    """Close a case. That withdraws no promise: it is judged by what was done."""
    _end(connection, case, CLOSED, by, now)


def cancel(connection: Connection, case: Case, by: str, now: int) -> None:
    """Cancel a case because its caller asks for it."""
    if case.state == REACHED:
        raise NotDone(
            f"case {case.number} was reached already; close it with 'ivr desk close {case.number}'",
            "reached_already",
            case=case.number,
        )
    _end(connection, case, CANCELLED, by, now)


def _end(connection: Connection, case: Case, state: str, by: str, now: int) -> None:
    _running(case)
    fields: dict[str, object] = {
        "state": state, "closed_at": now, "closed_by": by, "next_at": 0, "escalate_at": 0, "taken_by": "", "taken_until": 0,
    }  # fmt: skip
    held: dict[str, object] = {}
    if case.due > now:  # its place is another's
        call, _, sequence = case.id.rpartition(":")
        if sequence.isdigit():
            mine = (places.c.call == call, places.c.sequence == int(sequence))
            row = connection.execute(select(places).where(*mine)).mappings().one_or_none()
            held = {} if row is None else {"place": dict(row)}
            connection.execute(delete(places).where(*mine))
    _do(connection, case, by, now, "case.close" if state == CLOSED else "case.cancel", fields, held)


def _do(
    connection: Connection,
    case: Case,
    by: str,
    now: int,
    what: str,
    fields: Mapping[str, object],
    more: Mapping[str, object] | None = None,
) -> None:
    """Change a case, and keep in the audit trail what it was, so that it can be undone (undoing.py)."""
    _change(connection, case, **fields)
    was = {name: getattr(case, name) for name in fields}
    audit.record(connection, now, by, what, case.id, {**(more or {}), "was": was, "revision": case.revision + 1})


def _doubtful(case: Case) -> tuple[ColumnElement[bool], ...]:
    return attempts.c.case_id == case.id, attempts.c.outcome == words.UNSURE, attempts.c.by == ""


def _in_doubt(case: Case) -> Update:
    return update(attempts).where(*_doubtful(case))


def _running(case: Case) -> None:
    if case.state in OVER:
        raise NotDone(f"case {case.number} is {case.state}", case.state, case=case.number)


def _change(connection: Connection, case: Case, **fields: object) -> None:
    if not cases_.change(connection, case, **fields):
        raise NotDone(_quicker(case), "quicker", case=case.number)


def _quicker(case: Case) -> str:
    return f"somebody changed case {case.number} at this moment; look at it again"
