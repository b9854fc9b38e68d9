"""Cookies of the desk: signed, so that a forged or foreign one is refused before anybody looks it up, and bound to the host.

Under https their names begin with `__Host-`: the browser then takes them from this host alone, over https alone. `SameSite`
is Lax: who comes back from a provider of OpenID Connect, or follows a link from a mail, has signed in.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from itsdangerous import BadData, URLSafeSerializer
from starlette.requests import Request
from starlette.responses import Response

from ivr.pages.settings import PagesSettings

SESSION, FORM, DEVICE, OIDC = "session", "form", "device", "oidc"
"""What a cookie is for: who has signed in; the token of a form before that; a browser that somebody signed in with before;
the way to a provider and back."""
MOST = 4096


class Cookies:
    """Writes and reads them. `keys`: the first signs, all are accepted."""

    def __init__(self, settings: PagesSettings) -> None:
        keys = settings.desk_keys or (secrets.token_urlsafe(32),)
        self._keys = [hashlib.sha256(f"desk cookies:{key}".encode()).digest() for key in keys]
        self._secure = settings.desk_origin.startswith("https:")
        self._path = "/" if self._secure else settings.desk_base
        port = urlsplit(settings.desk_origin).port
        self._tail = f"-{port}" if port and not self._secure else ""  # cookies know no ports: two desks on one machine

    def name(self, purpose: str) -> str:
        """The name of a cookie."""
        return f"__Host-ivr-{purpose}" if self._secure else f"ivr-{purpose}{self._tail}"

    def signed(self, purpose: str, value: object) -> str:
        """A value as it stands in the cookie of a purpose; one of another purpose is worth nothing there."""
        return self._signer(purpose).dumps(value)

    def read(self, request: Request, purpose: str) -> Any:  # what `signed` was given: JSON
        """The value of a cookie; None when there is none that we signed."""
        held = request.cookies.get(self.name(purpose), "")
        if not held or len(held) > MOST:
            return None
        try:
            return self._signer(purpose).loads(held)
        except BadData:
            return None

    def set(self, answer: Response, purpose: str, value: object, seconds: int | None = None) -> None:
        """Give the browser a cookie, until it is closed or for some seconds. No script can read it."""
        answer.set_cookie(
            self.name(purpose), self.signed(purpose, value), max_age=seconds, path=self._path, secure=self._secure,
            httponly=True, samesite="lax",
        )  # fmt: skip

    def drop(self, answer: Response, purpose: str) -> None:
        """Take it away again."""
        answer.delete_cookie(self.name(purpose), path=self._path, secure=self._secure, httponly=True, samesite="lax")

    def session(self, request: Request) -> str:
        """What the cookie of a session says, '' when there is none of ours."""
        held = self.read(request, SESSION)
        return held if isinstance(held, str) else ""

    def token(self, raw: str) -> str:
        """What the forms of a session, or of a browser that has none yet, carry: made from the cookie, which no other site
        can read or set."""
        return self.keyed("token", raw)

    def holds(self, token: str, raw: str) -> bool:
        """Whether a form carries the token that belongs to the cookie."""
        return bool(raw) and hmac.compare_digest(token.encode("utf-8", "replace"), self.token(raw).encode())

    def keyed(self, purpose: str, text: str) -> str:
        """A hash that stands for a text, and can be made by nobody else."""
        return hmac.new(self._keys[0], f"{purpose}:{text}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()

    def as_header(self, values: Mapping[str, object]) -> dict[str, str]:
        """Cookies by their names, as a client sends them: for tests."""
        return {self.name(purpose): self.signed(purpose, value) for purpose, value in values.items()}

    def _signer(self, purpose: str) -> URLSafeSerializer:
        """itsdangerous wants the newest key last."""
        how = {"digest_method": hashlib.sha256, "key_derivation": "hmac"}
        return URLSafeSerializer(self._keys[::-1], salt=f"desk.{purpose}", signer_kwargs=how)
