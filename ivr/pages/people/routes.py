"""People: let in, given roles, shut out, given a one-time link; each change once, and in the audit trail."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from sqlalchemy import Connection
from starlette.responses import RedirectResponse

from ivr.desk.roles import ROLES, Right
from ivr.pages.cookies import SESSION
from ivr.pages.guard import Visitor, context_of, needs
from ivr.pages.look.faults import Told
from ivr.pages.people import view
from ivr.pages.signin.entering import fresh
from ivr.store import audit
from ivr.store.database.connect import reading, writing
from ivr.store.people import people as store
from ivr.store.people import sessions, tickets
from ivr.store.people.people import NotPossible

router = APIRouter(prefix="/people")
DONE = ("login", "roles", "disable", "enable", "end")
T = TypeVar("T")


@router.get("")
def everybody(request: Request, visitor: Visitor = Depends(needs(Right.PEOPLE))) -> Response:
    """Who may enter."""
    return _list(request, visitor)


@router.post("")
def add(
    request: Request,
    name: str = Form(""),
    login: str = Form(""),
    role: Sequence[str] = Form(default=()),
    visitor: Visitor = Depends(needs(Right.PEOPLE)),
) -> Response:
    """Let somebody in: they get a one-time link, with which they pick a password."""
    context, now = context_of(request), context_of(request).clock()
    try:
        with writing(context.database) as connection:
            person = store.add(connection, name, login, view.chosen(role), visitor.person.login, now)
            link = _link(request, connection, person.id, visitor.person.login, now)
    except NotPossible as fault:
        return _list(request, visitor, fault.key, name[:100], login[:100], view.chosen(role))
    return _one(request, visitor, person.id, link=link)


@router.get("/{id}")
def one(
    request: Request, id: str, done: str = Query("", max_length=20), visitor: Visitor = Depends(needs(Right.PEOPLE))
) -> Response:
    """One person."""
    return _one(request, visitor, id, done=done if done in DONE else "")


@router.post("/{id}/roles")
def roles(
    request: Request,
    id: str,
    role: Sequence[str] = Form(default=()),
    visitor: Visitor = Depends(needs(Right.PEOPLE)),
) -> Response:
    """Say what somebody may do. Who changes their own roles goes on under another cookie."""
    context, now = context_of(request), context_of(request).clock()
    own, raw = id == visitor.person.id, fresh()

    def change(connection: Connection) -> None:
        if store.find(connection, id).subject:
            raise NotPossible("at_provider", "roles come from the provider")
        store.set_roles(connection, id, view.chosen(role), visitor.person.login, now, visitor.session if own else "")
        if own:
            sessions.renew(connection, visitor.session, raw)

    _do(request, change)
    answer = _back(request, id, "roles") if not own else RedirectResponse(context.look.url("/"), 303)
    if own:
        context.cookies.set(answer, SESSION, raw)
    return answer


@router.post("/{id}/login")
def rename(
    request: Request, id: str, login: str = Form(""), visitor: Visitor = Depends(needs(Right.PEOPLE))
) -> Response:
    """Give somebody another login."""
    now = context_of(request).clock()
    _do(request, lambda connection: store.rename(connection, id, login, visitor.person.login, now))
    return _back(request, id, "login")


@router.post("/{id}/disable")
def disable(request: Request, id: str, visitor: Visitor = Depends(needs(Right.PEOPLE))) -> Response:
    """Shut somebody out, at once."""
    now = context_of(request).clock()
    if id == visitor.person.id:
        raise Told("people.fault_yourself", 409)
    _do(request, lambda connection: store.disable(connection, id, visitor.person.login, now))
    return _back(request, id, "disable")


@router.post("/{id}/enable")
def enable(request: Request, id: str, visitor: Visitor = Depends(needs(Right.PEOPLE))) -> Response:
    """Let somebody in again."""
    now = context_of(request).clock()
    _do(request, lambda connection: store.enable(connection, id, visitor.person.login, now))
    return _back(request, id, "enable")


@router.post("/{id}/end")
def end(request: Request, id: str, visitor: Visitor = Depends(needs(Right.PEOPLE))) -> Response:
    """End the sessions of somebody; of oneself, all but this one."""
    now, but = context_of(request).clock(), visitor.session if id == visitor.person.id else ""
    _do(request, lambda connection: store.end_sessions(connection, id, visitor.person.login, now, but))
    return _back(request, id, "end")


@router.post("/{id}/link")
def link(request: Request, id: str, visitor: Visitor = Depends(needs(Right.PEOPLE))) -> Response:
    """A new one-time link. It is shown here, once, and stands in no address."""
    now = context_of(request).clock()
    made = _do(request, lambda connection: _link(request, connection, id, visitor.person.login, now))
    return _one(request, visitor, id, link=made)


def _link(request: Request, connection: Connection, id: str, by: str, now: int) -> str:
    context = context_of(request)
    raw = tickets.make_for(connection, id, now)
    audit.record(connection, now, by, "person.link", id, {"login": store.find(connection, id).login})
    return context.settings.desk_origin + context.look.url(f"/sign-in/link/{raw}")


def _do(request: Request, change: Callable[[Connection], T]) -> T:
    """Make a change in a transaction. Raises Told."""
    try:
        with writing(context_of(request).database) as connection:
            return change(connection)
    except NotPossible as fault:
        raise Told(f"people.fault_{fault.key}", 404 if fault.key == "nobody" else 409) from None


def _back(request: Request, id: str, done: str) -> Response:
    return RedirectResponse(context_of(request).look.url(f"/people/{id}", done=done), 303)


def _list(
    request: Request, visitor: Visitor, fault: str = "", name: str = "", login: str = "", chosen: tuple[str, ...] = ()
) -> Response:
    context = context_of(request)
    with reading(context.database) as connection:
        rows = view.rows(connection, context)
    return context.page(
        request, visitor, "people/list.html", status=422 if fault else 200, rows=rows, roles=ROLES, fault=fault,
        name=name, login=login, chosen=chosen, local_accounts=context.settings.desk_local_accounts,
    )  # fmt: skip


def _one(request: Request, visitor: Visitor, id: str, done: str = "", link: str = "") -> Response:
    context = context_of(request)
    try:
        with reading(context.database) as connection:
            row = view.row(connection, context, id)
    except NotPossible:
        raise Told("people.fault_nobody", 404) from None
    return context.page(
        request, visitor, "people/one.html", row=row, person=row.person, roles=ROLES, done=done, link=link,
        local_accounts=context.settings.desk_local_accounts,
    )  # fmt: skip
