"""The database and the pointer of a machine, kept the same: whoever publishes where, all machines serve it soon.

The database holds for all machines. Beside each machine's pointer stands what it applied last (`Beside.seen`): what was not
changed in the database since is left alone. So a machine goes on with what it has while the database is gone, and what is
published there meanwhile (`Beside.alone`) is recorded when it is back; if somebody published elsewhere after that, theirs
holds, as the later word, and the other stays in the history.
"""

from __future__ import annotations

import contextlib

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from ivr.store.database.connect import reading, writing
from ivr.store.publishing import publications, versions
from ivr.store.publishing.faults import NotDone
from ivr.store.publishing.publications import Standing
from ivr.tables.archive import Alone, Archive, Beside, Canary, NotKept, Pointer
from ivr.tables.texts import Unfit, check_texts

FIRST = "what was live when the history began"


def follow(engine: Engine, archive: Archive, now: int) -> Pointer:
    """Bring a machine's pointer to what the database says is live, and keep the versions' files here; the pointer then.

    Raises SQLAlchemyError when the database cannot be reached, NotKept or NotDone when what it says cannot be applied, or
    OSError: then all stays as it was.
    """
    table_id = archive.folder.name
    with reading(engine) as connection:
        stands = publications.standing(connection, table_id)
    pointer = archive.pointer()
    beside = pointer.beside
    if beside.alone is None and (stands.seen == beside.seen if stands is not None else not pointer.version):
        return pointer
    with archive.changing():
        return _follow(engine, archive, table_id, now)


def _follow(engine: Engine, archive: Archive, table_id: str, now: int) -> Pointer:
    """As `follow`, with the pointer held, and both looked at anew."""
    pointer = archive.pointer()
    stands = _recorded(engine, archive, pointer, table_id, now)
    if stands is None:
        return pointer
    fetch(engine, archive, stands.full.version)
    canary = None
    if stands.canary is not None:
        fetch(engine, archive, stands.canary.version)
        canary = Canary(stands.canary.version, stands.canary.share)
    fresh = Pointer(stands.full.version, Beside(canary, stands.seen, None, pointer.beside.folder))
    archive.point(fresh)
    return fresh


def _recorded(engine: Engine, archive: Archive, pointer: Pointer, table_id: str, now: int) -> Standing | None:
    """What the database says, once it knows what was published on this machine alone."""
    alone = pointer.beside.alone
    with reading(engine) as connection:
        stands = publications.standing(connection, table_id)
    if alone is None and (stands is not None or not pointer.version):
        return stands
    said = alone if alone is not None else Alone(pointer.version, now, "rule", FIRST)
    if not archive.holds(said.version) or not _fits(archive, said.version):
        return stands
    with writing(engine) as connection:
        stands = publications.standing(connection, table_id)
        if stands is None:
            _published(connection, archive, said.version, said.by, said.why, said.at)
        elif alone is not None and stands.full.version != alone.version:
            if alone.at >= _last(stands):
                _published(connection, archive, alone.version, alone.by, alone.why, now)
            else:
                publications.overruled(
                    connection, table_id, alone.version, archive.texts(alone.version), alone.by, alone.at, alone.why
                )
        return publications.standing(connection, table_id)


def _last(stands: Standing) -> int:
    """When somebody last changed what is live, as far as still stands."""
    return max(one.live or one.made for one in (stands.full, stands.canary) if one is not None)


def fetch(engine: Engine, archive: Archive, version: str) -> None:
    """Keep a version's files on this machine, from the database. Raises NotKept, SQLAlchemyError or OSError."""
    if archive.holds(version):
        return
    try:
        with reading(engine) as connection:
            files = versions.get(connection, archive.folder.name, version).files
        check_texts(files)  # a database that somebody meddled with writes nowhere else
    except (NotDone, Unfit) as fault:
        raise NotKept(f"version {version[:20]} is not to be had: {fault}") from None
    archive.keep_texts(version, files)


def publish_here(
    engine: Engine | None, archive: Archive, version: str, by: str, why: str, now: int, folder: bool = False
) -> Pointer:
    """Make a version that is kept in this archive live, by the hand of somebody on this machine: on all machines where the
    database can be reached, else on this one until it can. `folder`: it is what the table's folder holds now.

    The pointer as it was before. Raises NotKept or OSError.
    """
    if not archive.holds(version):
        raise NotKept(f"version {version} was never accepted; kept are: {', '.join(archive.versions()) or 'none'}")
    with archive.changing():
        before = archive.pointer()
        looked = version if folder else before.beside.folder
        seen = None
        if engine is not None and _fits(archive, version):
            with contextlib.suppress(SQLAlchemyError), writing(engine) as connection:
                seen = _published(connection, archive, version, by, why, now)
        alone = Alone(version, now, by, why) if seen is None else None
        archive.point(Pointer(version, Beside(None, before.beside.seen if seen is None else seen, alone, looked)))
    return before


def _published(connection: Connection, archive: Archive, version: str, by: str, why: str, now: int) -> str:
    """Record it, unless it is live already; what the database says then."""
    table_id = archive.folder.name
    stands = publications.standing(connection, table_id)
    if stands is None or stands.full.version != version or stands.canary is not None:
        if versions.was_live(connection, table_id, version):
            publications.roll_back(connection, publications.Order(table_id, version, by, why), now)
        else:
            publications.record(connection, table_id, version, archive.texts(version), by, now, why)
        stands = publications.standing(connection, table_id)
    assert stands is not None
    return stands.seen


def _fits(archive: Archive, version: str) -> bool:
    """Whether a version can be kept in the database: one from a folder may be larger than that, or have odd names."""
    try:
        check_texts(archive.texts(version))
    except Unfit:
        return False
    return True
