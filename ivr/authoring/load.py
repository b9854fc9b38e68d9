"""A folder → a compiled table and what is wrong with how it is written."""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from ivr.authoring.compiler import Compiled, compile_document
from ivr.authoring.document import Document, read_document
from ivr.authoring.files import list_files, read_sources
from ivr.diagnostics import Report, Sources

NEED_EVERY_NAME = (
    "IVR201", "IVR202", "IVR203", "IVR204", "IVR205", "IVR206", "IVR207", "IVR208", "IVR209", "IVR213", "IVR504", "IVR609"
)  # fmt: skip
"""What cannot be judged while a part of the table is unread: the names may be defined there."""
NEED_EVERY_USE = ("IVR209", "IVR301", "IVR318", "IVR408", "IVR504")
"""What cannot be judged while any value could not be read: it may be what leads to a node, or uses a name."""
UNKNOWN_CASES = ("IVR205", "IVR206", "IVR213")
"""What leaves the ways out of a branch unknown, so that what they lead to seems unreachable."""
NEED_THE_TABLE = ("IVR210", "IVR320", "IVR501")
"""What hangs on the languages and defaults of the table."""


class Authored(Struct, frozen=True):
    """A table as read: its files, its declarations, what was compiled (None when nothing could be), and the report."""

    sources: Sources
    document: Document
    compiled: Compiled | None
    report: Report


def load_folder(folder: Path, today: dt.date, shown_from: Path | None = None) -> Authored:
    """Read and compile the table in a folder. Raises NoTable when there is none.

    `today` is what "in the past" is measured against; `shown_from` is the folder that shown paths are relative to.
    """
    report = Report()
    sources = Sources(read_sources(list_files(folder), shown_from, report))
    return load_sources(sources, today, report)


def load_sources(sources: Sources, today: dt.date, report: Report | None = None) -> Authored:
    """Compile a table from texts."""
    report = report if report is not None else Report()
    document = Document()
    compiled: Compiled | None = None
    with without_gc(), report.bounded():
        document = read_document(sources.files, report)
        if document.lossy or document.unread:
            report.mute(NEED_EVERY_USE)
        if document.unread:
            report.mute(NEED_EVERY_NAME)
        if document.table is not None and document.table.broken:
            report.mute(NEED_THE_TABLE)
        compiled = compile_document(document, sources, today, report)
        if report.has(*UNKNOWN_CASES):
            report.mute(("IVR301",))
    return Authored(sources, document, compiled, report)


@contextmanager
def without_gc() -> Iterator[None]:
    """Building a table makes millions of objects and no cycles worth collecting: the collector doubled the time.

    What was made is handed to the oldest generation unread (freeze, unfreeze), or the first collection after would go
    through all of it for nothing.
    """
    held = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if held:
            if gc.get_freeze_count() == 0:  # else somebody keeps objects frozen, and is to find them so
                gc.freeze()
                gc.unfreeze()
            gc.enable()
