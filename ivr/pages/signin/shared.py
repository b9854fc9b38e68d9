"""What the pages of sign-in share: a page for who has not signed in, its token, where one goes afterwards."""

from __future__ import annotations

import secrets
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ivr.pages.context import Context
from ivr.pages.cookies import DEVICE, FORM, SESSION
from ivr.pages.guard import context_of, from_elsewhere, language_of
from ivr.pages.look.page import theme_of
from ivr.pages.signin.entering import DEVICE_SECONDS, Entered
from ivr.pages.signin.gate import Gate
from ivr.pages.signin.oidc import Provider

MOST_BACK = 500


def gate_of(request: Request) -> Gate:
    """The gate of the application that serves a request."""
    held = getattr(request.app.state, "gate", None)
    if held is None:
        held = request.app.state.gate = Gate()
    return held


def provider_of(request: Request) -> Provider | None:
    """The provider of OpenID Connect; None when the settings name none."""
    context = context_of(request)
    if not context.settings.oidc_issuer:
        return None
    held: Provider | None = getattr(request.app.state, "provider", None)
    if held is None:
        callback = context.settings.desk_origin + context.look.url("/sign-in/callback")
        held = request.app.state.provider = Provider(context.settings, callback, lambda: context.clock())
    return held


def local(back: str) -> str:
    """A path under the desk that one may be sent to; '/' for anything else."""
    good = back.startswith("/") and not back.startswith("//") and "\\" not in back and back.isprintable()
    return back if good and len(back) <= MOST_BACK and not back.startswith("/sign-") else "/"


def outside(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page for who has not signed in. Its forms carry a token that belongs to a cookie of this browser, so that nobody
    signs another one in."""
    context = context_of(request)
    raw = context.cookies.read(request, FORM)
    fresh = not isinstance(raw, str)
    raw = secrets.token_urlsafe(24) if fresh else raw
    html = context.look.text(
        template, language_of(request), token=context.cookies.token(raw), nonce=request.state.nonce,
        theme=theme_of(request), request=request, provider=provider_of(request),
        local_accounts=context.settings.desk_local_accounts, **values,
    )  # fmt: skip
    answer = HTMLResponse(html, status)
    if fresh:
        context.cookies.set(answer, FORM, raw)
    return answer


def is_ours(request: Request, token: str) -> bool:
    """Whether a form came from a page that we gave this browser."""
    cookies = context_of(request).cookies
    raw = cookies.read(request, FORM)
    return isinstance(raw, str) and cookies.holds(token, raw) and not from_elsewhere(request)


def entered(context: Context, held: Entered, back: str) -> Response:
    """Into the desk, with the cookies of who has signed in."""
    answer = RedirectResponse(context.base + local(back), 303)
    context.cookies.set(answer, SESSION, held.raw)
    context.cookies.set(answer, DEVICE, [held.device.id, *held.device.logins], DEVICE_SECONDS)
    context.cookies.drop(answer, FORM)
    return answer
