"""The life of a draft and of what is published: begun, proposed, approved, published, tried, cancelled, taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from fastapi import APIRouter, Depends, Form, Request, Response
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from ivr.desk.roles import Right
from ivr.pages.context import Context
from ivr.pages.guard import Visitor, context_of, needs
from ivr.pages.look.faults import Told
from ivr.pages.table.committing import committed
from ivr.pages.table.played import written_call
from ivr.pages.table.view import alone, instant_of
from ivr.pages.table.work import Work, files_of, reach, refused, today_of, work_of
from ivr.pages.workshop.workshop import TooLong
from ivr.simulator import judging
from ivr.store.database.connect import writing
from ivr.store.publishing import drafts, publications
from ivr.store.publishing.faults import NotDone
from ivr.store.publishing.publications import ALL, Order
from ivr.tables.judged import Changes, Judged

router = APIRouter()
SECONDS = 120.0
"""How long a version may take to be judged before it is proposed or published."""
T = TypeVar("T")


def _do(context: Context, change: Callable[[Connection, int], T]) -> T:
    """Change something in one transaction. Raises Told for what the store refuses."""
    try:
        with writing(context.database) as connection:
            held = change(connection, context.clock())
    except NotDone as fault:
        raise refused(fault) from None
    for topic in ("table.standing", "table.draft"):
        context.hub.nudge(topic)
    return held


def _on(request: Request, path: str, **query: object) -> Response:
    """On to a page, whoever asked: a plain form, or htmx."""
    target = context_of(request).look.url(path, **query)
    if request.headers.get("hx-request"):
        return Response("", 204, {"HX-Redirect": target})
    return RedirectResponse(target, 303)


@router.post("/table/begin")
def begin(
    request: Request, base: str = Form(), table: str = Form(""), title: str = Form(""),
    visitor: Visitor = Depends(needs(Right.EDIT)),
) -> Response:  # fmt: skip
    """Begin a draft from a version."""
    context = context_of(request)
    shelf = context.shelf(table)
    table_id = shelf.live.table.graph.id
    with reach(context) as connection:
        files = files_of(connection, shelf, base)
    if files is None:
        raise Told("table.nothing_of_that_name", 404)
    who = visitor.person.login
    held = _do(context, lambda c, now: drafts.begin(c, table_id, base, files, title, who, now))
    return _on(request, f"/table/drafts/{held.id}")


@router.post("/table/drafts/{id}/rename")
def rename(
    id: str, request: Request, revision: int = Form(), title: str = Form(""),
    visitor: Visitor = Depends(needs(Right.EDIT)),
) -> Response:  # fmt: skip
    """Give a draft another title."""
    _do(context_of(request), lambda c, now: drafts.rename(c, id, revision, title, visitor.person.login, now))
    return _on(request, f"/table/drafts/{id}", said="renamed")


@router.post("/table/drafts/{id}/drop")
def drop(
    id: str, request: Request, revision: int = Form(), visitor: Visitor = Depends(needs(Right.EDIT))
) -> Response:  # fmt: skip
    """End a draft that nobody wants."""
    context = context_of(request)
    held = work_of(context, f"draft:{id}")
    _do(context, lambda c, now: drafts.drop(c, id, revision, visitor.person.login, now))
    return _on(request, "/table", table=held.table_id, said="dropped")


@router.post("/table/drafts/{id}/propose")
async def propose(
    id: str, request: Request, revision: int = Form(), why: str = Form(""),
    visitor: Visitor = Depends(needs(Right.EDIT)),
) -> Response:  # fmt: skip
    """Propose a draft as it is, judged at this moment."""
    context = context_of(request)
    if not why.strip():
        raise Told("table.not_why_missing")
    work = await run_in_threadpool(work_of, context, f"draft:{id}")
    judged = await judged_now(context, work)
    who = visitor.person.login
    await run_in_threadpool(_do, context, lambda c, now: drafts.propose(c, id, revision, why, judged, who, now))
    return _on(request, f"/table/drafts/{id}", said="proposed")


async def judged_now(context: Context, work: Work) -> Judged:
    """What checks, guarantees and the comparison say now. Raises Told."""
    live = dict(work.live_files) if work.live_files is not None else None
    today = today_of(context, context.shelf(work.table_id))
    try:
        return await context.workshop.run(judging.judge, dict(work.files), today, live, seconds=SECONDS)
    except TooLong:
        raise Told("table.judging_slow", 503) from None


@router.post("/table/drafts/{id}/approve")
def approve(
    id: str, request: Request, version: str = Form(), visitor: Visitor = Depends(needs(Right.APPROVE))
) -> Response:  # fmt: skip
    """Approve what another proposed."""
    context = context_of(request)
    by, own = visitor.person.login, alone(context)
    _do(context, lambda c, now: drafts.approve(c, id, version, by, now, own))
    return _on(request, f"/table/drafts/{id}", said="approved")


@router.post("/table/drafts/{id}/send-back")
def send_back(
    id: str, request: Request, version: str = Form(), why: str = Form(""),
    visitor: Visitor = Depends(needs(Right.LOOK)),
) -> Response:  # fmt: skip
    """Open a proposal again: by who may approve it, or by who may edit it."""
    if not visitor.rights & {Right.APPROVE, Right.EDIT}:
        raise Told("home.may_not", 403)
    _do(context_of(request), lambda c, now: drafts.send_back(c, id, version, why, visitor.person.login, now))
    return _on(request, f"/table/drafts/{id}", said="sent_back")


@router.post("/table/drafts/{id}/publish")
async def publish(
    id: str, request: Request, version: str = Form(), at: str = Form(""), share: int = Form(ALL),
    why: str = Form(""), override: str = Form(""), commit: bool = Form(False),
    visitor: Visitor = Depends(needs(Right.APPROVE)),
) -> Response:  # fmt: skip
    """Publish what was approved: now or at a time, for all or for a share of callers first; now and for all also as a commit
    of git."""
    context = context_of(request)
    work = await run_in_threadpool(work_of, context, f"draft:{id}")
    if work.draft is None or work.draft.version != version:
        raise Told("table.not_changed_meanwhile", 409)
    instant = instant_of(at, context.shelf(work.table_id).live.table.almanac.zone)
    if override.strip() and Right.OVERRIDE not in visitor.rights:
        raise Told("table.may_not_override", 403)
    if commit and (instant is not None or share < ALL):
        raise Told("table.commit_only_now")
    judged = await judged_now(context, work)
    order = Order(work.table_id, version, visitor.person.login, why or work.draft.why, override, alone(context))

    def change(connection: Connection, now: int) -> publications.Publication:
        made = publications.publish(connection, order, judged, now, instant, share)
        if commit:  # what git refuses is not live either
            name = committed(context, visitor, work, version, order.why)
            publications.note_commit(connection, made.id, name)
        return made

    held = await run_in_threadpool(_do, context, change)
    said = "planned" if held.state == publications.SCHEDULED else "tried" if held.share < ALL else "published"
    return _on(request, "/table", table=work.table_id, said=said)


@router.post("/table/publications/{id}/cancel")
def cancel(id: int, request: Request, visitor: Visitor = Depends(needs(Right.APPROVE))) -> Response:
    """Cancel what is planned."""
    context = context_of(request)

    def change(connection: Connection, now: int) -> str:
        table_id = publications.get(connection, id).table_id
        publications.cancel(connection, id, visitor.person.login, now)
        return table_id

    return _on(request, "/table", table=_do(context, change), said="cancelled")


@router.post("/table/trial")
def trial(
    request: Request, table: str = Form(), version: str = Form(), then: str = Form(), why: str = Form(""),
    visitor: Visitor = Depends(needs(Right.APPROVE)),
) -> Response:  # fmt: skip
    """End a trial: its version for all (`then` is `promote`), or for nobody (`stop`)."""
    context = context_of(request)
    table_id, who = context.shelf(table).live.table.graph.id, visitor.person.login
    if then == "promote":
        _do(context, lambda c, now: publications.promote(c, table_id, version, who, now, why))
    elif then == "stop":
        _do(context, lambda c, now: publications.stop_trial(c, table_id, version, who, now, why))
    else:
        raise Told("home.field_wrong", 422, name="then")
    return _on(request, "/table", table=table_id, said="promoted" if then == "promote" else "stopped")


@router.get("/table/versions/{name}/back")
async def confirm_back(
    name: str, request: Request, table: str = "", visitor: Visitor = Depends(needs(Right.APPROVE))
) -> Response:  # fmt: skip
    """Before going back: who fares differently then."""
    context = context_of(request)
    work = await run_in_threadpool(work_of, context, f"version:{name}", table)
    held = await _changes(context, work)
    return context.page(request, visitor, "table/back.html", work=work, held=held, written_call=written_call)


async def _changes(context: Context, work: Work) -> Changes | None:
    """Who fares differently on it than now, None when that takes too long: a way back must stay open."""
    live = dict(work.live_files) if work.live_files is not None else None
    today = today_of(context, context.shelf(work.table_id))
    try:
        return await context.workshop.run(judging.changes, dict(work.files), today, live, seconds=20)
    except TooLong:
        return None


@router.post("/table/versions/{name}/back")
async def back(
    name: str, request: Request, table: str = Form(""), why: str = Form(""),
    visitor: Visitor = Depends(needs(Right.APPROVE)),
) -> Response:  # fmt: skip
    """Back to a version that was live before, at once."""
    context = context_of(request)
    if not why.strip():
        raise Told("table.not_why_missing")
    work = await run_in_threadpool(work_of, context, f"version:{name}", table)
    try:
        fault = await context.workshop.run(judging.fault_of, dict(work.files), seconds=20)
    except TooLong:
        raise Told("table.judging_slow", 503) from None
    if fault:
        raise Told("table.back_unreadable", 409, why=fault)
    order = Order(work.table_id, name, visitor.person.login, why)
    await run_in_threadpool(_do, context, lambda c, now: publications.roll_back(c, order, now))
    return _on(request, "/table", table=work.table_id, said="back")
