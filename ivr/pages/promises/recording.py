"""A message that a caller left, played on the page of its case: fetched from the provider with our account, by nobody else.

The address stands in the database and came from a form: it is asked only where our own account's recordings are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import select
from starlette.responses import StreamingResponse

from ivr.desk.roles import Right
from ivr.pages.context import Context
from ivr.pages.guard import Visitor, context_of, needs
from ivr.pages.look.faults import Told
from ivr.pages.promises.told import changing, looking
from ivr.store import audit
from ivr.store.database.schema import recordings
from ivr.store.desk.board import find_case

router = APIRouter()
API = "https://api.twilio.com"
MOST = 64 * 1024 * 1024
"""Bytes that are passed on at most: hours of talk."""
PIECE = 64 * 1024
TIMEOUT = httpx.Timeout(10.0)
PASSED_ON = ("content-length", "content-range", "accept-ranges")
_RANGE = re.compile(r"bytes=\d{0,12}-\d{0,12}")


@router.get("/promises/{which}/recording/{id}")
def play(which: str, id: str, request: Request, visitor: Visitor = Depends(needs(Right.PROMISES))) -> Response:
    """The audio. That somebody began to listen is kept in the audit trail."""
    context = context_of(request)
    with looking(context.database) as connection:
        case = find_case(connection, which)
        mine = (recordings.c.id == id, recordings.c.case_id == case.id, recordings.c.deleted.is_(None))
        held = connection.scalar(select(recordings.c.url).where(*mine)) or ""
    if not held:
        raise Told("promises.not_recording", 404)
    address = _address(context, held)
    part = request.headers.get("range", "")
    part = part if _RANGE.fullmatch(part) else ""
    if part in ("", "bytes=0-"):
        with changing(context.database) as connection:
            audit.record(connection, context.clock(), visitor.person.login, "recording.listen", case.id)
    return _passed_on(context, address, part)


def _address(context: Context, url: str) -> str:
    """Where the audio is, if it is one of our account's. Raises Told."""
    settings = context.settings
    if not settings.twilio_account or not settings.tokens:
        raise Told("promises.not_recording_account", 409)
    root = re.escape(f"{settings.twilio_api or API}/2010-04-01/Accounts/{settings.twilio_account}/Recordings/")
    if re.fullmatch(root + r"RE[0-9a-f]{32}(\.\w{3})?", url) is None:
        raise Told("promises.not_recording_ours", 409)
    return url.rpartition("/RE")[0] + "/RE" + url.rpartition("/RE")[2][:32] + ".mp3"


def _passed_on(context: Context, address: str, part: str) -> Response:
    """What the provider answers, piece by piece."""
    client = httpx.Client(timeout=TIMEOUT, auth=(context.settings.twilio_account, context.settings.tokens[0]))
    try:
        answer = client.send(client.build_request("GET", address, headers={"Range": part} if part else {}), stream=True)
    except httpx.HTTPError:
        client.close()
        raise Told("promises.not_recording_now", 502) from None
    if answer.status_code not in (200, 206):
        answer.close()
        client.close()
        raise Told("promises.not_recording_now" if answer.status_code >= 500 else "promises.not_recording", 502)

    def pieces() -> Iterator[bytes]:
        sent = 0
        try:
            for piece in answer.iter_raw(PIECE):
                sent += len(piece)
                if sent > MOST:
                    return
                yield piece
        except httpx.HTTPError:
            return  # it breaks off, and the browser says so
        finally:
            answer.close()
            client.close()

    headers = {name: answer.headers[name] for name in PASSED_ON if name in answer.headers}
    return StreamingResponse(pieces(), answer.status_code, headers, "audio/mpeg")
