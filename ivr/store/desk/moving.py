"""Promises moved in bulk, and moved back: one transaction, a place for each, and every caller is told before the old time.

What was promised first stays what is measured. What a move did stands in the audit trail, from which it is undone.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Sequence

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, delete, insert, select, tuple_, update

from ivr.calendars.calendar import SEARCH_DAYS, Calendar
from ivr.desk import moving
from ivr.desk.case import EMAIL, OPEN, PLANNED, REACHED, WAITING, Case
from ivr.desk.case import OVER as ENDED
from ivr.desk.promises import due_day
from ivr.desk.schedule import Policy, escalate_at, next_attempt, policy_of
from ivr.model.graph import Team
from ivr.store import audit, outbox
from ivr.store import cases as cases_
from ivr.store.database import schema
from ivr.store.database.schema import Row, cases, places
from ivr.store.desk.adding import NO_BOUND, calendar_of, team_of
from ivr.store.desk.board import NotDone
from ivr.store.places import Asked, Key, Places, place_row
from ivr.tables.ready import Table

MOVE, UNDO = "desk.move", "desk.undo_move"
MAX_WHY = 200
SOONEST = 60
"""Seconds before the old time in which nobody counts on a caller being told by itself any more."""


class Change(Struct, frozen=True):
    """A case, when it was due, and when it is due now (epoch seconds). `by_hand`: its caller must be told by a person, since
    neither number nor address is known or there is no time left to tell them before the old time lapses."""

    case: Case
    was: int
    due: int
    by_hand: bool


class Outcome(Struct, frozen=True):
    """What a move, or its undoing, came to. `left`: the cases whose promise stays as it is, since there is no place for them
    or, in undoing, since they went on meanwhile."""

    changed: tuple[Change, ...]
    left: tuple[Case, ...]


class Which(Struct, frozen=True):
    """The promises to move: those of a team that are due on a local day, or those of some cases (ids)."""

    day: dt.date | None = None
    ids: tuple[str, ...] = ()


def move(
    connection: Connection, table: Table, team: str, which: Which, to: dt.date, by: str, now: int, why: str = ""
) -> Outcome:
    """Move promises to the first open days from `to` on that have a place, in the order of the first promise.

    Raises NotDone when that cannot be.
    """
    held, calendar, slot = _of(table, team)
    plan = _planned(connection, held, calendar, slot, which, to, now)
    mover = _Mover(connection, calendar, policy_of(held), now)
    changed = [mover.to(m.case, m.due, why[:MAX_WHY] or "moved") for m in plan.moved if m.due != m.case.due]
    done = Outcome(tuple(changed), plan.unplaced)
    _audit(connection, now, by, MOVE, slot, {"to": to.isoformat(), "why": why[:MAX_WHY]}, done)
    return done


def preview(connection: Connection, table: Table, team: str, which: Which, to: dt.date, now: int) -> Outcome:
    """What a move would come to, as things stand; nothing is changed and nobody is told. Raises NotDone as `move` does."""
    held, calendar, slot = _of(table, team)
    plan = _planned(connection, held, calendar, slot, which, to, now, lock=False)
    changed = (
        Change(m.case, m.case.due, m.due, _by_hand(m.case, min(m.case.due, m.due), now))
        for m in plan.moved
        if m.due != m.case.due
    )
    return Outcome(tuple(changed), plan.unplaced)


def _of(table: Table, team: str) -> tuple[Team, Calendar, tuple[str, str]]:
    """A team, its calendar, and its (table, team). Raises NotDone."""
    held = team_of(table.graph, team)
    calendar = calendar_of(table, held)
    if calendar is None:
        raise NotDone(f"team '{team}' has no calendar, so it promises nothing", "no_calendar", team=team)
    return held, calendar, (table.graph.id, team)


def _planned(
    connection: Connection,
    team: Team,
    calendar: Calendar,
    slot: tuple[str, str],
    which: Which,
    to: dt.date,
    now: int,
    lock: bool = True,
) -> moving.Plan:
    today = dt.datetime.fromtimestamp(now, calendar.zone).date()
    last = today + dt.timedelta(days=SEARCH_DAYS)
    if to < today:
        raise NotDone(f"{to} has passed; promises are moved to today or later", "day_passed")
    if to > last:
        raise NotDone(f"{to} is too far ahead; the last day that promises are moved to is {last}", "day_far", last=last)
    counted = Places(connection, [Asked(("", 0), slot)], now, lock)  # holds the team's places until the end
    found = _wanted(connection, slot, which, lock)
    own = _own_places(connection, found)
    first = to.toordinal()
    taken = {day: counted.count(slot, day) - own[day] for day in range(first, first + SEARCH_DAYS)}
    return moving.plan(calendar, found, taken, team.per_day or NO_BOUND, to, now)


def last_move(connection: Connection, table: str, team: str) -> Row | None:
    """The entry of the audit trail of a team's last move; None when there is none that could be undone."""
    trail = schema.audit
    mine = (trail.c.subject == f"{table}/{team}", trail.c.what.in_((MOVE, UNDO)))
    last = connection.execute(select(trail).where(*mine).order_by(trail.c.id.desc()).limit(1)).mappings().first()
    return last if last is not None and last["what"] == MOVE else None


