"""Accepted tables, kept by their content, and the pointer that says which of them is live.

    <folder>/<table id>/<version>/…      the files as they were accepted, never changed
    <folder>/<table id>/live             the version that new calls begin on
    <folder>/<table id>/pointer.json     what stands beside it (Beside)

A call goes on with the version on which it began, so any worker can read any version from here.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from ivr.authoring.files import list_files, read_sources
from ivr.authoring.load import load_sources
from ivr.calendars.moment import Almanac
from ivr.diagnostics import Report, Sources
from ivr.tables.ready import Table, version_of
from ivr.tables.texts import texts_of

_VERSION = re.compile(r"[0-9a-f]{12}")


class NotKept(Exception):
    """There is no such version in the archive; the message is one clear line."""


class Canary(Struct, frozen=True):
    """A version that a share of callers (percent) gets."""

    version: str
    share: int


class Alone(Struct, frozen=True):
    """A publication on this machine alone, since the database was gone: when (epoch seconds), by whom and why."""

    version: str
    at: int
    by: str
    why: str


class Beside(Struct, frozen=True):
    """What stands beside the live version. `seen` names the publications of the database that were applied last; `alone`
    waits to be recorded there. `folder` is the version of the table's folder that was looked at last: one that did not
    change since is nothing new, whatever was published meanwhile."""

    canary: Canary | None = None
    seen: str = ""
    alone: Alone | None = None
    folder: str = ""


class Pointer(Struct, frozen=True):
    """Which version is live ('' for none), and what stands beside it."""

    version: str
    beside: Beside


class Archive:
    """The archive of one table."""

    def __init__(self, folder: Path, table: str) -> None:
        self.folder = folder / table

    def keep(self, table: Table, source: Path) -> None:
        """Keep an accepted table's files, before it serves. Keeping it twice changes nothing."""
        if not self.holds(table.version):
            self.keep_texts(table.version, texts_of(source, table.sources))

    def keep_texts(self, version: str, texts: Mapping[str, str]) -> None:
        """Keep the files of a version, by their paths. They are of that version: who reads them from here makes sure."""
        target = self.folder / version
        if target.is_dir():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=".new-", dir=self.folder))
        for path, text in texts.items():
            copy = fresh / path
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(text, encoding="utf-8", newline="")
        try:
            fresh.rename(target)
        except OSError:
            if not target.is_dir():
                raise
            shutil.rmtree(fresh, ignore_errors=True)  # another process kept the same content first

    def holds(self, version: str) -> bool:
        """Whether a version is kept here."""
        return _VERSION.fullmatch(version) is not None and (self.folder / version).is_dir()

    def publish(self, version: str) -> str:
        """Move the live pointer of this machine; the version that was live before, '' for none. What was tried on a share of
        callers ends with it."""
        if not self.holds(version):
            raise NotKept(f"version {version} was never accepted; kept are: {', '.join(self.versions()) or 'none'}")
        with self.changing():
            before = self.pointer()
            self.point(Pointer(version, replace(before.beside, canary=None)))
        return before.version

    def live(self) -> str:
        """The version that is live, '' for none."""
        try:
            return (self.folder / "live").read_text(encoding="ascii").strip()[:64]
        except (OSError, UnicodeDecodeError):
            return ""

    def pointer(self) -> Pointer:
        """The version that is live, and what stands beside it. A file that is spoilt says nothing."""
        return Pointer(self.live(), self.beside())

    def beside(self) -> Beside:
        """What stands beside the live version."""
        try:
            return _BESIDE.decode((self.folder / "pointer.json").read_bytes())
        except (OSError, msgspec.DecodeError):
            return Beside()

    def point(self, to: Pointer) -> None:
        """Write the pointer. Whoever read it to decide on this holds `changing` around both.

        What stands beside goes first: a process that ends between the two leaves nothing that is live and unaccounted for.
        """
        if self.beside() != to.beside:
            self._write("pointer.json", _encode(to.beside) + b"\n")
        if self.live() != to.version:
            self._write("live", to.version.encode("ascii"))

    @contextlib.contextmanager
    def changing(self) -> Iterator[None]:
        """Hold the pointer against the other processes of this machine: for moments, it is only read and written."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def versions(self) -> list[str]:
        """The versions that are kept, oldest first."""
        if not self.folder.is_dir():
            return []
        kept = [path for path in self.folder.iterdir() if path.is_dir() and not path.name.startswith(".")]
        return [path.name for path in sorted(kept, key=lambda path: path.stat().st_mtime)]

    def texts(self, version: str) -> dict[str, str]:
        """The files of a kept version, by their paths. Raises NotKept."""
        return texts_of(self.folder / version, self._sources(version))

    def load(self, version: str) -> Table:
        """A kept version, made ready. It was accepted once, so it is not checked again: dates have moved on."""
        sources = self._sources(version)
        authored = load_sources(sources, dt.date(2000, 1, 1))
        if authored.compiled is None:
            raise NotKept(f"version {version} cannot be read any more")
        compiled = authored.compiled
        return Table(compiled.graph, compiled.source_map, Almanac(compiled.graph), version, sources)

    def _sources(self, version: str) -> Sources:
        """The files of a version, as they were accepted."""
        if not version.isalnum() or not (self.folder / version).is_dir():
            raise NotKept(f"version {version[:20]} is not kept")
        root = self.folder / version
        sources = Sources(read_sources(list_files(root), root, Report()))
        if version_of(sources) != version:
            raise NotKept(f"version {version} was changed after it was accepted, or this program reads it otherwise")
        return sources

    def _write(self, name: str, content: bytes) -> None:
        """Put a file in the place of another at once, so that nobody reads a half."""
        handle, fresh = tempfile.mkstemp(prefix=".new-", dir=self.folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(fresh).chmod(0o644)  # a worker may run as another user
            Path(fresh).replace(self.folder / name)
        except BaseException:
            Path(fresh).unlink(missing_ok=True)
            raise


_encode = msgspec.json.Encoder().encode
_BESIDE = msgspec.json.Decoder(Beside)
