"""Which table the map shows: what is live, another version, or a draft; and what is made of it, kept until it changes."""

from __future__ import annotations

import datetime as dt
import gzip
from pathlib import Path

import msgspec
from msgspec import Struct
from starlette.concurrency import run_in_threadpool

from ivr.pages.context import Context
from ivr.pages.look.assets import build
from ivr.pages.look.faults import Told
from ivr.pages.map.data import Map, map_of
from ivr.pages.map.kept import Broken, Compiled, Kept, compile_kept, compile_texts
from ivr.pages.workshop.workshop import TooLong
from ivr.store.database.connect import reading
from ivr.store.publishing import drafts, versions
from ivr.store.publishing.faults import NotDone
from ivr.tables.archive import NotKept
from ivr.tables.ready import Table
from ivr.tables.texts import digest

READ_SECONDS = 20.0
"""How long a table may take to be read."""


class Chosen(Struct, frozen=True):
    """What somebody asks to see: a table by its id ('' the first), and a version or a draft of it ('' what is live)."""

    table: str = ""
    version: str = ""
    draft: str = ""


class Shown(Struct, frozen=True):
    """A table that is shown: itself, its map, the same as compressed JSON, a name of that, the draft's title."""

    table: Table
    map: Map
    packed: bytes
    tag: str
    title: str = ""


_tables: Kept[Table] = Kept()
_made: Kept[Shown] = Kept(6)


async def shown(context: Context, chosen: Chosen) -> Shown:
    """What was asked for. Raises Told."""
    title = ""
    try:
        if chosen.draft:
            table, title = await _draft(context, chosen)
        elif chosen.version and chosen.version != context.shelf(chosen.table).live.table.version:
            table = await _version(context, chosen)
        else:
            table = context.shelf(chosen.table).live.table
    except TooLong:
        raise Told("map.slow", 503) from None
    now = context.clock()
    day = today(context, table)
    held = _made.find((table.graph.id, table.version, day, title))
    if held is None:
        held = await run_in_threadpool(_make, table, now, day, title)
        _made.keep((table.graph.id, table.version, day, title), held)
    return held


def today(context: Context, table: Table) -> str:
    """The day where the table is: 2026-12-01."""
    return dt.datetime.fromtimestamp(context.clock(), table.almanac.zone).date().isoformat()


def _make(table: Table, now: int, day: str, title: str) -> Shown:
    map_ = map_of(table, now)
    packed = gzip.compress(msgspec.json.encode(map_), 5, mtime=0)
    return Shown(table, map_, packed, f"{table.version}-{day}-{build()}", title)


async def _draft(context: Context, chosen: Chosen) -> tuple[Table, str]:
    """A draft, read in the workshop unless it is known. Raises Told, TooLong."""

    def find() -> drafts.Draft:
        with reading(context.database) as connection:
            return drafts.get(connection, chosen.draft)

    try:
        held = await run_in_threadpool(find)
    except NotDone:
        raise Told("map.no_draft", 404) from None
    if held.table_id not in context.shelves:
        raise Told("map.no_draft", 404)
    day = today(context, context.shelf(held.table_id).live.table)
    key = (digest(held.files), day)
    table = _tables.find(key)
    if table is None:
        made = await context.workshop.run(compile_texts, dict(held.files), day, seconds=READ_SECONDS)
        if isinstance(made, Broken):
            raise Told("map.broken", 409, n=made.errors, at=made.at, message=made.message)
        table = _tables.keep(key, await run_in_threadpool(made.table))
    return table, held.title or held.id


async def _version(context: Context, chosen: Chosen) -> Table:
    """A version from the archive, or from the database; read in the workshop unless it is known. Raises Told, TooLong."""
    shelf = context.shelf(chosen.table)
    name = shelf.live.table.graph.id
    key = (name, chosen.version)
    held = _tables.find(key)
    if held is not None:
        return held

    def find() -> versions.Version:
        with reading(context.database) as connection:
            return versions.get(connection, name, chosen.version)

    folder = Path(context.settings.var) / "tables"
    try:
        made: Compiled | Broken = await context.workshop.run(
            compile_kept, folder, name, chosen.version, seconds=READ_SECONDS
        )
    except NotKept:
        try:
            kept = await run_in_threadpool(find)
        except NotDone:
            raise Told("map.no_version", 404, name=chosen.version[:20]) from None
        made = await context.workshop.run(
            compile_texts, dict(kept.files), today(context, shelf.live.table), seconds=READ_SECONDS
        )
    if isinstance(made, Broken):
        raise Told("map.broken", 409, n=made.errors, at=made.at, message=made.message)
    return _tables.keep(key, await run_in_threadpool(made.table))
