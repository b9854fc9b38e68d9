"""How the `twilio` library's requests are sent: in bounded time, and so that it is known whether one was sent at all."""

from __future__ import annotations

import email.utils
import json
import logging
import time
from collections.abc import Mapping
from typing import Any

import httpx
from twilio.http import HttpClient
from twilio.http.response import Response

MOST_BYTES = 4_000_000
"""Bytes of an answer that are read; a page of a list has some hundreds of thousands."""
MOST_AFTER = 3600.0
"""Seconds of a Retry-After that are believed."""
_SURELY_NOT = (
    httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)  # fmt: skip

_logger = logging.getLogger(__name__)
logging.getLogger("httpx").setLevel(logging.WARNING)  # below that it logs addresses, whose queries hold numbers


class NotSent(Exception):
    """Surely nothing was sent: there was no connection."""


class NotAnswered(Exception):
    """It was sent, perhaps in part, and there is no answer, or none that can be read."""


class TooMany(Exception):
    """The provider has too many requests of ours and did not look at this one. `after`: seconds to wait, 0 when not said."""

    def __init__(self, after: float) -> None:
        super().__init__("too many requests")
        self.after = after


class Told(Exception):
    """An answer that is no good one: its status, the provider's code (0 when it gives none) and its words, as they came."""

    def __init__(self, status: int, code: int, words: str) -> None:
        super().__init__(f"status {status}, code {code}")
        self.status = status
        self.code = code
        self.words = words


class Http(HttpClient):  # type: ignore[misc]  # the library ships no types
    """Sends requests. Connections are not kept: a kept one may have been closed by the other side, and whether a request
    that met that was taken is not known. Safe to share between threads."""

    def __init__(self, connect: float, total: float) -> None:
        super().__init__(_logger, False, total)
        limits = httpx.Limits(max_connections=20, max_keepalive_connections=0)
        self._total = total
        self._client = httpx.Client(timeout=httpx.Timeout(total, connect=connect), limits=limits)

    def request(
        self,
        method: str,
        uri: str,
        params: Mapping[str, Any] | None = None,  # whatever the library gives: texts, numbers, lists of texts
        data: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """The answer, when it is a good one. Raises NotSent, NotAnswered, TooMany and Told, without an address in them.

        The library's own errors are not waited for: that of a page of a list does not say what the provider said, and none
        keeps Retry-After.
        """
        until = time.monotonic() + self._total
        query = {name: value for name, value in (params or {}).items() if value is not None} or None
        try:
            with self._client.stream(
                method, uri, params=query, data=dict(data) if data else None, headers=headers, auth=auth
            ) as answer:
                body = _read(answer, until)
        except _SURELY_NOT as error:
            raise NotSent(f"no connection ({type(error).__name__})") from None
        except httpx.HTTPError as error:
            raise NotAnswered(f"no answer ({type(error).__name__})") from None
        if answer.status_code == 429:
            raise TooMany(retry_after(answer.headers.get("retry-after", ""), time.time()))
        held = _object(body)
        if not 200 <= answer.status_code < 300:
            raise _told(answer.status_code, held)
        if held is None and method != "DELETE":
            raise NotAnswered(f"an answer that is none of the provider's (status {answer.status_code})")
        return Response(answer.status_code, body.decode("utf-8", "replace"), dict(answer.headers))

    def close(self) -> None:
        """Close what is open."""
        self._client.close()


def _read(answer: httpx.Response, until: float) -> bytes:
    parts: list[bytes] = []
    size = 0
    for part in answer.iter_bytes():
        size += len(part)
        if size > MOST_BYTES or time.monotonic() > until:
            raise NotAnswered("the answer is too long" if size > MOST_BYTES else "the answer takes too long")
        parts.append(part)
    return b"".join(parts)


def _object(body: bytes) -> dict[str, Any] | None:
    """The body as an object of JSON; None when it is none."""
    try:
        held = json.loads(body)
    except ValueError:
        return None
    return held if isinstance(held, dict) else None


def _told(status: int, held: dict[str, Any] | None) -> Told:
    """What a bad answer says: in the provider's old form (`message`), its new one (RFC 9457), or not at all."""
    held = held or {}
    code = held.get("code")
    words = held.get("message") or f"{held.get('title') or ''} {held.get('detail') or ''}"
    return Told(status, code if isinstance(code, int) else 0, str(words).strip())


def retry_after(text: str, now: float) -> float:
    """Seconds of a Retry-After header: a number, or a date; 0 when it says neither."""
    if text.isascii() and text.isdigit() and len(text) < 10:
        return min(float(text), MOST_AFTER)
    try:
        at = email.utils.parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return 0.0
    return min(max(0.0, at - now), MOST_AFTER)
