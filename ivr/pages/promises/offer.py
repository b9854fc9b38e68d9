"""What the form of a promise offers: teams, times that they can still promise, what it may be about."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from sqlalchemy import Connection

from ivr.desk.promises import due_days
from ivr.pages.promises.view import plain, team_titles
from ivr.store.desk.adding import NO_BOUND, calendar_of, team_of
from ivr.store.places import Asked, Places
from ivr.tables.ready import Table

WITHIN: Mapping[str, tuple[int, str]] = {
    "hours2": (2, "working_hours"),
    "today": (1, "today"),
    "day": (1, "working_days"),
    "days3": (3, "working_days"),
    "none": (0, ""),
}
"""What can be promised, by the word that the page has for it."""
USUAL = "day"


class When(Struct, frozen=True):
    """Something that can be promised: its word, when that is due (epoch seconds, 0 for no promise), and how many places are
    left on its day (-1: no bound)."""

    key: str
    due: int
    places: int


class New(Struct, frozen=True):
    """What the form offers, and what stands in it already."""

    teams: tuple[tuple[str, str], ...]
    topics: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]
    languages: tuple[str, ...]


def new_of(table: Table, language: str) -> New:
    """The form for a table. Teams are (name, title), topics (name, title, its values)."""
    graph = table.graph
    topics = tuple((name, plain(name), tuple((v, plain(v)) for v in values)) for name, values in graph.variables)
    titles = tuple(team_titles(graph, language).items())
    return New(titles, topics, tuple(one.code for one in graph.languages))


def whens(connection: Connection, table: Table, name: str, now: int) -> tuple[When, ...]:
    """What a team can promise at this moment. Two that come to the same time are one."""
    team = team_of(table.graph, name)
    calendar = calendar_of(table, team)
    found: dict[int, When] = {}
    if calendar is not None:
        slot = (table.graph.id, name)
        counted = Places(connection, [Asked(("", 0), slot)], now, lock=False)
        for key, within in WITHIN.items():
            most = team.per_day or NO_BOUND
            days = due_days(calendar, within, now) if within[0] else ()
            free = next(
                ((due, most - counted.count(slot, day)) for due, day in days if counted.count(slot, day) < most), None
            )
            if free is not None and free[0] not in found:
                found[free[0]] = When(key, free[0], free[1] if team.per_day else -1)
    return (*sorted(found.values(), key=lambda one: one.due), When("none", 0, -1))
