"""The last thing that somebody did with a case, undone: as long as nobody and nothing has changed the case since."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from ivr.desk import attempt as words
from ivr.desk.case import Case
from ivr.store import audit
from ivr.store import cases as cases_
from ivr.store.database.schema import Row, attempts, notes, places
from ivr.store.database.schema import audit as trail
from ivr.store.desk.board import NotDone

SECONDS = 15 * 60
"""How long somebody may think better of it."""
UNDO = "case.undo"
UNDOABLE = ("case.take", "case.let_go", "case.note", "case.outcome", "case.close", "case.cancel")
"""What can be undone, as it stands in the audit trail."""


def last_done(connection: Connection, case: Case, by: str, now: int) -> str:
    """What of UNDOABLE somebody can undo of a case, '' when nothing."""
    row = _last(connection, case, by, now)
    return row["what"] if row is not None else ""


def undo(connection: Connection, case: Case, by: str, now: int) -> str:
    """Undo the last thing that was done with a case; answers which of UNDOABLE it was. Raises NotDone when it was somebody
    else's, is too long ago, or the case has gone on since."""
    row = _last(connection, case, by, now)
    if row is None:
        raise NotDone(
            f"nothing that {by} did with case {case.number} can be undone", "nothing_to_undo", case=case.number
        )
    what: str = row["what"]
    data: Mapping[str, Any] = row["data"] or {}  # as handling.py wrote it
    if what == "case.note":
        connection.execute(delete(notes).where(notes.c.id == data["note"], notes.c.by == by))
    elif not cases_.change(connection, case, **data["was"]):
        raise NotDone(
            f"somebody changed case {case.number} at this moment; look at it again", "quicker", case=case.number
        )
    if what == "case.outcome":
        connection.execute(delete(attempts).where(attempts.c.id == data["attempt"]))
        doubtful = update(attempts).where(attempts.c.id.in_(data["doubt"]))
        connection.execute(doubtful.values(state=words.UNKNOWN, by=""))
    if "place" in data:
        _place(connection, data["place"])
    audit.record(connection, now, by, UNDO, case.id, {"what": what})
    return what


def _last(connection: Connection, case: Case, by: str, now: int) -> Row | None:
    mine = (trail.c.subject == case.id, trail.c.what.in_((*UNDOABLE, UNDO)))
    row = connection.execute(select(trail).where(*mine).order_by(trail.c.id.desc()).limit(1)).mappings().first()
    if row is None or row["what"] == UNDO or row["who"] != by or row["at"] < now - SECONDS:
        return None
    data = row["data"] or {}
    if row["what"] == "case.note":
        return row if "note" in data else None
    return row if data.get("revision") == case.revision else None


def _place(connection: Connection, row: Mapping[str, Any]) -> None:
    """Its place again, even if that makes one too many on a day: it was promised."""
    there = select(places.c.number).where(places.c.number == row["number"])
    if connection.scalar(there) is None:
        connection.execute(insert(places).values(**row))
