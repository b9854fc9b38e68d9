"""Who is asking, and whether they may: every route of the desk states the right that it needs, or that it is open to all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from fastapi import Request
from msgspec import Struct
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from ivr.desk.roles import Right, rights
from ivr.pages.look.faults import Told
from ivr.pages.look.words import LANGUAGES, best_language
from ivr.store.database.connect import reading, writing
from ivr.store.people import sessions

if TYPE_CHECKING:
    from ivr.pages.context import Context

SAFE = ("GET", "HEAD")
"""Methods that change nothing, and so need no token."""
BY_ITSELF = ("/live", "/still")
"""What an open page asks by itself: it keeps no session alive."""
F = TypeVar("F", bound=Callable[..., object])


class Person(Struct, frozen=True):
    """Somebody who has entered."""

    id: str
    name: str
    login: str


class Visitor(Struct, frozen=True):
    """Who is asking, what they may do, in which language they read, the token that their forms carry, and the key of their
    session."""

    person: Person
    rights: frozenset[Right]
    language: str
    csrf: str
    session: str = ""


class NotIn(Exception):
    """Nobody has signed in. `ended`: somebody had."""

    def __init__(self, ended: bool = False) -> None:
        super().__init__()
        self.ended = ended


def context_of(request: Request) -> Context:
    """What all pages share, of the application that serves a request."""
    held: Context = request.app.state.context
    return held


def language_of(request: Request, own: str = "") -> str:
    """The language of the pages: what this browser chose, else the person's own, else what the browser likes best."""
    chosen = request.cookies.get("ivr_language", "")
    for code in (chosen, own):
        if code in LANGUAGES:
            return code
    return best_language(request.headers.get("accept-language", ""))


def visitor_of(request: Request) -> Visitor:
    """Who is asking. Raises NotIn, or Told when that cannot be looked up now. A cookie that we did not sign is not looked
    up."""
    context = context_of(request)
    raw = context.cookies.session(request)
    if not raw:
        raise NotIn
    now, idle = context.clock(), context.settings.desk_idle_minutes * 60
    try:
        with reading(context.database) as connection:
            held = sessions.find_visiting(connection, sessions.session_key(raw), now, idle)
        if held is None or not held.roles:
            raise NotIn(ended=True)
        if now - held.seen >= sessions.TOUCH_SECONDS and path_of(request) not in BY_ITSELF:
            with writing(context.database) as connection:
                sessions.touch(connection, held.key, now)
    except SQLAlchemyError:
        raise Told("home.database_gone", 503) from None
    person = Person(held.person, held.name, held.login)
    return Visitor(
        person, rights(held.roles), language_of(request, held.language), context.cookies.token(raw), held.key
    )


def path_of(request: Request) -> str:
    """The path of a request under the desk."""
    return request.url.path.removeprefix(request.scope.get("root_path", ""))


async def token_given(request: Request) -> str:
    """The token that a request carries: in the header, as htmx sends it, or in its form."""
    token = request.headers.get("x-csrf-token", "")
    kind = request.headers.get("content-type", "")
    if not token and kind.startswith(("application/x-www-form-urlencoded", "multipart/form-data")):
        token = str((await request.form()).get("csrf", ""))
    return token


def from_elsewhere(request: Request) -> bool:
    """Whether the browser says that another site made this request."""
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site", "same-origin")
    return site not in ("same-origin", "none") or origin not in (None, context_of(request).settings.desk_origin)


def needs(right: Right) -> Callable[[Request], Awaitable[Visitor]]:
    """A dependency of a route: the visitor, who has this right; a change also needs the token of the session. Routes that
    are `def` run in a thread, as this looks into the database in one."""

    async def check(request: Request) -> Visitor:
        visitor = await run_in_threadpool(visitor_of, request)
        if right not in visitor.rights:
            raise Told("home.may_not", 403)
        if request.method not in SAFE:
            raw = context_of(request).cookies.session(request)
            if from_elsewhere(request) or not context_of(request).cookies.holds(await token_given(request), raw):
                raise Told("home.forged", 403)
        return visitor

    check.right = right  # type: ignore[attr-defined]  # read by the test that walks all routes
    return check


def open_to_all(route: F) -> F:
    """Marks a route that answers who has not signed in; a test knows them all."""
    route.open_to_all = True  # type: ignore[attr-defined]
    return route
