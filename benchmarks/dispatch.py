"""How late due cases are dispatched with 100,000 open ones: from the second that an attempt is due until its team rings."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine, insert, select, update

from benchmarks.endure.processes import Database, Postgres, Sqlite
from benchmarks.endure.table import write_table
from benchmarks.figures import Effort, Figure
from ivr.desk.attempt import OVER
from ivr.desk.case import CALLBACK, PLANNED, TELEPHONE
from ivr.store.attempts import OPEN
from ivr.store.database.connect import connect, reading, writing
from ivr.store.database.migrate import upgrade
from ivr.store.database.schema import attempts, cases
from ivr.tables.archive import Archive
from ivr.tables.ready import load_table
from ivr.worker.attempting import Attempting
from ivr.worker.context import Context, Tables
from ivr.worker.provider import Creation, NoProvider, Placed

TEAMS = 12
A_SECOND = 10
"""Cases that fall due in a second: a contact centre that promises 36,000 calls in an hour."""
DAYS = 10
KINDS: dict[str, Callable[[Path], Database]] = {
    "SQLite": lambda place: Sqlite(place / "ivr.db"),
    "PostgreSQL": lambda _: Postgres(),
}


class Rings(NoProvider):
    """A provider that takes every call at once, and notes when."""

    def __init__(self) -> None:
        self.at: dict[str, float] = {}
        self._lock = threading.Lock()

    def place_call(
        self,
        to: str,
        from_: str,
        url: str,
        status_callback: str,
        ring: int,
        *,
        limit: int = 0,
        machine_detection: bool = False,
    ) -> Creation:
        """Take it on: the attempt stands in the address."""
        attempt = url.partition("a=")[2].partition("#")[0]
        with self._lock:
            self.at[attempt] = time.time()
            return Placed(f"CA{len(self.at):032x}")


def measure(effort: Effort) -> list[Figure]:
    """On both databases; the slower of the two is the figure."""
    count, seconds = effort.size(100_000, 2_000), effort.size(30, 3)
    found = {}
    for kind, make in KINDS.items():
        with TemporaryDirectory() as place, ExitStack() as stack:
            database = make(Path(place))
            stack.callback(database.close)
            engine = connect(database.url)
            stack.callback(engine.dispose)
            effort.tell(f"{kind}: {count:,} open cases are made")
            upgrade(engine)
            _fill(engine, count)
            effort.tell(f"{kind}: {A_SECOND} a second fall due, for {seconds} s")
            found[kind] = sorted(_dispatched(engine, Path(place), seconds))
    at = {kind: f"{_at(late, 0.5):.2f} s, {_at(late, 0.99):.2f} s" for kind, late in found.items()}
    against = (
        f"nothing: {count:,} cases open, {A_SECOND} fall due each second, one worker, a provider that answers at once "
        f"(median, p99: {', '.join(f'{kind} {value}' for kind, value in at.items())})"
    )
    value = max(_at(late, 0.99) for late in found.values())
    return [Figure("due cases dispatched late, p99", value, "s", "lower", 5.0, 1.0, against)]


def _at(late: list[float], share: float) -> float:
    return late[min(len(late) - 1, int(share * len(late)))]


def _fill(engine: Engine, count: int) -> None:
    """Open cases whose next attempt lies in the days to come."""
    now = int(time.time())
    for first in range(0, count, 5_000):
        rows = [
            _row(f"CA{n:032x}", n, now, now + 3_600 + n * 997 % (DAYS * 86_400)) for n in range(first, first + 5_000)
        ]
        with writing(engine) as connection:
            connection.execute(insert(cases), rows)


def _row(call: str, n: int, now: int, at: int) -> dict[str, object]:
    return {
        "id": f"{call}:3", "number": f"{n % 10**6:06d}", "kind": CALLBACK, "table_id": "endure", "zone": "Etc/GMT",
        "call": call, "team": f"team-{n % TEAMS}", "language": "nl", "caller": "+31612345678", "reach": TELEPHONE,
        "state": PLANNED, "opened": now, "first_due": at + 3_600, "due": at + 3_600, "next_at": at,
    }  # fmt: skip


def _dispatched(engine: Engine, place: Path, seconds: int) -> list[float]:
    """Seconds that each case was dispatched late. Its time is a whole second, of which the end is not waited for."""
    folder = place / "table"
    write_table(folder, TEAMS, 100, dt.datetime.now(dt.UTC))
    table = load_table(folder, dt.date(2026, 11, 2))
    archive = Archive(place / "var" / "tables", "endure")
    archive.keep(table, folder)
    archive.publish(table.version)
    rings = Rings()
    context = Context("benchmark", engine, Tables(place / "var"), b"key")
    task = Attempting(context, rings, "https://ivr.example", at_once=10**6)
    start = int(time.time()) + 2
    due = {f"CB{n:032x}": start + n // A_SECOND for n in range(A_SECOND * seconds)}
    with writing(engine) as connection:
        connection.execute(insert(cases), [_row(call, n, start - 60, at) for n, (call, at) in enumerate(due.items())])
    until = time.time() + seconds + 60
    while len(rings.at) < len(due) and time.time() < until:
        if not task.run(int(time.time())):
            time.sleep(task.every)
        with writing(engine) as connection:  # agents are free at once: their talks are not what is measured
            connection.execute(update(attempts).where(attempts.c.state.in_(OPEN)).values(state=OVER, lease=None))
    with reading(engine) as connection:
        of = {row.id: row.case_id for row in connection.execute(select(attempts.c.id, attempts.c.case_id))}
    late = [at - due[of[attempt].partition(":")[0]] for attempt, at in rings.at.items()]
    if len(late) != len(due):
        raise SystemExit(f"{len(late)} of {len(due)} due cases were dispatched")
    return late
