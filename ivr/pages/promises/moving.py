"""A lead moves promises at once: sees where each would land and who cannot, moves them, and moves them back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Form, Request, Response
from msgspec import Struct
from sqlalchemy import Connection

from ivr.desk.case import Case
from ivr.desk.roles import Right
from ivr.pages.context import Context
from ivr.pages.guard import Visitor, context_of, needs
from ivr.pages.look.faults import Told
from ivr.pages.look.words import word
from ivr.pages.promises.nudging import changed
from ivr.pages.promises.routes import seek_of
from ivr.pages.promises.told import changing, looking
from ivr.pages.promises.view import team_titles
from ivr.store import cases as cases_
from ivr.store.database.schema import cases
from ivr.store.desk.board import NotDone
from ivr.store.desk.moving import MAX_WHY, Change, Outcome, Which, move, preview, undo_move
from ivr.store.desk.seeking import OWED, ids_of
from ivr.tables.ready import Table

router = APIRouter()
MOST = 1000
"""Promises that are moved at once, at most."""


class Moving(Struct, frozen=True):
    """What a move comes to, over all its teams. `changed` are (case, team, was, due, told by hand), `left` (case, team, why,
    which is a word of the page). `teams` are those whose promises moved."""

    changed: tuple[tuple[Case, str, int, int, bool], ...]
    left: tuple[tuple[Case, str, str], ...]
    teams: tuple[str, ...]


@router.post("/promises/move/preview")
def look(
    request: Request,
    to: str = Form(""),
    id: Sequence[str] = Form(default=()),
    every: str = Form(""),
    visitor: Visitor = Depends(needs(Right.LEAD)),
) -> Response:
    """Where each would land. `every` is the query of the board when all that it shows are meant, on whichever page."""
    context, day = context_of(request), _day(to)
    table = _table(context, every)
    with looking(context.database) as connection:
        ids = _ids(context, connection, id, every)
        held = _each_team(
            connection, table, ids, visitor.language,
            lambda team, which: preview(connection, table, team, which, day, context.clock()),
        )  # fmt: skip
    return context.page(
        request,
        visitor,
        "promises/moves.html",
        held=held,
        done=False,
        to=day.isoformat(),
        ids=ids,
        max_why=MAX_WHY,
        told="",
    )


@router.post("/promises/move")
def do(
    request: Request,
    to: str = Form(""),
    id: Sequence[str] = Form(default=()),
    why: str = Form(""),
    visitor: Visitor = Depends(needs(Right.LEAD)),
) -> Response:
    """Move them: all teams in one transaction, or none."""
    context, day = context_of(request), _day(to)
    if len(why) > MAX_WHY or not (why or "x").isprintable():
        raise Told("promises.move_why_long", 422, n=MAX_WHY)
    table, now, by = _table(context, ""), context.clock(), visitor.person.login
    with changing(context.database) as connection:
        ids = _ids(context, connection, id, "")
        held = _each_team(
            connection, table, ids, visitor.language,
            lambda team, which: move(connection, table, team, which, day, by, now, why),
        )  # fmt: skip
    changed(context)
    said = word(visitor.language, "promises.move_said", n=len(held.changed), left=len(held.left))
    return context.page(
        request,
        visitor,
        "promises/moves.html",
        held=held,
        done=True,
        to=day.isoformat(),
        ids=(),
        said=said,
        told=said,
        max_why=MAX_WHY,
    )


@router.post("/promises/move/undo")
def back(
    request: Request, team: Sequence[str] = Form(default=()), visitor: Visitor = Depends(needs(Right.LEAD))
) -> Response:
    """Move back what one moved last."""
    context = context_of(request)
    table, now = _table(context, ""), context.clock()
    titles = team_titles(table.graph, visitor.language)
    with changing(context.database) as connection:
        done = [undo_move(connection, table, one, visitor.person.login, now, mine=True) for one in team[:50]]
    changed(context)
    held = _gathered(zip(team, done, strict=False), titles, "promises.move_went_on")
    said = word(visitor.language, "promises.move_back_said", n=len(held.changed), left=len(held.left))
    return context.page(
        request, visitor, "promises/moves.html", held=Moving(held.changed, held.left, ()), done=True, to="", ids=(),
        said=said, told=said, max_why=MAX_WHY,
    )  # fmt: skip


def _table(context: Context, every: str) -> Table:
    return context.shelf(dict(parse_qsl(every)).get("table", "")).live.table


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise Told("promises.move_no_day", 422) from None


def _ids(context: Context, connection: Connection, given: Sequence[str], every: str) -> list[str]:
    ids = list(given)
    if every:
        ids = ids_of(connection, seek_of(dict(parse_qsl(every))), context.clock(), context.settings.hash_key, MOST + 1)
    if not ids:
        raise Told("promises.move_none", 422)
    if len(ids) > MOST:
        raise Told("promises.move_many", 422, n=MOST)
    return ids


def _each_team(
    connection: Connection, table: Table, ids: Sequence[str], language: str, does: Callable[[str, Which], Outcome]
) -> Moving:
    """Do something with the promises of each team that some cases are of; those that have none, or owe nothing, are left."""
    titles = team_titles(table.graph, language)
    found = cases_.find(connection, cases.c.id.in_(ids), cases.c.table_id == table.graph.id)
    fit = [case for case in found if case.due and case.state in OWED and case.team in titles]
    left = [
        (case, titles.get(case.team, case.team), "promises.move_settled" if case.due else "promises.move_no_promise")
        for case in found
        if case not in fit
    ]
    done: list[tuple[str, Outcome]] = []
    for team in sorted({case.team for case in fit}):
        mine = tuple(case.id for case in fit if case.team == team)
        try:
            done.append((team, does(team, Which(ids=mine))))
        except NotDone as error:
            if error.key != "no_calendar":
                raise
            left += [(case, titles[team], "promises.move_no_calendar") for case in fit if case.team == team]
    held = _gathered(done, titles, "promises.move_no_place")
    return Moving(held.changed, (*held.left, *left), held.teams)


def _gathered(done: Iterable[tuple[str, Outcome]], titles: dict[str, str], why: str) -> Moving:
    changes: list[tuple[Case, str, int, int, bool]] = []
    left: list[tuple[Case, str, str]] = []
    teams: list[str] = []
    for team, outcome in done:
        changes += [_row(change, titles.get(team, team)) for change in outcome.changed]
        left += [(case, titles.get(team, team), why) for case in outcome.left]
        teams += [team] if outcome.changed else []
    return Moving(tuple(sorted(changes, key=lambda one: (one[3], one[2]))), tuple(left), tuple(teams))


def _row(change: Change, team: str) -> tuple[Case, str, int, int, bool]:
    return change.case, team, change.was, change.due, change.by_hand
