"""One request as Twilio sends it: signed, its fragment kept back and obeyed, retried as the fragment asks.

Rules (Twilio, "Webhooks: connection overrides" and "Validating requests"): the fragment of an address is not sent; `rc`
is how many retries there are (0 to 5, 1 when left out), `rp` upon what (`ct` connection, `rt` reading, `4xx`, `5xx`, `all`;
`ct` when left out); `ct`, `rt` and `tt` are limits in milliseconds; 15 seconds end it, retries included. A retry carries
the same idempotency token. The signature covers the whole address without fragment, and a POST's fields by key.
"""

from __future__ import annotations

import http.client
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urldefrag, urlencode, urljoin, urlsplit

from twilio.request_validator import RequestValidator

TOTAL_MS = 15_000
CONNECT_MS = 5_000
MOST_BYTES = 64 * 1024
"""Bytes of a document that Twilio takes."""
MAX_REDIRECTS = 5
_FAILURES = (OSError, http.client.HTTPException)


class WireFault(Exception):
    """Something that Twilio would not take, or a server that did not answer; the message says where."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: the address that gave it (without fragment), status, headers in lower case, and the bytes."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the fragment of an address asks for."""

    retries: int = 1
    policies: frozenset[str] = frozenset({"ct"})
    connect: float = CONNECT_MS / 1000
    read: float = TOTAL_MS / 1000
    total: float = TOTAL_MS / 1000

    def again(self, why: str) -> bool:
        """Whether a failure of this kind is tried again."""
        return "all" in self.policies or why in self.policies


def read_overrides(fragment: str) -> Overrides:
    """The overrides of a fragment, `rc=2&rp=all`. What is not known is passed over, what is out of bounds is not taken."""
    held = {key: values[-1] for key, values in parse_qs(fragment).items()}

    def number(name: str, least: int, most: int, other: int) -> int:
        text = held.get(name, "")
        return int(text) if text.isascii() and text.isdigit() and least <= int(text) <= most else other

    return Overrides(
        number("rc", 0, 5, 1),
        frozenset(held.get("rp", "ct").split(",")),
        number("ct", 100, 10_000, CONNECT_MS) / 1000,
        number("rt", 100, TOTAL_MS, TOTAL_MS) / 1000,
        number("tt", 100, TOTAL_MS, TOTAL_MS) / 1000,
    )


class _Broken(Exception):
    """An attempt that failed; the message is its kind in `rp`."""


