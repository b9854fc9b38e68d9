"""Who is asking, and whether they may: every route of the desk states the right that it needs."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from fastapi import Request
from msgspec import Struct
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from ivr.desk.roles import Right, rights
from ivr.pages.look.faults import Told
from ivr.pages.look.words import LANGUAGES, best_language
from ivr.store.database.connect import reading
from ivr.store.people.visiting import find_visiting

if TYPE_CHECKING:
    from ivr.pages.context import Context

COOKIE = "ivr_session"
SAFE = ("GET", "HEAD")
"""Methods that change nothing, and so need no token."""


class Person(Struct, frozen=True):
    """Somebody who has entered."""

    id: str
    name: str
    login: str


class Visitor(Struct, frozen=True):
    """Who is asking, what they may do, in which language they read, and the token that their forms carry."""

    person: Person
    rights: frozenset[Right]
    language: str
    csrf: str


class NotIn(Exception):
    """Nobody has signed in."""


def context_of(request: Request) -> Context:
    """What all pages share, of the application that serves a request."""
    held: Context = request.app.state.context
    return held


def language_of(request: Request, own: str = "") -> str:
    """The language of the pages: the person's own, else what this browser chose, else what it likes best."""
    chosen = request.cookies.get("ivr_language", "")
    for code in (chosen, own):
        if code in LANGUAGES:
            return code
    return best_language(request.headers.get("accept-language", ""))


def session_key(cookie: str) -> str:
    """What stands in the database for a cookie."""
    return hashlib.sha256(cookie.encode()).hexdigest()


def token_of(cookie: str) -> str:
    """What the forms of a session carry: made from the cookie, which no other site can read."""
    return hashlib.sha256(b"token:" + cookie.encode()).hexdigest()


def visitor_of(request: Request) -> Visitor:
    """Who is asking. Raises NotIn, or Told when that cannot be looked up now."""
    context = context_of(request)
    cookie = request.cookies.get(COOKIE, "")
    if not cookie:
        raise NotIn
    try:
        with reading(context.database) as connection:
            held = find_visiting(connection, session_key(cookie), context.clock())
    except SQLAlchemyError:
        raise Told("home.database_gone", 503) from None
    if held is None:
        raise NotIn
    person = Person(held.person, held.name, held.login)
    return Visitor(person, rights(held.roles), language_of(request, held.language), token_of(cookie))


def needs(right: Right) -> Callable[[Request], Awaitable[Visitor]]:
    """A dependency of a route: the visitor, who has this right; a change also needs the token of the session."""

    async def check(request: Request) -> Visitor:
        visitor = await run_in_threadpool(visitor_of, request)
        if right not in visitor.rights:
            raise Told("home.may_not", 403)
        if request.method not in SAFE:
            token = request.headers.get("x-csrf-token", "")
            if not token and request.headers.get("content-type", "").startswith(
                ("application/x-www-form-urlencoded", "multipart/form-data")
            ):
                token = str((await request.form()).get("csrf", ""))
            if not hmac.compare_digest(token.encode(), visitor.csrf.encode()):
                raise Told("home.forged", 403)
        return visitor

    check.right = right  # type: ignore[attr-defined]  # read by the test that walks all routes
    return check
