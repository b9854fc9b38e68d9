"""The desk for tests: a real server on a real database, people who may enter it, and a real browser.

The browser is Debian's Chromium, or what IVR_CHROMIUM names; where there is none, tests that need one say so.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path

import httpx
import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sqlalchemy import Engine, insert

from ivr.cli.serve import make_server
from ivr.pages.context import Context
from ivr.pages.cookies import SESSION
from ivr.store.database.connect import connect, writing
from ivr.store.database.migrate import upgrade
from ivr.store.database.schema_desk import people
from ivr.store.people import sessions
from ivr.tables.ready import Table, load_table
from ivr.web.app import App
from ivr.web.log import Log
from ivr.web.settings import Settings
from tests.minimal import TODAY

GRONINGEN = Path("routing_tables/groningen")
TOKEN = "a-token-for-tests"
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-default-apps", "--hide-scrollbars",
)  # fmt: skip
WIDE, NARROW = {"width": 1600, "height": 1000}, {"width": 360, "height": 740}
MISSING = "not run: there is no Chromium here; apt-get install chromium, or name one in IVR_CHROMIUM"


def chromium() -> str | None:
    """The path of a Chromium."""
    return os.environ.get("IVR_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser without a window. One for each file: while Playwright is there a loop runs in this thread, and no test of
    another file could run one of its own."""
    path = chromium()
    if path is None:
        pytest.skip(MISSING)
    with sync_playwright() as playwright:
        held = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield held
        held.close()


@cache
def groningen() -> Table:
    """The table of Groningen."""
    return load_table(GRONINGEN, TODAY)


class Desk:
    """A desk that is served."""

    def __init__(self, port: int, app: App, database: Engine, server: uvicorn.Server, thread: threading.Thread) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.port = port
        self.app = app
        self.database = database
        self._server, self._thread = server, thread
        self._clients: list[httpx.Client] = []

    @property
    def context(self) -> Context:
        """What its pages share."""
        assert self.app.context is not None
        return self.app.context

    def enter(self, *roles: str, name: str = "Anna de Vries", login: str = "", language: str = "nl") -> str:
        """Somebody with these roles who has signed in; answers what their cookie says."""
        cookie, person = uuid.uuid4().hex, uuid.uuid4().hex
        now = self.context.clock()
        with writing(self.database) as connection:
            row = {"id": person, "name": name, "login": login or f"{person[:8]}@example.nl", "roles": list(roles)}
            connection.execute(insert(people).values(**row, language=language, made=now))
            sessions.begin(connection, person, cookie, sessions.PASSWORD, now, now + 36_000)
        return cookie

    def cookies(self, cookie: str) -> dict[str, str]:
        """The cookie of a session as a browser has it: its name and what stands in it, signed."""
        return self.context.cookies.as_header({SESSION: cookie}) if cookie else {}

    def client(self, *roles: str, **more: str) -> httpx.Client:
        """A client of HTTP that has signed in, with the token of its session in every request."""
        cookie = self.enter(*roles, **more) if roles else ""
        headers = {"X-CSRF-Token": self.token_of(cookie)} if cookie else {}
        held = httpx.Client(base_url=self.url, cookies=self.cookies(cookie), headers=headers, timeout=30)
        self._clients.append(held)
        return held

    def token_of(self, cookie: str) -> str:
        """The token of a session."""
        return self.context.cookies.token(cookie)

    def stop(self) -> None:
        """End it."""
        for client in self._clients:
            client.close()
        self._server.should_exit = True
        self._thread.join(20)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def serving_desk(
    var: Path, table: Table | None = None, database: Engine | None = None, port: int = 0, **settings: object
) -> Iterator[Desk]:
    """A desk that is up, by default with the table of Groningen and a database of its own under `var`."""
    held = table if table is not None else groningen()
    port = port or free_port()
    given = {
        "public_url": f"http://127.0.0.1:{port}",
        "twilio_token": TOKEN,
        "var": var,
        "simulation": True,
        **settings,
    }
    made = Settings(**given)  # type: ignore[arg-type]
    var.mkdir(parents=True, exist_ok=True)
    engine = database if database is not None else connect(made.database)
    if database is None:
        upgrade(engine)
    app = App(made, [held], log=Log("debug", BytesIO()), database=engine)
    server = make_server(app)
    with socket.create_server(("127.0.0.1", port), backlog=256) as listening:
        thread = threading.Thread(target=server.run, args=[[listening]], daemon=True)
        thread.start()
        until = time.monotonic() + 20
        while not server.started and time.monotonic() < until:
            time.sleep(0.01)
        assert server.started
        desk = Desk(port, app, engine, server, thread)
        try:
            yield desk
        finally:
            desk.stop()
            if database is None:
                engine.dispose()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk with the table of Groningen."""
    with serving_desk(tmp_path / "var") as held:
        yield held


@contextlib.contextmanager
def visiting(
    browser: Browser, desk: Desk, *roles: str, size: dict[str, int] | None = None, theme: str = "", language: str = "nl"
) -> Iterator[Page]:
    """A page of a browser of its own, as somebody with these roles (nobody, without). What its console complains of, and
    what the page was not allowed to load, fails the test."""
    held: BrowserContext = browser.new_context(viewport=size or WIDE, locale="nl-NL", timezone_id="Europe/Amsterdam")  # type: ignore[arg-type]
    cookies = [("ivr_language", language)] + ([("ivr_theme", theme)] if theme else [])
    cookies += desk.cookies(desk.enter(*roles, language=language)).items() if roles else []
    held.add_cookies([{"name": name, "value": value, "url": desk.url} for name, value in cookies])
    page = held.new_page()
    complaints: list[str] = []
    page.on("console", lambda one: complaints.append(one.text) if one.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: dialog.accept())  # whoever is asked is sure
    page.complaints = complaints  # type: ignore[attr-defined]  # a test that provokes one takes it out
    try:
        yield page
        assert not complaints, complaints
    finally:
        held.close()