class Line:
    """Signs and sends; connections are kept open, one an origin. Not for several threads at once."""

    def __init__(self, token: str, twice: bool = False) -> None:
        self._validator = RequestValidator(token)
        self._twice = twice
        self._open: dict[tuple[str, str], http.client.HTTPConnection] = {}

    def __del__(self) -> None:
        """Hang up: nobody keeps a line that is no longer known."""
        for connection in self._open.values():
            connection.close()

    def send(self, method: str, url: str, form: Mapping[str, str]) -> Reply:
        """Send a form and give the answer below 400. Raises WireFault."""
        reply = self._send(method, url, form)
        if self._twice:
            other = self._send(method, url, form)
            if (reply.status, reply.body) != (other.status, other.body):
                raise WireFault(f"{method} {reply.url}: the same request got another answer")
        if reply.status >= 400:
            said = reply.body[:200].decode("utf-8", "replace").strip()
            raise WireFault(f"{method} {reply.url}: status {reply.status}: {said}")
        return reply

    def _send(self, method: str, url: str, form: Mapping[str, str]) -> Reply:
        bare, fragment = urldefrag(url)
        overrides = read_overrides(fragment)
        until = time.monotonic() + overrides.total
        headers = {"I-Twilio-Idempotency-Token": str(uuid.uuid4()), "User-Agent": "TwilioProxy/1.1", "Accept": "*/*"}
        why, last = "", None
        for _ in range(overrides.retries + 1):
            limit = until - time.monotonic()
            if limit <= 0:
                raise WireFault(f"{method} {bare}: no answer within {overrides.total:.0f} s")
            try:
                last = self._follow(
                    method, bare, form, headers, min(limit, overrides.connect), min(limit, overrides.read)
                )
            except _Broken as broken:
                last, why = None, str(broken)
            else:
                why = f"{last.status // 100}xx"
                if last.status < 400:
                    return last
            if not overrides.again(why):
                break
        if last is None:
            raise WireFault(f"{method} {bare}: " + ("no connection" if why == "ct" else "no answer"))
        return last

    def _follow(
        self, method: str, url: str, form: Mapping[str, str], headers: Mapping[str, str], connect: float, read: float
    ) -> Reply:
        """An attempt; an HTTP redirect is followed by GET."""
        for _ in range(MAX_REDIRECTS):
            reply = self._once(method, url, form, headers, connect, read)
            location = reply.headers.get("location")
            if reply.status not in (301, 302, 303, 307, 308) or not location:
                return reply
            method, url = ("POST" if reply.status in (307, 308) and method == "POST" else "GET"), urljoin(url, location)
        raise WireFault(f"{url}: more than {MAX_REDIRECTS} redirects")

    def _once(
        self, method: str, url: str, form: Mapping[str, str], headers: Mapping[str, str], connect: float, read: float
    ) -> Reply:
        request = self._signed(method, url, form, headers)
        kept = self._open.pop(request.origin, None)
        if kept is not None:
            try:
                return self._exchange(kept, request, read)
            except TimeoutError as error:
                kept.close()
                raise _Broken("rt") from error
            except _FAILURES:
                kept.close()  # a connection that was kept open may be closed by the server at any time: no failure
        fresh = _connect(request.origin, connect)
        try:
            return self._exchange(fresh, request, read)
        except _FAILURES as error:
            fresh.close()
            raise _Broken("rt") from error

    def _signed(self, method: str, url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> _Request:
        encoded = urlencode(form)
        sent = dict(headers)
        body: bytes | None = None
        if method == "GET":
            url = f"{url}{'&' if '?' in url else '?'}{encoded}"
            sent["X-Twilio-Signature"] = self._validator.compute_signature(url, {})
        else:
            body = encoded.encode()
            sent["X-Twilio-Signature"] = self._validator.compute_signature(url, dict(form))
            sent["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8"
        return _Request(method, url, body, sent)

    def _exchange(self, connection: http.client.HTTPConnection, request: _Request, read: float) -> Reply:
        if connection.sock is not None:
            connection.sock.settimeout(read)
        connection.request(request.method, request.target, request.body, request.headers)
        response = connection.getresponse()
        data = response.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            connection.close()
            raise WireFault(f"{request.method} {request.url}: the document is larger than 64 KB")
        if response.length:
            raise http.client.IncompleteRead(data, response.length)  # `read` with an amount passes over it
        if response.will_close:
            connection.close()
        else:
            self._open[request.origin] = connection
        return Reply(request.url, response.status, {k.lower(): v for k, v in response.getheaders()}, data)


@dataclass(frozen=True, slots=True)
class _Request:
    """A request ready to be sent."""

    method: str
    url: str
    body: bytes | None
    headers: dict[str, str]

    @property
    def origin(self) -> tuple[str, str]:
        """Scheme and host: what a connection is kept for."""
        parts = urlsplit(self.url)
        return parts.scheme, parts.netloc

    @property
    def target(self) -> str:
        """Path and query, as they stand in the request line."""
        parts = urlsplit(self.url)
        return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _connect(origin: tuple[str, str], seconds: float) -> http.client.HTTPConnection:
    scheme, netloc = origin
    if scheme not in ("http", "https"):
        raise WireFault(f"'{scheme}://{netloc}' is no http address")
    make = http.client.HTTPSConnection if scheme == "https" else http.client.HTTPConnection
    fresh = make(netloc, timeout=seconds)
    try:
        fresh.connect()
    except OSError as error:
        raise _Broken("ct") from error
    return fresh
