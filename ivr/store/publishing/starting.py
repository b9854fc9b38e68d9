"""Which version a process begins to serve: what was published last, or what is new in the table's folder.

A folder that did not change since it was looked at is nothing new: what was published meanwhile stays. So neither a restart
nor a new machine takes back what somebody published from a page or from another machine.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from ivr.store.publishing.faults import NotDone
from ivr.store.publishing.following import follow, publish_here
from ivr.tables.archive import Archive, NotKept, Pointer
from ivr.tables.ready import Table


class Started(Struct, frozen=True):
    """What is served from the start. `told` is one line for who started it, '' when there is nothing to say."""

    table: Table
    told: str


def start(engine: Engine | None, archive: Archive, ready: Table, folder: Path, by: str, now: int) -> Started:
    """The table to serve, where a folder holds `ready`. What is new in the folder is published; else what was published last
    is served. Raises OSError when the archive cannot be written."""
    archive.keep(ready, folder)
    pointer = _known(engine, archive, now)
    if _is_new(ready.version, pointer):
        if pointer.version:
            publish_here(engine, archive, ready.version, by, "the folder changed", now, folder=True)
        else:  # the first on this machine: the history begins with it, or it is no word against what a database says later
            with archive.changing():
                archive.point(Pointer(ready.version, replace(archive.beside(), canary=None, folder=ready.version)))
            _known(engine, archive, now)
        gone = pointer.version not in ("", ready.version)
        return Started(ready, f"in place of {pointer.version}: the folder changed" if gone else "")
    with archive.changing():
        pointer = archive.pointer()
        archive.point(Pointer(pointer.version, replace(pointer.beside, folder=ready.version)))
    if pointer.version == ready.version:
        return Started(ready, "")
    try:
        table = archive.load(pointer.version)
    except NotKept as fault:
        return Started(ready, f"{fault}; serving what the folder holds")
    return Started(table, f"{pointer.version} was published after the folder's {ready.version}, and is served")


def published(engine: Engine | None, archive: Archive, now: int) -> Table | None:
    """The version that is live, whatever a folder says; None when none is. Raises NotKept when it cannot be read."""
    pointer = _known(engine, archive, now)
    return archive.load(pointer.version) if pointer.version else None


def _known(engine: Engine | None, archive: Archive, now: int) -> Pointer:
    """The pointer after a look at the database, if that can be reached."""
    if engine is not None:
        with contextlib.suppress(SQLAlchemyError, NotKept, NotDone):
            return follow(engine, archive, now)
    return archive.pointer()


def _is_new(version: str, pointer: Pointer) -> bool:
    """Whether what the folder holds is to be live in place of what is."""
    if version == pointer.version:
        return False
    if not pointer.version:
        return True
    if not pointer.beside.folder:  # never looked at: another machine's word goes before an unknown folder
        return not pointer.beside.seen
    return version != pointer.beside.folder
