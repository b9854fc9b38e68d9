"""One-time links: who follows one picks a password, and is in. Opening it changes nothing: mail filters open links too."""

from __future__ import annotations

from fastapi import APIRouter, Form, Request, Response
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from ivr.desk.password import SHORTEST, fault
from ivr.desk.roles import ADMINISTRATOR
from ivr.pages.context import Context
from ivr.pages.cookies import DEVICE
from ivr.pages.guard import context_of, language_of, open_to_all
from ivr.pages.look.faults import Told
from ivr.pages.look.words import word
from ivr.pages.signin.entering import Device, Entered, device, enter
from ivr.pages.signin.passwords import hashed
from ivr.pages.signin.shared import entered, gate_of, is_ours, outside
from ivr.store.database.connect import reading, writing
from ivr.store.people import people, sessions, tickets
from ivr.store.people.people import NotPossible, Person
from ivr.store.people.tickets import FIRST, Ticket

router = APIRouter()
USED = "signin.link_used"


@router.get("/sign-in/link/{raw}")
@open_to_all
async def open_link(request: Request, raw: str) -> Response:
    """Where somebody picks a password."""
    try:
        ticket, person = await run_in_threadpool(_look, context_of(request), raw)
    except Told as told:
        return _told(request, told)
    return _form(request, ticket, person)


@router.post("/sign-in/link/{raw}")
@open_to_all
async def use_link(
    request: Request,
    raw: str,
    name: str = Form(""),
    login: str = Form(""),
    password: str = Form(""),
    csrf: str = Form(""),
) -> Response:
    """Pick it: that uses the link up."""
    context = context_of(request)
    try:
        ticket, person = await run_in_threadpool(_look, context, raw)
    except Told as told:
        return _told(request, told)
    try:
        if not is_ours(request, csrf):
            raise Told("signin.old_page", 403)
        browser, old = device(context.cookies.read(request, DEVICE)), context.cookies.session(request)
        held = await gate_of(request).run(lambda: _pick(context, raw, name, login, password, browser, old))
    except Told as told:
        if told.key in (USED, "home.database_gone"):
            return _told(request, told)
        return _form(request, ticket, person, told, name, login)
    return entered(context, held, "/")


def _look(context: Context, raw: str) -> tuple[Ticket, Person | None]:
    """What a link is for, and whose it is. Raises Told."""
    if not context.settings.desk_local_accounts:
        raise Told(USED, 404)
    try:
        with reading(context.database) as connection:
            ticket = tickets.find(connection, raw, context.clock())
            if ticket is None:
                raise Told(USED, 404)
            return ticket, None if ticket.purpose == FIRST else people.find(connection, ticket.person)
    except SQLAlchemyError:
        raise Told("home.database_gone", 503) from None


def _pick(context: Context, raw: str, name: str, login: str, password: str, browser: Device, old: str) -> Entered:
    """Use a link up, and sign its person in. What is wrong is told before the link is used. Slow: in a thread. Raises
    Told."""
    _, person = _look(context, raw)
    own = (person.login, person.name) if person is not None else (login, name)
    if wrong := fault(password, *own):
        raise Told(f"signin.password_{wrong}", 422, least=SHORTEST)
    hash, now = hashed(password), context.clock()
    try:
        with writing(context.database) as connection:
            if tickets.use(connection, raw, now) is None:
                raise Told(USED, 404)
            if person is None:
                person = people.add(connection, name, login, (ADMINISTRATOR,), "", now, password=hash)
            elif person.disabled is None:
                people.set_password(connection, person.id, hash, person.login, now)
            else:
                raise Told(USED, 404)
            held = enter(connection, context, person, sessions.LINK, now, old)
    except NotPossible as wrong_name:
        raise Told(f"people.fault_{wrong_name.key}", 422) from None
    except SQLAlchemyError:
        raise Told("home.database_gone", 503) from None
    return Entered(held, browser.with_login(context.cookies.keyed("login", person.login)))


def _form(
    request: Request, ticket: Ticket, person: Person | None, told: Told | None = None, name: str = "", login: str = ""
) -> Response:
    text = word(language_of(request), told.key, **told.holes) if told is not None else ""
    shown = person.login if person is not None else login[:100]
    return outside(
        request, "signin/link.html", told.status if told is not None else 200, purpose=ticket.purpose, person=person,
        name=name[:100], login=shown, fault=text, least=SHORTEST,
    )  # fmt: skip


def _told(request: Request, told: Told) -> Response:
    text = word(language_of(request), told.key, **told.holes)
    return outside(request, "signin/form.html", told.status, back="/", login="", fault=text, told="", leave="")
