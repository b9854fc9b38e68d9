"""Cases and attempts in a database, for tests of the desk."""

from __future__ import annotations

import uuid

from sqlalchemy import Connection, Engine, insert, select

from ivr.desk.case import Case
from ivr.desk.promises import due_day
from ivr.desk.pseudonym import number_key
from ivr.store import cases as cases_
from ivr.store.database.connect import reading, writing
from ivr.store.database.schema import Row, attempts, audit, places
from ivr.store.places import place_row
from tests.desk.schedules import ZONE, case
from tests.engine.calls import instant

NOW = instant("2026-12-01 10:00")
KEY = b"k"


def put(engine: Engine, id: str = "CA1:3", due: str = "2026-12-02 17:00", **more: object) -> Case:
    """A case in the database, with its place; it is due on 2 December unless told otherwise."""
    held = case(due, id=id, **{"number": "123456", "state": "planned", "next_at": NOW, **more})
    with writing(engine) as connection:
        day = due_day(held.due, ZONE).isoformat() if held.due else ""
        cases_.add(connection, held, caller_key=number_key(KEY, held.caller), due_day=day)
        if held.due:
            call, _, sequence = id.rpartition(":")
            row = place_row((call, int(sequence)), (held.table, held.team), day, held.number, held.due, NOW)
            connection.execute(insert(places).values(**row, case_id=id))
    return held


def try_(engine: Engine, case: Case, outcome: str, at: int, **more: object) -> str:
    """An attempt of a case."""
    id = uuid.uuid4().hex
    with writing(engine) as connection:
        ordinal = len(attempts_of(connection, case)) + 1
        given = {"state": "over", "began": at - 30, "dialled": at, "ended": at + 30, "half_day": "", **more}
        connection.execute(insert(attempts).values(id=id, case_id=case.id, ordinal=ordinal, outcome=outcome, **given))
    return id


def attempts_of(connection: Connection, case: Case) -> list[Row]:
    mine = select(attempts).where(attempts.c.case_id == case.id).order_by(attempts.c.ordinal)
    return list(connection.execute(mine).mappings())


def now_is(engine: Engine, case: Case) -> Case:
    """The case as it is in the database."""
    with reading(engine) as connection:
        held = cases_.load(connection, case.id)
    assert held is not None
    return held


def audited(engine: Engine) -> list[tuple[str, str, str]]:
    """Who did what with which subject."""
    with reading(engine) as connection:
        return [(r.who, r.what, r.subject) for r in connection.execute(select(audit).order_by(audit.c.id))]
