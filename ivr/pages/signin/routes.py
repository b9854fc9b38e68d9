"""Signing in with a password, and out."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Form, Request, Response
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from ivr.desk.roles import Right
from ivr.pages.cookies import DEVICE, SESSION
from ivr.pages.guard import NotIn, Visitor, context_of, language_of, needs, open_to_all, visitor_of
from ivr.pages.look.faults import Told
from ivr.pages.look.words import word
from ivr.pages.signin.address import address_of
from ivr.pages.signin.entering import device, sign_in
from ivr.pages.signin.shared import entered, gate_of, is_ours, local, outside, provider_of
from ivr.store import audit
from ivr.store.database.connect import writing
from ivr.store.people import sessions

router = APIRouter()


@router.get("/sign-in")
@open_to_all
async def form(request: Request, back: str = "/", ended: str = "", out: str = "") -> Response:
    """Where one signs in; who has done so goes on."""
    try:
        await run_in_threadpool(visitor_of, request)
        return RedirectResponse(context_of(request).base + local(back), 303)
    except (NotIn, Told):
        pass
    provider = provider_of(request)
    leave = await provider.sign_out_url() if provider is not None and out else ""
    told = "signin.out" if out else "signin.ended" if ended else ""
    return outside(request, "signin/form.html", back=local(back), login="", fault="", told=told, leave=leave)


@router.post("/sign-in")
@open_to_all
async def enter(
    request: Request, login: str = Form(""), password: str = Form(""), csrf: str = Form(""), back: str = Form("/")
) -> Response:
    """Sign in with a login and a password."""
    context = context_of(request)

    def again(fault: Told) -> Response:
        text = word(language_of(request), fault.key, **fault.holes)
        return outside(
            request,
            "signin/form.html",
            fault.status,
            back=local(back),
            login=login[:100],
            fault=text,
            told="",
            leave="",
        )

    if not context.settings.desk_local_accounts:
        return again(Told("signin.no_passwords", 403))
    if not is_ours(request, csrf):
        return again(Told("signin.old_page", 403))
    address = address_of(request, context.settings.proxies)
    browser, old = device(context.cookies.read(request, DEVICE)), context.cookies.session(request)
    try:
        held = await gate_of(request).run(lambda: sign_in(context, login, password, address, browser, old))
    except Told as fault:
        return again(fault)
    except SQLAlchemyError:
        return again(Told("home.database_gone", 503))
    return entered(context, held, back)


@router.post("/sign-out")
def leave(request: Request, visitor: Visitor = Depends(needs(Right.LOOK))) -> Response:
    """Sign out of this browser."""
    context = context_of(request)
    with writing(context.database) as connection:
        sessions.end(connection, visitor.session)
        audit.record(connection, context.clock(), visitor.person.login, "person.sign_out", visitor.person.id)
    answer = RedirectResponse(context.look.url("/sign-in", out="1"), 303)
    context.cookies.drop(answer, SESSION)
    return answer
