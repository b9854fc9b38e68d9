"""The first page, the bundled assets, the stream of events, and what a visitor chooses for every page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, StreamingResponse

from ivr.desk.roles import Right
from ivr.pages.guard import NotIn, Visitor, context_of, needs, open_to_all, visitor_of
from ivr.pages.live.hub import Full
from ivr.pages.look.assets import assets, build
from ivr.pages.look.faults import Told
from ivr.pages.look.words import LANGUAGES

router = APIRouter()
YEAR = 365 * 86_400


@router.get("/")
def first(request: Request, visitor: Visitor = Depends(needs(Right.LOOK))) -> Response:
    """To the page where this visitor works."""
    where = "/promises" if Right.PROMISES in visitor.rights and Right.EDIT not in visitor.rights else "/now"
    return RedirectResponse(context_of(request).look.url(where), 303)


@router.get("/static/{name}")
@open_to_all
def asset(name: str, request: Request) -> Response:
    """A bundled file. Open to all: it holds nothing of anybody, and the sign-in page needs it."""
    held = assets().get(name)
    if held is None:
        raise HTTPException(404)
    headers = {
        "Cache-Control": f"public, max-age={YEAR}, immutable",
        "Vary": "Accept-Encoding",
        "ETag": f'"{held.tag}"',
    }
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(held.packed, media_type=held.kind, headers={**headers, "Content-Encoding": "gzip"})
    return Response(held.body, media_type=held.kind, headers=headers)


@router.get("/live")
async def live(
    request: Request, t: Sequence[str] = Query(default=()), visitor: Visitor = Depends(needs(Right.LOOK))
) -> Response:
    """The stream of a page: what it shows, whenever that changes."""
    hub = context_of(request).hub
    asked = list(t)
    if not hub.may(asked, visitor.rights):
        raise Told("home.may_not", 403)

    async def still() -> bool:
        try:
            return (await run_in_threadpool(visitor_of, request)).rights >= visitor.rights
        except (NotIn, Told):
            return False

    async def events() -> AsyncIterator[bytes]:
        try:
            async for part in hub.stream(asked, visitor.language, still, build()):
                yield part
        except Full:
            return

    return StreamingResponse(
        events(), media_type="text/event-stream", headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    )


@router.get("/still")
def still(visitor: Visitor = Depends(needs(Right.LOOK))) -> dict[str, str]:
    """Whether the session of a page still holds."""
    return {"status": "ok"}


@router.post("/choose")
def choose(
    request: Request,
    theme: str = Form(""),
    language: str = Form(""),
    back: str = Form("/"),
    visitor: Visitor = Depends(needs(Right.LOOK)),
) -> Response:
    """The theme and the language of this browser."""
    look = context_of(request).look
    target = look.url("/") if not back.startswith("/") or back.startswith("//") or "\\" in back else look.base + back
    answer = RedirectResponse(target, 303)
    for name, value, known in (("ivr_theme", theme, ("light", "dark", "auto")), ("ivr_language", language, LANGUAGES)):
        if value in known:
            answer.set_cookie(name, value, max_age=YEAR, path=look.base, samesite="lax", httponly=True)
    return answer
