"""What the editor asks: its text kept, and judged while somebody types."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec
from fastapi import APIRouter, Depends, Request, Response
from msgspec import Struct
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, StreamingResponse

from ivr.desk.roles import Right
from ivr.pages.context import Context
from ivr.pages.guard import Visitor, context_of, needs
from ivr.pages.look.faults import Told
from ivr.pages.table.judging import newest, overlaid, parts, read_ask
from ivr.pages.table.work import refused, work_of
from ivr.store.database.connect import writing
from ivr.store.publishing import drafts
from ivr.store.publishing.drafts import Draft
from ivr.store.publishing.faults import NotDone

router = APIRouter()


class Change(Struct, frozen=True):
    """Files to be kept in a draft (None takes one away), by somebody who saw this revision last."""

    revision: int
    files: dict[str, str | None]


_CHANGE = msgspec.json.Decoder(Change)


@router.post("/table/drafts/{id}/save")
async def save(id: str, request: Request, visitor: Visitor = Depends(needs(Right.EDIT))) -> Response:
    """Keep text: `{revision}`; or what stands there now (`{revision, files, by}`, status 409) when somebody was quicker."""
    try:
        change = _CHANGE.decode(await request.body())
    except (msgspec.DecodeError, UnicodeError):
        raise Told("home.cannot_be_read") from None
    context = context_of(request)
    held, done = await run_in_threadpool(_save, context, id, change, visitor)
    context.hub.nudge("table.draft")
    if done:
        return JSONResponse({"revision": held.revision, "opened": held.state == drafts.OPEN})
    theirs = {"revision": held.revision, "files": dict(held.files), "by": held.editors[-1] if held.editors else held.by}
    return JSONResponse(theirs, 409)


def _save(context: Context, id: str, change: Change, visitor: Visitor) -> tuple[Draft, bool]:
    try:
        with writing(context.database) as connection:
            try:
                now = context.clock()
                return drafts.save(connection, id, change.revision, change.files, visitor.person.login, now), True
            except NotDone as fault:
                if fault.reason != "changed_meanwhile":
                    raise
                return drafts.get(connection, id), False
    except NotDone as fault:
        raise refused(fault) from None


@router.post("/table/judge")
async def judge(request: Request, visitor: Visitor = Depends(needs(Right.LOOK))) -> Response:
    """Judge a draft or a version as it is, or with unsaved files in it: lines of JSON, one for each part."""
    context = context_of(request)
    ask = read_ask(await request.body())
    if ask.files and Right.EDIT not in visitor.rights:
        raise Told("home.may_not", 403)
    tab = f"{visitor.person.id}:{ask.tab[:40]}" if ask.tab else ""
    newest.note(tab, ask.edit)
    work = await run_in_threadpool(work_of, context, ask.of, ask.table)
    texts = overlaid(work.files, ask.files)
    named = msgspec.structs.replace(ask, tab=tab)

    async def lines() -> AsyncIterator[bytes]:
        async for part in parts(context, request, visitor, named, work, texts):
            yield part

    return StreamingResponse(
        lines(), media_type="application/x-ndjson", headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    )
