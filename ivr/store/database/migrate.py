"""Bringing a database to the version of this program, or back: all steps in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from ivr.store.database.connect import reading, writing

HERE = Path(__file__).parent / "migrations"
_LOCK = 14_050_001
"""The number of the advisory lock that keeps two processes from migrating at once (PostgreSQL)."""


def head() -> str:
    """The version that this program works with."""
    found = ScriptDirectory(str(HERE)).get_current_head()
    assert found is not None
    return found


def version(engine: Engine) -> str:
    """The version of a database; '' for an empty one. Raises SQLAlchemyError when it cannot be reached."""
    with reading(engine) as connection:
        return version_within(connection)


def version_within(connection: Connection) -> str:
    """The same, as a transaction sees it."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def known(name: str) -> bool:
    """Whether this program knows a version: one that it does not know was made by a newer program."""
    return any(step.revision == name for step in ScriptDirectory(str(HERE)).walk_revisions())


def is_earlier(name: str, than: str) -> bool:
    """Whether a version (or `base`, the empty database) comes before another one."""
    if not than or name == than:
        return False
    order = [step.revision for step in ScriptDirectory(str(HERE)).walk_revisions()]  # the newest first
    return name == "base" or order.index(name) > order.index(than)


def upgrade(engine: Engine, to: str = "head") -> None:
    """Bring it forward. Safe to ask of several processes at once."""
    _run(engine, lambda config: command.upgrade(config, to))


def downgrade(engine: Engine, to: str) -> None:
    """Bring it back to a version, or to `base`: an empty database."""
    _run(engine, lambda config: command.downgrade(config, to))


def upgrade_within(connection: Connection) -> None:
    """Bring it forward in a transaction of the caller's: it is undone with it."""
    _steps(connection, lambda config: command.upgrade(config, "head"))


def _run(engine: Engine, steps: Callable[[Config], None]) -> None:
    with writing(engine) as connection:
        _steps(connection, steps)


def _steps(connection: Connection, steps: Callable[[Config], None]) -> None:
    _alone(connection)
    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    config.attributes["connection"] = connection
    steps(config)


def _alone(connection: Connection) -> None:
    """SQLite's write lock is held already."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _LOCK})
