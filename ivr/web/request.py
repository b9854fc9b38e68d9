"""One request of the provider: its body read within bounds, its signature checked, its address taken apart."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from ivr.web.body import Bodies, Receive
from ivr.web.form import BadForm, Form, Signatures
from ivr.web.refusal import Refusal
from ivr.web.served import Shelf

Scope = MutableMapping[str, Any]  # as ASGI has it
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Fields = dict[str, str]

FORM = b"application/x-www-form-urlencoded"
_ADDRESS = re.compile(r"v=([^&]*)&k=([^&]*)&s=([^&]*)")
"""An address as we write it; the parts may come back in another order."""
MAX_CALL = 64
"""Characters of a call's id; the provider's have 34."""


class Request:
    """A request that was found to be the provider's. `trace` is filled with what the turn passed, when that is wanted."""

    __slots__ = ("call", "fields", "query", "route", "shelf", "trace")

    def __init__(self, shelf: Shelf, route: str, call: str, fields: Fields, query: bytes) -> None:
        self.shelf = shelf
        self.route = route
        self.call = call
        self.fields = fields
        self.query = query
        self.trace = b""

    def address(self) -> tuple[str, str, str]:
        """Version, key id and token of an address that we made. Raises Refusal when one is missing."""
        text = self.query.decode("latin-1")
        ours = _ADDRESS.fullmatch(text)
        if ours is not None:
            return ours[1], ours[2], ours[3]
        held = dict(part.partition("=")[::2] for part in text.split("&"))
        try:
            return held["v"], held["k"], held["s"]
        except KeyError as missing:
            raise Refusal(400, f"the address lacks {missing}") from None

    def whole(self, name: str) -> int:
        """A field as a whole number; 0 when it is none."""
        text = self.fields.get(name, "")
        return int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else 0


class Reader:
    """Reads requests. `public_url` is what signatures are computed over; it is never guessed from headers."""

    def __init__(self, public_url: str, base_path: str, max_body: int, signatures: Signatures) -> None:
        self._public_url = public_url
        self._base = base_path
        self._bodies = Bodies(max_body)
        self._signatures = signatures

    async def read(self, scope: Scope, receive: Receive, shelves: dict[str, Shelf], routes: frozenset[str]) -> Request:
        """The request, if it is the provider's and fit to be answered. Raises Refusal.

        The body is read first, whatever is wrong with the rest: one that is left unread would hold the connection.
        """
        body = await self._bodies.read(receive)
        path = self._path(scope)
        parts = path.split("/")
        shelf = shelves.get(parts[2]) if len(parts) in (3, 4) else None
        route = parts[3] if len(parts) == 4 else ""
        if shelf is None or route not in routes or (len(parts) == 4 and not route):
            raise Refusal(404, "there is nothing here; calls begin at /voice/" + "|".join(shelves))
        if scope["method"] != "POST":
            raise Refusal(405, "only POST is answered here")
        headers: dict[bytes, bytes] = dict(scope["headers"])
        if headers.get(b"content-type", b"").partition(b";")[0].strip().lower() != FORM:
            raise Refusal(415, "only forms are taken (application/x-www-form-urlencoded)")
        query: bytes = scope["query_string"]
        try:
            form = Form(body)
        except BadForm as error:
            raise Refusal(400, str(error)) from None
        url = self._public_url + path + ("?" + query.decode("latin-1") if query else "")
        if not self._signatures.good(url, form, headers.get(b"x-twilio-signature", b"").decode("latin-1")):
            raise Refusal(403, "the signature is not the provider's for this address and form")
        call = form.fields.get("CallSid", "")
        if not 0 < len(call) <= MAX_CALL or not call.isalnum() or not call.isascii():
            raise Refusal(400, "the form lacks CallSid, or it is no call's id")
        return Request(shelf, route, call, form.fields, query)

    def _path(self, scope: Scope) -> str:
        """The path as the provider wrote it, less the base path that a proxy may have left on."""
        raw: bytes = scope.get("raw_path") or scope["path"].encode()
        path = raw.partition(b"?")[0].decode("latin-1")
        return path[len(self._base) :] if self._base and path.startswith(self._base + "/") else path
