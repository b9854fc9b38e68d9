"""What is looked at: a draft or a version, its files, and those of the version that is live."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from msgspec import Struct
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from ivr.pages.context import Context, Shelf
from ivr.pages.look.faults import Told
from ivr.pages.look.words import has_word
from ivr.store.database.connect import reading
from ivr.store.publishing import drafts, publications, versions
from ivr.store.publishing.drafts import Draft
from ivr.store.publishing.faults import NotDone
from ivr.store.publishing.versions import Version
from ivr.tables.archive import NotKept

NAME = re.compile(r"[0-9a-f]{12,16}")
"""How drafts and versions are named."""
DRAFT, VERSION = "draft", "version"


class Work(Struct, frozen=True):
    """A draft or a version. `live` names the version that new calls begin on ('' for none), `live_files` are its files
    (None when they cannot be had). `version` is what is kept of the version, or of that as which the draft is proposed."""

    kind: str
    name: str
    table_id: str
    files: Mapping[str, str]
    live: str
    live_files: Mapping[str, str] | None
    draft: Draft | None = None
    version: Version | None = None

    @property
    def of(self) -> str:
        """How links and requests name it: `draft:ID`, `version:NAME`."""
        return f"{self.kind}:{self.name}"


def work_of(context: Context, of: str, table: str = "") -> Work:
    """A draft or a version by its name, `draft:ID` or `version:NAME`. Raises Told."""
    kind, _, name = of.partition(":")
    if kind not in (DRAFT, VERSION) or not NAME.fullmatch(name):
        raise Told("table.nothing_of_that_name", 404)
    with reach(context) as connection:
        if kind == DRAFT:
            draft = drafts.get(connection, name)
            shelf = context.shelf(draft.table_id)
            live = live_of(connection, shelf)
            proposed = versions.find(connection, draft.table_id, draft.version) if draft.version else None
            return Work(
                kind, name, draft.table_id, draft.files, live, files_of(connection, shelf, live), draft, proposed
            )  # fmt: skip
        shelf = context.shelf(table)
        table_id = shelf.live.table.graph.id
        live = live_of(connection, shelf)
        files = files_of(connection, shelf, name)
        if files is None:
            raise Told("table.nothing_of_that_name", 404)
        held = versions.find(connection, table_id, name)
        return Work(kind, name, table_id, files, live, files_of(connection, shelf, live), version=held)


def live_of(connection: Connection, shelf: Shelf) -> str:
    """The version that is live: as the database says, else as this process serves."""
    stands = publications.standing(connection, shelf.live.table.graph.id)
    return stands.full.version if stands is not None else shelf.live.table.version


def files_of(connection: Connection, shelf: Shelf, version: str) -> Mapping[str, str] | None:
    """The files of a version, from the database or from this machine's archive; None when neither has it."""
    if not NAME.fullmatch(version):
        return None
    try:
        return versions.get(connection, shelf.live.table.graph.id, version).files
    except NotDone:
        pass
    try:
        return shelf.archive.texts(version)
    except (NotKept, OSError):
        return _served(shelf) if version == shelf.live.table.version else None


def _served(shelf: Shelf) -> dict[str, str]:
    """The files that this process serves, below the folder from which they were read."""
    held = {PurePosixPath(source.path): source.text for source in shelf.live.table.sources.files}
    parents = [path.parent.parts for path in held]
    depth = next(
        (i for i, parts in enumerate(zip(*parents, strict=False)) if len(set(parts)) > 1), min(map(len, parents))
    )
    return {"/".join(path.parts[depth:]): text for path, text in held.items()}


@contextlib.contextmanager
def reach(context: Context) -> Iterator[Connection]:
    """A connection for reading; what the store or the database refuses is told."""
    try:
        with reading(context.database) as connection:
            yield connection
    except NotDone as fault:
        raise refused(fault) from None
    except SQLAlchemyError:
        raise Told("home.database_gone", 503) from None


def refused(fault: NotDone) -> Told:
    """Why the store did not do it, in words of the page; where it has none, in the store's own."""
    key = f"table.not_{fault.reason}"
    status = (
        409 if fault.reason in ("changed_meanwhile", "judged_other") else 404 if fault.reason.startswith("no_") else 400
    )
    return Told(key, status, "", **fault.holes) if has_word(key) else Told("", status, str(fault))


def today_of(context: Context, shelf: Shelf) -> dt.date:
    """The day at the table."""
    return dt.datetime.fromtimestamp(context.clock(), shelf.live.table.almanac.zone).date()
