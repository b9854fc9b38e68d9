"""Events stored a second: through the journal and the drainer, against SQLAlchemy one row at a time, on the same disk."""

from __future__ import annotations

import itertools
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Engine, func, select

from benchmarks.figures import Effort, Figure, interleaved, ratio
from benchmarks.rivals.row_by_row import store
from benchmarks.store import fsync_seconds
from ivr.desk.case import Case
from ivr.store.database.connect import connect, reading
from ivr.store.database.migrate import upgrade
from ivr.store.database.schema import calls, events
from ivr.store.drain.drainer import Drainer
from ivr.store.journal import Journal
from ivr.web.recorder import Happened

TURNS = 6
"""Events of a call."""
FLUSH = 500
"""Events that one write of the journal takes: what a busy process gathers in its tenth of a second."""
Data = dict[str, Any]  # JSON


def measure(effort: Effort) -> list[Figure]:
    """Both into a fresh SQLite each round, every commit on the disk."""
    many, few = effort.size(30_000, 3_000), effort.size(1_000, 200)
    numbers = itertools.count()
    with tempfile.TemporaryDirectory() as place:
        took = fsync_seconds(Path(place) / "probe")

    def ours() -> float:
        with tempfile.TemporaryDirectory() as place:
            engine, held = _fresh(Path(place)), _happened(many)
            start = time.perf_counter()
            _through_journal(engine, Path(place), held)
            return _checked(engine, many, start)

    def theirs() -> float:
        with tempfile.TemporaryDirectory() as place:
            engine = _fresh(Path(place))
            rows = [msgspec.structs.asdict(happened) for happened in _happened(few, next(numbers))]
            start = time.perf_counter()
            store(engine, rows)
            return _checked(engine, few, start)

    rates = interleaved(effort.size(5, 2), {"ours": ours, "theirs": theirs}, effort)
    mine, other = (f"{statistics.median(rates[name]):,.0f}" for name in ("ours", "theirs"))
    against = (
        f"SQLAlchemy, one event at a time: its row, that of its call, and a commit ({mine} events a second, not {other}); "
        f"ours: fsync of the journal for {FLUSH}, then the drainer; SQLite both, and a line takes {took * 1000:.2g} ms "
        "until it is on this disk (fsync)"
    )
    return [Figure("events stored", ratio(rates["ours"], rates["theirs"]), "× as many", "higher", 10.0, 25.0, against)]


def _fresh(place: Path) -> Engine:
    engine = connect(f"sqlite:///{place / 'ivr.db'}")
    upgrade(engine)
    return engine


def _through_journal(engine: Engine, var: Path, held: list[Happened]) -> None:
    journal = Journal(var / "events")
    for at in range(0, len(held), FLUSH):
        journal.write(held[at : at + FLUSH])
    journal.close()
    Drainer(engine, var, b"key", _unplanned).drain()


def _unplanned(_: Case) -> tuple[int, int]:
    return 0, 0


def _checked(engine: Engine, count: int, start: float) -> float:
    """Events a second since `start`, once they are all seen to be there."""
    seconds = time.perf_counter() - start
    with reading(engine) as connection:
        there = connection.scalar(select(func.count()).select_from(events))
        of_calls = connection.scalar(select(func.count()).select_from(calls))
    engine.dispose()
    if there != count or of_calls != -(-count // TURNS):
        raise SystemExit(f"{there} of {count} events of {of_calls} calls are in the database")
    return count / seconds


def _happened(count: int, seed: int = 0) -> list[Happened]:
    """The events of calls as the webhook records them."""
    begun = {"dialled": "+31503671000", "number": "050 367 1000", "caller": "+31612345678", "zone": "Europe/Amsterdam"}
    more: list[Data] = [
        begun,
        {"topic": {"topic": "waste"}},
        {},
        {"team": "stadsbeheer"},
        {"outcome": "no_answer"},
        {"over": 1},
    ]
    kinds = ("begin", "keys", "keys", "keys", "dialled", "keys")
    return [
        Happened(
            f"CA{seed:08x}{n // TURNS:024x}", n % TURNS, 1_796_727_600 + n, "groningen", "0123456789ab", f"node-{n % 60}",
            kinds[n % TURNS], "nl", "turn", more[n % TURNS],
        )
        for n in range(count)
    ]  # fmt: skip
