"""A webhook, a worker and a double of Twilio that talk over HTTP, on a real database, with the clock of the day."""

from __future__ import annotations

import contextlib
import datetime as dt
import threading
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import uvicorn
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from ivr.desk.case import Case
from ivr.diagnostics import Source, Sources
from ivr.store import cases as cases_
from ivr.store.database.connect import connect, reading, writing
from ivr.tables.ready import Table, check_sources, ready
from ivr.web.app import App
from ivr.web.connection import Connection
from ivr.web.log import Log
from ivr.web.settings import Settings
from ivr.worker.attempting import Attempting
from ivr.worker.context import Context, Task
from ivr.worker.draining import Draining
from ivr.worker.passing import Passing
from ivr.worker.provider import Provider
from ivr.worker.queueing import Queueing
from ivr.worker.recovering import Recovering
from ivr.worker.settings import WorkerSettings
from ivr.worker.twilio_rest import provider_of
from tests.engine import calls
from tests.twilio_double.double import ACCOUNT, TOKEN
from tests.worker.attempt_world import TEXT

AGENTS = ("sip:c@kcc.example", "sip:d@kcc.example")


def zone() -> str:
    """A zone in which it is about noon, so that people may be rung at any hour of the test."""
    return f"Etc/GMT{dt.datetime.now(dt.UTC).hour - 12:+d}"


def noon_table() -> Table:
    """The table of every kind, in that zone."""
    text = TEXT.replace("  id: kinds\n", f"  id: kinds\n  timezone: {zone()}\n")
    return ready(check_sources(Sources((Source("kinds.yaml", text),)), calls.TODAY))


class Live:
    """The live tables of a worker."""

    def __init__(self) -> None:
        self._table = noon_table()

    def live(self, id: str) -> Table | None:
        """The table."""
        return self._table if id == "kinds" else None


def make_app(var: Path, engine: Engine, port: int) -> App:
    """The webhook, known where it is."""
    given: Any = {"public_url": f"http://127.0.0.1:{port}", "twilio_token": TOKEN, "var": var}
    return App(Settings(**given), [noon_table()], log=Log("debug", BytesIO()), database=engine)


def make_tasks(var: Path, engine: Engine, port: int, api: str, name: str = "w1") -> list[Task]:
    """A worker's tasks."""
    given: Any = {
        "twilio_token": TOKEN,
        "twilio_account": ACCOUNT,
        "twilio_api": api,
        "var": var,
        "twilio_timeout": 2.0,
    }
    provider = provider_of(WorkerSettings(**given))
    live: Any = Live()
    return tasks_of(Context(name, engine, live, b"key"), provider, var, f"http://127.0.0.1:{port}")


def tasks_of(context: Context, provider: Provider, var: Path, url: str) -> list[Task]:
    """The tasks that ring people, and the drain."""
    return [
        Draining(context, var, lambda _: None),
        Attempting(context, provider, url),
        Recovering(context, provider, url),
        Queueing(context, provider, url),
        Passing(context, provider, url),
    ]


def put_cases(engine: Engine, citizens: list[str], *teams: str) -> None:
    """Cases that are due now, of each team in turn."""
    teams = teams or ("several",)
    now = int(time.time())
    with writing(engine) as connection:
        for n, citizen in enumerate(citizens):
            cases_.add(
                connection,
                Case(
                    id=f"CA{n}:3", number=f"{100_000 + n}", kind="callback", table="kinds", zone=zone(), team=teams[n % len(teams)],
                    language="nl", caller=citizen, opened=now - 600, first_due=now + 9000, due=now + 9000,
                    next_at=now, state="planned", topic={"topic": "waste"},
                ),
            )  # fmt: skip


def states(engine: Engine) -> list[str]:
    """The states of all cases."""
    with reading(engine) as connection:
        return [case.state for case in sorted(cases_.find(connection), key=lambda case: case.id)]


def work(tasks: list[Task], until: Any, seconds: float = 20.0) -> bool:
    """Let a worker go on until something is so; False when it never is."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for task in tasks:
            task.run(int(time.time()))
        if until():
            return True
        time.sleep(0.02)
    return False


@contextlib.contextmanager
def served(app: App, port: int) -> Iterator[None]:
    """The webhook is up."""
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", access_log=False, http=Connection)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(15)


def be(what: str, up: Any, var: Path, database: str, port: int, api: str) -> None:
    """Be the webhook, or a worker, until killed; `up` is an event of multiprocessing."""
    engine = connect(database)
    if what == "web":
        with served(make_app(var, engine, port), port):
            up.set()
            threading.Event().wait()
    tasks = make_tasks(var, engine, port, api, f"w{time.time()}")
    up.set()
    while True:
        for task in tasks:
            with contextlib.suppress(SQLAlchemyError, OSError):
                task.run(int(time.time()))
        time.sleep(0.02)
