"""A store is moved from one database to another whole, or not at all: SQLite to PostgreSQL, and back.

One transaction reads the source as it was at one moment; one transaction fills the target, reads it again, and is taken back
unless both hold the same. Rows go as what they mean (instants as seconds), JSON as the text that it is.
"""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct
from sqlalchemy import Column, Connection, Engine, MetaData, Table, Text, func, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError

from ivr.store.database.columns import Json
from ivr.store.database.connect import explain, reading, writing
from ivr.store.database.migrate import head, upgrade_within, version_within
from ivr.store.database.opening import file_of, make_file
from ivr.store.database.schema import workers
from ivr.store.database.whole import metadata

BATCH = 1000
AT_WORK_SECONDS = 60
"""A worker that was seen so lately is taken to be at work."""
_pack = msgspec.msgpack.Encoder().encode


class NotCopied(Exception):
    """Why a store was not copied; the target is as it was."""


class Copied(Struct, frozen=True):
    """What went over of a table; `digest` is the same for the same rows in any order."""

    table: str
    rows: int
    digest: str


Progress = Callable[[str, int, int], None]
"""Told the table, the rows that went over and the rows there are."""


def copy_store(
    source: Engine, target: Engine, progress: Progress = lambda *_: None, now: int | None = None
) -> list[Copied]:
    """Copy all tables. Raises NotCopied (SQLAlchemyError for what a database refuses): then the target is as it was.

    A target file that was not there is made; one without tables gets them; one that holds anything is refused.
    """
    file = file_of(target)
    fresh = file is not None and not file.exists()
    if _same(source, target):
        raise NotCopied("the source and the target are the same database")
    try:
        if file is not None and fresh:
            make_file(file)
        with _snapshot(source) as read, writing(target) as write:
            _source_is_ours(read, int(time.time()) if now is None else now)
            _target_is_empty(write)
            sent = [_send(table, read, write, progress) for table in metadata.sorted_tables]
            _renew_sequences(write)
            _compare(sent, [_digest(table, write) for table in metadata.sorted_tables])
        return sent
    except BaseException:
        if fresh and file is not None:
            target.dispose()
            _remove(file)
        raise


def _same(source: Engine, target: Engine) -> bool:
    one, other = file_of(source), file_of(target)
    if one is not None and other is not None:
        return one.resolve() == other.resolve()
    return source.url.render_as_string(False) == target.url.render_as_string(False)


@contextlib.contextmanager
def _snapshot(engine: Engine) -> Iterator[Connection]:
    """A transaction that sees one moment, however long it takes: a reader of SQLite's WAL always does."""
    with reading(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        yield connection


def _source_is_ours(read: Connection, now: int) -> None:
    held = version_within(read)
    if not held:
        raise NotCopied("the source holds no tables of ours")
    if held != head():
        raise NotCopied(f"the source is of version {held}, this program works with {head()}; run 'ivr store upgrade'")
    seen = read.scalar(select(func.max(workers.c.seen)))
    if seen is not None and now - seen < AT_WORK_SECONDS:
        raise NotCopied(
            f"a worker was at work {max(0, now - seen)} seconds ago, and what it does meanwhile would be lost; stop it, and "
            f"try again in {AT_WORK_SECONDS} seconds"
        )


def _target_is_empty(write: Connection) -> None:
    held = version_within(write)
    if held not in ("", head()):
        raise NotCopied(f"the target is of version {held}, this program works with {head()}; choose an empty one")
    if not held:
        strangers = sorted(set(inspect(write).get_table_names()) - {"alembic_version"})
        if strangers:
            raise NotCopied(
                f"the target holds tables that are not ours ({', '.join(strangers[:3])}); choose an empty one"
            )
        upgrade_within(write)
    full = [
        table.name
        for table in metadata.sorted_tables
        if write.execute(select(text("1")).select_from(table).limit(1)).first()
    ]
    if full:
        raise NotCopied(f"the target holds something already ({', '.join(full[:3])}); choose an empty one")


def _raw(table: Table) -> Table:
    """The table with JSON as the text that it is."""
    columns: list[Column[object]] = [
        Column(c.name, Text() if isinstance(c.type, Json) else c.type) for c in table.columns
    ]
    return Table(table.name, MetaData(), *columns)


def _send(table: Table, read: Connection, write: Connection, progress: Progress) -> Copied:
    raw = _raw(table)
    total = read.scalar(select(func.count()).select_from(raw)) or 0
    names = [column.name for column in raw.columns]
    count, sums = 0, 0
    progress(table.name, 0, total)
    for rows in _batches(raw, read):
        try:
            write.execute(insert(raw), [dict(zip(names, row, strict=True)) for row in rows])
        except DBAPIError as error:
            raise NotCopied(f"{table.name}: {_culprit(table, names, rows, write) or explain(error)}") from None
        count += len(rows)
        sums += sum(map(_sum, rows))
        progress(table.name, count, total)
    return Copied(table.name, count, _shown(sums))


def _batches(raw: Table, connection: Connection) -> Iterator[Sequence[Sequence[object]]]:
    streamed = connection.execution_options(stream_results=True, yield_per=BATCH)
    with streamed.execute(select(raw)) as result:
        parts = result.partitions()
        while True:
            try:
                part = next(parts, None)
            except ValueError as error:  # an instant of SQLite's is text
                raise NotCopied(f"{raw.name}: a value cannot be read: {error}") from None
            if part is None:
                return
            yield [tuple(row) for row in part]


def _sum(row: Sequence[object]) -> int:
    return int.from_bytes(hashlib.sha256(_pack(row)).digest())


def _shown(sums: int) -> str:
    return f"{sums % 2**256:064x}"


def _digest(table: Table, connection: Connection) -> Copied:
    raw = _raw(table)
    count, sums = 0, 0
    for rows in _batches(raw, connection):
        count += len(rows)
        sums += sum(map(_sum, rows))
    return Copied(table.name, count, _shown(sums))


def _compare(sent: list[Copied], arrived: list[Copied]) -> None:
    for one, other in zip(sent, arrived, strict=True):
        if one != other:
            raise NotCopied(
                f"{one.table}: {one.rows} rows were sent and {other.rows} arrived"
                + ("" if one.rows != other.rows else ", of other content")
            )


def _culprit(table: Table, names: list[str], rows: Sequence[Sequence[object]], write: Connection) -> str:
    """Which row PostgreSQL cannot hold: its texts have no NUL, its whole numbers 32 bits."""
    if write.dialect.name != "postgresql":
        return ""
    for row in rows:
        for name, value in zip(names, row, strict=True):
            if isinstance(value, str) and "\0" in value:
                key = " ".join(repr(row[names.index(column.name)]) for column in table.primary_key)
                return f"row {key}, column {name} holds a NUL character, which PostgreSQL cannot keep; mend it first"
    return ""


def _renew_sequences(write: Connection) -> None:
    """PostgreSQL's own counters go on after the last row that came over; SQLite looks at the rows themselves."""
    if write.dialect.name != "postgresql":
        return
    for table in metadata.sorted_tables:
        for column in table.primary_key:
            if column.autoincrement is True:
                last = write.scalar(select(func.max(column)))
                name = write.scalar(select(func.pg_get_serial_sequence(table.name, column.name)))
                write.execute(select(func.setval(name, last or 1, last is not None)))


def _remove(file: Path) -> None:
    for path in (file, file.with_name(file.name + "-wal"), file.with_name(file.name + "-shm")):
        path.unlink(missing_ok=True)
