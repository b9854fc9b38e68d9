"""Opening a database that may be of another version than this program, or not there at all."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from ivr.store.database.connect import NoDatabase, connect, explain
from ivr.store.database.migrate import head, known, upgrade, version


def open_url(url: str, make: bool = False) -> Engine:
    """An engine for a database of the version of this program; an embedded one is brought to it.

    `make`: an embedded database that is not there is made. Without it an empty answer could come from a wrong IVR_VAR.
    Raises NoDatabase, in one line and without a secret, for one that is not there, cannot be reached, or is older
    (PostgreSQL) or newer than this program; OSError when its folder cannot be made.
    """
    engine = connect(url)
    try:
        _prepare(engine, make)
    except SQLAlchemyError as error:
        engine.dispose()
        raise NoDatabase(f"the database cannot be used: {explain(error)}") from None
    except BaseException:
        engine.dispose()
        raise
    return engine


def file_of(engine: Engine) -> Path | None:
    """The file of an embedded database; None for PostgreSQL."""
    return Path(engine.url.database or "") if engine.dialect.name == "sqlite" else None


def _prepare(engine: Engine, make: bool) -> None:
    file = file_of(engine)
    if file is not None and not file.exists():
        if not make:
            raise NoDatabase(f"there is no {file}; 'ivr worker' or 'ivr store upgrade' makes it")
        file.parent.mkdir(parents=True, exist_ok=True)
    held = version(engine)
    if held == head():
        return
    if held and not known(held):
        raise NoDatabase(f"is of version {held}, newer than this program's {head()}; use the program that made it")
    if file is None:
        older = f"is of version {held}" if held else "has no tables of ours"
        raise NoDatabase(f"{older}, this program works with {head()}; run 'ivr store upgrade'")
    upgrade(engine)
