"""The task that begins attempts: for each case whose time has come the team is rung; the citizen never from here.

The citizen is dialled by the document of the leg that accepted (web/attempt.py). So whatever goes wrong in this file, the
worst is that the team is rung twice.
"""

from __future__ import annotations

import logging
import time
from concurrent.futures import ThreadPoolExecutor

from msgspec import Struct
from sqlalchemy import Connection

from ivr.desk.case import OPEN, PLANNED, TELEPHONE, TEXT_RELAY, Case
from ivr.desk.legs import Heard
from ivr.desk.schedule import next_attempt
from ivr.model.numbers import dialable
from ivr.store import attempts
from ivr.store import cases as cases_
from ivr.store.database.connect import writing
from ivr.worker.context import Context
from ivr.worker.provider import Placed, Provider, Refused, Unknown, Unreachable
from ivr.worker.ringing import Ringer, Rung, rung_by

log = logging.getLogger(__name__)

BATCH = 32
"""Attempts that one run begins, at most: what a lease leaves time for."""
THREADS = 8
LATER = 60
"""Seconds until a case is looked at again whose team cannot be rung: no such team, no number to show, no provider."""


class Begun(Struct, frozen=True):
    """An attempt that is on disk, and whose team is to be rung."""

    id: str
    case: Case
    targets: tuple[str, ...]
    rung: Rung


class Attempting:
    """The task. `at_once` bounds the attempts that are under way for one team."""

    name = "attempting"
    every = 0.25

    def __init__(self, context: Context, provider: Provider, public_url: str, at_once: int = 50) -> None:
        self._context = context
        self._ringer = Ringer(provider, public_url)
        self._at_once = at_once
        self._tables: set[str] = set()
        self._pool = ThreadPoolExecutor(THREADS, "ringing")

    def run(self, now: int) -> int:
        """Begin what is due; answers how many cases were dealt with."""
        began = time.monotonic()
        for id in self._tables:  # a new version is read before the transaction, which others wait for
            self._context.tables.live(id)
        with writing(self._context.engine) as connection:
            done, begun = self._begin(connection, now)
        reached = list(self._pool.map(lambda held: self._ring(held, now + int(time.monotonic() - began)), begun))
        return done if all(reached) else 0

    def _begin(self, connection: Connection, now: int) -> tuple[int, list[Begun]]:
        """How many cases were looked at, and those for which an attempt begins."""
        busy = attempts.at_once(connection)
        full = {team for team, count in busy.items() if count >= self._at_once}
        due = attempts.due(connection, now, BATCH, full)
        tried = cases_.tried(connection, [case.id for case in due])
        begun: list[Begun] = []
        self._tables |= {case.table for case in due}
        for case in due:
            rung = rung_by(self._context.tables.live(case.table), case.team)
            if not dialable(case.caller) or case.reach not in (TELEPHONE, TEXT_RELAY):
                cases_.change(connection, case, next_at=0)  # a person must see to it
                continue
            if rung is None or rung.calendar is None or not rung.caller_id or not rung.team.dial:
                log.warning(
                    "case %s waits: team '%s' cannot be rung from table '%s'", case.number, case.team, case.table
                )
                cases_.change(connection, case, next_at=now + LATER)
                continue
            at = next_attempt(rung.calendar, case, tried[case.id], rung.policy, now)
            team = (case.table, case.team)
            if at != now:
                cases_.change(connection, case, next_at=at, state=PLANNED if case.state == OPEN else case.state)
            elif busy.get(team, 0) < self._at_once:
                targets = rung.targets(len(tried[case.id]))
                id = attempts.begin(connection, case, targets, self._context.worker, now)
                busy[team] = busy.get(team, 0) + 1
                if id:
                    begun.append(Begun(id, case, targets, rung))
        return len(due), begun

    def _ring(self, held: Begun, now: int) -> bool:
        """Ring a team; False when the provider could not be reached at all."""
        return ring_team(self._context, self._ringer, held, now)


def ring_team(context: Context, ringer: Ringer, held: Begun, now: int) -> bool:
    """Ring every target of an attempt that this worker holds, noting each leg before the next; False when the provider could
    not be reached, and the case is due again soon.

    Where it stays open whether a leg was made, nothing is noted but that it was tried: recovering.py finds out.
    """
    began = time.monotonic()
    unknown, left = False, 0.0
    for target in held.targets:
        at = now + int(time.monotonic() - began)
        with writing(context.engine) as connection:
            if not attempts.hold(connection, held.id, context.worker, at):
                return True
        made = ringer.attempt(held.case, held.id, target, held.rung)
        at = now + int(time.monotonic() - began)
        if isinstance(made, Placed):
            with writing(context.engine) as connection:
                attempts.hear(connection, held.id, Heard(agents={made.sid: "queued"}), at)
        elif isinstance(made, Refused):
            log.error("case %s: the team's leg was refused: %s", held.case.number, made.reason)
        elif isinstance(made, Unknown):
            unknown = True
        elif isinstance(made, Unreachable):
            left = max(left, made.after, 1.0)
    at = now + int(time.monotonic() - began)
    with writing(context.engine) as connection:
        if left and not unknown and attempts.undo(connection, held.id, context.worker, at, at + max(LATER, int(left))):
            return False
        if not unknown:
            attempts.hear(connection, held.id, Heard(asked=True), at)
    return not left
