"""What is switched, and the forms with which a lead switches, as values for the templates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlalchemy import Connection

from ivr.desk.switches import CALAMITY, CLOSED, NOTICE, Switch, closable, notice_nodes, routes
from ivr.model.graph import Graph
from ivr.pages.look.faults import Told
from ivr.pages.now.view import team_titles
from ivr.store.live.switches import past, standing

KINDS = (CALAMITY, NOTICE, CLOSED)
DAY = 86_400
SPANS = {"1h": 3600, "2h": 7200, "4h": 14_400}
"""Lengths of time that a form offers, in seconds; besides them the end of the day, a time of one's own, and no end."""
END_OF_DAY, AT, NEVER = "day", "at", "never"


class Shown(Struct, frozen=True):
    """A switch on the page. `title` is the team's, or the name of the notice's node; `on` that it holds now."""

    switch: Switch
    title: str
    on: bool


class Switches(Struct, frozen=True):
    """What holds and what is to come, by kind, and what ended today."""

    calamity: Shown | None
    planned: tuple[Shown, ...]
    notices: tuple[Shown, ...]
    closed: tuple[Shown, ...]
    past: tuple[Shown, ...]


class Form(Struct, frozen=True):
    """A form to switch: what may be chosen, and what was typed so far. `teams` and `nodes`: name → what is shown."""

    kind: str
    languages: tuple[str, ...]
    routes: tuple[str, ...]
    teams: Mapping[str, str]
    nodes: tuple[str, ...]
    typed: Mapping[str, str]


def switches_of(connection: Connection, graph: Graph, now: int, midnight: int, language: str) -> Switches:
    """What is switched at a table."""
    titles = team_titles(graph, language)

    def shown(one: Switch) -> Shown:
        return Shown(one, titles.get(one.team, one.team) or one.node, one.holds(now))

    held = [shown(one) for one in standing(connection, [graph.id], now)]
    return Switches(
        calamity=next((one for one in held if one.switch.kind == CALAMITY and one.on), None),
        planned=tuple(one for one in held if one.switch.kind == CALAMITY and not one.on),
        notices=tuple(one for one in held if one.switch.kind == NOTICE),
        closed=tuple(one for one in held if one.switch.kind == CLOSED),
        past=tuple(map(shown, past(connection, graph.id, midnight, now))),
    )


def form_of(graph: Graph, kind: str, language: str, typed: Mapping[str, str]) -> Form:
    """A form of a kind. Raises Told for none."""
    if kind not in KINDS:
        raise Told("home.nothing_here", 404)
    titles = team_titles(graph, language)
    return Form(
        kind, tuple(one.code for one in graph.languages), routes(graph),
        {name: titles[name] for name in closable(graph)}, tuple(notice_nodes(graph)), typed,
    )  # fmt: skip


def wanted_of(graph: Graph, kind: str, typed: Mapping[str, str], by: str, now: int) -> Switch:
    """What a form asks for. Raises Told for a time that is none."""
    zone = ZoneInfo(graph.timezone)
    begins = _instant(typed.get("begins_at", ""), zone) if typed.get("begins") == AT else 0
    texts = {} if kind == CLOSED else {one.code: typed.get(f"text_{one.code}", "") for one in graph.languages}
    return Switch(
        0, graph.id, kind, begins, _ends(typed, zone, max(begins, now)), texts,
        route=typed.get("route", "") if kind == CALAMITY else "", team=typed.get("team", "") if kind == CLOSED else "",
        node=typed.get("node", "") if kind == NOTICE else "", by=by, why=" ".join(typed.get("why", "").split()),
    )  # fmt: skip


def _ends(typed: Mapping[str, str], zone: ZoneInfo, begins: int) -> int | None:
    until = typed.get("ends", "")
    if until in SPANS:
        return begins + SPANS[until]
    if until == END_OF_DAY:
        return midnight(zone, begins + DAY)
    return _instant(typed.get("ends_at", ""), zone) if until == AT else None


def midnight(zone: ZoneInfo, now: int) -> int:
    """The instant at which the local day of another instant began."""
    local = dt.datetime.fromtimestamp(now, zone)
    return int(dt.datetime(local.year, local.month, local.day, tzinfo=zone).timestamp())


def _instant(text: str, zone: ZoneInfo) -> int:
    """A local time as `<input type=datetime-local>` gives it."""
    try:
        return int(dt.datetime.fromisoformat(text[:16]).replace(tzinfo=zone).timestamp())
    except (ValueError, OverflowError):
        raise Told("now.no_time", 400) from None
