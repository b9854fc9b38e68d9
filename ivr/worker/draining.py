"""The task that carries the journals into the database, and plans what follows from each new case."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ivr.desk.case import Case
from ivr.desk.schedule import BY_ITSELF, escalate_at, next_attempt, policy_of
from ivr.store.database.connect import reading, writing
from ivr.store.drain.drainer import Drainer
from ivr.store.drain.ended import end_lost
from ivr.store.drain.owed import Plan
from ivr.store.numbers import Numbers
from ivr.store.places import give_back
from ivr.store.tidy import close_reached
from ivr.worker.context import Context, Tables

LATE = 86_400
"""Seconds that a case may come into the database after it was opened, elsewhere, and still be learned of."""


def planner(tables: Tables) -> Plan:
    """How a new case is planned, by the live version of its table; one whose table or team is not there is due at once,
    and whoever dispatches it and has the table finds out."""

    def plan(case: Case) -> tuple[int, int]:
        table = tables.live(case.table)
        teams = {team.name: team for team in table.graph.teams} if table is not None else {}
        team = teams.get(case.team)
        if table is None or team is None or team.calendar < 0:
            return (case.opened if case.kind in BY_ITSELF else 0), escalate_at(None, case)
        calendar = table.almanac.calendars[team.calendar]
        at = next_attempt(calendar, case, (), policy_of(team), case.opened) if case.kind in BY_ITSELF else 0
        return at, escalate_at(calendar, case)

    return plan


class Draining:
    """Drains; now and then gives back places that were never promised, ends calls that nobody ended, and closes what was
    reached."""

    name = "drain"
    every = 0.2

    def __init__(self, context: Context, var: Path, complain: Callable[[str], None]) -> None:
        self._engine = context.engine
        self._drainer = Drainer(context.engine, var, context.hash_key, planner(context.tables), complain)
        self._tidied = 0
        self._numbers = Numbers(var / "journal")
        self._learned = 0

    def run(self, now: int) -> int:
        """Carry what is new."""
        count = self._drainer.run()
        if not count and now - self._tidied >= 60:
            self._tidied = now
            with writing(self._engine) as connection:
                give_back(connection, now)
                end_lost(connection, now)
                close_reached(connection, now)
            self._learn()
        return count

    def _learn(self) -> None:
        """Let the webhook know which numbers other machines gave, for when the database is gone."""
        with reading(self._engine) as connection:
            latest = self._numbers.learn(connection, self._learned)
        self._learned = max(self._learned, latest - LATE)
