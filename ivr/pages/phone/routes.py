"""The routes of the phone: the page, a call played further, and a call as a scenario."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import ParamSpec, TypeVar
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Depends, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from ivr.desk.roles import Right
from ivr.pages.context import Context, Shelf
from ivr.pages.guard import Visitor, context_of, needs
from ivr.pages.look.faults import Told
from ivr.pages.phone.apart import Broken, Played, play, play_kept, play_texts, save_kept, save_texts
from ivr.pages.phone.saved import Saved, save
from ivr.pages.phone.setting import MOST_QUERY, Setting, pairs_of, read_setting
from ivr.pages.phone.sources import list_sources, texts_of
from ivr.pages.phone.view import shown
from ivr.pages.workshop.workshop import TooLong
from ivr.tables.archive import NotKept

router = APIRouter()
P = ParamSpec("P")
T = TypeVar("T")
MOST_SECONDS = 20.0
"""How long a table that does not serve here may take to be read and played."""


@router.get("/phone")
async def page(request: Request, visitor: Visitor = Depends(needs(Right.LOOK))) -> Response:
    """The phone, with the call that the link holds."""
    context = context_of(request)
    setting = read_setting(request.query_params.multi_items())
    held = await _play(context, setting)
    values = _values(held, setting, visitor)

    def make() -> Response:
        sources = list_sources(context, context.shelf(setting.table), setting.source)
        tables = sorted(context.shelves) if len(context.shelves) > 1 else []
        return context.page(request, visitor, "phone/page.html", sources=sources, tables=tables, **values)

    return await run_in_threadpool(make)


@router.post("/phone/play")
async def play_on(request: Request, visitor: Visitor = Depends(needs(Right.LOOK))) -> Response:
    """A call as far as its caller went: `{query}` → `{html, query}`."""
    context = context_of(request)
    setting = _setting_of(await _body(request))
    held = await _play(context, setting)
    values = _values(held, setting, visitor)
    page = await run_in_threadpool(lambda: context.page(request, visitor, "phone/call.html", **values))
    return JSONResponse({"html": bytes(page.body).decode(), "query": values["query"]})


@router.post("/phone/save")
async def save_as(request: Request, visitor: Visitor = Depends(needs(Right.LOOK))) -> Response:
    """A call as a scenario: `{query, name}` → `{html}`."""
    context = context_of(request)
    body = await _body(request)
    setting = _setting_of(body)
    held = await _save(context, setting, body.get("name", ""))
    query = urlencode(pairs_of(setting))
    page = context.page(request, visitor, "phone/saved.html", saved=held, query=query)
    return JSONResponse({"html": bytes(page.body).decode()})


@router.post("/phone/file")
async def file(request: Request, visitor: Visitor = Depends(needs(Right.LOOK))) -> Response:
    """A scenario as a file to keep, from a plain form."""
    form = await request.form()
    held = {name: str(value) for name, value in form.items()}
    saved = await _save(context_of(request), _setting_of(held), held.get("name", ""))
    headers = {"Content-Disposition": f'attachment; filename="{saved.name}.yaml"', "X-Content-Type-Options": "nosniff"}
    return Response(saved.yaml, media_type="application/yaml", headers=headers)


async def _body(request: Request) -> dict[str, str]:
    """A body of JSON that holds texts alone. Raises Told."""
    raw = await request.body()
    if len(raw) > 4 * MOST_QUERY:
        raise Told("phone.wrong_long", 413)
    try:
        held = json.loads(raw)
    except ValueError:
        raise Told("home.cannot_be_read") from None
    if not isinstance(held, dict) or not all(isinstance(value, str) for value in held.values()):
        raise Told("home.cannot_be_read")
    return held


def _setting_of(held: dict[str, str]) -> Setting:
    query = held.get("query", "")
    if len(query) > 3 * MOST_QUERY:
        raise Told("phone.wrong_long", 413)
    return read_setting(parse_qsl(query, keep_blank_values=True))


def _values(held: Played | Broken, setting: Setting, visitor: Visitor) -> dict[str, object]:
    """What the templates show."""
    return {"setting": setting, **shown(held, setting, visitor.language)}


def _source(context: Context, setting: Setting) -> tuple[Shelf, str, str]:
    """The shelf, and which of its tables: (`live`, ''), (`version`, name) or (`draft`, id)."""
    shelf = context.shelf(setting.table)
    kind, _, name = setting.source.partition(":")
    if kind == "version" and name == shelf.live.table.version:
        return shelf, "live", ""
    return shelf, kind, name


async def _play(context: Context, setting: Setting) -> Played | Broken:
    """A call of any table: the live one in a thread, others in the workshop. Raises Told."""
    shelf, kind, name = _source(context, setting)
    now = context.clock()
    if kind == "live":
        return await run_in_threadpool(play, shelf.live.table, setting, now)
    if kind == "version" and shelf.archive.holds(name):
        root = shelf.archive.folder
        return await _apart(context, play_kept, root.parent, root.name, name, setting, now)
    texts = await run_in_threadpool(texts_of, context, shelf, kind, name)
    return await _apart(context, play_texts, texts, setting, now, _today(shelf, now))


async def _save(context: Context, setting: Setting, called: str) -> Saved:
    """A call of any table as a scenario. Raises Told."""
    shelf, kind, name = _source(context, setting)
    now = context.clock()
    if kind == "live":
        return await run_in_threadpool(save, shelf.live.table, setting, now, called)
    if kind == "version" and shelf.archive.holds(name):
        root = shelf.archive.folder
        return await _apart(context, save_kept, root.parent, root.name, name, setting, now, called)
    texts = await run_in_threadpool(texts_of, context, shelf, kind, name)
    held = await _apart(context, save_texts, texts, setting, now, _today(shelf, now), called)
    if isinstance(held, Broken):
        raise Told("phone.wrong_broken", 409, n=held.errors)
    return held


async def _apart(context: Context, function: Callable[P, T], *args: P.args, **more: P.kwargs) -> T:
    """What a function of `apart` answers in the workshop. Raises Told."""
    try:
        return await context.workshop.run(function, *args, **more, seconds=MOST_SECONDS)
    except TooLong:
        raise Told("phone.wrong_slow", 503) from None
    except NotKept:
        raise Told("phone.wrong_version", 404) from None


def _today(shelf: Shelf, now: int) -> str:
    return dt.datetime.fromtimestamp(now, shelf.live.table.almanac.zone).date().isoformat()
