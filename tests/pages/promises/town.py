"""A desk on a table whose teams are open at any hour of the test, and cases that somebody was promised."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert, select

from ivr.desk.case import Case
from ivr.desk.promises import due_day
from ivr.desk.pseudonym import number_key
from ivr.diagnostics import Source, Sources
from ivr.store import cases as cases_
from ivr.store.database.connect import reading, writing
from ivr.store.database.schema import audit, places
from ivr.store.places import place_row
from ivr.tables.ready import Table, check_sources, ready
from tests.engine import calls
from tests.pages.browser import Desk, serving_desk
from tests.worker.attempt_world import TEXT
from tests.worker.calling import zone

CITIZEN = "+31612345678"


@cache
def table() -> Table:
    """The table of every kind: every team is there, and it is about noon."""
    text = TEXT.replace("  id: kinds\n", f"  id: kinds\n  timezone: {zone()}\n")
    text = text.replace(
        'desk: {hours: "Mo-Fr 09:00-17:00", holidays: NL, closed_on: {"2026-12-24 15:00-24:00": kerstavond}}',
        'desk: {hours: "Mo-Su 00:00-24:00"}',
    ).replace("callbacks: {per_day: 2}", "callbacks: {per_day: 200}")
    return ready(check_sources(Sources((Source("kinds.yaml", text),)), calls.TODAY))


@contextlib.contextmanager
def desk_of(var: Path, **more: Any) -> Iterator[Desk]:  # settings
    """A desk with that table."""
    with serving_desk(var, table(), **more) as held:
        yield held


def put(desk: Desk, number: str = "123456", due: int = 7200, **more: Any) -> Case:
    """A case that is due some seconds from now (0: no promise)."""
    now = desk.context.clock()
    given = {
        "team": "several", "caller": CITIZEN, "state": "planned", "next_at": now + 3600, "topic": {"topic": "waste"},
        "opened": now - 600, "first_due": now + due if due else 0, "due": now + due if due else 0, **more,
    }  # fmt: skip
    case = Case(id=f"CA{number}:3", number=number, kind=given.pop("kind", "callback"), table="kinds",
                zone=table().graph.timezone, language=given.pop("language", "nl"), **given)  # fmt: skip
    with writing(desk.database) as connection:
        day = due_day(case.due, table().almanac.zone).isoformat() if case.due else ""
        key = number_key(desk.context.settings.hash_key, case.caller) if case.caller else ""
        cases_.add(connection, case, caller_key=key, due_day=day)
        if case.due:
            row = place_row((f"CA{number}", 3), ("kinds", case.team), day, number, case.due, now)
            connection.execute(insert(places).values(**row, case_id=case.id))
    return case


def case_of(engine: Engine, number: str) -> Case:
    """The case as it is."""
    with reading(engine) as connection:
        [case] = cases_.numbered(connection, number)
        return case


def audited(desk: Desk) -> list[tuple[str, str]]:
    """Who did what, in order."""
    with reading(desk.database) as connection:
        return [(row.who, row.what) for row in connection.execute(select(audit).order_by(audit.c.id))]