def undo_move(connection: Connection, table: Table, team: str, by: str, now: int, mine: bool = False) -> Outcome:
    """Give the promises of the team's last move their old times back, as far as those have not passed and nothing else
    changed them; who may have been told of the new time is told of the old one. Raises NotDone when there is none, or with
    `mine` when somebody else made it."""
    held, calendar, slot = _of(table, team)
    last = last_move(connection, *slot)
    if last is None or (mine and last["who"] != by):
        raise NotDone(f"no move of team '{team}' is left to undo", "no_move", team=team)
    Places(connection, [Asked(("", 0), slot)], now)  # holds the team's places until the end
    rows = {id: (was, due) for id, was, due in last["data"]["moved"]}
    mover = _Mover(connection, calendar, policy_of(held), now)
    changed: list[Change] = []
    left: list[Case] = []
    for case in _locked(connection, rows):
        was, due = rows[case.id]
        if case.due != due or was <= now or case.state in (REACHED, *ENDED):
            left.append(case)
        else:
            changed.append(mover.to(case, was, "" if was == case.first_due else "moved"))
    done = Outcome(tuple(changed), tuple(left))
    _audit(connection, now, by, UNDO, slot, {}, done)
    return done


class _Mover:
    """Moves cases of one team, one by one."""

    def __init__(self, connection: Connection, calendar: Calendar, policy: Policy, now: int) -> None:
        self._connection = connection
        self._calendar = calendar
        self._policy = policy
        self._now = now

    def to(self, case: Case, due: int, why: str) -> Change:
        """Give a case another promise, the place for it, and attempts from that day on; its caller is to be told."""
        day = due_day(due, self._calendar.zone)
        was, moved = case.due, replace(case, due=due)
        fields: dict[str, object] = {"due": due, "due_day": day.isoformat(), "moved": why, "escalated": None}
        fields["escalate_at"] = escalate_at(self._calendar, moved)
        if case.state in WAITING:
            begins = max(self._now, self._calendar.instant(day.toordinal(), 0) if due > was else 0)
            tried = cases_.tried(self._connection, [case.id])[case.id]
            fields["next_at"] = at = next_attempt(self._calendar, moved, tried, self._policy, begins)
            fields["state"] = PLANNED if at and case.state == OPEN else case.state
        if not cases_.change(self._connection, case, **fields):
            raise NotDone(
                f"somebody changed case {case.number} at this moment; nothing was moved", "quicker", case=case.number
            )
        self._place(case, due, day)
        return Change(case, was, due, self._tell(case, due))

    def _place(self, case: Case, due: int, day: dt.date) -> None:
        call, sequence = _key(case)
        same = (places.c.call == call, places.c.sequence == sequence)
        values = {"due": due, "day": day.isoformat(), "case_id": case.id}
        held = self._connection.execute(update(places).where(*same).values(**values)).rowcount
        if not held and not self._connection.scalar(select(places.c.number).where(places.c.number == case.number)):
            row = place_row((call, sequence), (case.table, case.team), day.isoformat(), case.number, due, self._now)
            self._connection.execute(insert(places).values(**row | {"case_id": case.id}))

    def _tell(self, case: Case, due: int) -> bool:
        """Let the caller be told, unless they believe so already; answers whether somebody must tell them by hand."""
        table = schema.outbox
        untold = (table.c.subject == case.id, table.c.kind == outbox.TELLING, table.c.state == outbox.WAITING)
        stale = delete(table).where(*untold, table.c.worker == "").returning(table.c.tries, table.c.payload)
        believes = case.due
        for row in self._connection.execute(stale).mappings():  # what waited to be told of an earlier move
            if not row["tries"]:
                believes = row["payload"]["was"]
        if due == believes:
            return False
        payload = {"case": case.id, "due": due, "was": believes}
        outbox.renew(self._connection, f"telling:{case.id}:{due}", outbox.TELLING, case.id, payload, self._now)
        return _by_hand(case, min(due, believes), self._now)


