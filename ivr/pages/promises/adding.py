"""A promise that an agent puts on the board with a caller on the line: who calls back, when, done."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Form, Request, Response

from ivr.desk.case import PARTS
from ivr.desk.roles import Right
from ivr.pages.context import Context
from ivr.pages.guard import Visitor, context_of, needs
from ivr.pages.look.faults import Told
from ivr.pages.look.times import Times
from ivr.pages.look.words import word
from ivr.pages.promises.nudging import changed
from ivr.pages.promises.offer import USUAL, WITHIN, new_of, whens
from ivr.pages.promises.told import changing, looking
from ivr.pages.promises.view import team_titles
from ivr.store.desk import adding, handling
from ivr.store.desk.adding import Wish
from ivr.tables.ready import Table

router = APIRouter()


@router.get("/promises/new/when")
def when(
    request: Request, team: str = "", table: str = "", visitor: Visitor = Depends(needs(Right.PROMISES))
) -> Response:
    """When a team can call back."""
    context = context_of(request)
    held = context.shelf(table).live.table
    with looking(context.database) as connection:
        offered = whens(connection, held, team, context.clock()) if team else ()
    usual = USUAL if any(one.key == USUAL for one in offered) else offered[0].key if offered else ""
    return context.page(request, visitor, "promises/when.html", whens=offered, usual=usual)


@router.post("/promises/new")
def add(
    request: Request,
    table: str = Form(""),
    team: str = Form(""),
    within: str = Form(USUAL),
    number: str = Form(""),
    part: str = Form(""),
    language: str = Form(""),
    note: str = Form(""),
    call: str = Form(""),
    topic: str = Form(""),
    visitor: Visitor = Depends(needs(Right.PROMISES)),
) -> Response:
    """Put it on the board. `topic` is VARIABLE=VALUE; `call` the call of the caller who is on the line."""
    context = context_of(request)
    now, held = context.clock(), context.shelf(table).live.table
    if not team:
        raise Told("promises.new_pick_team", 422)
    if within not in WITHIN or part not in PARTS:
        raise Told("home.field_wrong", 422, name="within")
    name, _, value = topic.partition("=")
    wish = Wish(
        team, number[:40], WITHIN[within], part=part, topic={name: value} if value else {}, language=language[:20],
        call=call if call.isalnum() and call.isascii() and len(call) <= 64 else "",
    )  # fmt: skip
    with changing(context.database) as connection:
        case = adding.add(connection, held, wish, visitor.person.login, now, context.settings.hash_key)
        if note.strip():
            handling.note(connection, case, note, visitor.person.login, now)
    changed(context)
    title = team_titles(held.graph, visitor.language).get(team, team)
    at = Times(case.zone, visitor.language, now).when(case.due)
    key = "promises.new_said" if case.due else "promises.new_said_none"
    said = word(visitor.language, key, case=case.number, team=title, when=at)
    return form(context, request, visitor, held, said)


def form(context: Context, request: Request, visitor: Visitor, table: Table, said: str) -> Response:
    """The form, empty again, and what was done."""
    return context.look.page(
        request, visitor, "promises/new.html", new=new_of(table, visitor.language), table=table.graph.id, said=said
    )
