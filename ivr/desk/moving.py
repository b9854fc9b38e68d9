"""Moving promises in bulk: each to the end of a later day that has a place, in the order of the first promise."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice, repeat

from msgspec import Struct

from ivr.calendars.calendar import SEARCH_DAYS, Calendar
from ivr.calendars.worktime import day_end, ringing
from ivr.desk.case import Case

MOST_DAYS = 60
"""Open days that are looked through for places. A storm moves more promises than fit the days that a caller is offered."""


class Moved(Struct, frozen=True):
    """A case and its new promise: when it is due (epoch seconds) and its local day (ordinal)."""

    case: Case
    due: int
    day: int


class Plan(Struct, frozen=True):
    """What moving comes to: who goes where, and who finds no place. Both in the order of the first promise."""

    moved: tuple[Moved, ...]
    unplaced: tuple[Case, ...]


def plan(
    calendar: Calendar, cases: Iterable[Case], taken: Mapping[int, int], per_day: int, first_day: dt.date, now: int
) -> Plan:
    """Find a place for each case on the open days from `first_day` on, as far as somebody may be rung in their hours: not on
    what is left of a day when that is too little.

    `taken` counts, for each local day (ordinal), the places that others hold: those of the cases themselves not among
    them. `per_day` 0 is no bound. `Case.first_due` stays as it is: what was promised first is what is measured.
    """
    free = _free(islice(_days(ringing(calendar), first_day.toordinal(), now), MOST_DAYS), taken, per_day)
    waiting = sorted(cases, key=_first_promise)
    moved = tuple(Moved(case, due, day) for case, (due, day) in zip(waiting, free, strict=False))
    return Plan(moved, tuple(waiting[len(moved) :]))


def _free(days: Iterable[tuple[int, int]], taken: Mapping[int, int], per_day: int) -> Iterator[tuple[int, int]]:
    """Each free place of some days, as the day that it belongs to."""
    for due, day in days:
        yield from repeat((due, day), per_day - taken.get(day, 0)) if per_day else repeat((due, day))


def _first_promise(case: Case) -> tuple[bool, int, str]:
    return not case.first_due, case.first_due, case.id


def _days(calendar: Calendar, first: int, now: int) -> Iterator[tuple[int, int]]:
    """The ends of the open days from one (ordinal) on, with their day."""
    for day in range(first, first + SEARCH_DAYS):
        end = day_end(calendar, day, now)
        if end:
            yield end, day
