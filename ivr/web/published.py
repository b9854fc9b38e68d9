"""What is published in the database comes to be served here, and what is planned goes live at its second.

All processes look; the one that is first at something does it, by compare-and-set. Judging again for the moment is done in
the workshop's child, some time ahead: no call waits for it.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from ivr.pages.context import Context
from ivr.simulator.judging import judge
from ivr.store.database.connect import explain, impatient
from ivr.store.publishing import planned
from ivr.store.publishing.following import follow
from ivr.store.publishing.planned import Ahead
from ivr.store.publishing.publications import Publication
from ivr.tables.archive import NotKept
from ivr.web import watch
from ivr.web.served import Shelf

if TYPE_CHECKING:
    from ivr.web.app import App

JUDGE_SECONDS = 120.0
"""How long a version may take to be judged for its moment."""
SPREAD_SECONDS = 20.0
"""Over how long processes spread their judging: mostly the first one does it for all."""
TRIES = 2
P = ParamSpec("P")
R = TypeVar("R")


class FollowDatabase:
    """Looks at the database about once a second, and at once when something planned is due."""

    def __init__(self, app: App, context: Context) -> None:
        self._app = app
        self._context = context
        self._quick = impatient(context.database)
        self._thread = ThreadPoolExecutor(1, "published")
        self._next_at: int | None = None
        self._judging: dict[int, asyncio.Task[None]] = {}
        self._tries: dict[int, int] = {}
        self._said: dict[str, str] = {}

    async def run(self) -> None:
        """Go on until cancelled."""
        try:
            while True:
                await asyncio.sleep(self._rest())
                self._next_at = None
                for shelf in self._app.shelves.values():
                    try:
                        await self._look(shelf)
                        self._said.pop(shelf.id, None)
                    except Exception as error:  # a database that is gone, a full disk: what is served goes on
                        self._say(shelf, error)
        finally:
            for task in self._judging.values():
                task.cancel()
            await asyncio.to_thread(self._thread.shutdown)  # what is asked at this moment is bounded in time
            self._quick.dispose()

    async def _ask(self, function: Callable[P, R], *args: P.args, **more: P.kwargs) -> R:
        """Ask the database or the disk, beside the loop."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, partial(function, *args, **more))

    def _rest(self) -> float:
        if self._next_at is None:
            return watch.LOOK_SECONDS
        return min(watch.LOOK_SECONDS, max(0.01, self._next_at - time.time()))

    async def _look(self, shelf: Shelf) -> None:
        before = shelf.archive.pointer()
        found = await self._ask(self._follow, shelf)
        for one in found.soon:
            if one.checked is not None and one.at > time.time():
                self._next_at = one.at if self._next_at is None else min(self._next_at, one.at)
        for one in found.soon:
            if one.checked is None:
                self._begin_judging(shelf, one)
            elif one.at <= time.time():
                await self._go_live(shelf, one)
        if shelf.archive.pointer() != before:
            self._app.moved.set()

    def _follow(self, shelf: Shelf) -> Ahead:
        now = int(time.time())
        follow(self._quick, shelf.archive, now)
        return planned.ahead(self._quick, shelf.id, now)

    async def _go_live(self, shelf: Shelf, one: Publication) -> None:
        now = int(time.time())
        if await self._ask(planned.go_live, self._context.database, one.id, now):
            self._app.log.write("warning", "planned version is live", table=shelf.id, version=one.version, id=one.id)
        await self._ask(follow, self._quick, shelf.archive, now)

    def _begin_judging(self, shelf: Shelf, one: Publication) -> None:
        if one.id not in self._judging:
            task = self._judging[one.id] = asyncio.create_task(self._judge(shelf, one))
            task.add_done_callback(lambda _: self._judging.pop(one.id, None))

    async def _judge(self, shelf: Shelf, one: Publication) -> None:
        left = one.at - time.time()
        await asyncio.sleep(random.uniform(0, min(SPREAD_SECONDS, max(0.0, left - SPREAD_SECONDS))))
        database = self._context.database
        try:
            files = await self._ask(planned.to_judge, database, one.id)
            if files is None:
                return
            live = await self._ask(_texts, shelf)
            day = planned.day_of(one.at, shelf.live.table.almanac.zone)
            judged = await self._context.workshop.run(judge, files, day, live, seconds=JUDGE_SECONDS)
            fault = await self._ask(planned.settle, database, one.id, judged, int(time.time()))
        except Exception as error:  # whatever it is, it is tried once more, and then told
            fault = await self._once_more(one, error)
        if fault:
            self._app.log.write(
                "error", "planned version refused", table=shelf.id, version=one.version, id=one.id, reason=fault[:300]
            )

    async def _once_more(self, one: Publication, error: Exception) -> str:
        self._tries[one.id] = self._tries.get(one.id, 0) + 1
        if self._tries[one.id] < TRIES:
            return ""
        why = explain(error)
        await self._ask(planned.give_up, self._context.database, one.id, why, int(time.time()))
        self._tries.pop(one.id, None)
        return why

    def _say(self, shelf: Shelf, error: Exception) -> None:
        reason = explain(error)
        if self._said.get(shelf.id) != reason:
            self._said[shelf.id] = reason
            self._app.log.write("error", "cannot follow what is published", table=shelf.id, reason=reason)


def _texts(shelf: Shelf) -> dict[str, str] | None:
    """The files of what is live, to compare with; None when they are not kept."""
    try:
        return shelf.archive.texts(shelf.live.version)
    except NotKept:
        return None
