"""How a lead switches: a form, what it will do with a question whether that is meant, and then it is so."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from ivr.desk.roles import Right
from ivr.desk.switches import Refused, Switch, check
from ivr.pages.context import Context
from ivr.pages.guard import Visitor, context_of, needs
from ivr.pages.live.hub import Ask
from ivr.pages.look.faults import Told
from ivr.pages.look.words import has_word, word
from ivr.pages.now.proved import on_of, proved, seconds_of
from ivr.pages.now.switches import Switches, form_of, midnight, switches_of, wanted_of
from ivr.proofs.switched import On, switches
from ivr.store.database.connect import reading, writing
from ivr.store.live.switches import begin, end
from ivr.tables.ready import Table

router = APIRouter()
TOPICS = ("now.switches", "now.teams")


def topics(context: Context) -> None:
    """What is switched, by itself."""

    def render(ask: Ask) -> str:
        table = context.shelf(ask.params.get("table", "")).live.table
        shown = held(context, table, ask.language)
        return context.look.text("now/switches.html", ask.language, switched=shown, table=table.graph.id)

    context.hub.topic("now.switches", render, every=0.5)


def held(context: Context, table: Table, language: str) -> Switches:
    """What is switched at a table."""
    now = context.clock()
    with reading(context.database) as connection:
        return switches_of(connection, table.graph, now, midnight(ZoneInfo(table.graph.timezone), now), language)


@router.get("/now/switch/{kind}")
def ask(
    request: Request, kind: str, table: str = "", team: str = "", visitor: Visitor = Depends(needs(Right.LEAD))
) -> Response:
    """The form."""
    context = context_of(request)
    graph = context.shelf(table).live.table.graph
    form = form_of(graph, kind, visitor.language, {"team": team, "ends": "1h"})
    return context.page(request, visitor, "now/switch.html", form=form, table=graph.id, fault="")


@router.get("/now/switch/{kind}/proved")
async def judged(
    request: Request,
    kind: str,
    name: str = "",
    table: str = "",
    seconds: int = Query(0, ge=0, le=1000),
    visitor: Visitor = Depends(needs(Right.LEAD)),
) -> Response:
    """What was proved of it; asked for by the page that asks whether it is meant, so that nobody waits for it."""
    context = context_of(request)
    ready = context.shelf(table).live.table
    on = On(kind, name)
    if on not in switches(ready.graph):
        raise Told("home.nothing_here", 404)
    return context.page(request, visitor, "now/proved.html", judged=await proved(context, ready, on, seconds))


@router.post("/now/switch/{kind}")
async def act(request: Request, kind: str, visitor: Visitor = Depends(needs(Right.LEAD))) -> Response:
    """What it would do; or, once somebody is sure, do it."""
    context = context_of(request)
    typed = {name: str(value) for name, value in (await request.form()).items()}
    ready = context.shelf(typed.get("table", "")).live.table
    form = form_of(ready.graph, kind, visitor.language, typed)
    try:
        now = context.clock()
        wanted = wanted_of(ready.graph, kind, typed, visitor.person.login, now)
        if typed.get("sure"):
            await run_in_threadpool(_begin, context, ready, wanted, now)
            return RedirectResponse(context.look.url("/now", table=ready.graph.id, done=kind), 303)
        checked = check(ready.graph, wanted, now)
    except (Refused, Told) as error:
        fault = _told(error, visitor.language)
        values: dict[str, Any] = {"form": form, "table": ready.graph.id, "fault": fault}  # as the template takes them
        return context.page(request, visitor, "now/switch.html", status=400, **values)
    shown = {
        "form": form,
        "table": ready.graph.id,
        "wanted": checked,
        "on": on_of(checked),
        "seconds": seconds_of(checked),
    }
    return context.page(request, visitor, "now/sure.html", **shown)


@router.post("/now/switched/{id}/end")
def stop(request: Request, id: int, table: str = "", visitor: Visitor = Depends(needs(Right.LEAD))) -> Response:
    """It is over."""
    context = context_of(request)
    graph = context.shelf(table).live.table.graph
    with writing(context.database) as connection:
        done = end(connection, graph.id, id, visitor.person.login, context.clock())
    _nudge(context)
    if not done:
        raise Told("now.over_already", 409)
    shown = held(context, context.shelf(table).live.table, visitor.language)
    said = word(visitor.language, "now.ended")
    return context.page(request, visitor, "now/switches.html", said=said, switched=shown, table=graph.id)


def _begin(context: Context, ready: Table, wanted: Switch, now: int) -> None:
    with writing(context.database) as connection:
        begin(connection, ready.graph, wanted, now)
    _nudge(context)


def _nudge(context: Context) -> None:
    for topic in TOPICS:
        context.hub.nudge(topic)


def _told(error: Refused | Told, language: str) -> str:
    """What is wrong, in the visitor's words where there are some."""
    key = f"now.switch_{error.fault}" if isinstance(error, Refused) else error.key
    return word(language, key, **error.holes) if has_word(key) else str(error)
