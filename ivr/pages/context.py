"""What all pages share: settings, database, tables, templates, the hub, the workshop, and the clock."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Engine
from starlette.requests import Request
from starlette.responses import HTMLResponse

from ivr.pages.cookies import Cookies
from ivr.pages.guard import Visitor
from ivr.pages.live.hub import Hub
from ivr.pages.look.faults import Told
from ivr.pages.look.page import Look
from ivr.pages.settings import PagesSettings
from ivr.pages.workshop.workshop import Workshop
from ivr.tables.archive import Archive
from ivr.tables.ready import Table


class Version(Protocol):
    """A version of a table that this process holds."""

    @property
    def table(self) -> Table:
        """The table, ready."""


class Shelf(Protocol):
    """One table, as the process serves it."""

    archive: Archive

    @property
    def live(self) -> Version:
        """What new calls begin on."""

    def version(self, name: str) -> Version:
        """A version, from memory or from the archive. Raises NotKept."""


class Context:
    """What all pages share."""

    def __init__(
        self,
        settings: PagesSettings,
        database: Engine,
        shelves: Mapping[str, Shelf],
        clock: Callable[[], int] = lambda: int(time.time()),
    ) -> None:
        """`folders`, table id → where its files and scenarios stand on this machine, is filled by who serves a folder."""
        self.settings = settings
        self.database = database
        self.shelves = shelves
        self.clock = clock
        self.folders: dict[str, Path] = {}
        self.base = settings.desk_base
        self.cookies = Cookies(settings)
        self.look = Look(self.base, self.shelf().live.table.graph.timezone, lambda: self.clock())
        self.hub = Hub()
        self.workshop = Workshop()

    def shelf(self, name: str = "") -> Shelf:
        """The table of a name, by default the first one. Raises Told."""
        if not name:
            return next(iter(self.shelves.values()))
        if name not in self.shelves:
            raise Told("home.no_table", 404, name=name[:40])
        return self.shelves[name]

    def page(self, request: Request, visitor: Visitor, template: str, **values: Any) -> HTMLResponse:
        """A page or a fragment; see Look.page."""
        return self.look.page(request, visitor, template, **values)

    def close(self) -> None:
        """End what goes on beside the requests."""
        self.hub.close()
        self.workshop.close()
