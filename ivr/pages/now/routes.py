"""The page of this moment: calls, queues and teams, live."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request, Response

from ivr.desk.roles import Right
from ivr.pages.context import Context
from ivr.pages.guard import Visitor, context_of, needs
from ivr.pages.live.hub import Ask
from ivr.pages.now import switching
from ivr.pages.now.switches import KINDS
from ivr.pages.now.view import Now, now_of
from ivr.store.database.connect import reading

router = APIRouter()
router.include_router(switching.router)


@router.get("/now")
def page(request: Request, table: str = "", done: str = "", visitor: Visitor = Depends(needs(Right.LOOK))) -> Response:
    """What goes on now."""
    context = context_of(request)
    name = context.shelf(table).live.table.graph.id
    shown = held(context, name, visitor.language)
    switched = switching.held(context, context.shelf(name).live.table, visitor.language)
    done = done if done in KINDS else ""
    return context.page(request, visitor, "now/page.html", held=shown, switched=switched, table=name, done=done)


def topics(context: Context) -> None:
    """What changes on this page by itself."""

    def render(template: str, ask: Ask) -> str:
        shown = held(context, ask.params.get("table", ""), ask.language)
        return context.look.text(template, ask.language, held=shown, table=ask.params.get("table", ""))

    context.hub.topic("now.calls", lambda ask: render("now/calls.html", ask))
    switching.topics(context)
    context.hub.topic("now.teams", lambda ask: render("now/teams.html", ask))


def held(context: Context, table: str, language: str) -> Now:
    """What goes on at a table."""
    with reading(context.database) as connection:
        return now_of(connection, context.shelf(table).live.table, context.clock(), language)
