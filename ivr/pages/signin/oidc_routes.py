"""Signing in at a provider of OpenID Connect: there and back."""

from __future__ import annotations

import msgspec
from fastapi import APIRouter, Request, Response
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from ivr.pages.context import Context
from ivr.pages.cookies import DEVICE, OIDC
from ivr.pages.guard import context_of, language_of, open_to_all
from ivr.pages.look.faults import Told
from ivr.pages.look.words import word
from ivr.pages.signin.claims import Known, known
from ivr.pages.signin.entering import Device, Entered, device, enter
from ivr.pages.signin.oidc import WAY_SECONDS, NoSignIn, Way
from ivr.pages.signin.shared import entered, local, outside, provider_of
from ivr.store.database.connect import writing
from ivr.store.people import people, sessions
from ivr.store.people.people import NotPossible

router = APIRouter()


@router.get("/sign-in/provider")
@open_to_all
async def there(request: Request, back: str = "/") -> Response:
    """To the provider. Nothing is changed by it, so a link will do; what the browser keeps tells who comes back."""
    context, provider = context_of(request), provider_of(request)
    if provider is None:
        return _refused(request, Told("signin.no_provider", 404))
    try:
        url, way = await provider.start()
    except NoSignIn as fault:
        return _refused(request, Told(fault.key, 502))
    answer = RedirectResponse(url, 303)
    context.cookies.set(answer, OIDC, [msgspec.to_builtins(way), local(back)], WAY_SECONDS)
    return answer


@router.get("/sign-in/callback")
@open_to_all
async def back_again(request: Request) -> Response:
    """Back from the provider."""
    context, provider = context_of(request), provider_of(request)
    if provider is None:
        return _refused(request, Told("signin.no_provider", 404))
    kept = context.cookies.read(request, OIDC)
    way, back = (msgspec.convert(kept[0], Way), str(kept[1])) if kept else (None, "/")
    browser, old = device(context.cookies.read(request, DEVICE)), context.cookies.session(request)
    try:
        claims = await provider.finish(dict(request.query_params), way)
        settings = context.settings
        who = known(claims, provider.issuer, settings.oidc_roles_claim, settings.role_map)
        held = await run_in_threadpool(_enter, context, who, browser, old)
    except NoSignIn as fault:
        return _refused(request, Told(fault.key, 502 if fault.key == "signin.oidc_away" else 403))
    except Told as fault:
        return _refused(request, fault)
    except SQLAlchemyError:
        return _refused(request, Told("home.database_gone", 503))
    answer = entered(context, held, back)
    context.cookies.drop(answer, OIDC)
    return answer


def _enter(context: Context, who: Known, browser: Device, old: str) -> Entered:
    """Begin a session for somebody whom the provider knows, with the roles that it gives them now. Raises Told."""
    now = context.clock()
    with writing(context.database) as connection:
        person = people.by_subject(connection, who.subject)
        if person is not None:
            person = people.follow_provider(connection, person, who.name, who.roles, now)
        elif who.roles:
            try:
                person = people.add(connection, who.name, who.login, who.roles, "", now, subject=who.subject)
            except NotPossible as fault:
                raise Told("signin.oidc_" + fault.key, 403, login=who.login) from None
        raw = ""
        if person is not None and person.roles and person.disabled is None:
            raw = enter(connection, context, person, sessions.OIDC, now, old)
    if person is not None and person.disabled is not None:
        raise Told("signin.oidc_shut_out", 403, login=who.login)
    if not raw:  # what was written, that they may do nothing any more, stays
        raise Told("signin.oidc_no_role", 403, login=who.login)
    return Entered(raw, browser)


def _refused(request: Request, fault: Told) -> Response:
    text = word(language_of(request), fault.key, **fault.holes)
    answer = outside(request, "signin/form.html", fault.status, back="/", login="", fault=text, told="", leave="")
    context_of(request).cookies.drop(answer, OIDC)
    return answer
