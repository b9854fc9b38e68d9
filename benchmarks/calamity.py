"""How long until the calamity switch is heard at the last of three processes, which share one PostgreSQL and nothing else,
while each of them answers calls as fast as it can."""

from __future__ import annotations

import secrets
import statistics
import tempfile
import threading
import time
from pathlib import Path

import httpx
from sqlalchemy import Engine
from twilio.request_validator import RequestValidator

from benchmarks.endure.processes import Postgres, Web
from benchmarks.figures import Effort, Figure
from benchmarks.tables import GRONINGEN, groningen
from ivr.desk.switches import CALAMITY, Switch
from ivr.model.graph import Graph
from ivr.store.database.connect import connect, writing
from ivr.store.database.migrate import upgrade
from ivr.store.live.switches import begin, end

WORKERS = 3
WORDS = "Op de Grote Markt is brand."
PATIENCE = 30.0
"""Seconds after which a switch counts as not heard."""


class Caller:
    """Somebody who calls one process again and again, and notes what the last call heard."""

    def __init__(self, url: str, token: str, table: str) -> None:
        self._path = f"/voice/{table}"
        self._url = url
        self._sign = RequestValidator(token).compute_signature
        self._client = httpx.Client(base_url=url, timeout=20)
        self._stop = threading.Event()
        self.heard: tuple[float, bool] = (0.0, False)
        """When the last call was placed, and whether it heard the words."""
        self.calls = 0
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.is_set():
            placed = time.monotonic()
            form = {"CallSid": "CA" + secrets.token_hex(16), "From": "+31612345678", "To": "+31503679111"}
            signature = self._sign(self._url + self._path, form)
            answer = self._client.post(self._path, data=form, headers={"X-Twilio-Signature": signature})
            answer.raise_for_status()
            self.heard = (placed, WORDS in answer.text)
            self.calls += 1

    def close(self) -> None:
        """Stop calling."""
        self._stop.set()
        self._thread.join(20)
        self._client.close()


def measure(effort: Effort) -> list[Figure]:
    """The worst of some rounds, on and off."""
    rounds = effort.size(10, 2)
    token = secrets.token_hex(16)
    graph = groningen().graph
    with tempfile.TemporaryDirectory() as place:
        database = Postgres()
        engine = connect(database.url)
        upgrade(engine)
        webs = [_web(Path(place) / str(n), token, database.url) for n in range(WORKERS)]
        callers: list[Caller] = []
        try:
            for web in webs:
                web.start()
                web.wait()
            callers = [Caller(web.url, token, graph.id) for web in webs]
            took = []
            for number in range(rounds):
                effort.tell(f"switching on and off, round {number + 1} of {rounds}")
                took += _round(engine, graph, callers)
            calls = sum(caller.calls for caller in callers)
        finally:
            for caller in callers:
                caller.close()
            for web in webs:
                web.close()
            engine.dispose()
            database.close()
    against = f"{len(took)} times on or off, median {statistics.median(took):.2f} s, {calls:,} calls meanwhile"
    return [Figure("calamity switch to the last of 3 workers", max(took), "s", "lower", 5.0, 1.0, against)]


def _web(var: Path, token: str, database: str) -> Web:
    var.mkdir()
    environment = {
        "IVR_TWILIO_TOKEN": token,
        "IVR_VAR": str(var),
        "IVR_DATABASE_URL": database,
        "IVR_TODAY": "2026-11-02",
    }
    return Web(GRONINGEN, environment, var / "serve.log")


def _round(engine: Engine, graph: Graph, callers: list[Caller]) -> list[float]:
    """Seconds until all hear it, and until nobody does."""
    now = int(time.time())
    texts = {language.code: WORDS for language in graph.languages}
    wanted = Switch(0, graph.id, CALAMITY, begins=now, ends=now + 600, texts=texts, by="benchmark", made=now)
    began = time.monotonic()
    with writing(engine) as connection:
        made = begin(connection, graph, wanted, now)
    on = _until(callers, True, began)
    began = time.monotonic()
    with writing(engine) as connection:
        end(connection, graph.id, made.id, "benchmark", int(time.time()))
    return [on, _until(callers, False, began)]


def _until(callers: list[Caller], wanted: bool, began: float) -> float:
    """Seconds from the switch until the last process answers a call by it."""
    while time.monotonic() - began < PATIENCE:
        if all(placed > began and heard is wanted for placed, heard in (caller.heard for caller in callers)):
            return time.monotonic() - began
        time.sleep(0.002)
    raise SystemExit(f"the switch was not heard within {PATIENCE:.0f} s")
