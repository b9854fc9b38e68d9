"""A copy of an embedded database as it is at one moment, while it is at work."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path

from ivr.store.database.connect import NoDatabase


def back_up(source: Path, target: Path) -> int:
    """Write the copy, for nobody else to read; its bytes. It is there whole or not at all. Raises FileExistsError when
    there is something already, OSError, and NoDatabase when SQLite cannot read it or finds the copy damaged."""
    if target.exists():
        raise FileExistsError(f"{target} is there already")
    part = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        part.touch(0o600, exist_ok=False)
        with (
            contextlib.closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as one,
            contextlib.closing(sqlite3.connect(part)) as other,
        ):
            one.backup(other)
            other.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
            found = other.execute("PRAGMA quick_check").fetchone()[0]
            if found != "ok":
                raise NoDatabase(f"the copy is damaged: {found}")
        with part.open("rb") as file:
            os.fsync(file.fileno())
        os.link(part, target)  # refused when something is there by now
        return target.stat().st_size
    except sqlite3.Error as error:
        raise NoDatabase(f"the database cannot be read: {error}") from None
    finally:
        part.unlink(missing_ok=True)
