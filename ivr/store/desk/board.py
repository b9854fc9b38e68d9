"""What the desk sees: the board, a case with all that belongs to it, drops, and what a person must decide."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlalchemy import Column, ColumnElement, Connection, Table, select

from ivr.desk.attempt import UNSURE as NOT_KNOWN
from ivr.desk.case import CANCELLED, CLOSED, OVER, REACHED, STATES, UNSURE, Case
from ivr.desk.kept import kept
from ivr.diagnostics import did_you_mean
from ivr.store import cases as cases_
from ivr.store.database.schema import Row, attempts, calls, case_calls, cases, notes, recordings, waits

SETTLED = (REACHED, CLOSED, CANCELLED)
"""States in which nothing is owed any more."""
DROP_SECONDS = 120
"""Waiting from which on a caller who hung up is listed."""
ZONE = "Europe/Amsterdam"
"""The zone of a wait whose call is not known."""
MOST = 1000
"""Of what hangs on one case, and of drops, at most so many are shown."""


class NotDone(Exception):
    """What was asked for cannot be done; the message is one clear line for who asked at a terminal. `key` names the fault,
    and `holes` fill it, for who tells it in other words."""

    def __init__(self, text: str, key: str = "", **holes: object) -> None:
        super().__init__(text)
        self.key = key
        self.holes = holes


class Line(Struct, frozen=True):
    """A case on the board, and whether its promise was kept (desk/kept.KEPT)."""

    case: Case
    kept: str


class Try(Struct, frozen=True):
    """An attempt as the desk sees it. Instants are epoch seconds, 0 for none."""

    id: str
    ordinal: int
    began: int
    dialled: int
    ended: int
    state: str
    outcome: str
    half_day: str
    by: str
    seconds: int


class Note(Struct, frozen=True):
    """What somebody wrote about a case."""

    at: int
    by: str
    text: str


class Joined(Struct, frozen=True):
    """A call that opened, joined or cancelled a case."""

    call: str
    at: int
    what: str


class Recorded(Struct, frozen=True):
    """A message that the caller left. `deleted`: when it was deleted, 0 while it is kept."""

    id: str
    url: str
    seconds: int
    made: int
    deleted: int


class Sheet(Struct, frozen=True):
    """A case and all that belongs to it. `others`: the other cases of the same caller's number, the newest first; housemates
    share a number, so only an agent sees them together."""

    line: Line
    attempts: tuple[Try, ...]
    notes: tuple[Note, ...]
    calls: tuple[Joined, ...]
    recordings: tuple[Recorded, ...]
    others: tuple[Case, ...]
    moved: str


class Drop(Struct, frozen=True):
    """A caller who hung up after waiting. `caller` is the number, '' when it is not known, or after retention."""

    call: str
    table: str
    team: str
    caller: str
    zone: str
    joined: int
    left: int

    @property
    def waited(self) -> int:
        """Seconds."""
        return self.left - self.joined


def board(
    connection: Connection, now: int, *, table: str = "", team: str = "", state: str = "", overdue: bool = False
) -> list[Line]:
    """The cases that are not closed or cancelled, or those in a state; the first promise first, at most `cases.MOST`.

    `overdue`: only those of which the promise that holds now has lapsed, and nobody was reached. Raises NotDone for a state
    that is none.
    """
    if state and state not in STATES:
        near = did_you_mean(state, STATES)
        raise NotDone(f"there is no state '{state}'; {near or 'states are: ' + ', '.join(STATES)}")
    where: list[ColumnElement[bool]] = [cases.c.state == state] if state else [cases.c.state.not_in(OVER)]
    if table:
        where.append(cases.c.table_id == table)
    if team:
        where.append(cases.c.team == team)
    if overdue:
        where += [cases.c.due < now, cases.c.state.not_in(SETTLED)]
    return lines_of(connection, cases_.find(connection, *where), now)


def lines_of(connection: Connection, found: list[Case], now: int) -> list[Line]:
    """Cases, and whether the promise of each was kept."""
    tried = cases_.tried(connection, [case.id for case in found])
    return [Line(case, kept(case, tried[case.id], now, ZoneInfo(case.zone))) for case in found]


def find_case(connection: Connection, which: str) -> Case:
    """The case of a number (six digits, spaces allowed) or an id. Of two that share a number, the one that is not settled.

    Raises NotDone when there is none, or when the number does not tell which.
    """
    number = "".join(which.split())
    if not number.isdigit():
        held = cases_.load(connection, number)
        if held is None:
            raise NotDone(
                f"there is no case '{which[:100]}'; give its six digits, or its id", "no_case", case=which[:40]
            )
        return held
    found = cases_.numbered(connection, number)
    running = [case for case in found if case.state not in SETTLED]
    if not found:
        raise NotDone(f"there is no case {number[:20]}", "no_case", case=number[:20])
    if len(running) > 1:
        ids = ", ".join(c.id for c in running)
        raise NotDone(
            f"{len(running)} cases bear the number {number}; give an id: {ids}", "several", case=number, ids=ids
        )
    return running[0] if running else found[0]


def sheet(connection: Connection, case: Case, now: int) -> Sheet:
    """A case with all that belongs to it."""
    row = connection.execute(select(cases).where(cases.c.id == case.id)).mappings().one()
    return Sheet(
        line=lines_of(connection, [case], now)[0],
        attempts=tuple(_try(each) for each in _of(connection, attempts, case, attempts.c.ordinal)),
        notes=tuple(Note(n["at"], n["by"], n["text"]) for n in _of(connection, notes, case, notes.c.id)),
        calls=tuple(Joined(c["call"], c["at"], c["what"]) for c in _of(connection, case_calls, case, case_calls.c.at)),
        recordings=tuple(
            Recorded(r["id"], r["url"], r["seconds"], r["made"], r["deleted"] or 0)
            for r in _of(connection, recordings, case, recordings.c.made)
        ),
        others=_others(connection, row),
        moved=row["moved"],
    )


def _of(connection: Connection, table: Table, case: Case, order: Column[int]) -> list[Row]:
    mine = select(table).where(table.c.case_id == case.id).order_by(order).limit(MOST)
    return list(connection.execute(mine).mappings())


def _others(connection: Connection, row: Row) -> tuple[Case, ...]:
    if not row["caller_key"]:
        return ()
    same = (cases.c.caller_key == row["caller_key"], cases.c.id != row["id"])
    return tuple(cases_.find(connection, *same, order=cases.c.opened.desc(), limit=MOST))


def _try(row: Row) -> Try:
    return Try(
        row["id"], row["ordinal"], row["began"], row["dialled"] or 0, row["ended"] or 0, row["state"], row["outcome"],
        row["half_day"], row["by"], row["seconds"],
    )  # fmt: skip


def drops(connection: Connection, since: int, table: str = "") -> list[Drop]:
    """The callers who hung up since an instant (epoch seconds) after waiting two minutes or more, the latest first."""
    wanted = (
        select(waits, calls.c.caller, calls.c.zone)
        .outerjoin(calls, calls.c.id == waits.c.call)
        .where(waits.c.outcome == "hung_up", waits.c.left >= since)
        .order_by(waits.c.left.desc())
        .limit(10 * MOST)
    )
    if table:
        wanted = wanted.where(waits.c.table_id == table)
    found: list[Drop] = []
    for row in connection.execute(wanted).mappings():
        if row["left"] - row["joined"] >= DROP_SECONDS and len(found) < MOST:
            known = row["caller"] or "", row["zone"] or ZONE
            found.append(Drop(row["call"], row["table_id"], row["team"], *known, row["joined"], row["left"]))
    return found


def unsure(connection: Connection) -> list[tuple[Case, tuple[Try, ...]]]:
    """The cases in which a person decides before the citizen is dialled again, with the attempts that are in doubt."""
    found = cases_.find(connection, cases.c.state == UNSURE)
    doubt = (attempts.c.case_id.in_([case.id for case in found]), attempts.c.outcome == NOT_KNOWN, attempts.c.by == "")
    rows = connection.execute(select(attempts).where(*doubt).order_by(attempts.c.ordinal)).mappings()
    of: dict[str, tuple[Try, ...]] = {}
    for row in rows:
        of[row["case_id"]] = (*of.get(row["case_id"], ()), _try(row))
    return [(case, of.get(case.id, ())) for case in found]
