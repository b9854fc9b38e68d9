"""The tables that this process serves: the live version for new calls, and every version on which a call began."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from ivr.calendars.moment import LiveMoment
from ivr.dialects.twiml import TwimlWriter
from ivr.model.graph import Graph
from ivr.model.moment import Calamity
from ivr.model.state import Arrival
from ivr.model.told import where_to_turn
from ivr.store.lookup import STORE_FACTS
from ivr.tables.archive import Archive
from ivr.tables.ready import Table
from ivr.web.apology import Apology

MOST_VERSIONS = 8
"""Versions held in memory besides the live one; others are read from the archive when a call needs them."""


class Served:
    """One version of a table, with its answers rendered."""

    __slots__ = ("apology", "asked", "graph", "names", "table", "told", "version", "version_bytes", "writer")

    def __init__(self, table: Table) -> None:
        self.table = table
        self.graph = table.graph
        self.version = table.version
        self.version_bytes = table.version.encode()
        self.names = table.graph.names
        self.writer = TwimlWriter(table.graph)
        self.writer.render_all()
        self.told = where_to_turn(table.graph)
        self.asked = frozenset(name for name, _ in table.graph.facts) & STORE_FACTS
        self.apology = Apology(table.graph, table.almanac)

    def moment(self, arrival: Arrival, switch: Callable[[Graph], Calamity | None]) -> LiveMoment:
        """The moment of a call."""
        graph = self.graph
        return LiveMoment(self.table.almanac, arrival, lambda: switch(graph))


class Shelf:
    """One table by its id: what is live, and what calls that are under way began on."""

    def __init__(self, table: Table, archive: Archive) -> None:
        self.archive = archive
        self.id = table.graph.id
        self.live = Served(table)
        self._older: OrderedDict[str, Served] = OrderedDict()

    def version(self, name: str) -> Served:
        """A version, from memory or from the archive. Raises NotKept."""
        if name == self.live.version:
            return self.live
        held = self._older.get(name)
        if held is None:
            held = Served(self.archive.load(name))
            self._older[name] = held
            if len(self._older) > MOST_VERSIONS:
                self._older.popitem(last=False)
        else:
            self._older.move_to_end(name)
        return held

    def publish(self, table: Table) -> None:
        """New calls begin on this table from now on."""
        if table.version == self.live.version:
            return
        fresh = Served(table)
        self._older[self.live.version] = self.live
        if len(self._older) > MOST_VERSIONS:
            self._older.popitem(last=False)
        self.live = fresh
