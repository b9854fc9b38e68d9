"""The audit trail on a page: sought, paged, and taken home as CSV or JSON lines."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response
from msgspec import Struct
from starlette.responses import StreamingResponse

from ivr.desk.roles import Right
from ivr.pages.context import Context
from ivr.pages.guard import Visitor, context_of, needs
from ivr.pages.look.faults import Told
from ivr.store import audit
from ivr.store.database.connect import reading, writing
from ivr.store.trail import Filter, Line, export, newest

router = APIRouter(prefix="/people/trail")
PAGE = 100
HEAD = ("id", "at", "who", "what", "subject", "data")
TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}


class Sought(Struct, frozen=True):
    """What the form says; `first` and `last` are days (ISO), the last one included."""

    who: str = ""
    what: str = ""
    subject: str = ""
    first: str = ""
    last: str = ""

    def query(self) -> dict[str, str]:
        """As it stands in an address."""
        return {name: value for name, value in msgspec.to_builtins(self).items() if value}


def sought(
    who: str = Query("", max_length=100),
    what: str = Query("", max_length=60),
    subject: str = Query("", max_length=200),
    first: str = Query("", max_length=10),
    last: str = Query("", max_length=10),
) -> Sought:
    """The form, from the address."""
    return Sought(*(text.replace("\0", "").strip() for text in (who, what, subject, first, last)))


@router.get("")
def show(
    request: Request,
    before: int | None = Query(None, ge=0),
    asked: Sought = Depends(sought),
    visitor: Visitor = Depends(needs(Right.PEOPLE)),
) -> Response:
    """The newest lines that answer."""
    context = context_of(request)
    wanted = _filter(context, asked)
    with reading(context.database) as connection:
        lines = newest(connection, wanted, before, PAGE + 1)
    more = lines[PAGE - 1].id if len(lines) > PAGE else None
    return context.page(
        request, visitor, "people/trail.html", lines=lines[:PAGE], asked=asked, query=asked.query(), more=more,
        before=before,
    )  # fmt: skip


@router.get("/export.{form}")
def take_home(
    request: Request, form: str, asked: Sought = Depends(sought), visitor: Visitor = Depends(needs(Right.PEOPLE))
) -> Response:
    """All lines that answer, the oldest first, sent as they are read. That somebody took them is in the trail too."""
    context, now = context_of(request), context_of(request).clock()
    if form not in TYPES:
        raise Told("home.nothing_here", 404)
    wanted = _filter(context, asked)
    with writing(context.database) as connection:
        whole = wanted == Filter()
        audit.record(connection, now, visitor.person.login, "audit.export", "", {"form": form, "whole": whole})
    lines = export(context.database, wanted)
    day = dt.datetime.fromtimestamp(now, _zone(context)).date().isoformat()
    headers = {"Content-Disposition": f'attachment; filename="ivr-audit-{day}.{form}"'}
    body = _csv(lines) if form == "csv" else _jsonl(lines)
    return StreamingResponse(body, media_type=TYPES[form], headers=headers)


def _zone(context: Context) -> ZoneInfo:
    return ZoneInfo(context.shelf().live.table.graph.timezone)


def _filter(context: Context, asked: Sought) -> Filter:
    """Days are those of the table's zone. Raises Told."""
    try:
        days = [dt.date.fromisoformat(text) if text else None for text in (asked.first, asked.last)]
        since, until = (
            int(dt.datetime.combine(day + dt.timedelta(days=n), dt.time(), _zone(context)).timestamp()) if day else None
            for n, day in enumerate(days)
        )
    except (ValueError, OverflowError):
        raise Told("people.fault_day", 422) from None
    return Filter(asked.who, asked.what, asked.subject, since, until)


def _told(line: Line) -> dict[str, object]:
    at = dt.datetime.fromtimestamp(line.at, dt.UTC).isoformat().replace("+00:00", "Z")
    return {**msgspec.structs.asdict(line), "at": at}


def _jsonl(lines: Iterable[Line]) -> Iterator[bytes]:
    for line in lines:
        yield msgspec.json.encode(_told(line)) + b"\n"


def _csv(lines: Iterable[Line]) -> Iterator[str]:
    """A text that a spreadsheet would run as a formula stands after an apostrophe."""
    yield ",".join(HEAD) + "\r\n"
    for line in lines:
        told = _told(line) | {"data": msgspec.json.encode(line.data).decode() if line.data else ""}
        out = io.StringIO()
        csv.writer(out).writerow([_plain(told[name]) for name in HEAD])
        yield out.getvalue()


def _plain(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
