"""What everybody may change of themselves: their password, and where they are signed in."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Form, Request, Response
from starlette.concurrency import run_in_threadpool

from ivr.desk.password import SHORTEST, fault
from ivr.desk.roles import Right
from ivr.pages.context import Context
from ivr.pages.cookies import SESSION
from ivr.pages.guard import Visitor, context_of, needs
from ivr.pages.look.faults import Told
from ivr.pages.people import view
from ivr.pages.signin.entering import fresh, own_password
from ivr.pages.signin.passwords import hashed
from ivr.pages.signin.shared import gate_of
from ivr.store.database.connect import reading, writing
from ivr.store.people import people, sessions

router = APIRouter(prefix="/me")


@router.get("")
async def me(request: Request, visitor: Visitor = Depends(needs(Right.LOOK))) -> Response:
    """Oneself."""
    return await run_in_threadpool(_page, request, visitor)


@router.post("/password")
async def password(
    request: Request,
    current: str = Form(""),
    new: str = Form(""),
    visitor: Visitor = Depends(needs(Right.LOOK)),
) -> Response:
    """Another password. All other sessions end, and this one goes on under another cookie."""
    context = context_of(request)
    try:
        raw = await gate_of(request).run(lambda: _change(context, visitor, current, new))
    except Told as told:
        return await run_in_threadpool(_page, request, visitor, told)
    renewed = Visitor(
        visitor.person, visitor.rights, visitor.language, context.cookies.token(raw), sessions.session_key(raw)
    )
    answer = await run_in_threadpool(_page, request, renewed, None, "password")
    context.cookies.set(answer, SESSION, raw)
    return answer


@router.post("/sessions")
def elsewhere(request: Request, visitor: Visitor = Depends(needs(Right.LOOK))) -> Response:
    """Sign out everywhere else."""
    context = context_of(request)
    with writing(context.database) as connection:
        people.end_sessions(connection, visitor.person.id, visitor.person.login, context.clock(), but=visitor.session)
    return _page(request, visitor, None, "sessions")


def _change(context: Context, visitor: Visitor, current: str, new: str) -> str:
    """Change it; answers what the cookie says from now on. Slow: in a thread. Raises Told."""
    now, me = context.clock(), visitor.person
    own_password(context, me.id, current)
    if wrong := fault(new, me.login, me.name):
        raise Told(f"signin.password_{wrong}", 422, least=SHORTEST)
    hash, raw = hashed(new), fresh()
    with writing(context.database) as connection:
        people.set_password(connection, me.id, hash, me.login, now, but=visitor.session)
        sessions.renew(connection, visitor.session, raw)
    return raw


def _page(request: Request, visitor: Visitor, told: Told | None = None, done: str = "") -> Response:
    context = context_of(request)
    with reading(context.database) as connection:
        row = view.row(connection, context, visitor.person.id)
    return context.page(
        request, visitor, "people/me.html", status=told.status if told is not None else 200, row=row, person=row.person,
        fault=told, done=done, least=SHORTEST,
    )  # fmt: skip