def _by_hand(case: Case, latest: int, now: int) -> bool:
    """Whether a person must tell the caller, who is to know by `latest`."""
    return latest <= now + SOONEST or not (case.address if case.reach == EMAIL else case.caller)


def _wanted(connection: Connection, slot: tuple[str, str], which: Which, lock: bool = True) -> list[Case]:
    """The cases to move, locked against others with `lock`. Raises NotDone for one that has no promise, or is of another
    team."""
    if which.day is not None:
        day = which.day.isoformat()
        mine = (cases.c.table_id == slot[0], cases.c.team == slot[1], cases.c.due_day == day)
        running = cases.c.state.not_in((REACHED, *ENDED))
        ids = list(connection.scalars(select(cases.c.id).where(*mine, running).limit(cases_.MOST)))
        return [case for case in _locked(connection, ids, lock) if case.due]
    found = _locked(connection, which.ids, lock)
    for case in found:
        if (case.table, case.team) != slot:
            raise NotDone(
                f"case {case.number} is of team '{case.team}', not of '{slot[1]}'", "other_team", case=case.number
            )
        if case.state in (REACHED, *ENDED):
            raise NotDone(f"case {case.number} is {case.state}", "settled", case=case.number)
        if not case.due:
            raise NotDone(f"case {case.number} has no promise to move", "no_promise", case=case.number)
    return found


def _locked(connection: Connection, ids: Collection[str], lock: bool = True) -> list[Case]:
    wanted = select(cases).where(cases.c.id.in_(ids)).order_by(cases.c.id)
    wanted = wanted.with_for_update() if lock else wanted
    found = [cases_.as_case(row) for row in connection.execute(wanted).mappings()]
    return sorted(found, key=lambda case: (case.first_due, case.id))


def _own_places(connection: Connection, found: Sequence[Case]) -> Counter[int]:
    """How many places the cases themselves hold on each local day (ordinal)."""
    keys = [_key(case) for case in found]
    mine = select(places.c.day).where(tuple_(places.c.call, places.c.sequence).in_(keys))
    return Counter(dt.date.fromisoformat(day).toordinal() for day in connection.scalars(mine))


def _key(case: Case) -> Key:
    call, _, sequence = case.id.rpartition(":")
    return call, int(sequence)


def _audit(
    connection: Connection, now: int, by: str, what: str, slot: tuple[str, str], data: dict[str, object], done: Outcome
) -> None:
    """One entry for the whole, from which it can be undone, and one for the history of each case; none for nothing."""
    if not done.changed:
        return
    moved = [[change.case.id, change.was, change.due] for change in done.changed]
    audit.record(connection, now, by, what, "/".join(slot), {**data, "moved": moved, "left": len(done.left)})
    for change in done.changed:
        audit.record(connection, now, by, "case.move", change.case.id, {**data, "was": change.was, "due": change.due})
