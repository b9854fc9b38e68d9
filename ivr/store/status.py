"""What a store holds and how far it is behind: for people who look after it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct
from sqlalchemy import Engine, func, select

from ivr.store import recordings
from ivr.store.copying import AT_WORK_SECONDS
from ivr.store.database.connect import reading
from ivr.store.database.migrate import head, version
from ivr.store.database.opening import file_of, shown
from ivr.store.database.schema import workers
from ivr.store.database.whole import metadata
from ivr.store.drain.lag import Lag, lag


class Status(Struct, frozen=True):
    """A store at one moment. `bytes` is the size of the embedded database and its log, 0 for PostgreSQL; `workers` were
    seen within a minute; `unconfirmed` recordings should be gone and are not known to be."""

    database: str
    version: str
    program: str
    bytes: int
    rows: Mapping[str, int]
    behind: Lag
    workers: int
    unconfirmed: int


def status(engine: Engine, var: Path, now: int) -> Status:
    """How a store is. Raises SQLAlchemyError and OSError."""
    with reading(engine) as connection:
        rows = {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in metadata.sorted_tables
        }
        seen = select(func.count()).select_from(workers).where(workers.c.seen >= now - AT_WORK_SECONDS)
        at_work = connection.scalar(seen) or 0
        unconfirmed = recordings.unconfirmed(connection)
    file = file_of(engine)
    sizes = [path.stat().st_size for path in (file, Path(f"{file}-wal")) if path.exists()] if file is not None else []
    return Status(shown(engine), version(engine), head(), sum(sizes), rows, lag(engine, var), at_work, unconfirmed)
