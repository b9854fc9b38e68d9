"""Facts about what is measured of the store: the rival keeps the same rows, a promise is one for each call, nothing is late."""

from __future__ import annotations

import datetime as dt
import itertools
from pathlib import Path

import msgspec
from sqlalchemy import Engine, Table, func, select

from benchmarks.dispatch import A_SECOND, _dispatched, _fill
from benchmarks.endure.table import write_table
from benchmarks.events import _happened, _through_journal
from benchmarks.rivals.row_by_row import store
from benchmarks.store import TEAMS, _promises, fsync_seconds
from ivr.store.database.connect import connect, reading
from ivr.store.database.migrate import upgrade
from ivr.store.database.schema import calls, cases, events
from ivr.tables.ready import load_table


def kept(engine: Engine, table: Table, *names: str) -> list[tuple[object, ...]]:
    """What is kept, in order."""
    with reading(engine) as connection:
        rows = connection.execute(
            select(*(table.c[name] for name in names)).order_by(*(table.c[name] for name in names[:2]))
        )
        return [tuple(row) for row in rows]


EVENT = ("call", "sequence", "kind", "at", "node", "event", "language", "data")
CALL = (
    "id",
    "table_id",
    "version",
    "zone",
    "number",
    "dialled",
    "caller",
    "began",
    "team",
    "outcome",
    "node",
    "turns",
    "over",
)


def test_the_rival_keeps_the_same_events_and_calls(tmp_path: Path) -> None:
    held = _happened(60)
    mine, theirs = connect(f"sqlite:///{tmp_path / 'a.db'}"), connect(f"sqlite:///{tmp_path / 'b.db'}")
    for engine in (mine, theirs):
        upgrade(engine)
    _through_journal(mine, tmp_path, held)
    store(theirs, [msgspec.structs.asdict(happened) for happened in held])
    assert len(kept(mine, events, *EVENT)) == 60
    assert kept(mine, events, *EVENT) == kept(theirs, events, *EVENT)
    assert kept(mine, calls, *CALL) == kept(theirs, calls, *CALL)


def test_each_promise_that_is_measured_is_another_calls(tmp_path: Path) -> None:
    write_table(tmp_path, TEAMS, 100_000, dt.datetime.now(dt.UTC))
    requests = list(itertools.islice(_promises(load_table(tmp_path, dt.date(2026, 11, 2))), 300))
    assert len(set(requests)) == 300
    assert all(b"Digits=1&" in request for request in requests)


def test_open_cases_that_are_not_due_are_left_and_due_ones_are_dispatched(database: Engine, tmp_path: Path) -> None:
    _fill(database, 5_000)
    late = _dispatched(database, tmp_path, 1)
    assert len(late) == A_SECOND
    assert min(late) >= 0
    with reading(database) as connection:
        assert connection.scalar(select(func.count()).where(cases.c.state == "planned")) == 5_000


def test_how_long_a_line_takes_to_the_disk_is_some_time(tmp_path: Path) -> None:
    assert 0 < fsync_seconds(tmp_path / "probe") < 5
