"""How the database is reached: SQLite or PostgreSQL by one URL, with every wait bounded."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

WAIT_SECONDS = 5.0
"""How long a statement waits for a lock, or runs, before it is given up."""


class NoDatabase(Exception):
    """The URL names no database that we know, or what it names cannot be used. The text is for whoever set it."""


class Gone(NoDatabase):
    """The database cannot be reached now; it may be back at any moment."""


def sqlite_url(folder: Path) -> str:
    """The embedded database of a folder of what is kept."""
    return f"sqlite:///{folder / 'ivr.db'}"


def connect(url: str, wait: float = WAIT_SECONDS, size: int = 5, durable: bool = True) -> Engine:
    """An engine for a URL: `sqlite:///path` or `postgresql://user@host/name`. Nothing is opened yet.

    `wait` bounds, in seconds, every connection, lock and statement. `durable` false may lose the last commits of SQLite
    with the power (not with the process); a later durable commit keeps them too, since all share one log. Raises
    NoDatabase when the URL is none of ours.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise NoDatabase("is no database URL; write sqlite:///var/ivr.db or postgresql://user@host/name") from None
    if "@" in (parsed.host or ""):  # the rest of a password would be named as a host that cannot be found
        raise NoDatabase("has two '@'; one in a password is written %40")
    kind = parsed.get_backend_name()
    if kind == "sqlite":
        if parsed.database in (None, "", ":memory:"):
            raise NoDatabase("names no file; write sqlite:///var/ivr.db")
        made = create_engine(parsed, connect_args={"timeout": wait, "check_same_thread": False}, pool_size=size)
        event.listen(made, "connect", partial(_sqlite_opened, synchronous="FULL" if durable else "NORMAL"))
        event.listen(made, "begin", _sqlite_begin)
        return made
    if kind == "postgresql":
        milliseconds = int(wait * 1000)
        return create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            pool_size=size,
            max_overflow=size,
            pool_timeout=wait,
            pool_recycle=1800,
            pool_pre_ping=True,
            connect_args={
                "connect_timeout": max(2, int(wait)),
                "options": f"-c statement_timeout={milliseconds} -c lock_timeout={milliseconds} -c timezone=UTC "
                f"-c idle_in_transaction_session_timeout={max(10_000, 4 * milliseconds)}",
                "tcp_user_timeout": milliseconds,
            },
        )
    raise NoDatabase(f"'{kind}' is no database that we know; use sqlite or postgresql")


def impatient(engine: Engine) -> Engine:
    """Another engine for the same database, for who has only a second: it waits for nothing longer than that, and leaves it
    to others to make its commits durable."""
    return connect(engine.url.render_as_string(hide_password=False), wait=1.0, size=1, durable=False)


def _sqlite_opened(connection: sqlite3.Connection, _: ConnectionPoolEntry, synchronous: str) -> None:
    """WAL, so that readers and the writer do not wait for each other."""
    connection.isolation_level = None  # transactions are begun by us, below
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute(f"PRAGMA synchronous={synchronous}")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _sqlite_begin(connection: Connection) -> None:
    """A transaction that writes takes the lock at once: one that began by reading could not take it later."""
    mode = connection.get_execution_options().get("sqlite_begin", "IMMEDIATE")
    connection.exec_driver_sql(f"BEGIN {mode}")


@contextlib.contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that may write; committed at the end, rolled back by an exception."""
    with engine.begin() as connection:
        yield connection


@contextlib.contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that only reads: on SQLite it waits for no writer."""
    with engine.connect().execution_options(sqlite_begin="DEFERRED") as connection, connection.begin():
        yield connection


def explain(error: Exception) -> str:
    """What is wrong, in one line, without the statement and its values."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    first = (str(cause).strip() or type(cause).__name__).splitlines()[0]
    return first[:300]
