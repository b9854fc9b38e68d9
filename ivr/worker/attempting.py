"""The task that begins attempts: for each case whose time has come the team is rung; the citizen never from here.

The citizen is dialled by the document of the leg that accepted (web/attempt.py). So whatever goes wrong in this file, the
worst is that the team is rung twice.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

from msgspec import Struct
from sqlalchemy import Connection

from ivr.desk.attempt import NO_AGENT, Attempt
from ivr.desk.case import NOT_REACHED, OPEN, PLANNED, TELEPHONE, TEXT_RELAY, Case
from ivr.desk.legs import Heard
from ivr.desk.schedule import is_left, next_attempt
from ivr.desk.switches import CLOSED
from ivr.model.numbers import dialable
from ivr.store import attempts, waits
from ivr.store import cases as cases_
from ivr.store.database.connect import writing
from ivr.store.desk import asking
from ivr.store.live.switches import everywhere
from ivr.tables.ready import Table
from ivr.worker.context import Context
from ivr.worker.provider import Placed, Provider, Refused, Unknown
from ivr.worker.ringing import MOST_TARGETS, Ringer, Rung, rung_by

log = logging.getLogger(__name__)

BATCH = 32
"""Attempts that one run begins, at most: what a lease leaves time for."""
THREADS = 8
ASK = 600
"""Seconds between two looks at the cases for which no attempt would begin."""
PIECE = 200
"""How many of them one run looks at."""
LATER = 60
"""Seconds until a case is looked at again whose team cannot be rung: no such team, no number to show, no provider."""


class Begun(Struct, frozen=True):
    """An attempt that is on disk, and whose team is to be rung."""

    id: str
    case: Case
    targets: tuple[str, ...]
    rung: Rung


class Attempting:
    """The task. No more attempts of a team are under way than it has telephones that are free, and `at_once` at most."""

    name = "attempting"
    every = 0.25

    def __init__(self, context: Context, provider: Provider, public_url: str, at_once: int = 50) -> None:
        self._context = context
        self._ringer = Ringer(provider, public_url)
        self._at_once = at_once
        self._tables: set[str] = set()
        self._asked = 0
        self._asked_to = ""
        self._pool = ThreadPoolExecutor(THREADS, "ringing")

    def run(self, now: int) -> int:
        """Begin what is due; answers how many cases were dealt with, 0 too when the provider cannot be reached."""
        clock = Clock(now)
        # a new version is read before the transaction, which others wait for
        tables = {id: self._context.tables.live(id) for id in self._tables}
        self._ask_again(tables, now)
        with writing(self._context.engine) as connection:
            begun = self._desired(connection, tables, now)
            done, more = self._begin(connection, tables, now)
        begun += more
        done += len(begun) - len(more)
        self._tables |= tables.keys()
        asked = {self._pool.submit(ring_team, self._context, self._ringer, held, now, clock) for held in begun}
        reached = True
        while asked:  # what came of those that are done is noted together: a commit costs more than all else
            answered, asked = wait(asked, return_when=FIRST_COMPLETED)
            with writing(self._context.engine) as connection:
                for rang in sorted((one.result() for one in answered), key=lambda rang: rang.id):  # leg_order
                    reached &= note_rung(connection, self._context, rang, clock.now())
        return done if reached else 0

    def _begin(self, connection: Connection, tables: dict[str, Table | None], now: int) -> tuple[int, list[Begun]]:
        """How many cases were dealt with, and those for which an attempt begins. One whose team is on the telephone stays
        due, as does one of a table that another worker has; tables that were not known of are added to `tables`."""
        waits.alone(connection)
        under_way = attempts.at_once(connection)
        taken = waits.busy(connection) | waits.ringing(connection)
        full = {team for team, count in under_way.items() if count >= self._at_once} | _on_the_telephone(tables, taken)
        full |= shut(connection, now)
        due = attempts.due(connection, now, BATCH, full, [id for id, table in tables.items() if table is None])
        tried = cases_.tried(connection, [case.id for case in due])
        begun: list[Begun] = []
        done = 0
        for case in due:
            if case.table not in tables:
                tables[case.table] = self._context.tables.live(case.table)
            table = tables[case.table]
            if table is None:
                continue
            rung = self._planned(connection, case, tried[case.id], table, now)
            team = (case.table, case.team)
            targets = rung.targets(len(tried[case.id]), taken) if rung is not None else ()
            if rung is None:
                done += 1
            elif targets and under_way.get(team, 0) < self._at_once:
                partly = not taken.isdisjoint(rung.team.dial[:MOST_TARGETS])
                id = attempts.begin(connection, case, targets, self._context.worker, now, partly)
                under_way[team] = under_way.get(team, 0) + 1
                taken |= set(targets)
                done += 1
                if id:
                    begun.append(Begun(id, case, targets, rung))
        return done, begun

    def _desired(self, connection: Connection, tables: dict[str, Table | None], now: int) -> list[Begun]:
        """The attempts that people of the desk asked for: the telephone of whoever did is rung, and no other."""
        asking.lapse(connection, now)
        begun: list[Begun] = []
        for case, held in attempts.asked(connection, self._context.worker, now, BATCH):
            if case.table not in tables:
                tables[case.table] = self._context.tables.live(case.table)
            rung = rung_by(tables[case.table], case.team)
            if rung is None or not rung.caller_id:
                log.warning("case %s: team '%s' cannot be rung from table '%s'", case.number, case.team, case.table)
                attempts.over(connection, held.id, NO_AGENT, now)
            else:
                begun.append(Begun(held.id, case, held.targets, rung))
        return begun

    def _planned(
        self, connection: Connection, case: Case, tried: Sequence[Attempt], table: Table, now: int
    ) -> Rung | None:
        """How the team of a case is rung for which an attempt is to begin now; else None, and the case waits."""
        rung = rung_by(table, case.team)
        if not dialable(case.caller) or case.reach not in (TELEPHONE, TEXT_RELAY):
            cases_.change(connection, case, next_at=0)  # a person must see to it
            return None
        if rung is None or rung.calendar is None or not rung.caller_id or not rung.team.dial:
            log.warning("case %s waits: team '%s' cannot be rung from table '%s'", case.number, case.team, case.table)
            cases_.change(connection, case, next_at=now + LATER)
            return None
        at = next_attempt(rung.calendar, case, tried, rung.policy, now)
        if at == now:
            return rung
        if not at and is_left(tried, rung.policy):
            _never(connection, case, now)
        else:
            cases_.change(connection, case, next_at=at, state=PLANNED if case.state == OPEN else case.state)
        return None

    def _ask_again(self, tables: dict[str, Table | None], now: int) -> None:
        """Ask the policy again of cases for which no attempt would begin: the table may have changed. A piece at a time."""
        if not self._asked_to and now < self._asked + ASK:
            return
        self._asked = self._asked if self._asked_to else now
        with writing(self._context.engine) as connection:
            idle = attempts.idle(connection, self._asked_to, PIECE)
            tried = cases_.tried(connection, [case.id for case in idle])
            for case in idle:
                if case.table not in tables:
                    tables[case.table] = self._context.tables.live(case.table)
                rung = rung_by(tables[case.table], case.team)
                if rung is None or rung.calendar is None or not dialable(case.caller):
                    continue
                at = next_attempt(rung.calendar, case, tried[case.id], rung.policy, now)
                if at:
                    cases_.change(connection, case, next_at=at, state=PLANNED if case.state == OPEN else case.state)
                elif case.state != NOT_REACHED and is_left(tried[case.id], rung.policy):
                    _never(connection, case, now)
        self._asked_to = idle[-1].id if len(idle) == PIECE else ""


def _never(connection: Connection, case: Case, now: int) -> None:
    """No attempt of a case can begin in the hours of its team: a person is warned."""
    log.warning("case %s: the hours of team '%s' allow no attempt", case.number, case.team)
    cases_.change(connection, case, next_at=0, state=NOT_REACHED, escalate_at=now)


def _on_the_telephone(tables: Mapping[str, Table | None], taken: set[str]) -> set[tuple[str, str]]:
    """(table, team) of the teams of which nobody is free."""
    return {
        (id, team.name)
        for id, table in tables.items()
        if table is not None
        for team in table.graph.teams
        if team.dial and taken.issuperset(team.dial[:MOST_TARGETS])
    }


def shut(connection: Connection, now: int) -> set[tuple[str, str]]:
    """(table, team) of the teams that are closed by hand: nobody is there, and their promises stay due."""
    return {(one.table, one.team) for one in everywhere(connection, now) if one.kind == CLOSED and one.holds(now)}


class Clock:
    """Epoch seconds that go on from an instant."""

    def __init__(self, now: int) -> None:
        self._now = now
        self._began = time.monotonic()

    def now(self) -> int:
        """The instant it is."""
        return self._now + int(time.monotonic() - self._began)


class Rang(Struct, frozen=True):
    """What came of ringing a team: the legs that were made → whom they ring; whether another may have been; how many seconds
    the provider wants to be left alone for, 0 when it was there. `mine` is false when another worker has the attempt by
    now."""

    id: str
    legs: Mapping[str, str] = {}
    unknown: bool = False
    after: float = 0.0
    mine: bool = True


def ring_team(context: Context, ringer: Ringer, held: Begun, leased: int, clock: Clock) -> Rang:
    """Ring every target of an attempt whose lease this worker took at `leased`.

    A crash before this is noted is found out by recovering.py, as is a leg of which it stays open whether it was made.
    """
    legs: dict[str, str] = {}
    unknown, after = False, 0.0
    for target in held.targets:
        if clock.now() >= leased + attempts.LEASE // 3:  # the provider is slow: is the attempt still ours?
            with writing(context.engine) as connection:
                if not attempts.hold(connection, held.id, context.worker, clock.now()):
                    return Rang(held.id, legs, unknown, after, mine=False)
        made = ringer.attempt(held.case, held.id, target, held.rung)
        if isinstance(made, Placed):
            legs[made.sid] = target
        elif isinstance(made, Refused):
            log.error("case %s: the team's leg was refused: %s", held.case.number, made.reason)
        elif isinstance(made, Unknown):
            unknown = True
        else:
            after = max(after, made.after, 1.0)
    return Rang(held.id, legs, unknown, after)


def note_rung(connection: Connection, context: Context, rang: Rang, now: int) -> bool:
    """Note what came of ringing a team; False when the provider could not be reached, and the case is due again soon."""
    nobody = rang.mine and rang.after and not rang.legs and not rang.unknown
    if nobody and attempts.undo(connection, rang.id, context.worker, now, now + max(LATER, int(rang.after))):
        return False
    heard = Heard(agents=dict.fromkeys(rang.legs, "queued"), to=rang.legs, asked=rang.mine and not rang.unknown)
    attempts.hear(connection, rang.id, heard, now)
    return not rang.after
