"""What is held on one telephone number, for the citizen whose it is; and all of it gone when they ask.

A number is looked for as itself and as the hash that stands for it. Names of employees are not theirs to see.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Table, Text, and_, cast, delete, func, or_, select, update

from ivr.desk.attempt import ACCEPTED, BEGUN, RINGING
from ivr.desk.case import CALLING, OVER, REACHED, Case
from ivr.desk.pseudonym import number_key
from ivr.desk.retention import STAFF, TECHNICAL
from ivr.store import audit, outbox
from ivr.store import cases as kept
from ivr.store.database.schema import attempts, calls, cases, events, marks, notes, recordings, waits
from ivr.store.database.schema import outbox as outbox_table
from ivr.store.desk import handling
from ivr.store.desk.board import NotDone
from ivr.store.holdings import columns
from ivr.store.retention_rules import gone_from_here, wordless

_NO_DIGIT = re.compile(r"[^0-9]+")
Held = Mapping[str, Any]  # column → what JSON can hold
MOST = 1000
"""Rows of a kind that are shown; whoever has more gets the newest."""
SUFFIX = 9
"""Digits by which a number is known in a text, however it is written there."""


class Subject(Struct, frozen=True):
    """A number (E.164) and the hash that stands for it, '' without a key."""

    number: str
    key: str


class Found(Struct, frozen=True):
    """What is held, as columns; `zone` is that in which its instants are told. `cases` hold their attempts, notes and
    recordings; `elsewhere` names cases that stand in Open Klant too, `mentioned` cases of others in whose words the number
    stands; `open` the cases still to be kept."""

    calls: Sequence[Held]
    cases: Sequence[Held]
    waits: int
    elsewhere: Sequence[str]
    mentioned: Sequence[str]
    open: Sequence[Case]

    @property
    def nothing(self) -> bool:
        """Whether nothing is held."""
        return not (self.calls or self.cases or self.waits or self.mentioned)


class Busy(Exception):
    """Why it cannot be erased now."""


def subject_of(number: str, hash_key: bytes) -> Subject:
    """The subject of a number in E.164."""
    return Subject(number, number_key(hash_key, number) if hash_key else "")


def _theirs(table: Table, of: Subject) -> ColumnElement[bool]:
    own = and_(table.c.caller != "", table.c.caller == of.number)
    return or_(own, table.c.caller_key == of.key) if of.key else own


def find(connection: Connection, of: Subject) -> Found:
    """What is held on a number."""
    called = connection.execute(
        select(calls).where(_theirs(calls, of)).order_by(calls.c.began.desc()).limit(MOST)
    ).mappings()
    mine = connection.execute(
        select(cases).where(_theirs(cases, of)).order_by(cases.c.opened.desc()).limit(MOST)
    ).mappings()
    theirs = [dict(row) for row in mine]
    ids = [row["id"] for row in theirs]
    return Found(
        calls=[_call(connection, dict(row)) for row in called],
        cases=[_case(connection, row) for row in theirs],
        waits=_waits(connection, of),
        elsewhere=_elsewhere(connection, ids),
        mentioned=_mentioned(connection, of, ids),
        open=[kept.as_case(row) for row in theirs if row["state"] not in OVER],  # type: ignore[arg-type]  # a map all the same
    )


def _shown(table: Table, row: Held) -> dict[str, Any]:
    """What the citizen sees of a row: neither employees nor bookkeeping."""
    kinds = columns()
    return {
        name: value
        for name, value in row.items()
        if kinds[table.name, name][0] not in (STAFF, TECHNICAL) and value not in (None, "", {})
    }


def _call(connection: Connection, row: Held) -> Held:
    given = connection.scalars(select(marks.c.mark).where(marks.c.call == row["id"])).all()
    steps = connection.scalar(select(func.count()).select_from(events).where(events.c.call == row["id"])) or 0
    return _shown(calls, row) | {"zone": row["zone"], "dialled": row["dialled"], "marks": list(given), "steps": steps}


def _case(connection: Connection, row: Held) -> Held:
    parts: dict[str, list[dict[str, Any]]] = {}
    for name, table, order in (
        ("attempts", attempts, attempts.c.ordinal),
        ("notes", notes, notes.c.id),
        ("recordings", recordings, recordings.c.id),
    ):
        rows = connection.execute(select(table).where(table.c.case_id == row["id"]).order_by(order)).mappings()
        parts[name] = [_shown(table, dict(part)) for part in rows]
    return _shown(cases, row) | {
        "zone": row["zone"],
        "number": row["number"],
        **{name: held for name, held in parts.items() if held},
    }


def _waits(connection: Connection, of: Subject) -> int:
    if not of.key:
        return 0
    return connection.scalar(select(func.count()).select_from(waits).where(waits.c.caller_key == of.key)) or 0


def _elsewhere(connection: Connection, ids: Sequence[str]) -> list[str]:
    about = (
        outbox_table.c.kind == outbox.OPENKLANT,
        outbox_table.c.subject.in_(ids),
        outbox_table.c.answer.is_not(None),
    )
    known = select(outbox_table.c.subject).where(*about)
    return list(connection.scalars(select(cases.c.number).where(cases.c.id.in_(known)).order_by(cases.c.number)))


def _mentioned(connection: Connection, of: Subject, ids: Sequence[str]) -> list[str]:
    """Cases of others with the digits of the number in what was typed or noted, however they are written. Retention keeps
    few of those."""
    typed = select(cases.c.number, cast(cases.c.fields, Text)).where(cases.c.fields != {}, cases.c.id.not_in(ids))
    noted = (
        select(cases.c.number, notes.c.text).join(notes, notes.c.case_id == cases.c.id).where(cases.c.id.not_in(ids))
    )
    digits = of.number[-SUFFIX:]
    found = {
        number
        for asked in (typed, noted)
        for number, text in connection.execute(asked.execution_options(yield_per=MOST))
        if digits in _NO_DIGIT.sub("", text)
    }
    return sorted(found)


def erase(connection: Connection, of: Subject, who: str, now: int) -> dict[str, int]:
    """Erase what points at the person, at once; how many rows of each kind. Open promises are cancelled. Times and outcomes
    stay, for they point at nobody then. Raises Busy, with nothing to be committed, while a call to them is under way."""
    ids = list(connection.scalars(select(cases.c.id).where(_theirs(cases, of)).with_for_update()))
    _let_go(connection, ids, who, now)
    gone = {
        "cases": update(cases).where(cases.c.id.in_(ids)).values(caller="", caller_key="", address="", **wordless),
        "notes": delete(notes).where(notes.c.case_id.in_(ids)),
        "attempts": update(attempts)
        .where(attempts.c.case_id.in_(ids))
        .values(agent_call="", citizen_call="", heard=None),
        "recordings": update(recordings)
        .where(recordings.c.case_id.in_(ids), recordings.c.deleted.is_(None))
        .values(**gone_from_here(now)),
        "calls": update(calls).where(_theirs(calls, of)).values(caller="", caller_key=""),
    }
    if of.key:
        gone["waits"] = update(waits).where(waits.c.caller_key == of.key).values(caller_key="")
    counts = {name: connection.execute(statement).rowcount for name, statement in gone.items()}
    audit.record(connection, now, who, "subject.erase", f"number:{of.key}", counts)
    return counts


def _let_go(connection: Connection, ids: Sequence[str], who: str, now: int) -> None:
    """Nothing is owed any more in any of the cases."""
    live = (attempts.c.case_id.in_(ids), attempts.c.state.in_((BEGUN, RINGING, ACCEPTED)))
    busy = connection.scalar(select(attempts.c.case_id).where(*live).limit(1))
    for case in kept.find(connection, cases.c.id.in_(ids), limit=len(ids)):
        if case.state == CALLING or case.id == busy:
            raise Busy(f"case {case.number} is being called now; try again in some minutes")
        if case.state in OVER:
            continue
        try:
            (handling.close if case.state == REACHED else handling.cancel)(connection, case, who, now)
        except NotDone as error:
            raise Busy(str(error)) from None


def note_shown(connection: Connection, of: Subject, who: str, now: int) -> None:
    """That somebody looked at what is held on a number is itself kept."""
    audit.record(connection, now, who, "subject.show", f"number:{of.key}")
