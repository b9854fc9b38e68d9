"""Calendars and cases for the rules of the desk."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from ivr.calendars.calendar import Calendar
from ivr.desk.attempt import Attempt
from ivr.desk.case import Case
from ivr.model.graph import CalendarSpec, Exception_
from tests.engine.calls import instant

ZONE = ZoneInfo("Europe/Amsterdam")


def calendar(hours: str = "Mo-Fr 08:30-17:00", *closed: str) -> Calendar:
    """A calendar with Dutch holidays, closed on some dates."""
    off = tuple(Exception_(dt.date.fromisoformat(day).toordinal(), 0, 1440, "dicht") for day in closed)
    return Calendar(CalendarSpec("desk", hours, "NL", off), ZONE)


def case(due: str | int = 0, opened: str = "2026-12-01 10:00", id: str = "CA1:3", **more: object) -> Case:
    """A case that was promised by `due`."""
    at = instant(due) if isinstance(due, str) else due
    fields = {
        "first_due": at,
        "due": at,
        "number": "123456",
        "team": "desk",
        "table": "kinds",
        "caller": "+31612345678",
        **more,
    }
    return Case(
        id=id, kind="callback", zone="Europe/Amsterdam", language="nl", opened=instant(opened), **fields,  # type: ignore[arg-type]
    )  # fmt: skip


def attempt(at: str | int, outcome: str) -> Attempt:
    """An attempt that ended then; `-busy` after the outcome: somebody of the team was on the telephone."""
    ended = instant(at) if isinstance(at, str) else at
    outcome, _, busy = outcome.partition("-")
    return Attempt(began=ended - 30, ended=ended, outcome=outcome, vain=not busy)
