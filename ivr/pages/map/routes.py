"""The routes of the map: the page, its data, what the filters leave, a box in words, and what is worked out beside it."""

from __future__ import annotations

import datetime as dt
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from ivr.desk.roles import Right
from ivr.pages.context import Context
from ivr.pages.door import ASKED_EACH_TIME
from ivr.pages.guard import Visitor, context_of, needs
from ivr.pages.look.faults import Told
from ivr.pages.look.times import Times
from ivr.pages.look.words import word
from ivr.pages.map.kept import Kept
from ivr.pages.map.node import told_of
from ivr.pages.map.played import Passing, played
from ivr.pages.map.proved import Proved, proved
from ivr.pages.map.shown import Chosen, Shown, shown
from ivr.pages.map.touching import touching
from ivr.pages.map.traffic import Traffic, lay_along
from ivr.pages.map.ways import Asked, bright
from ivr.pages.phone.moments import read_moment
from ivr.pages.workshop.workshop import TooLong
from ivr.store.database.connect import reading
from ivr.store.reports.passing import Passings, count_passings
from ivr.tables.arrivals import UNKNOWN, find_number
from ivr.tables.ready import Table

router = APIRouter()
PROVE_SECONDS, PLAY_SECONDS = 60.0, 30.0
DAYS = (1, 7, 30)
"""Days of which the traffic can be shown."""
TRAFFIC_SECONDS = 60
"""How long counted traffic is good."""
DAY = 86_400
JS_WORDS = (
    "entry", "numbers", "teams", "again", "found", "none_found", "nothing_chosen", "no_box", "calls", "more_calls",
    "no_calls", "seconds", "nobody", "shut", "faded", "working",
)  # fmt: skip
"""What the script of the page says itself."""


def chosen(
    table: str = Query("", max_length=100),
    version: str = Query("", max_length=64),
    draft: str = Query("", max_length=64),
) -> Chosen:
    """Which table is shown."""
    return Chosen(table, version, draft)


@router.get("/map")
async def page(
    request: Request, what: Chosen = Depends(chosen), visitor: Visitor = Depends(needs(Right.LOOK))
) -> Response:
    """The page."""
    context = context_of(request)
    held = await shown(context, what)
    words = {key: word(visitor.language, f"map.{key}") for key in JS_WORDS}
    return context.page(
        request, visitor, "map/page.html", held=held.map, title=held.title, what=what, query=query_of(what), words=words,
        numbers=numbers_of(held.table), days=DAYS, tables=sorted(context.shelves),
        spoken=language_of(held, visitor.language),
    )  # fmt: skip


@router.get("/map/data")
async def data(
    request: Request, what: Chosen = Depends(chosen), visitor: Visitor = Depends(needs(Right.LOOK))
) -> Response:
    """The map as JSON (data.Map), compressed; the browser asks whether what it has still holds."""
    held = await shown(context_of(request), what)
    headers = {"ETag": f'"{held.tag}"', "Cache-Control": ASKED_EACH_TIME, "Vary": "Cookie, Accept-Encoding"}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(held.packed, media_type="application/json", headers={**headers, "Content-Encoding": "gzip"})


@router.get("/map/bright")
async def bright_(
    request: Request,
    what: Chosen = Depends(chosen),
    number: str = Query("", max_length=40),
    language: str = Query("", max_length=20),
    at: str = Query("", max_length=40),
    visitor: Visitor = Depends(needs(Right.LOOK)),
) -> Response:
    """What stays bright: boxes and lines by index, the number that was asked for, and in words the moment."""
    context = context_of(request)
    held = await shown(context, what)
    asked = asked_of(held.table, number, language, at, context.clock())
    left = await run_in_threadpool(bright, held.table, held.map, asked)
    times = Times(held.table.graph.timezone, visitor.language, context.clock())
    when = times.when(asked.at) if asked.at is not None else ""
    called = numbers_of(held.table)[asked.number + 1][0] if asked.number is not None else ""
    return JSONResponse(
        {"items": left.items, "lines": left.lines, "number": called, "when": when, "of": len(held.map.items)}
    )


def asked_of(table: Table, number: str, language: str, at: str, now: int) -> Asked:
    """The filters, read. Raises Told."""
    index: int | None = None
    if number.strip():
        index = find_number(table.graph, number)
        if index == UNKNOWN:
            raise Told("map.no_number", 404, number=number[:40])
    codes = [held.code for held in table.graph.languages]
    if language and language not in codes:
        raise Told("map.no_language", 404, language=language[:20])
    moment: int | None = None
    if at.strip():
        moment = read_moment(at, ZoneInfo(table.graph.timezone), now)
        if moment is None:
            raise Told("map.no_moment", 400, at=at[:40])
    return Asked(index, codes.index(language) if language else None, moment)


@router.get("/map/node")
async def node(
    request: Request,
    name: str = Query(max_length=400),
    spoken: str = Query("", max_length=20),
    number: str = Query("", max_length=40),
    language: str = Query("", max_length=20),
    at: str = Query("", max_length=40),
    what: Chosen = Depends(chosen),
    visitor: Visitor = Depends(needs(Right.LOOK)),
) -> Response:
    """A box in words, with which of its ways the filters close: a fragment."""
    context = context_of(request)
    held = await shown(context, what)
    words_in = held.map.languages.index(spoken if spoken in held.map.languages else language_of(held, visitor.language))
    asked = asked_of(held.table, number, language, at, context.clock())
    left = await run_in_threadpool(bright, held.table, held.map, asked) if asked != Asked() else None
    told = told_of(held.table, held.map, name, words_in, left)
    if told is None:
        raise Told("map.no_box", 404, name=name[:60])
    return context.page(
        request, visitor, "map/node.html", told=told, query=query_of(what), what=what,
        spoken=words_in, version=held.table.version, table=held.table.graph.id,
        touched=told.kind not in ("team", "entry"), file=_below(told.file, context, held),
    )  # fmt: skip


