"""What open pages cost the calls: voice turns a second while fifty pages are open and live, against none."""

from __future__ import annotations

import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from sqlalchemy import Engine, insert

from benchmarks.figures import Effort, Figure, interleaved, ratio
from benchmarks.line import BASE_URL, TOKEN, rate, request_of, serving
from benchmarks.menu import find_menu_turn
from benchmarks.tables import groningen
from ivr.pages.cookies import SESSION, Cookies
from ivr.store.database.connect import connect, sqlite_url, writing
from ivr.store.database.schema_desk import people, sessions
from ivr.store.people.sessions import session_key
from ivr.web.settings import Settings

PAGES = 50
TOPICS = ("now.calls?table=groningen", "now.teams?table=groningen")
CALLS = 64
TURNS = "voice turns a second while 50 pages are open and live"


def measure(effort: Effort) -> list[Figure]:
    """Turns a second with pages open and without, in alternating rounds of one server."""
    turn = find_menu_turn(groningen(), TOKEN)
    calls = [f"CA{n:032x}" for n in range(CALLS)]
    held = [request_of(path, call, turn.key) for path, call in zip(turn.paths(CALLS), calls, strict=True)]
    count = effort.size(10_000, 1_000)
    with tempfile.TemporaryDirectory() as place:
        var = Path(place) / "var"
        var.mkdir()
        env = {"IVR_TWILIO_TOKEN": TOKEN, "IVR_PUBLIC_URL": BASE_URL, "IVR_VAR": str(var)}
        with serving("benchmarks.ours:app", Path(place), env) as port:
            database = sqlite_url(var)
            engine = connect(database)
            cookie = entered(engine, Settings(twilio_token=TOKEN, public_url=BASE_URL))
            engine.dispose()
            looked: list[tuple[int, int, float]] = []

            def watched() -> float:
                with looking(port, database, cookie, looked):
                    return rate(port, held, count)

            sides = {"open": watched, "none": partial(rate, port, held, count)}
            for side in sides.values():
                side()
            rates = interleaved(effort.size(9, 3), sides, effort, "turns with pages open, round")
    with_, without = (statistics.median(rates[name]) for name in ("open", "none"))
    sent = statistics.median(parts / seconds for _, parts, seconds in looked)
    bytes_ = statistics.median(size / seconds for size, _, seconds in looked)
    against = (
        f"the same server with none open ({with_:,.0f} turns a second, not {without:,.0f}); {PAGES} streams were sent "
        f"{sent:,.0f} changes and {bytes_ / 1000:,.0f} kB a second"
    )
    return [Figure(TURNS, ratio(rates["open"], rates["none"]), "of its speed", "higher", 0.8, 0.95, against)]


def entered(engine: Engine, settings: Settings) -> str:
    """The cookie of somebody who has signed in."""
    raw, now = secrets.token_urlsafe(32), int(time.time())
    with writing(engine) as connection:
        connection.execute(insert(people).values(id="bench", name="Bench", login="bench", roles=["approver"], made=now))
        row = {"key": session_key(raw), "person": "bench", "made": now, "seen": now, "ends": now + 36_000}
        connection.execute(insert(sessions).values(**row))
    held = Cookies(settings).as_header({SESSION: raw})
    return "; ".join(f"{name}={value}" for name, value in held.items())


@contextmanager
def looking(port: int, database: str, cookie: str, looked: list[tuple[int, int, float]]) -> Iterator[None]:
    """Pages that are open; what they were sent is added to `looked`: bytes, changes, seconds."""
    command = [sys.executable, "-m", "benchmarks.looking", str(port), str(PAGES), database, cookie, *TOPICS]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    try:
        if child.stdout.readline().strip() != "ready":
            raise SystemExit("the pages were not served")
        start = time.perf_counter()
        yield
        child.terminate()
        size, parts = map(int, child.stdout.readline().split())
        looked.append((size, parts, time.perf_counter() - start))
    finally:
        child.kill()
        child.wait(10)
