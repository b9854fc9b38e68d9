"""What every request to the desk passes first, and every answer last: the host, the size of the body, and the headers that
tell a browser what a page may do."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ivr.pages.cookies import Cookies
from ivr.pages.look.words import best_language, word
from ivr.pages.settings import PagesSettings, is_loopback

FORM_BYTES, DRAFT_BYTES = 64 * 1024, 2 * 1024 * 1024
"""The largest body of a request, and that of one to the pages where a whole table is sent."""
DRAFTS = ("/table", "/map", "/phone")
ASKED_EACH_TIME = "private, no-cache"
"""What a route says that holds nothing of anybody: a browser may keep its answer, and asks each time whether it holds."""
MOST_SECONDS = 15.0
"""How long a body may take to come."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; media-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""No script but our own files; nothing of other sites; in no frame."""
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
}
SHUT = "camera=(), display-capture=(), geolocation=(), microphone=({microphone}), payment=(), usb=()"
"""Permissions-Policy: what of the device a page may use."""


class Door:
    """Stands in front of the application under /desk."""

    def __init__(self, app: ASGIApp, settings: PagesSettings, cookies: Cookies) -> None:
        self._app = app
        self._origin, self._base = settings.desk_origin, settings.desk_base
        self._cookies = cookies
        parts = urlsplit(settings.desk_origin)
        self._hosts = _spellings(parts.scheme, parts.netloc)
        self._here = is_loopback(parts.hostname or "")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or answer it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        scope = {**scope, "state": {**scope.get("state", {}), "nonce": nonce}}
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        tell = _telling(send, nonce, path, self._origin.startswith("https:"))
        stranger = self._misdirected(scope, path)
        if stranger is not None:
            await stranger(scope, receive, tell)
            return
        body = await _whole(receive, self._most(scope, path))
        if body is None:
            language = best_language(Headers(scope=scope).get("accept-language", ""))
            too_large = Response(word(language, "home.too_large"), 413, {"Connection": "close"}, "text/plain")
            await too_large(scope, receive, tell)
            return
        await self._app(scope, _again(body, receive), tell)

    def _misdirected(self, scope: Scope, path: str) -> Response | None:
        """The answer to who asks another host: a page of another name could be rebound to us (DNS rebinding). On one
        machine, where no proxy stands between, `localhost` and `127.0.0.1` are sent to the name that is set."""
        host = Headers(scope=scope).get("host", "").lower()
        if host in self._hosts:
            return None
        name, _, port = host.rpartition(":") if ":" in host.rpartition("]")[2] else (host, "", "")
        same = (port or "80") == str(urlsplit(self._origin).port or 80)
        if self._here and is_loopback(name) and same and scope["method"] in ("GET", "HEAD"):
            query = scope["query_string"].decode("latin-1")
            return RedirectResponse(self._origin + self._base + path + (f"?{query}" if query else ""), 307)
        return Response(f"the desk is at {self._origin}; IVR_DESK_URL sets this\n", 421, media_type="text/plain")

    def _most(self, scope: Scope, path: str) -> int:
        if path.startswith(DRAFTS) and self._cookies.session(Request(scope)):
            return DRAFT_BYTES
        return FORM_BYTES


def _spellings(scheme: str, netloc: str) -> tuple[str, ...]:
    """A host with and without the port that goes without saying."""
    usual = {"http": ":80", "https": ":443"}[scheme]
    bare = netloc.removesuffix(usual)
    return (bare, bare + usual) if ":" not in bare.rpartition("]")[2] else (bare,)


async def _whole(receive: Receive, most: int) -> bytes | None:
    """The body; None when it is larger, too slow, or not sent to its end."""
    body = bytearray()
    try:
        async with asyncio.timeout(MOST_SECONDS):
            while True:
                message = await receive()
                body += message.get("body", b"")
                if len(body) > most or message["type"] == "http.disconnect":
                    return None
                if not message.get("more_body", False):
                    return bytes(body)
    except TimeoutError:
        return None


def _again(body: bytes, receive: Receive) -> Callable[[], Awaitable[MutableMapping[str, Any]]]:  # as ASGI has it
    """The body once more, then whatever comes after it: that the other side is gone."""
    given = False

    async def held() -> Message:
        nonlocal given
        if not given:
            given = True
            return {"type": "http.request", "body": body, "more_body": False}
        return await receive()

    return held


def _telling(send: Send, nonce: str, path: str, secure: bool) -> Send:
    async def tell(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
            headers["Content-Security-Policy"] = POLICY.format(nonce=nonce)
            headers["Permissions-Policy"] = SHUT.format(microphone="self" if path.startswith("/phone") else "")
            if secure:
                headers["Strict-Transport-Security"] = "max-age=31536000"
            held = path.startswith("/static/") or headers.get("Cache-Control") == ASKED_EACH_TIME
            if not (held and message["status"] in (200, 304)):
                headers["Cache-Control"] = "no-store"
        await send(message)

    return tell
