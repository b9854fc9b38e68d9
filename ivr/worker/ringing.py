"""Ringing somebody for us: where the provider is to ask, whom a team is rung by, and what that came to."""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct

from ivr.calendars.calendar import Calendar
from ivr.desk.case import Case
from ivr.desk.schedule import Policy, policy_of
from ivr.dialects.agent import RING_SECONDS, TALK_SECONDS
from ivr.model.graph import Team
from ivr.model.numbers import dialable
from ivr.tables.ready import Table
from ivr.worker.provider import Creation, Provider

RETRIES = "#rc=2&rp=all"
"""Asks the provider for two retries, whatever went wrong (Twilio, "Connection overrides")."""
WHISPER_SECONDS = 60
"""What a leg of the team may take from ringing to the key: the whisper, and the wait for the key."""
MOST_TARGETS = 10
"""Targets of a team that are rung at once, as many as the provider takes in one document."""


class Rung(Struct, frozen=True):
    """How a team of the live table is rung. `caller_id` is '' when the table has none that can be shown."""

    team: Team
    calendar: Calendar | None
    caller_id: str

    @property
    def policy(self) -> Policy:
        """How often the team tries."""
        return policy_of(self.team)

    def targets(self, before: int, taken: Collection[str] = ()) -> tuple[str, ...]:
        """Whom an attempt rings that comes after `before` others: all who are not `taken`, or one of them after another."""
        dial = self.team.dial[:MOST_TARGETS]
        start = before % len(dial) if self.team.in_order and dial else 0
        free = tuple(target for target in dial[start:] + dial[:start] if target not in taken)
        return free[:1] if self.team.in_order else free


def rung_by(table: Table | None, team: str) -> Rung | None:
    """How a team is rung; None when the live table does not have it."""
    if table is None:
        return None
    graph, calendars = table.graph, table.almanac.calendars
    for held in graph.teams:
        if held.name == team:
            return Rung(held, calendars[held.calendar] if held.calendar >= 0 else None, dialable(graph.caller_id))
    return None


class Ringer:
    """Rings the team's legs; `public_url` is where the provider reaches our webhook."""

    def __init__(self, provider: Provider, public_url: str) -> None:
        self.provider = provider
        self._public_url = public_url

    def attempt(self, case: Case, id: str, target: str, rung: Rung) -> Creation:
        """Ring a target for an attempt to reach a citizen."""
        return self._place(
            target, rung, self._url(case.table, "agent", f"a={id}"), self._url(case.table, "attempt", f"a={id}")
        )

    def queue(self, table: str, id: str, target: str, rung: Rung) -> Creation:
        """Ring a target for somebody who waits in a queue."""
        return self._place(target, rung, self._url(table, "ring", f"r={id}"), self._url(table, "rung", f"r={id}"))

    def _place(self, target: str, rung: Rung, url: str, status: str) -> Creation:
        limit = WHISPER_SECONDS + RING_SECONDS + TALK_SECONDS + WHISPER_SECONDS
        return self.provider.place_call(target, rung.caller_id, url, status, rung.team.ring, limit=limit)

    def _url(self, table: str, route: str, query: str) -> str:
        return f"{self._public_url}/voice/{table}/{route}?{query}{RETRIES}"
