"""What keeping costs: a webhook turn with its event on disk, and one that owes, against the same turn without a store."""

from __future__ import annotations

import datetime as dt
import itertools
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.endure.table import CALLBACK, number_of, write_table
from benchmarks.figures import Effort, Figure, interleaved, ratio
from benchmarks.line import BASE_URL, TOKEN, one_answer, rate, request_of, serving
from benchmarks.menu import find_menu_turn, path_of
from benchmarks.tables import groningen
from ivr.calendars.moment import LiveMoment
from ivr.engine import begin, step
from ivr.model.events import Begin, Keys
from ivr.tables.arrivals import arrive
from ivr.tables.ready import Table, load_table
from ivr.web.seal import Envelope

CONNECTIONS = 64
CALLS = 256
TEAMS = 100
"""Teams that promises are spread over, so that a day of one holds no more of them than in earnest."""


def measure(effort: Effort) -> list[Figure]:
    """Requests a second with and without, in alternating rounds."""
    with tempfile.TemporaryDirectory() as place:
        took = fsync_seconds(Path(place) / "probe")
        return [_ordinary(Path(place) / "a", effort), _owing(Path(place) / "b", effort, took)]


def fsync_seconds(path: Path) -> float:
    """How long a line takes until it is on this disk: the median of fifty."""
    held = []
    with path.open("wb", buffering=0) as file:
        for _ in range(50):
            file.write(b"x" * 600)
            start = time.perf_counter()
            os.fsync(file.fileno())
            held.append(time.perf_counter() - start)
    return statistics.median(held)


def _ordinary(place: Path, effort: Effort) -> Figure:
    turn = find_menu_turn(groningen(), TOKEN)
    calls = [f"CA{n:032x}" for n in range(CALLS)]
    held = [request_of(path, call, turn.key) for path, call in zip(turn.paths(CALLS), calls, strict=True)]
    count = effort.size(6_000, 800)
    with (
        serving("benchmarks.ours:app", *_place(place / "kept", {})) as kept,
        serving("benchmarks.ours:app", *_place(place / "bare", {"BENCH_KEEP": "0"})) as bare,
    ):
        sides = {name: partial(rate, port, held, count, CONNECTIONS) for name, port in (("kept", kept), ("bare", bare))}
        for side in sides.values():
            side()
        rates = interleaved(effort.size(9, 3), sides, effort, "ordinary turns, round")
    mine, bare_rate = (f"{statistics.median(rates[name]):,.0f}" for name in ("kept", "bare"))
    against = f"the same turn without a store, {CONNECTIONS} connections ({mine} turns a second, not {bare_rate})"
    return Figure(
        "a turn with its event on disk",
        ratio(rates["kept"], rates["bare"]),
        "of its speed",
        "higher",
        0.7,
        0.9,
        against,
    )


def _owing(place: Path, effort: Effort, took: float) -> Figure:
    folder = place / "table"
    write_table(folder, TEAMS, 100_000, dt.datetime.now(dt.UTC))
    table = load_table(folder, dt.date(2026, 11, 2))
    turns, count = _promises(table), effort.size(3_000, 500)
    with (
        serving("benchmarks.ours:app", *_place(place / "kept", {"BENCH_TABLE": str(folder)})) as kept,
        serving(
            "benchmarks.ours:app", *_place(place / "bare", {"BENCH_TABLE": str(folder), "BENCH_KEEP": "0"})
        ) as bare,
    ):
        answer = one_answer(kept, next(turns))
        if b"zaaknummer" not in answer:
            raise SystemExit(f"our webhook promises nothing: {answer[:300]!r}")

        def fresh(port: int) -> float:
            return rate(port, list(itertools.islice(turns, count)), count, CONNECTIONS)  # each call owes once

        sides = {"kept": partial(fresh, kept), "bare": partial(fresh, bare)}
        for side in sides.values():
            side()
        rates = interleaved(effort.size(7, 3), sides, effort, "turns that owe, round")
    mine, bare_rate = (f"{statistics.median(rates[name]):,.0f}" for name in ("kept", "bare"))
    against = (
        f"the same promise without a store, {CONNECTIONS} connections ({mine} turns a second, not {bare_rate}); a place in "
        f"SQLite and a line in the journal for each, and a line takes {took * 1000:.2g} ms until it is on this disk (fsync)"
    )
    return Figure(
        "a turn that owes, on disk", ratio(rates["kept"], rates["bare"]), "of its speed", "higher", 0.3, 0.6, against
    )


def _place(folder: Path, given: dict[str, str]) -> tuple[Path, dict[str, str]]:
    (folder / "var").mkdir(parents=True)
    return folder, {"IVR_TWILIO_TOKEN": TOKEN, "IVR_PUBLIC_URL": BASE_URL, "IVR_VAR": str(folder / "var"), **given}


def _promises(table: Table) -> Iterator[bytes]:
    """Requests that accept a callback, each of another call, team after team, without end."""
    graph, now = table.graph, int(time.time())
    held = []
    for team in range(TEAMS):
        arrival = arrive(graph, now, team, number_of(team), "+31612345678", {})
        moment = LiveMoment(table.almanac, arrival)
        state, _ = step(graph, begin(graph), Begin(), moment)
        state, _ = step(graph, state, Keys(CALLBACK), moment)
        held.append(Envelope(arrival, state, 2))
    for n in itertools.count(1):
        call = f"CA{n:032x}"
        yield request_of(path_of(table, TOKEN, held[n % TEAMS], call), call, "1")
