"""Which tables can be called: the live one, the versions that are kept, and drafts."""

from __future__ import annotations

from msgspec import Struct

from ivr.pages.context import Context, Shelf
from ivr.pages.look.faults import Told

MOST_VERSIONS = 12
"""Versions that are listed, the last ones."""


class Sources(Struct, frozen=True):
    """What can be called besides the live table: versions, newest first, and drafts as (id, title)."""

    versions: tuple[str, ...]
    drafts: tuple[tuple[str, str], ...]


def list_sources(context: Context, shelf: Shelf, chosen: str) -> Sources:
    """What can be called; the one that is chosen is always among it."""
    live = shelf.live.table.version
    versions = [version for version in reversed(shelf.archive.versions()) if version != live][:MOST_VERSIONS]
    kind, _, name = chosen.partition(":")
    if kind == "version" and name not in (*versions, live):
        versions.append(name)
    drafts = [(name, name)] if kind == "draft" else []
    return Sources(tuple(versions), tuple(drafts))


def texts_of_draft(context: Context, draft: str) -> dict[str, str]:
    """The files of a draft. Raises Told."""
    raise Told("phone.wrong_draft", 404)
