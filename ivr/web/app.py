"""The whole application: the voice paths in front, FastAPI behind them for the desk, health, readiness and metrics."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable
from functools import partial
from pathlib import Path

from fastapi import FastAPI, Response
from sqlalchemy import Engine
from starlette.responses import RedirectResponse

from ivr.pages.app import desk_app
from ivr.pages.context import Context
from ivr.store.books import Books
from ivr.store.database.connect import impatient
from ivr.store.journal import REST_SECONDS
from ivr.store.live.follower import Follower
from ivr.store.publishing.following import fetch
from ivr.tables.archive import Archive
from ivr.tables.ready import Table
from ivr.web.attempt import AttemptLegs
from ivr.web.body import Receive
from ivr.web.callers import Callers
from ivr.web.log import FLUSH_SECONDS, Log
from ivr.web.metrics import Metrics
from ivr.web.owed import Desk, GroupCommit
from ivr.web.passing import PassLegs
from ivr.web.published import FollowDatabase
from ivr.web.recorder import Recorder
from ivr.web.request import Scope, Send
from ivr.web.served import Shelf
from ivr.web.settings import Settings
from ivr.web.voice import Voice
from ivr.web.watch import follow_folder, follow_live


class App:
    """An ASGI application that serves tables."""

    def __init__(
        self,
        settings: Settings,
        tables: Iterable[Table],
        log: Log | None = None,
        watch: Path | None = None,
        database: Engine | None = None,
        keep: bool = True,
    ) -> None:
        """`database` is where places are counted, cases found and callers known; None counts in the journals alone. `keep`
        false keeps nothing of any call: what a turn costs without a store, for the benchmarks."""
        self.settings = settings
        self._watch = watch
        self.log = log if log is not None else Log(settings.log)
        self.metrics = Metrics()
        self.moved = asyncio.Event()
        """Set when a live pointer was moved by this process: it is looked at at once."""
        self.shelves = {table.graph.id: self._shelf(table, database) for table in tables}
        self._commit = GroupCommit(
            Books(settings.var / "journal", impatient(database) if database is not None else None, to_disk=keep)
        )
        self._desk = Desk(self._commit, database)
        self._recorder = Recorder(settings.var / "events") if keep else None
        self._callers = Callers(database, settings.hash_key) if database is not None else None
        self._attempts = AttemptLegs(database, self._commit, settings.public_url, settings.simulation)
        quick = impatient(database) if database is not None else None
        self.switches = Follower(settings.var, self.shelves, quick, self._trouble)
        self.voice = Voice(
            settings, self.shelves, self._desk, self.log, self.metrics, self._recorder, self._callers, self._attempts,
            self.switches, PassLegs(self._attempts, self._recorder, settings.public_url, settings.hash_key),
        )  # fmt: skip
        self.context = Context(settings, database, self.shelves) if database is not None else None
        self.pages = _pages(self)
        self._prefix = (settings.base_path + "/voice/", "/voice/")
        self._base = settings.base_path + "/desk" if settings.base_path else ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Calls go straight to the voice paths; all else to FastAPI."""
        if scope["type"] == "http" and scope["path"].startswith(self._prefix):
            await self.voice(scope, receive, send)
        else:
            if self._base and scope["type"] == "http" and scope["path"].startswith(self._base):
                scope = {**scope, "path": scope["path"].removeprefix(self.settings.base_path)}
            await self.pages(scope, receive, send)

    def stop(self) -> None:
        """The process is about to stop: open pages are let go, and come back to who serves next. From any thread."""
        if self.context is not None:
            self.context.close()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """What goes on beside the requests: the log is written out, live pointers and switches are followed."""
        await asyncio.to_thread(self.switches.start)
        tasks = [
            asyncio.create_task(self._flush()),
            asyncio.create_task(self._rest()),
            asyncio.create_task(follow_live(self)),
        ]
        if self.context is not None:
            tasks.append(asyncio.create_task(FollowDatabase(self, self.context).run()))
        if self._recorder is not None:
            tasks.append(asyncio.create_task(self._recorder.follow()))
        if self._watch is not None:
            tasks.append(asyncio.create_task(follow_folder(self, self._watch)))
        try:
            yield
        finally:
            self.stop()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.to_thread(self.switches.stop)
            self._attempts.close()
            self._desk.close()
            self._commit.close()
            if self._recorder is not None:
                self._recorder.close()
            if self._callers is not None:
                self._callers.close()
            self.log.flush()

    def _shelf(self, table: Table, database: Engine | None) -> Shelf:
        archive = Archive(self.settings.var / "tables", table.graph.id)
        return Shelf(table, archive, partial(fetch, database, archive) if database is not None else None)

    def _trouble(self, what: str) -> None:
        if what:
            self.log.write("error", "what is switched cannot be seen", reason=what)
        else:
            self.log.write("warning", "what is switched is seen again")

    async def _flush(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            self.log.flush()

    async def _rest(self) -> None:
        while True:
            await asyncio.sleep(REST_SECONDS)
            await self._commit.rest()


def _pages(app: App) -> FastAPI:
    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with app.running():
            yield

    pages = FastAPI(title="ivr", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)

    @pages.get("/healthz")
    def healthz() -> dict[str, str]:
        """The process is there."""
        return {"status": "ok"}

    @pages.get("/readyz")
    def readyz() -> dict[str, object]:
        """Calls can be served: which version of each table is live."""
        tried = {name: shelf.tried for name, shelf in app.shelves.items() if shelf.tried is not None}
        held: dict[str, object] = {
            "status": "ok",
            "tables": {name: shelf.live.version for name, shelf in app.shelves.items()},
        }
        if tried:
            held["tried"] = {name: {one.served.version: one.share} for name, one in tried.items()}
        return held

    @pages.get("/metrics")
    def metrics() -> Response:
        """The counters, for Prometheus."""
        return Response(app.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    if app.context is not None:
        start = app.context.look.url("/")
        pages.mount("/desk", desk_app(app.context))

        @pages.get("/")
        def desk() -> Response:
            """People who only know the address go to the desk."""
            return RedirectResponse(start, 303)

    return pages
