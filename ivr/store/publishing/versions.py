"""Versions of a table in the database: their files, for every machine to fetch, and who accepted them why."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from sqlalchemy import Connection, RowMapping, select

from ivr.store.database.schema_desk import publications
from ivr.store.database.schema_desk import versions as table
from ivr.store.database.upsert import insert_once
from ivr.store.publishing.faults import NotDone
from ivr.tables.judged import Judged, kept, read
from ivr.tables.texts import Texts, version_of_texts


class Version(Struct, frozen=True):
    """A version. `files` is empty in a list; `draft` is '' for one that came from a folder."""

    table_id: str
    version: str
    files: Mapping[str, str]
    by: str
    made: int
    why: str
    draft: str
    judged: Judged | None


def keep(
    connection: Connection, table_id: str, version: str, files: Texts, by: str, now: int, why: str, draft: str = "",
    judged: Judged | None = None,
) -> None:  # fmt: skip
    """Keep a version. One of the same content that is kept already stays as it is."""
    if version_of_texts(files) != version:
        raise NotDone("wrong_version", "these are not the files of that version")
    row = {
        "table_id": table_id, "version": version, "files": dict(files), "by": by, "made": now, "why": why, "draft": draft,
        "judged": None if judged is None else kept(judged),
    }  # fmt: skip
    insert_once(connection, table, [row])


def get(connection: Connection, table_id: str, version: str) -> Version:
    """A version with its files. Raises NotDone when there is none of that name."""
    chosen = select(table).where(table.c.table_id == table_id, table.c.version == version)
    row = connection.execute(chosen).mappings().first()
    if row is None:
        raise NotDone("no_version", f"there is no version {version[:20]}", version=version[:20])
    return _version(row, row["files"])


def find(connection: Connection, table_id: str, version: str) -> Version | None:
    """A version without its files, None when there is none of that name."""
    columns = [column for column in table.c if column.name != "files"]
    chosen = select(*columns).where(table.c.table_id == table_id, table.c.version == version)
    row = connection.execute(chosen).mappings().first()
    return None if row is None else _version(row, {})


def was_live(connection: Connection, table_id: str, version: str) -> bool:
    """Whether a version has been live for all callers, or is."""
    found = select(publications.c.id).where(
        publications.c.table_id == table_id, publications.c.version == version, publications.c.live.is_not(None),
        publications.c.share == 100,
    )  # fmt: skip
    return connection.execute(found.limit(1)).first() is not None


def is_planned(connection: Connection, table_id: str, version: str) -> bool:
    """Whether a version is to be live at a time, or is tried on a share of callers."""
    found = select(publications.c.id).where(
        publications.c.table_id == table_id,
        publications.c.version == version,
        (publications.c.state == "scheduled") | ((publications.c.state == "live") & (publications.c.share < 100)),
    )
    return connection.execute(found.limit(1)).first() is not None


def _version(row: RowMapping, files: Mapping[str, str]) -> Version:
    names = (name for name in Version.__struct_fields__ if name not in ("files", "judged"))
    return Version(files=files, judged=read(row["judged"]), **{name: row[name] for name in names})