@router.get("/map/touching")
async def touching_(
    request: Request,
    name: str = Query(max_length=400),
    what: Chosen = Depends(chosen),
    visitor: Visitor = Depends(needs(Right.LOOK)),
) -> Response:
    """Which guarantees and scenarios touch a node: a fragment."""
    context = context_of(request)
    held = await shown(context, what)
    if name not in held.table.graph.names:
        raise Told("map.no_box", 404, name=name[:60])
    index = held.table.graph.names.index(name)
    proofs = await _proved(context, held)
    passing = await _played(context, held, what)
    told = touching(index, proofs, passing)
    return context.page(request, visitor, "map/touching.html", told=told)


@router.get("/map/heat")
async def heat(
    request: Request, what: Chosen = Depends(chosen), visitor: Visitor = Depends(needs(Right.LOOK))
) -> Response:
    """The most seconds to a person from each box, by its name; null where nobody can come to one."""
    context = context_of(request)
    held = await shown(context, what)
    proofs = await _proved(context, held)
    graph = held.table.graph
    seconds = {graph.names[at]: value for at, value in proofs.nodes.items()}
    index = {number.name: at for at, number in enumerate(graph.numbers)}
    for item in held.map.items:
        known = [proofs.numbers.get(index.get(called.name, -1)) for called in item.numbers]
        if known:
            far = [value for value in known if value is not None]
            seconds[item.name] = max(far) if far else None
    return JSONResponse({"seconds": seconds})


@router.get("/map/traffic")
async def traffic(
    request: Request,
    days: int = Query(7),
    what: Chosen = Depends(chosen),
    visitor: Visitor = Depends(needs(Right.LOOK)),
) -> Response:
    """Callers of each line in the last days."""
    if days not in DAYS:
        raise Told("map.no_days", 400, days=", ".join(map(str, DAYS)))
    context = context_of(request)
    held = await shown(context, what)
    counted, along = await run_in_threadpool(_traffic, context, held, days)
    return JSONResponse(
        {"calls": counted.calls, "more": counted.more, "counts": along.counts, "lost": along.lost}
    )  # fmt: skip


def _below(path: str, context: Context, held: Shown) -> str:
    """A path below the table's folder, as the page of the table knows it."""
    folder = context.folders.get(held.table.graph.id)
    for root in (folder, folder.resolve()) if folder is not None else ():
        if PurePosixPath(path).is_relative_to(root.as_posix()):
            return PurePosixPath(path).relative_to(root.as_posix()).as_posix()
    return path


def language_of(held: Shown, wanted: str) -> str:
    """The language of the table in which its words are shown: the page's, else the table's first."""
    return wanted if wanted in held.map.languages else held.map.languages[0]


def query_of(what: Chosen) -> dict[str, str]:
    """What stands in links to the same table."""
    return {"table": what.table, "version": what.version, "draft": what.draft}


def numbers_of(table: Table) -> list[tuple[str, str]]:
    """The numbers that can be dialled: name, and whose it was."""
    graph = table.graph
    return [(graph.main_number, graph.title), *((number.name, number.formerly) for number in graph.numbers)]


_proofs: Kept[Proved] = Kept()
_passes: Kept[tuple[Passing, ...]] = Kept()
_counted: Kept[tuple[int, Passings, Traffic]] = Kept(12)


async def _proved(context: Context, held: Shown) -> Proved:
    """What is proved of the table that is shown, from today on. Raises Told."""
    table = held.table
    today = dt.datetime.fromtimestamp(context.clock(), table.almanac.zone).replace(hour=0, minute=0, second=0)
    start = int(today.timestamp())
    known = _proofs.find((table.version, start))
    if known is not None:
        return known
    try:
        made = await context.workshop.run(proved, table.sources, table.version, start, seconds=PROVE_SECONDS)
    except TooLong:
        raise Told("map.slow", 503) from None
    return _proofs.keep((table.version, start), made)


async def _played(context: Context, held: Shown, what: Chosen) -> tuple[Passing, ...] | None:
    """What the table's scenarios pass, None where it has none here. Raises Told."""
    folder = context.folders.get(held.table.graph.id)
    if folder is None:
        return None
    try:
        return await context.workshop.run(played, held.table.sources, held.table.version, folder, seconds=PLAY_SECONDS)
    except TooLong:
        raise Told("map.slow", 503) from None


def _traffic(context: Context, held: Shown, days: int) -> tuple[Passings, Traffic]:
    now = context.clock()
    key = (held.table.graph.id, held.table.version, days)
    known = _counted.find(key)
    if known is None or known[0] <= now - TRAFFIC_SECONDS:
        with reading(context.database) as connection:
            counted = count_passings(connection, held.table.graph.id, now - days * DAY)
        known = _counted.keep(key, (now, counted, lay_along(held.map, counted.pairs, counted.numbers)))
    return known[1], known[2]
