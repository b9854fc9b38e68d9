"""Which cases the board shows: filtered, sought by a number, by due time, a bounded piece at a time."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, func, or_, select

from ivr.desk.case import CALLING, NOT_REACHED, OPEN, PLANNED, REACHED, STATES, UNSURE
from ivr.desk.pseudonym import number_key
from ivr.model.numbers import NumberFault, read_number
from ivr.store import cases as cases_
from ivr.store.attempts import UNDER_WAY
from ivr.store.database.schema import attempts, cases
from ivr.store.database.schema_desk import people
from ivr.store.desk.board import Line, lines_of

OWED = (OPEN, PLANNED, CALLING, NOT_REACHED, UNSURE)
"""States in which somebody still owes the caller something: what the board shows by itself."""
RUNNING = (*OWED, REACHED)
"""States of what somebody may still do something with."""
PAGE = 50
"""Cases on one page of the board: three screens. All of them are sent to everybody who looks, whenever one changes."""
MOST_PAGES = 100
TAIL = 4
"""Digits from which on the end of a telephone number is sought."""
_CASE = 6


class Seek(Struct, frozen=True):
    """What somebody wants to see. `states` () is OWED; `by` is a login: only what that person has taken. `text` is a case
    number, a telephone number in any notation, or the end of one, and is sought among all cases."""

    table: str = ""
    teams: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    by: str = ""
    text: str = ""
    page: int = 0


class Found(Struct, frozen=True):
    """A page of the board, by due time, those without a promise last. `total` counts all pages, `overdue` those whose time
    has passed, `teams` what is owed by each team of the table, whatever is filtered."""

    lines: tuple[Line, ...]
    total: int
    overdue: int
    teams: Mapping[str, int]
    rung: Mapping[str, str]
    """Case id → the telephones that an attempt under way rings, parted by spaces."""


def seek(connection: Connection, wanted: Seek, now: int, hash_key: bytes) -> Found:
    """The cases that are wanted."""
    where = _where(wanted, hash_key, now)
    counted = select(func.count(), func.count().filter(cases.c.due < now, cases.c.state.in_(OWED))).where(*where)
    total, overdue = connection.execute(counted).one()
    page = min(max(0, wanted.page), MOST_PAGES, max(0, total - 1) // PAGE)
    order = (cases.c.due.is_(None), cases.c.due, cases.c.id)
    ids = connection.scalars(select(cases.c.id).where(*where).order_by(*order).limit(PAGE).offset(page * PAGE)).all()
    rows = connection.execute(select(cases).where(cases.c.id.in_(ids))).mappings()
    place = {id: n for n, id in enumerate(ids)}
    found = sorted((cases_.as_case(row) for row in rows), key=lambda case: place[case.id])
    return Found(
        tuple(lines_of(connection, found, now)), total, overdue, owed_by_team(connection, wanted.table),
        _rung(connection, [case.id for case in found if case.state == CALLING]),
    )  # fmt: skip


def ids_of(connection: Connection, wanted: Seek, now: int, hash_key: bytes, most: int) -> list[str]:
    """The ids of the cases that are wanted, on whichever page they stand, `most` at most."""
    found = select(cases.c.id).where(*_where(wanted, hash_key, now)).order_by(cases.c.due.is_(None), cases.c.due)
    return list(connection.scalars(found.limit(most)))


def _where(wanted: Seek, hash_key: bytes, now: int) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = [cases.c.table_id == wanted.table] if wanted.table else []
    if wanted.teams:
        where.append(cases.c.team.in_(wanted.teams))
    states = [state for state in wanted.states if state in STATES]
    if states or not wanted.text:
        where.append(cases.c.state.in_(states or OWED))
    if wanted.by:
        where += [cases.c.taken_by == wanted.by, cases.c.taken_until > now]
    if wanted.text:
        where.append(_named(wanted.text, hash_key))
    return where


def _named(text: str, hash_key: bytes) -> ColumnElement[bool]:
    """What a case number or a telephone number names; nothing for any other text."""
    digits = "".join(c for c in text if c.isascii() and c.isdigit())
    either: list[ColumnElement[bool]] = []
    if len(digits) == _CASE:
        either.append(cases.c.number == digits)
    number = read_number(text[:40])
    if not isinstance(number, NumberFault) and not number.open_digits:
        either.append(cases.c.caller_key == number_key(hash_key, number.e164))
    if TAIL <= len(digits) <= 15:
        running = cases.c.state.in_(RUNNING)  # of those that are over, only a whole number is sought: there are many
        either.append(running & cases.c.caller.like(f"%{digits.lstrip('0')[-10:] or digits}"))
    return or_(*either) if either else cases.c.id.is_(None)


def _rung(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    if not ids:
        return {}
    mine = (attempts.c.case_id.in_(ids), attempts.c.state.in_(UNDER_WAY))
    wanted = select(attempts.c.case_id, attempts.c.target).where(*mine).order_by(attempts.c.ordinal)
    return {row.case_id: row.target for row in connection.execute(wanted)}


def owed_by_team(connection: Connection, table: str) -> dict[str, int]:
    """How many cases each team of a table owes."""
    counted = select(cases.c.team, func.count()).where(cases.c.state.in_(OWED)).group_by(cases.c.team)
    if table:
        counted = counted.where(cases.c.table_id == table)
    return {row[0]: row[1] for row in connection.execute(counted)}


def stamp(connection: Connection) -> tuple[object, ...]:
    """Something that is another whenever what the board shows is: cheap to ask, so that it can be asked every second."""
    running = cases.c.state.in_(RUNNING)
    some = connection.execute(
        select(func.count(), func.sum(cases.c.revision), func.max(cases.c.opened)).where(running)
    ).one()
    tried = select(attempts.c.id, attempts.c.state, attempts.c.worker).where(attempts.c.state.in_(UNDER_WAY))
    return (*some, tuple(tuple(row) for row in connection.execute(tried.order_by(attempts.c.id).limit(1000))))


def people_of(connection: Connection, logins: Collection[str]) -> dict[str, tuple[str, str]]:
    """Login → id and name of those who may enter the desk, or could."""
    known = {login for login in logins if login}
    if not known:
        return {}
    wanted = select(people.c.login, people.c.id, people.c.name).where(people.c.login.in_(known))
    return {row.login: (row.id, row.name or row.login) for row in connection.execute(wanted)}
