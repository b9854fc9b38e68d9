"""What the page of this moment shows: calls, queues, and teams, as values for its templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct
from sqlalchemy import Connection

from ivr.calendars.moment import Almanac
from ivr.model.graph import Graph
from ivr.model.moment import OPEN
from ivr.store.desk.going_on import Running, Waiting, running, waiting
from ivr.tables.ready import Table

SHOWN = 100
"""Calls that are listed; what is more is counted."""


class Call(Struct, frozen=True):
    """A call that runs. `where`: waits, with (put through to a team) or menu; `since`: of that; epoch seconds."""

    began: int
    number: str
    formerly: str
    language: str
    node: str
    team: str
    where: str
    since: int
    topic: str
    version: str


class Team(Struct, frozen=True):
    """A team: whether its calendar is open, and until when it stays so (epoch seconds, 0: no change in sight); who waits."""

    name: str
    title: str
    open: bool
    until: int
    waiting: int
    since: int
    calls: int


class Now(Struct, frozen=True):
    """All of it. `count` calls run, of which `calls` are shown."""

    count: int
    calls: tuple[Call, ...]
    teams: tuple[Team, ...]
    waiting: int
    since: int
    version: str


def now_of(connection: Connection, table: Table, now: int, language: str) -> Now:
    """What goes on at a table at an instant, in the words of a language."""
    graph = table.graph
    count, held = running(connection, graph.id, now)
    queues = waiting(connection, graph.id, now)
    titles = team_titles(graph, language)
    calls = tuple(_call(graph, one, titles) for one in held[:SHOWN])
    teams = tuple(_teams(table, queues, held, titles, now))
    since = min((one.since for one in queues.values()), default=0)
    return Now(count, calls, teams, sum(one.waiting for one in queues.values()), since, table.version)


def team_titles(graph: Graph, language: str) -> dict[str, str]:
    """Name of a team → its title in a language of the table, else in its first one."""
    codes = [one.code for one in graph.languages]
    index = codes.index(language) if language in codes else 0
    return {team.name: team.titles[index] for team in graph.teams}


def _call(graph: Graph, one: Running, titles: Mapping[str, str]) -> Call:
    formerly = next((number.formerly for number in graph.numbers if number.name == one.number), "")
    where, since = "menu", one.began
    if one.waits:
        where, since = "waits", one.waits
    elif one.put and one.team and one.put >= one.person:
        where, since = "with", one.put
    return Call(
        one.began, one.number or graph.main_number, formerly, one.language, one.node, titles.get(one.team, one.team), where,
        since, ", ".join(one.topic.values()), one.version,
    )  # fmt: skip


def _teams(
    table: Table, queues: Mapping[str, Waiting], held: Sequence[Running], titles: Mapping[str, str], now: int
) -> list[Team]:
    graph, almanac = table.graph, table.almanac
    out = []
    for team in graph.teams:
        here = queues.get(team.name, Waiting(0, 0))
        calls = sum(1 for one in held if one.team == team.name and not one.waits)
        opened, until = _hours(almanac, team.calendar, now)
        out.append(Team(team.name, titles[team.name], opened, until, here.waiting, here.since, calls))
    return out


def _hours(almanac: Almanac, calendar: int, now: int) -> tuple[bool, int]:
    """Whether a calendar is open, and when that changes within two weeks; a team without one is always there."""
    if calendar < 0:
        return True, 0
    held = almanac.calendars[calendar]
    begin, end = next(held.openings(now), (0, 0))
    opened = held.at(now) == OPEN
    return opened, end if opened else begin
