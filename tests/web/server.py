"""A real server for tests: uvicorn on a free port of the loopback, and a provider that signs what it posts."""

from __future__ import annotations

import contextlib
import html
import re
import socket
import threading
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import httpx
import uvicorn
from sqlalchemy import Engine
from twilio.request_validator import RequestValidator

from ivr.tables.archive import Archive
from ivr.tables.ready import Table
from ivr.web.app import App
from ivr.web.connection import Connection
from ivr.web.log import Log
from ivr.web.settings import Settings
from tests.engine import calls

TOKEN = "a-token-for-tests"
PUBLIC = "https://ivr.example/bel"
"""The public address has a host, a scheme and a path of its own: none of them is what the server itself sees."""


class Provider:
    """Posts forms as the provider does."""

    def __init__(self, port: int, log: BytesIO) -> None:
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20)
        self.log = log
        self._validator = RequestValidator(TOKEN)

    def post(self, path: str, form: dict[str, str], **headers: str) -> httpx.Response:
        """A signed request to a path under the public address."""
        path = path.removeprefix("/bel")
        signature = self._validator.compute_signature(PUBLIC + path, form)
        return self.client.post(path, data=form, headers={"X-Twilio-Signature": signature, **headers})

    def start(self, call: str = "CA1", to: str = "+3114050", **more: str) -> httpx.Response:
        """A call begins, by default on an open morning in a simulation."""
        at = str(calls.instant("2026-12-01 10:00"))
        return self.post("/voice/kinds", {"CallSid": call, "From": "+31612345678", "To": to, "IvrAt": at, **more})

    def go_on(self, answer: httpx.Response, call: str = "CA1", **fields: str) -> httpx.Response:
        """The call goes on at the address that an answer gives."""
        return self.post(next_address(answer.text), {"CallSid": call, **fields})


def next_address(document: str, name: str = "action") -> str:
    """The address in an attribute of a document, without its fragment."""
    found = re.search(rf'{name}="([^"]+)"', document)
    assert found is not None, document
    return html.unescape(found[1]).partition("#")[0]


@contextlib.contextmanager
def serving(
    var: Path,
    table: Table | None = None,
    keep: Path | None = None,
    watch: Path | None = None,
    database: Engine | None = None,
    **settings: object,
) -> Iterator[Provider]:
    """A server that is up, with its state under `var`."""
    given = {"public_url": PUBLIC, "twilio_token": TOKEN, "var": var, "simulation": True, **settings}
    held = table if table is not None else calls.table()
    if keep is not None:
        archive = Archive(var / "tables", held.graph.id)
        archive.keep(held, keep)
        archive.publish(held.version)
    stream = BytesIO()
    app = App(Settings(**given), [held], log=Log("debug", stream), watch=watch, database=database)  # type: ignore[arg-type]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", access_log=False, http=Connection)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 15
    while not server.started and time.monotonic() < until:
        time.sleep(0.01)
    assert server.started
    provider = Provider(port, stream)
    try:
        yield provider
    finally:
        provider.client.close()
        server.should_exit = True
        thread.join(15)
