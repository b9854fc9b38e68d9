"""A changed table becomes live without dropping a call; a broken one is refused and the old one stays."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from ivr.authoring.files import NoTable, list_files
from ivr.diagnostics.show import show
from ivr.tables.archive import Archive
from ivr.tables.ready import Table, check_folder, ready

if TYPE_CHECKING:
    from ivr.web.app import App

LOOK_SECONDS = 1.0
"""How often pointers and folders are looked at; a publication is live on every worker within about this."""


def accept(folder: Path, var: Path, today: dt.date) -> Table:
    """Check a folder, keep it by its content, and make it live. Raises NoTable or Refused."""
    table = ready(check_folder(folder, today, Path.cwd()))
    archive = Archive(var / "tables", table.graph.id)
    archive.keep(table, folder)
    archive.publish(table.version)
    return table


async def follow_live(app: App) -> None:
    """Follow the live pointer of each table, whoever moves it: `ivr publish`, another worker, a rollback.

    A version that cannot be served is said once, and tried again as long as it is live.
    """
    said: dict[str, str] = {}
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        for name, shelf in app.shelves.items():
            version = shelf.archive.live()
            if not version or version == shelf.live.version:
                continue
            try:
                table = await asyncio.to_thread(shelf.archive.load, version)
                before = shelf.live.version
                shelf.publish(table)
            except Exception as error:  # whatever it is: who follows no more would serve an old table for ever
                reason = f"{type(error).__name__}: {error}"[:300]
                if said.get(name) != version + reason:
                    said[name] = version + reason
                    app.log.write("error", "cannot serve what is live", table=name, reason=reason)
                continue
            app.log.write("warning", "published", table=name, version=version, before=before)


async def follow_folder(app: App, folder: Path) -> None:
    """Publish the folder whenever it changes (`--watch`). A broken one is refused, said once, and the old one stays."""
    seen = stamp(folder)
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
            await asyncio.to_thread(accept, folder, app.settings.var, dt.datetime.now(dt.UTC).date())
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
