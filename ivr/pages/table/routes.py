"""The pages about the table that only show: what is live, a draft or a version, text compared, a code, a call to play."""

from __future__ import annotations

import json

from fastapi import APIRouter, Depends, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, RedirectResponse

from ivr.authoring.document import json_schema
from ivr.desk.roles import Right
from ivr.pages.context import Context
from ivr.pages.guard import Visitor, context_of, needs
from ivr.pages.live.hub import Ask
from ivr.pages.look.faults import Told
from ivr.pages.look.words import has_word
from ivr.pages.table.codes import code_page
from ivr.pages.table.compared import compare_texts
from ivr.pages.table.played import query_of, read_call
from ivr.pages.table.view import doing_of, editor_of, listing_of, standing_of
from ivr.pages.table.work import NAME, Work, files_of, reach, today_of, work_of
from ivr.pages.workshop.workshop import TooLong
from ivr.store.publishing import drafts

router = APIRouter()
SECONDS = 20.0


@router.get("/table")
def page(
    request: Request, table: str = "", before: int = 0, said: str = "", visitor: Visitor = Depends(needs(Right.LOOK))
) -> Response:
    """What is live, drafts, and the history."""
    context = context_of(request)
    held = listing_of(context, table, max(0, before))
    return context.page(request, visitor, "table/list.html", held=held, before=before, done=_known(said))


@router.get("/table/drafts/{id}")
def draft(id: str, request: Request, said: str = "", visitor: Visitor = Depends(needs(Right.LOOK))) -> Response:
    """A draft, to edit or to read."""
    return _work(request, visitor, work_of(context_of(request), f"draft:{id}"), said)


@router.get("/table/versions/{name}")
def version(
    name: str, request: Request, table: str = "", said: str = "", visitor: Visitor = Depends(needs(Right.LOOK))
) -> Response:
    """A version, to read."""
    return _work(request, visitor, work_of(context_of(request), f"version:{name}", table), said)


def _work(request: Request, visitor: Visitor, work: Work, said: str) -> Response:
    context = context_of(request)
    doing = doing_of(context, visitor, work)
    return context.page(
        request, visitor, "table/work.html", work=work, doing=doing, done=_known(said),
        editor=editor_of(work, doing, visitor.language), zone=context.shelf(work.table_id).live.table.graph.timezone,
    )  # fmt: skip


def _known(said: str) -> str:
    """What was done before this page, as a word of it; '' for what is none."""
    return f"table.said_{said}" if said.isidentifier() and has_word(f"table.said_{said}") else ""


@router.get("/table/files")
def files(request: Request, of: str, table: str = "", visitor: Visitor = Depends(needs(Right.LOOK))) -> Response:
    """The files of a draft or a version, and those that it is compared with: `{revision, files, base, changed, by}`."""
    context = context_of(request)
    work = work_of(context, of, table)
    base = work.live_files
    if work.draft is not None:
        with reach(context) as connection:
            base = files_of(connection, context.shelf(work.table_id), work.draft.base)
    held = {
        "revision": work.draft.revision if work.draft else 0, "files": dict(work.files), "base": dict(base or {}),
        "by": list(work.draft.editors) if work.draft else [],
    }  # fmt: skip
    return JSONResponse(held)


@router.get("/table/schema")
def schema(visitor: Visitor = Depends(needs(Right.LOOK))) -> Response:
    """The JSON Schema of tables, by which the editor completes and explains."""
    return Response(json.dumps(json_schema(), ensure_ascii=False), media_type="application/json")


@router.get("/table/text")
async def text(request: Request, of: str, table: str = "", visitor: Visitor = Depends(needs(Right.LOOK))) -> Response:
    """The text of a draft or version beside that of the version that it was begun from, or that is live: a fragment."""
    context = context_of(request)
    work, base, name = await run_in_threadpool(_against, context, of, table)
    try:
        held = await context.workshop.run(compare_texts, dict(base), dict(work.files), seconds=SECONDS)
    except TooLong:
        return context.page(request, visitor, "table/slow.html")
    return context.page(request, visitor, "table/text.html", held=held, against=name)


def _against(context: Context, of: str, table: str) -> tuple[Work, dict[str, str], str]:
    work = work_of(context, of, table)
    name = work.draft.base if work.draft is not None else work.live
    with reach(context) as connection:
        base = files_of(connection, context.shelf(work.table_id), name)
    if base is None:
        raise Told("table.nothing_of_that_name", 404)
    return work, dict(base), name


@router.get("/table/play")
async def play(
    request: Request, of: str, call: str, table: str = "", visitor: Visitor = Depends(needs(Right.LOOK))
) -> Response:
    """To the phone page, where a call that was found is played."""
    context = context_of(request)
    work = await run_in_threadpool(work_of, context, of, table)
    held = read_call(call)
    today = today_of(context, context.shelf(work.table_id))
    try:
        query = await context.workshop.run(
            query_of, dict(work.files), today, held, work.table_id, of, context.clock(), seconds=SECONDS
        )  # fmt: skip
    except TooLong:
        raise Told("table.call_slow", 503) from None
    return RedirectResponse(f"{context.look.url('/phone')}?{query}", 303)


@router.get("/codes/{code}")
def code(code: str, request: Request, visitor: Visitor = Depends(needs(Right.LOOK))) -> Response:
    """What a code of a finding means."""
    held = code_page(code)
    if held is None:
        raise Told("home.nothing_here", 404)
    return context_of(request).page(request, visitor, "table/code.html", held=held)


def topics(context: Context) -> None:
    """What changes on these pages by itself."""

    def standing(ask: Ask) -> str:
        held = standing_of(context, ask.params.get("table", ""))
        return context.look.text("table/standing.html", ask.language, held=held)

    def state(ask: Ask) -> str:
        name = ask.params.get("id", "")
        if not NAME.fullmatch(name):
            return ""
        with reach(context) as connection:
            held = drafts.get(connection, name)
        return context.look.text("table/state.html", ask.language, draft=held)

    context.hub.topic("table.standing", standing)
    context.hub.topic("table.draft", state)
