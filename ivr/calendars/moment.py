"""The moment of a live call: every question answered from its arrival."""

from __future__ import annotations

import zlib
from zoneinfo import ZoneInfo

from ivr.calendars.calendar import Calendar
from ivr.model.graph import Graph, Number
from ivr.model.moment import NOTHING, OPEN, PARALLEL, Calamity, Switched
from ivr.model.numbers import dialable
from ivr.model.state import Arrival

MOST_MINUTES = 8192
"""Minutes whose answers an almanac keeps. Calls arrive in a few of them at a time; a load test in any."""


class Almanac:
    """The calendars of a graph, ready to be asked. Made once for a table; cheap to keep, dear to make."""

    __slots__ = ("_minutes", "calendars", "graph", "zone")

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.zone = ZoneInfo(graph.timezone)
        self.calendars = tuple(Calendar(spec, self.zone) for spec in graph.calendars)
        self._minutes: dict[int, tuple[int, ...]] = {}

    def at(self, instant: int) -> tuple[int, ...]:
        """OPEN, CLOSED or HOLIDAY of each calendar at an instant (epoch seconds).

        No calendar changes within a minute, so all calls that arrive in the same one share the answer.
        """
        held = self._minutes.get(instant // 60)
        if held is None:
            if len(self._minutes) >= MOST_MINUTES:
                self._minutes.clear()
            held = self._minutes[instant // 60] = tuple(calendar.at(instant) for calendar in self.calendars)
        return held


class LiveMoment:
    """Answers for one turn of a call, from its arrival; only what is switched is as it is now, and so for the whole turn."""

    __slots__ = ("_shut", "_states", "almanac", "arrival", "graph", "switched")

    def __init__(self, almanac: Almanac, arrival: Arrival, switched: Switched = NOTHING) -> None:
        self.almanac = almanac
        self.graph = almanac.graph
        self.arrival = arrival
        self.switched = switched
        self._shut = -1
        self._states: tuple[int, ...] | None = None

    def calendar(self, calendar: int) -> int:
        """OPEN, CLOSED or HOLIDAY when the call arrived."""
        states = self._states
        if states is None:
            states = self._states = self.almanac.at(self.arrival.time)
        return states[calendar]

    def number(self) -> int:
        """The legacy number that was dialled, or -1."""
        return self.arrival.number

    def phase(self) -> int:
        """The phase of the number when the call arrived."""
        if self.arrival.number < 0:
            return PARALLEL
        return phase_at(self.graph.numbers[self.arrival.number], self.arrival.time)

    def fact(self, fact: int) -> int:
        """A fact, as it was known when the call arrived."""
        return self.arrival.facts[fact]

    def share(self, node: int, shares: tuple[int, ...]) -> int:
        """The share into which the caller's seed falls; nodes draw apart, by their names."""
        return drawn_share(self.graph.names[node], self.arrival.seed, shares)

    def caller(self) -> str:
        """The caller's number, if it can be rung back."""
        return dialable(self.arrival.caller) if self.arrival.caller else ""

    def calamity(self) -> Calamity | None:
        """What the switch says now."""
        return self.switched.calamity

    def notice(self, node: int) -> tuple[str, ...] | None:
        """What a notice node says now."""
        return self.switched.notices.get(node)

    def closed(self, team: int) -> bool:
        """Whether a team is closed by hand now."""
        if team not in self.switched.closed:
            return False
        self._shut = team
        return True

    def opens(self, calendar: int) -> int:
        """When a calendar opens next, seen from the arrival: no later than that when it is open then, 0 for nobody knows.

        Of a calendar that is open nobody is told so unless something was switched: the team was closed by hand, or the
        calamity switch leads past it. Then it is open when that is over.
        """
        held, now = self.almanac.calendars[calendar], self.arrival.time
        over = self._over(calendar)
        if over is None:
            return held.opens(now)
        return held.opens(max(now, over)) if over else 0

    def _over(self, calendar: int) -> int | None:
        """When what was switched and keeps callers from the teams of a calendar is over, 0 for nobody knows; None for
        nothing that does."""
        teams, closed = self.graph.teams, self.switched.closed
        if self._shut >= 0 and teams[self._shut].calendar == calendar:
            return closed[self._shut]
        mine = [index for index, team in enumerate(teams) if team.calendar == calendar] if closed else []
        if mine and all(index in closed for index in mine):
            return min(closed[index] for index in mine)
        now = self.switched.calamity
        return now.ends if now is not None and now.route and self.calendar(calendar) == OPEN else None


def phase_at(number: Number, instant: int) -> int:
    """The phase of a number at an instant (epoch seconds)."""
    held = PARALLEL
    for start, phase in number.phases:
        if instant < start:
            break
        held = phase
    return held


def drawn_share(node: str, seed: int, shares: tuple[int, ...]) -> int:
    """The share into which a seed falls at a split of that name: the same each time, and each split draws apart."""
    drawn = zlib.crc32(f"{node}:{seed}".encode()) % 100
    for index, share in enumerate(shares):
        drawn -= share
        if drawn < 0:
            return index
    return len(shares) - 1
