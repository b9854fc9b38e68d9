"""What a case promises: when it is due, in the team's own hours on the first day that has a place left, and its number."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping
from zoneinfo import ZoneInfo

from ivr.calendars.calendar import Calendar
from ivr.calendars.moment import Almanac
from ivr.calendars.worktime import HORIZON_DAYS, due, ringing
from ivr.model.actions import OpenCase
from ivr.model.events import CaseFound, CaseUnknown

HORIZON = 10
"""Working days ahead in which a place is looked for; with none the caller is told so (exit `full`)."""


def case_number(call: str, sequence: int) -> str:
    """The number of a case, six digits: made from the call and how many turns it has had (`State.turns` of the state that
    opens the case), so that a request that is sent twice, and a simulation beside a server, get the same number."""
    digest = hashlib.sha256(f"{call}|{sequence}".encode()).digest()
    return str(int.from_bytes(digest[:8], "big") % 900_000 + 100_000)


def promise_days(almanac: Almanac, effect: OpenCase, now: int) -> Iterator[tuple[int, int]]:
    """When a promise could be due, the soonest first: an instant (epoch seconds) and its local day (ordinal), HORIZON of
    them at most. None for a case without a promise, or a team without hours in which somebody may be rung."""
    team = almanac.graph.teams[effect.team]
    if effect.within[0] and team.calendar >= 0:
        yield from due_days(almanac.calendars[team.calendar], effect.within, now)


def due_days(calendar: Calendar, within: tuple[int, str], now: int) -> Iterator[tuple[int, int]]:
    """As `promise_days`, of a calendar: the promise itself, then the ends of the open days that follow. Hours in which
    nobody may be rung do not count; a team that has no others promises nothing."""
    calendar = ringing(calendar)
    instant = due(calendar, now, within)
    for _ in range(HORIZON):
        if not instant:
            return
        day = due_day(instant, calendar.zone).toordinal()
        yield instant, day
        instant = _end_of_next_day(calendar, day)


def promise(almanac: Almanac, effect: OpenCase, now: int, taken: Mapping[tuple[int, int], int]) -> int | None:
    """The instant at which the promise is due (epoch seconds), 0 for a case without one, None when no day has a place.

    `taken` counts the promises of each (team, local day as ordinal).
    """
    if not effect.within[0]:
        return 0
    for instant, day in promise_days(almanac, effect, now):
        if not effect.per_day or taken.get((effect.team, day), 0) < effect.per_day:
            return instant
    return None


def _end_of_next_day(calendar: Calendar, day: int) -> int:
    """The end of the hours of the first open day after a day (ordinal), 0 when there is none."""
    for ahead in range(1, HORIZON_DAYS):
        stretches = calendar.day(day + ahead).stretches
        if stretches:
            return calendar.instant(day + ahead, stretches[-1][1])
    return 0


def simulated_case(number: str, state: str, now: int) -> CaseFound | CaseUnknown:
    """What a simulation finds by a case number, beside a server as within it: a case in a state of CASE_STATES, none for ''.

    A promise that is still to be kept is due at the full hour after a day from `now` (epoch seconds).
    """
    if not state:
        return CaseUnknown()
    return CaseFound(number, (now // 3600 + 25) * 3600 if state == "promised" else 0, state)


def due_day(instant: int, zone: ZoneInfo) -> dt.date:
    """The local day on which a promise is kept: one that is due at midnight belongs to the day that ends then."""
    return dt.datetime.fromtimestamp(instant - 1, zone).date()
