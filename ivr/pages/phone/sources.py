"""Which tables can be called: the live one, the versions that are kept, and drafts."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from sqlalchemy.exc import SQLAlchemyError

from ivr.pages.context import Context, Shelf
from ivr.pages.look.faults import Told
from ivr.store.database.connect import reading
from ivr.store.publishing import drafts, versions
from ivr.store.publishing.faults import NotDone

MOST_LISTED = 12
"""Versions that are listed, the last ones; and drafts."""


class Sources(Struct, frozen=True):
    """What can be called besides the live table: versions, newest first, and drafts as (id, title)."""

    versions: tuple[str, ...]
    drafts: tuple[tuple[str, str], ...]


def list_sources(context: Context, shelf: Shelf, chosen: str) -> Sources:
    """What can be called; the one that is chosen is always among it. A database that is away lists no drafts."""
    live = shelf.live.table
    kept = [version for version in reversed(shelf.archive.versions()) if version != live.version][:MOST_LISTED]
    kind, _, name = chosen.partition(":")
    if kind == "version" and name not in (*kept, live.version):
        kept.append(name)
    try:
        with reading(context.database) as connection:
            found = drafts.listed(connection, live.graph.id, most=MOST_LISTED)
    except SQLAlchemyError:
        found = []
    named = [(draft.id, draft.title or draft.id) for draft in found]
    if kind == "draft" and name not in dict(named):
        named.append((name, name))
    return Sources(tuple(kept), tuple(named))


def texts_of(context: Context, shelf: Shelf, kind: str, name: str) -> Mapping[str, str]:
    """The files of a draft, or of a version that is in the database alone (`kind`). Raises Told."""
    table = shelf.live.table.graph.id
    try:
        with reading(context.database) as connection:
            if kind == "version":
                return versions.get(connection, table, name).files
            draft = drafts.get(connection, name)
    except NotDone:
        raise Told(f"phone.wrong_{kind}", 404) from None
    except SQLAlchemyError:
        raise Told("home.database_gone", 503) from None
    if draft.table_id != table:
        raise Told("phone.wrong_draft", 404)
    return draft.files
