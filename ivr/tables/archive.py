"""Accepted tables, kept by their content, and the one pointer that says which of them is live.

    <folder>/<table id>/<version>/…    the files as they were accepted, never changed
    <folder>/<table id>/live           the version that new calls begin on

A call goes on with the version on which it began, so any worker can read any version from here.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import tempfile
from pathlib import Path

from ivr.authoring.files import list_files, read_sources
from ivr.authoring.load import load_sources
from ivr.calendars.moment import Almanac
from ivr.diagnostics import Report, Sources
from ivr.tables.ready import Table, version_of


class NotKept(Exception):
    """There is no such version in the archive; the message is one clear line."""


class Archive:
    """The archive of one table."""

    def __init__(self, folder: Path, table: str) -> None:
        self.folder = folder / table

    def keep(self, table: Table, source: Path) -> None:
        """Keep an accepted table's files, before it serves. Keeping it twice changes nothing."""
        target = self.folder / table.version
        if target.is_dir():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=".new-", dir=self.folder))
        root = source if source.is_dir() else source.parent
        for path, held in zip(list_files(source), table.sources.files, strict=True):
            copy = fresh / path.relative_to(root)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(held.text, encoding="utf-8")
        try:
            fresh.rename(target)
        except OSError:
            if not target.is_dir():
                raise
            shutil.rmtree(fresh, ignore_errors=True)  # another process kept the same content first

    def publish(self, version: str) -> str:
        """Move the live pointer; the version that was live before, '' for none."""
        if not (self.folder / version).is_dir():
            raise NotKept(f"version {version} was never accepted; kept are: {', '.join(self.versions()) or 'none'}")
        before = self.live()
        fresh = self.folder / ".live.new"
        with fresh.open("w", encoding="ascii") as file:
            file.write(version)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.folder / "live")
        return before

    def live(self) -> str:
        """The version that is live, '' for none."""
        try:
            return (self.folder / "live").read_text(encoding="ascii").strip()[:64]
        except (OSError, UnicodeDecodeError):
            return ""

    def versions(self) -> list[str]:
        """The versions that are kept, oldest first."""
        if not self.folder.is_dir():
            return []
        kept = [path for path in self.folder.iterdir() if path.is_dir() and not path.name.startswith(".")]
        return [path.name for path in sorted(kept, key=lambda path: path.stat().st_mtime)]

    def load(self, version: str) -> Table:
        """A kept version, made ready. It was accepted once, so it is not checked again: dates have moved on."""
        if not version.isalnum() or not (self.folder / version).is_dir():
            raise NotKept(f"version {version[:20]} is not kept")
        root = self.folder / version
        sources = Sources(read_sources(list_files(root), root, Report()))
        if version_of(sources) != version:
            raise NotKept(f"version {version} was changed after it was accepted, or this program reads it otherwise")
        authored = load_sources(sources, dt.date(2000, 1, 1))
        if authored.compiled is None:
            raise NotKept(f"version {version} cannot be read any more")
        compiled = authored.compiled
        return Table(compiled.graph, compiled.source_map, Almanac(compiled.graph), version, sources)
