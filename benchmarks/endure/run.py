"""The run: calls come in at an even pace, everything is struck meanwhile, all is drained, and the books are compared."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import Any

from msgspec import Struct
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from benchmarks.endure.caller import ACCOUNT, CITIZEN, Book, Calling, Shared, plan_calls
from benchmarks.endure.count import Tally, read_kept, tally
from benchmarks.endure.havoc import Havoc, Strike, plan_strikes
from benchmarks.endure.processes import Database, Kept, Postgres, Process, Provider, Sqlite, Web
from benchmarks.endure.table import write_table
from ivr.store.copying import copy_store
from ivr.store.database.connect import connect, reading
from ivr.store.database.migrate import upgrade
from ivr.store.database.schema import cases

TOKEN = "0123456789abcdef0123456789abcdef"
AT_ONCE = 16
TEAMS = 12
CALLS_FOR_A_DAY = 0.006
"""Of all calls, the promises that each team has places for in a day: the teams asked for most grow full in the end."""


class Plan(Struct, frozen=True):
    """What is to be done. `seconds` is what the calls are spread over, at least."""

    calls: int
    seconds: float
    seed: int
    database: str
    web: int
    worker: int
    stops: int
    drain: float = 120.0
    """Seconds that what is owed has to come into the database, once all is well again."""


class Outcome(Struct, frozen=True):
    """What came of it."""

    tally: Tally
    strikes: list[Strike]
    books: list[Book]
    calling: float
    draining: float
    rung: int
    """Citizens who were rung."""
    folder: Path


class Run:
    """One endurance run, in a folder of its own, which stays when something is not 0."""

    def __init__(self, plan: Plan, tell: Callable[[str], None]) -> None:
        self._plan = plan
        self._tell = tell
        self._random = Random(plan.seed)
        self._folder = Path(tempfile.mkdtemp(prefix="ivr-endure-"))
        self._per_day = max(2, int(plan.calls * CALLS_FOR_A_DAY))

    def run(self) -> Outcome:
        """Run. Raises SystemExit when a process does not come up."""
        plan = self._plan
        with ExitStack() as stack:
            database = self._database()
            stack.callback(database.close)
            environment = {
                "IVR_TWILIO_TOKEN": TOKEN,
                "IVR_VAR": str(self._folder / "var"),
                "IVR_DATABASE_URL": database.url,
            }
            engine = connect(database.url, wait=10)
            stack.callback(engine.dispose)
            upgrade(engine)
            table = self._folder / "table"
            write_table(table, TEAMS, self._per_day, dt.datetime.now(dt.UTC))
            web = Web(table, environment, self._folder / "web.log")
            stack.callback(web.close)
            web.start()
            web.wait()
            provider = Provider(ACCOUNT, TOKEN, plan.seed, self._folder / "provider.log")
            stack.callback(provider.stop)
            provider.start()
            rung = {"IVR_PUBLIC_URL": web.url, "IVR_TWILIO_ACCOUNT": ACCOUNT, "IVR_TWILIO_API": provider.url}
            worker = Kept(["worker"], {**environment, **rung}, self._folder / "worker.log")
            stack.callback(worker.stop)
            worker.start()
            struck = {"web": plan.web, "worker": plan.worker, "database": plan.stops}
            havoc = Havoc(
                plan_strikes(struck, plan.calls, self._random),
                {
                    "web": _killing(web, web.wait),
                    "worker": _killing(worker),
                    "database": lambda s: database.away(s.down),
                },
            )
            stack.callback(havoc.stop)
            books = plan_calls(plan.calls, TEAMS, self._random)
            began = time.monotonic()
            havoc.start()
            self._call(books, web.url, havoc)
            havoc.join()
            called = time.monotonic()
            self._drain(engine, books)
            drained = time.monotonic()
            worker.stop()
            provider.settle(60)
            rang = provider.books()
            with reading(engine) as connection:
                found = tally(books, read_kept(connection), self._per_day, rang["dialled"])
            if not found.clean:
                self._keep(engine, rang)
        if found.clean:
            shutil.rmtree(self._folder, ignore_errors=True)
        return Outcome(found, havoc.made, books, called - began, drained - called, _citizens(rang), self._folder)

    def _keep(self, engine: Engine, rang: Mapping[str, Any]) -> None:
        """Keep what the provider knows, and the database, for whoever looks for the fault."""
        (self._folder / "provider.json").write_text(json.dumps(rang, indent=1))
        if engine.dialect.name != "sqlite":
            target = connect(f"sqlite:///{self._folder / 'kept.db'}")
            copy_store(engine, target, now=int(time.time()) + 3600)  # though a worker was seen just now
            target.dispose()

    def _database(self) -> Database:
        if self._plan.database == "sqlite":
            (self._folder / "var").mkdir()
            return Sqlite(self._folder / "var" / "ivr.db")
        return Postgres()

    def _call(self, books: list[Book], url: str, havoc: Havoc) -> None:
        """All calls, so many at once, none before its time."""
        plan, shared, began = self._plan, Shared(), time.monotonic()

        def one(n: int) -> None:
            time.sleep(max(0.0, began + n * plan.seconds / plan.calls - time.monotonic()))
            Calling(url, TOKEN, books[n], shared, plan.seed * 1_000_003 + n).run()
            havoc.done += 1  # about right is enough: only the strikes wait for it
            if n % max(1, plan.calls // 200) == 0:
                fallen = sum(strike.at >= 0 for strike in havoc.made)
                self._tell(f"{havoc.done:,} of {plan.calls:,} calls, {fallen} of {len(havoc.made)} strikes")

        with ThreadPoolExecutor(AT_ONCE, "caller") as pool:
            for done in [pool.submit(one, n) for n in range(plan.calls)]:
                done.result()
        havoc.done = plan.calls

    def _drain(self, engine: Engine, books: list[Book]) -> None:
        """Wait until nothing is missing and nobody is to be rung any more, and a moment longer for what would be there
        twice."""
        until = time.monotonic() + self._plan.drain
        while True:
            try:
                with reading(engine) as connection:
                    found = tally(books, read_kept(connection), self._per_day)
                    due = connection.scalar(select(func.count()).where(cases.c.next_at <= int(time.time()))) or 0
            except SQLAlchemyError as error:
                if time.monotonic() > until:
                    raise SystemExit(f"the database cannot be read: {error}") from None
                time.sleep(1)
                continue
            self._tell(
                f"draining: {len(found.lost):,} owed items are on their way, {due:,} callers are to be rung back"
            )
            if not (found.lost or due) or time.monotonic() > until:
                break
            time.sleep(1)
        time.sleep(2)


def _citizens(rang: Mapping[str, Any]) -> int:
    return sum(to.startswith(CITIZEN) for to in rang["dialled"])


def _killing(process: Process, wait: Callable[[], None] | None = None) -> Callable[[Strike], None]:
    def kill(strike: Strike) -> None:
        if wait is not None and process.ended is not None:
            raise SystemExit("a process ended by itself:\n" + process.last_words())
        process.kill()
        time.sleep(strike.down)
        process.start()
        if wait is not None:
            wait()
        else:
            time.sleep(1.0)  # to come up, before it is struck again

    return kill
