"""Whether a promise was kept: worked out from what happened, measured against the first promise, typed by nobody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from ivr.desk.attempt import RANG, REACHED, Attempt
from ivr.desk.case import BY_CALLER, CANCELLED, Case

REACHED_IN_TIME, TRIED, LATE, NEVER_TRIED, WITHDRAWN, WAITING, NONE = (
    "reached_in_time", "tried", "late", "never_tried", "cancelled", "waiting", "none",
)  # fmt: skip
KEPT = (REACHED_IN_TIME, TRIED, LATE, NEVER_TRIED, WITHDRAWN, WAITING, NONE)
"""`reached_in_time`: the citizen was spoken to at or before the first promise. `tried`: not so, but rung in two different
half-days before it. `late`: it lapsed, and the citizen was rung or reached, but neither of those. `never_tried`: it lapsed
and the citizen was never rung. `cancelled`: by the caller, on the telephone, before it lapsed. `waiting`: it has not
lapsed. `none`: nothing was promised."""

NOON = 12


def half_day(instant: int, zone: ZoneInfo) -> str:
    """The half-day of an instant (epoch seconds) in a zone, `2026-11-24 am`; noon begins the afternoon."""
    local = dt.datetime.fromtimestamp(instant, zone)
    return f"{local:%Y-%m-%d} {'am' if local.hour < NOON else 'pm'}"


def rang_at(attempt: Attempt) -> int:
    """When an attempt rang the citizen (epoch seconds); 0 when it did not, or nobody knows."""
    return (attempt.dialled or attempt.ended) if attempt.outcome in RANG else 0


def kept(case: Case, attempts: Sequence[Attempt], now: int, zone: ZoneInfo) -> str:
    """One of KEPT, as things stand `now` (epoch seconds). `zone` is the routing table's, in which half-days are counted.

    A voicemail that was left is a try. An agent who closes or cancels a case withdraws no promise: it is judged when it
    lapses.
    """
    promised = case.first_due
    if not promised:
        return NONE
    reached = [at for at in (case.reached_at, *(a.ended for a in attempts if a.outcome == REACHED)) if at]
    if any(at <= promised for at in reached):
        return REACHED_IN_TIME
    if case.state == CANCELLED and case.closed_by == BY_CALLER and 0 < case.closed_at <= promised:
        return WITHDRAWN
    if now <= promised:
        return WAITING
    rung = [rang_at(attempt) for attempt in attempts if attempt.outcome in RANG]
    tries = [rang_at(a) for a in attempts if a.outcome in RANG and a.outcome != REACHED]
    if len({half_day(at, zone) for at in tries if 0 < at <= promised}) > 1:
        return TRIED
    return LATE if rung or reached else NEVER_TRIED
