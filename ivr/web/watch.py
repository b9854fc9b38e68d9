"""A changed table becomes live without dropping a call; a broken one is refused and the old one stays."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import time
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from ivr.authoring.files import NoTable, list_files
from ivr.diagnostics.show import show
from ivr.store.publishing.following import publish_here
from ivr.tables.archive import Archive, Canary, Pointer
from ivr.tables.ready import Table, check_folder, ready
from ivr.web.served import Shelf, Tried

if TYPE_CHECKING:
    from ivr.web.app import App

LOOK_SECONDS = 1.0
"""How often pointers and folders are looked at; a publication is live on every worker within about this."""


def accept(
    folder: Path, var: Path, today: dt.date, database: Engine | None = None, by: str = "folder", why: str = ""
) -> Table:
    """Check a folder, keep it by its content, and make it live: everywhere where the database can be reached, else here.
    Raises NoTable or Refused."""
    table = ready(check_folder(folder, today, Path.cwd()))
    archive = Archive(var / "tables", table.graph.id)
    archive.keep(table, folder)
    publish_here(database, archive, table.version, by, why, int(time.time()), folder=True)
    return table


async def follow_live(app: App) -> None:
    """Follow the live pointer of each table, whoever moves it: `ivr publish`, another worker, a page, a rollback.

    A version that cannot be served is said once, and tried again as long as it is live.
    """
    said: dict[str, str] = {}
    while True:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(app.moved.wait(), LOOK_SECONDS)
        app.moved.clear()
        for name, shelf in app.shelves.items():
            pointer = shelf.archive.pointer()
            if not pointer.version or _serves(shelf, pointer):
                continue
            try:
                await _serve(app, shelf, pointer)
            except Exception as error:  # whatever it is: who follows no more would serve an old table for ever
                reason = f"{type(error).__name__}: {error}"[:300]
                if said.get(name) != f"{pointer}{reason}":
                    said[name] = f"{pointer}{reason}"
                    app.log.write("error", "cannot serve what is live", table=name, reason=reason)


def _serves(shelf: Shelf, pointer: Pointer) -> bool:
    """Whether what the pointer says is what new calls begin on."""
    return shelf.live.version == pointer.version and _same(shelf.tried, pointer.beside.canary)


async def _serve(app: App, shelf: Shelf, pointer: Pointer) -> None:
    """Begin new calls on what the pointer says; what is live never waits for what is only tried."""
    live, before, canary = await shelf.obtain(pointer.version), shelf.live.version, pointer.beside.canary
    tried = shelf.tried
    if live.version != before:
        shelf.publish(live, tried if _same(tried, canary) else None)
        app.log.write("warning", "published", table=shelf.id, version=live.version, before=before)
    if not _same(shelf.tried, canary):
        tried = None if canary is None else Tried(await shelf.obtain(canary.version), canary.share)
        shelf.publish(shelf.live, tried)
        more = {} if canary is None else {"version": canary.version, "share": canary.share}
        app.log.write("warning", "tried" if canary is not None else "tried no longer", table=shelf.id, **more)


def _same(tried: Tried | None, canary: Canary | None) -> bool:
    held = None if tried is None else Canary(tried.served.version, tried.share)
    return held == canary


async def follow_folder(app: App, folder: Path) -> None:
    """Publish the folder whenever it changes (`--watch`). A broken one is refused, said once, and the old one stays."""
    seen = stamp(folder)
    database = app.context.database if app.context is not None else None
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        now = await asyncio.to_thread(stamp, folder)
        if now == seen:
            continue
        seen = now
        try:
            checked = await asyncio.to_thread(check_folder, folder, dt.datetime.now(dt.UTC).date(), Path.cwd())
            if checked.errors:
                app.metrics.refused_tables += 1
                app.log.write("error", "refused a changed table", table=str(folder), errors=checked.errors)
                errors = [f for f in checked.findings if f.severity.value == "error"]
                print(show(errors, checked.sources, "text"), flush=True)  # for the admin who just saved
                continue
            await asyncio.to_thread(accept, folder, app.settings.var, dt.datetime.now(dt.UTC).date(), database)
            app.moved.set()
        except Exception as error:  # no table, a full disk, whatever it is: the next change is looked at all the same
            app.metrics.refused_tables += 1
            reason = str(error) if isinstance(error, NoTable) else f"{type(error).__name__}: {error}"
            app.log.write("error", "refused a changed table", table=str(folder), reason=reason[:300])


def stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """What tells that a folder changed: names, sizes and times of its files."""
    try:
        return tuple((str(p), p.stat().st_size, p.stat().st_mtime_ns) for p in list_files(folder))
    except (NoTable, OSError):
        return ()
