"""The board and the page of a case: looked at, and brought up to date by themselves."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.responses import RedirectResponse

from ivr.desk.case import STATES
from ivr.desk.roles import Right
from ivr.pages.context import Context
from ivr.pages.guard import Visitor, context_of, needs
from ivr.pages.live.hub import MOST_PARAMS, Ask
from ivr.pages.promises.callers import callers_of
from ivr.pages.promises.nudging import BOARD, CASE, stamp_of
from ivr.pages.promises.offer import new_of
from ivr.pages.promises.story import Story, story_of
from ivr.pages.promises.telephone import graphs_of, targets_of, telephone_of
from ivr.pages.promises.told import changing, looking
from ivr.pages.promises.view import Board, board_of, logins, team_titles
from ivr.store.database.connect import reading
from ivr.store.desk import asking
from ivr.store.desk.board import find_case
from ivr.store.desk.seeking import Seek, people_of, seek
from ivr.store.desk.undoing import last_done

router = APIRouter()
FILTERS = {
    "": (),
    "open": ("open", "planned"),
    "over": ("closed", "cancelled"),
    **{state: (state,) for state in STATES},
}
"""What can be chosen to be seen → states; '' is all that is owed."""
SHOWN = ("", "not_reached", "calling", "unsure", "reached", "over")
"""What of them the page offers."""
MOST_TEXT = 40
KEPT = 60
"""Renderings of boards that are kept: as many ways to look at it as there are in use."""


@router.get("/promises")
def board(
    request: Request,
    table: str = "",
    team: Sequence[str] = Query(default=()),
    state: str = "",
    mine: str = "",
    q: str = "",
    page: int = Query(default=0, ge=0, le=1000),
    visitor: Visitor = Depends(needs(Right.PROMISES)),
) -> Response:
    """The board of promises."""
    context = context_of(request)
    graph = context.shelf(table).live.table.graph
    chosen = tuple(name for name in dict.fromkeys(team) if any(one.name == name for one in graph.teams))
    state = state if state in FILTERS else ""
    login = visitor.person.login if mine else ""
    params = {
        "table": graph.id,
        "teams": ",".join(chosen),
        "state": state,
        "by": login,
        "q": q[:MOST_TEXT],
        "page": page,
    }
    topic = f"{BOARD}?{urlencode({name: value for name, value in params.items() if value})}"
    if len(topic) > MOST_PARAMS:  # too many teams to name: all are shown
        topic, chosen = f"{BOARD}?table={graph.id}", ()
    wanted = Seek(graph.id, chosen, FILTERS[state], login, q[:MOST_TEXT], page)
    table_ = context.shelf(table).live.table
    return context.page(
        request,
        visitor,
        "promises/board.html",
        held=held_board(context, wanted, visitor.language),
        topic=topic,
        table=graph.id,
        chosen=chosen,
        state=state,
        mine=bool(mine),
        q=q[:MOST_TEXT],
        states=SHOWN,
        telephone=telephone_of(request, context),
        telephones=targets_of(graphs_of(context)),
        teams=team_titles(graph, visitor.language),
        may_lead=Right.LEAD in visitor.rights,
        new=new_of(table_, visitor.language),
        first=graph.languages[0].code,
        callers=callers_of(context, graph.id, visitor.language),
        tomorrow=tomorrow(context, graph.timezone),
    )


def tomorrow(context: Context, zone: str) -> str:
    """The local day after this one, ISO: where promises are moved to, unless somebody says otherwise."""
    return (dt.datetime.fromtimestamp(context.clock(), ZoneInfo(zone)).date() + dt.timedelta(days=1)).isoformat()


@router.get("/cases/{which}")
def warned_of(which: str, request: Request, visitor: Visitor = Depends(needs(Right.PROMISES))) -> Response:
    """Where warnings lead (`ivr worker` sends them): to the page of the case."""
    return RedirectResponse(context_of(request).look.url(f"/promises/{which[:80]}"), 303)


@router.get("/promises/{which}")
def case_page(which: str, request: Request, visitor: Visitor = Depends(needs(Right.PROMISES))) -> Response:
    """A case, and all that happened with it."""
    context = context_of(request)
    with looking(context.database) as connection:
        case = find_case(connection, which)
        story = told_story(context, case.id, visitor.language)
        undo = last_done(connection, case, visitor.person.login, context.clock())
        attempt = asking.under_way(connection, case)
    return context.page(
        request, visitor, "promises/case.html", story=story, row=story.row, case=story.row.case,
        topic=f"{CASE}?{urlencode({'id': case.id})}", undo=undo, attempt=attempt,
        telephone=telephone_of(request, context), telephones=targets_of(graphs_of(context)),
    )  # fmt: skip


def topics(context: Context) -> None:
    """What changes on these pages by itself."""
    kept: OrderedDict[tuple[object, ...], tuple[object, str]] = OrderedDict()

    def render_board(ask: Ask) -> str:
        """Rendered anew only when something changed, or a minute has passed: many look, and calls are served beside."""
        tend(context)
        table = context.shelf(ask.params.get("table", "")).live.table
        with reading(context.database) as connection:
            fresh = (stamp_of(context, connection), context.clock() // 60, table.version)
        key = (ask.language, *sorted(ask.params.items()))
        if key not in kept or kept[key][0] != fresh:
            wanted = seek_of(ask.params)
            shown = held_board(context, wanted, ask.language)
            first = table.graph.languages[0].code
            html = context.look.text("promises/rows.html", ask.language, held=shown, q=wanted.text, first=first)
            kept[key] = (fresh, _tight(html))
            while len(kept) > KEPT:
                kept.popitem(last=False)
        return kept[key][1]

    def render_case(ask: Ask) -> str:
        tend(context)
        story = told_story(context, ask.params.get("id", ""), ask.language)
        return context.look.text("promises/story.html", ask.language, story=story, row=story.row, case=story.row.case)

    context.hub.topic(BOARD, render_board, Right.PROMISES)
    context.hub.topic(CASE, render_case, Right.PROMISES)


def _tight(html: str) -> str:
    """Without the white space of the template: it is sent to all who look, whenever something changes."""
    return "\n".join(line for line in map(str.strip, html.splitlines()) if line)


def tend(context: Context) -> None:
    """Calls that somebody asked for and no worker took on are taken back: whoever looks sees to it."""
    with reading(context.database) as connection:
        late = asking.late(connection, context.clock())
    if late:
        with changing(context.database) as connection:
            asking.lapse(connection, context.clock())


def held_board(context: Context, wanted: Seek, language: str) -> Board:
    """The board as it stands."""
    now, graph = context.clock(), context.shelf(wanted.table).live.table.graph
    with looking(context.database) as connection:
        found = seek(connection, wanted, now, context.settings.hash_key)
        people = people_of(connection, logins(found.lines))
    return board_of(found, graph, people, wanted.page, now, language)


def told_story(context: Context, id: str, language: str) -> Story:
    """A case as it stands. The table that it was promised by may not be served any more: then teams have their names."""
    with looking(context.database) as connection:
        case = find_case(connection, id)
        name = case.table if case.table in context.shelves else ""
        return story_of(connection, case, context.shelf(name).live.table.graph, context.clock(), language)


def seek_of(given: Mapping[str, str]) -> Seek:
    """What the query of a topic asks for."""
    page = given.get("page", "0")
    return Seek(
        table=given.get("table", ""),
        teams=tuple(filter(None, given.get("teams", "").split(","))),
        states=FILTERS.get(given.get("state", ""), ()),
        by=given.get("by", ""),
        text=given.get("q", ""),
        page=int(page) if page.isdigit() and len(page) < 5 else 0,
    )
