"""Tables that were read for the map, kept by their version, in the process of the pages and in the workshop's child."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar

from msgspec import Struct

from ivr.authoring.load import load_sources
from ivr.calendars.moment import Almanac
from ivr.diagnostics import SourceMap, Sources
from ivr.model.graph import Graph
from ivr.tables.archive import Archive
from ivr.tables.ready import Refused, Table, check_sources, ready
from ivr.tables.texts import sources_of

MOST_KEPT = 4
V = TypeVar("V")


class Kept(Generic[V]):
    """The last few of something that is dear to make, by a key."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._held: OrderedDict[object, V] = OrderedDict()
        self._lock = Lock()

    def find(self, key: object) -> V | None:
        """What is kept under a key."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def keep(self, key: object, value: V) -> V:
        """Keep it; the one that was not asked for longest goes."""
        with self._lock:
            self._held[key] = value
            self._held.move_to_end(key)
            while len(self._held) > self._most:
                self._held.popitem(last=False)
        return value

    def get(self, key: object, make: Callable[[], V]) -> V:
        """What is kept, or what `make` makes."""
        held = self.find(key)
        return held if held is not None else self.keep(key, make())


class Compiled(Struct, frozen=True):
    """A table without its almanac, which cannot leave the process that made it."""

    graph: Graph
    source_map: SourceMap
    version: str
    sources: Sources

    def table(self) -> Table:
        """The table, ready in this process."""
        return Table(self.graph, self.source_map, Almanac(self.graph), self.version, self.sources)


class Broken(Struct, frozen=True):
    """Texts that make no table: how many errors, and the first: where, and what."""

    errors: int
    at: str
    message: str


_tables: Kept[Table] = Kept()


def table_of(sources: Sources, version: str) -> Table:
    """A table that was accepted once, from its sources. For the workshop's child."""

    def make() -> Table:
        compiled = load_sources(sources, dt.date(2000, 1, 1)).compiled
        assert compiled is not None  # it was made of these sources before
        return Compiled(compiled.graph, compiled.source_map, version, sources).table()

    return _tables.get(version, make)


def compile_kept(folder: Path, name: str, version: str) -> Compiled:
    """A version from an archive. Raises NotKept. For the workshop's child."""
    table = _tables.get(version, lambda: Archive(folder, name).load(version))
    return Compiled(table.graph, table.source_map, table.version, table.sources)


def compile_texts(texts: Mapping[str, str], today: str) -> Compiled | Broken:
    """A draft, given by its files; `today` as 2026-12-01. For the workshop's child."""
    try:
        table = ready(check_sources(sources_of(texts), dt.date.fromisoformat(today)))
    except Refused as refused:
        checked = refused.checked
        first = next(finding for finding in checked.findings if finding.severity.value == "error")
        return Broken(checked.errors, checked.sources.path_line(first.span), first.message)
    _tables.keep(table.version, table)
    return Compiled(table.graph, table.source_map, table.version, table.sources)
