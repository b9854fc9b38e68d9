"""Who is on the line with the desk, and whither they can be passed on, as values for the templates."""

from __future__ import annotations

from msgspec import Struct

from ivr.model.moment import OPEN
from ivr.pages.context import Context
from ivr.pages.promises.told import looking
from ivr.pages.promises.view import plain, shown_telephone, team_titles, written
from ivr.store.desk.adding import calendar_of
from ivr.store.desk.line import OnLine, closed, on_line


class Caller(Struct, frozen=True):
    """A caller who is on the line. `phase` is a word for how passing them on goes, '' when nobody does; `to` is whither;
    `at` is the telephone that took them from our queue."""

    held: OnLine
    number: str
    team: str
    chosen: tuple[str, ...]
    phase: str
    to: str
    at: str


def callers_of(context: Context, table: str, language: str) -> tuple[Caller, ...]:
    """The callers who are on the line."""
    graph = context.shelf(table).live.table.graph
    titles = team_titles(graph, language)
    with looking(context.database) as connection:
        found = on_line(connection, graph.id, context.clock())
    return tuple(
        Caller(
            one, written(one.caller), titles.get(one.team, one.team), tuple(plain(v) for v in one.topic.values()),
            (one.passed.outcome or one.passed.state) if one.passed is not None else "",
            titles.get(one.passed.team, one.passed.team) if one.passed is not None else "",
            shown_telephone(one.at),
        )
        for one in found
    )  # fmt: skip


def there_now(context: Context, table: str, language: str) -> tuple[tuple[str, str, bool], ...]:
    """The teams that a caller can be passed on to: (name, title, whether it is there now)."""
    held, now = context.shelf(table).live.table, context.clock()
    with looking(context.database) as connection:
        shut = closed(connection, held, now)
    titles = team_titles(held.graph, language)
    calendars = {team.name: calendar_of(held, team) for team in held.graph.teams if team.dial}
    return tuple(
        (name, title, name not in shut and ((at := calendars[name]) is None or at.at(now) == OPEN))
        for name, title in titles.items()
        if name in calendars
    )
