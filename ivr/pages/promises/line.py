"""Who is on the line with the desk: their number for a promise, or on to another team with a way back."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Form, Request, Response

from ivr.desk.roles import Right
from ivr.pages.context import Context
from ivr.pages.guard import Visitor, context_of, needs
from ivr.pages.live.hub import Ask
from ivr.pages.look.words import word
from ivr.pages.promises.acting import answer
from ivr.pages.promises.callers import callers_of, there_now
from ivr.pages.promises.nudging import LINE
from ivr.pages.promises.telephone import telephone_of
from ivr.pages.promises.told import changing, looking
from ivr.pages.promises.view import team_titles
from ivr.store import passes
from ivr.store.desk.line import pass_on

router = APIRouter()


@router.get("/promises/line/teams")
def teams(request: Request, table: str = "", visitor: Visitor = Depends(needs(Right.PROMISES))) -> Response:
    """Whither a caller can be passed on at this moment."""
    context = context_of(request)
    return context.page(request, visitor, "promises/pass.html", teams=there_now(context, table, visitor.language))


@router.post("/promises/line/{call}/pass")
def pass_(
    call: str,
    request: Request,
    team: str = Form(""),
    table: str = Form(""),
    visitor: Visitor = Depends(needs(Right.PROMISES)),
) -> Response:
    """Pass a caller on."""
    context = context_of(request)
    held, now = context.shelf(table).live.table, context.clock()
    with changing(context.database) as connection:
        pass_on(connection, held, call[:64], team, telephone_of(request, context), visitor.person.login, now)
    title = team_titles(held.graph, visitor.language).get(team, team)
    return answer(request, context, visitor, None, word(visitor.language, "promises.pass_said", team=title))


def topics(context: Context) -> None:
    """Who is on the line, by itself."""

    def render(ask: Ask) -> str:
        now = context.clock()
        with looking(context.database) as connection:
            late = passes.late(connection, now)
        if late:
            with changing(context.database) as connection:
                passes.lapse(connection, now)
        callers = callers_of(context, ask.params.get("table", ""), ask.language)
        return context.look.text("promises/line.html", ask.language, callers=callers)

    context.hub.topic(LINE, render, Right.PROMISES)
