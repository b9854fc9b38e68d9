"""Callers whom an agent passes on to another team, in the database: asked for, sent by a worker, over, whatever came of it.

The caller's leg is sent to documents of ours (web/passing.py): to the team, back to whoever passed them on when nobody of it
answers, and when neither does to a promise. So nobody is lost in between, and what became of them stands in the row.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from ivr.store.database.schema import Row
from ivr.store.database.schema_desk import passes

ASKED, SENT, OVER = "asked", "sent", "over"
STATES = (ASKED, SENT, OVER)
"""`asked`: no worker has told the provider yet. `sent`: the caller hears our documents. `over`: see its outcome."""
BRIDGED, RETURNED, PROMISED, OPERATOR, HUNG_UP, FAILED = (
    "bridged", "returned", "promised", "operator", "hung_up", "failed",
)  # fmt: skip
OUTCOMES = (BRIDGED, RETURNED, PROMISED, OPERATOR, HUNG_UP, FAILED)
"""`bridged`: with the team. `returned`: back with whoever passed them on. `promised`: they will be called. `operator`: put
through to the operator, since nothing could be promised. `hung_up`: before anything. `failed`: the caller was not sent, and
is where they were."""
WISH = 20
"""Seconds in which a worker sends a caller on; then nobody does any more, and who asked is told."""
LEASE = 60


class Pass(Struct, frozen=True, kw_only=True):
    """A caller who is passed on. Instants are epoch seconds, 0 for none; `back` are the addresses to come back to."""

    id: str
    call: str
    table: str
    team: str
    back: tuple[str, ...]
    language: str
    by: str
    state: str
    outcome: str
    case_id: str
    made: int
    sent: int
    ended: int


def ask(
    connection: Connection, call: str, table: str, team: str, back: Collection[str], language: str, by: str, now: int
) -> str:
    """Ask for a caller to be passed on; the id, '' when they are being passed on already."""
    id = uuid.uuid4().hex
    row = {
        "id": id, "call": call, "table_id": table, "team": team, "back": " ".join(back), "language": language, "by": by,
        "state": ASKED, "made": now,
    }  # fmt: skip
    try:
        with connection.begin_nested():
            connection.execute(insert(passes).values(**row))
    except IntegrityError:
        return ""
    return id


def asked(connection: Connection, worker: str, now: int, most: int) -> list[Pass]:
    """Callers who are to be sent on, held by `worker` from now on."""
    wanted = select(passes).where(passes.c.state == ASKED, passes.c.worker == "", passes.c.made > now - WISH)
    rows = connection.execute(wanted.limit(most).with_for_update(skip_locked=True)).mappings().all()
    ids = [row["id"] for row in rows]
    if ids:
        connection.execute(update(passes).where(passes.c.id.in_(ids)).values(worker=worker, lease=now + LEASE))
    return [_pass(row) for row in rows]


def any_asked(connection: Connection) -> bool:
    """Whether anybody is to be sent on."""
    return connection.scalar(select(passes.c.id).where(passes.c.state == ASKED).limit(1)) is not None


def sent(connection: Connection, id: str, now: int) -> bool:
    """The provider took it on, or the caller is here; also when that had been given up. False when it is over."""
    going = (passes.c.id == id, or_(passes.c.state.in_((ASKED, SENT)), passes.c.outcome == FAILED))
    values = {"state": SENT, "outcome": "", "ended": None, "sent": now, "lease": None}
    try:
        with connection.begin_nested():
            return connection.execute(update(passes).where(*going).values(**values)).rowcount == 1
    except IntegrityError:  # asked for again meanwhile
        return False


def end(connection: Connection, id: str, outcome: str, now: int, case: str = "") -> bool:
    """What came of it; False when that was known already."""
    going = (passes.c.id == id, passes.c.state != OVER)
    values = {"state": OVER, "outcome": outcome, "ended": now, "case_id": case, "lease": None}
    return connection.execute(update(passes).where(*going).values(**values)).rowcount == 1


def late(connection: Connection, now: int) -> bool:
    """Whether `lapse` has something to do."""
    return connection.scalar(select(passes.c.id).where(*_late(now)).limit(1)) is not None


def lapse(connection: Connection, now: int) -> int:
    """Give up those whom no worker sent on in time; how many."""
    values = {"state": OVER, "outcome": FAILED, "ended": now, "lease": None}
    return connection.execute(update(passes).where(*_late(now)).values(**values)).rowcount


def _late(now: int) -> tuple[ColumnElement[bool], ...]:
    return passes.c.state == ASKED, passes.c.made <= now - WISH


def look(connection: Connection, id: str) -> Pass | None:
    """One, as it is."""
    row = connection.execute(select(passes).where(passes.c.id == id)).mappings().one_or_none()
    return None if row is None else _pass(row)


def last_of(connection: Connection, calls: Collection[str]) -> dict[str, Pass]:
    """Call → the last time that its caller was passed on."""
    rows = connection.execute(select(passes).where(passes.c.call.in_(calls)).order_by(passes.c.made, passes.c.id))
    return {row["call"]: _pass(row) for row in rows.mappings()}


def _pass(row: Row) -> Pass:
    return Pass(
        id=row["id"], call=row["call"], table=row["table_id"], team=row["team"], back=tuple(row["back"].split()),
        language=row["language"], by=row["by"], state=row["state"], outcome=row["outcome"], case_id=row["case_id"],
        made=row["made"], sent=row["sent"] or 0, ended=row["ended"] or 0,
    )  # fmt: skip
