"""Opening a database that may be of another version than this program, or not there at all."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from ivr.store.database.connect import WAIT_SECONDS, Gone, NoDatabase, connect, explain
from ivr.store.database.migrate import head, known, upgrade, version


def open_url(url: str, make: bool = False, wait: float = WAIT_SECONDS) -> Engine:
    """An engine for a database of the version of this program; an embedded one is brought to it.

    `make`: an embedded database that is not there is made, for nobody else to read. Without it an empty answer could come
    from a wrong IVR_VAR. `wait` bounds each statement, in seconds.
    Raises, in one line and without a secret: Gone when it cannot be reached, NoDatabase when it is not there, or older
    (PostgreSQL) or newer than this program; OSError when its folder cannot be made.
    """
    engine = connect(url, wait)
    try:
        _prepare(engine, make)
    except SQLAlchemyError as error:
        engine.dispose()
        raise Gone(f"the database cannot be used: {explain(error)}") from None
    except BaseException:
        engine.dispose()
        raise
    return engine


def file_of(engine: Engine) -> Path | None:
    """The file of an embedded database; None for PostgreSQL."""
    return Path(engine.url.database or "") if engine.dialect.name == "sqlite" else None


def make_file(file: Path) -> None:
    """An empty database that only its owner may read: numbers will stand in it. Raises OSError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(0o600)


def shown(engine: Engine) -> str:
    """Which database it is, for people: no user, no password, no options."""
    file, url = file_of(engine), engine.url
    if file is not None:
        return f"SQLite, {file}"
    held = url.query.get("host", "")
    host = url.host or (held if isinstance(held, str) else ", ".join(held)) or "this machine"
    return f"PostgreSQL, {url.database or 'its default database'} on {host}" + (f":{url.port}" if url.port else "")


def _prepare(engine: Engine, make: bool) -> None:
    file = file_of(engine)
    if file is not None and not file.exists():
        if not make:
            raise NoDatabase(f"there is no {file}; 'ivr worker' or 'ivr store upgrade' makes it")
        make_file(file)
    held = version(engine)
    if held == head():
        return
    if held and not known(held):
        raise NoDatabase(f"is of version {held}, newer than this program's {head()}; use the program that made it")
    if file is None:
        older = f"is of version {held}" if held else "has no tables of ours"
        raise NoDatabase(f"{older}, this program works with {head()}; run 'ivr store upgrade'")
    upgrade(engine)
