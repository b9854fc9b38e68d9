"""When a citizen is rung next, and when somebody is warned that a promise is about to break."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import chain

from msgspec import Struct

from ivr.calendars.calendar import Calendar
from ivr.calendars.worktime import EARLIEST, LATEST
from ivr.desk import case as states
from ivr.desk.attempt import NO_AGENT, RANG, REACHED, UNSURE, Attempt
from ivr.desk.case import MORNING, TELEPHONE, TEXT_RELAY, Case
from ivr.desk.kept import half_day, rang_at
from ivr.model.graph import Team
from ivr.model.moment import OPEN

AGAIN = 5 * 60
"""Seconds until the team is asked again when nobody of it took an attempt; twice as long each time that nobody does."""
SOON = 2 * 60
"""Seconds until it is asked again when somebody of it was on the telephone: that nobody took it then says nothing."""
AGAIN_MOST = 3600
ROOM = 120
"""Seconds before the team leaves in which no attempt begins: the team is rung first, and the citizen must not be rung when
nobody is there, or after the latest minute."""
PATIENCE = 7 * 86400
"""Seconds for which the better half-day is waited for where nothing was promised."""
BY_ITSELF = (states.CALLBACK, states.TRANSFER, states.DESK)
"""Kinds of cases whose citizen is rung by itself; a voicemail is listened to first."""
STOPPED = (states.REACHED, states.UNSURE, states.CLOSED, states.CANCELLED)
"""States in which nobody is rung by itself any more."""
NOON_MINUTE = 12 * 60


class Policy(Struct, frozen=True):
    """How often a team tries: `attempts` in which the citizen is rung, `apart` seconds between them, and local minutes of
    the day before and from which nobody is rung, whatever the team's hours."""

    attempts: int = 3
    apart: int = 7200
    earliest: int = EARLIEST
    latest: int = LATEST


def policy_of(team: Team) -> Policy:
    """How often a team tries, as its table says."""
    return Policy(attempts=team.attempts, apart=team.apart)


def may_ring(calendar: Calendar, policy: Policy, now: int) -> bool:
    """Whether a citizen may be rung at this moment: the team is open, and it is a minute of the policy."""
    local = dt.datetime.fromtimestamp(now, calendar.zone)
    return policy.earliest <= local.hour * 60 + local.minute < policy.latest and calendar.at(now) == OPEN


class Window(Struct, frozen=True):
    """A stretch of a half-day in which an attempt may begin: instants, end exclusive."""

    begin: int
    end: int
    half_day: str
    morning: bool


def next_attempt(calendar: Calendar, case: Case, attempts: Sequence[Attempt], policy: Policy, now: int) -> int:
    """When the next attempt is to begin (epoch seconds, `now` or later); 0 when none begins by itself.

    The first try prefers the caller's part of the day, and the second another half-day than the first, as long as either
    lies before the promise; what comes too late for it is tried at the first moment that the team is there.
    """
    if not case.caller or case.reach not in (TELEPHONE, TEXT_RELAY) or case.state in STOPPED:
        return 0
    if not is_left(attempts, policy):
        return 0
    rung = [attempt for attempt in attempts if attempt.outcome in RANG]
    windows = _windows(calendar, policy, _not_before(attempts, policy, max(now, case.taken_until)))
    soonest = next(windows, None)
    if soonest is None:
        return 0
    promised = case.first_due if now < case.first_due else case.due
    until = promised or soonest.begin + PATIENCE
    tried = {half_day(rang_at(attempt), calendar.zone) for attempt in rung}
    for window in chain((soonest,), windows):
        if window.begin + ROOM > until:
            break
        if _wanted(window, case, tried):
            return window.begin
    return soonest.begin


def is_left(attempts: Sequence[Attempt], policy: Policy) -> bool:
    """Whether the policy leaves another attempt: when none begins all the same, the team's hours allow none."""
    rang = sum(attempt.outcome in RANG for attempt in attempts)
    return rang < policy.attempts and not any(_settles(attempt) for attempt in attempts)


def _settles(attempt: Attempt) -> bool:
    """Whether nobody is rung again after an attempt: it reached the citizen, or nobody knows, and no person has looked."""
    return attempt.outcome == REACHED or (attempt.outcome == UNSURE and not attempt.by)


def _wanted(window: Window, case: Case, tried: set[str]) -> bool:
    """Whether a half-day is the one to wait for: once two were tried, any is."""
    if not tried:
        return not case.part or window.morning == (case.part == MORNING)
    return len(tried) > 1 or window.half_day not in tried


def _not_before(attempts: Sequence[Attempt], policy: Policy, now: int) -> int:
    """The instant before which nobody is rung again, because of what was tried last."""
    last = max((rang_at(attempt) for attempt in attempts if attempt.outcome in RANG), default=0)
    unanswered = [(a.ended, a.vain) for a in attempts if a.outcome == NO_AGENT and a.ended >= last]
    until = 0
    if unanswered:
        ended, vain = max(unanswered)
        times = sum(vain for _, vain in unanswered)
        until = ended + (min(AGAIN << min(times - 1, 10), AGAIN_MOST) if vain else SOON)
    return max(now, last + policy.apart if last else 0, until)


def _windows(calendar: Calendar, policy: Policy, start: int) -> Iterator[Window]:
    """From an instant on, when an attempt may begin: the team's hours, cut at noon and at the policy's minutes."""
    for begin, end in calendar.openings(start):
        day = dt.datetime.fromtimestamp(begin, calendar.zone).toordinal()
        earliest, noon, latest = (calendar.instant(day, m) for m in (policy.earliest, NOON_MINUTE, policy.latest))
        last = min(end, latest) - ROOM
        for first, until in ((max(begin, earliest), min(last, noon)), (max(begin, noon, earliest), last)):
            if first < until:
                yield Window(first, until, half_day(first, calendar.zone), first < noon)


def escalate_at(calendar: Calendar | None, case: Case, share: float = 0.75) -> int:
    """When somebody is warned (epoch seconds): once `share` of the team's open time between the opening of the case and its
    promise has passed, of the elapsed time where the team is not there at all, or its hours are not known; 0 without a
    promise."""
    if not case.due:
        return 0
    if case.due <= case.opened:
        return case.opened
    stretches = []
    for begin, end in calendar.openings(case.opened) if calendar is not None else ():
        if begin >= case.due:
            break
        stretches.append((begin, min(end, case.due)))
    left = int(share * sum(end - begin for begin, end in stretches))
    for begin, end in stretches:
        if left <= end - begin:
            return begin + left
        left -= end - begin
    return case.opened + int(share * (case.due - case.opened))
