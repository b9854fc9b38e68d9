"""The tables that this process serves: the live version for new calls, one that is tried on a share of callers, and every
version on which a call began."""

from __future__ import annotations

import asyncio
import zlib
from collections import OrderedDict
from collections.abc import Callable, Mapping

from ivr.calendars.moment import LiveMoment, drawn_share
from ivr.dialects.twiml import TwimlWriter
from ivr.model.actions import Say
from ivr.model.graph import Graph
from ivr.model.moment import NOTHING, Switched
from ivr.model.nodes import CalamityNode
from ivr.model.state import Arrival
from ivr.model.told import where_to_turn
from ivr.store.lookup import STORE_FACTS
from ivr.tables.archive import Archive, NotKept
from ivr.tables.arrivals import SEEDS, caller_number
from ivr.tables.ready import Table
from ivr.web.apology import Apology

MOST_VERSIONS = 8
"""Versions held in memory besides the live one; others are read from the archive when a call needs them."""


class Served:
    """One version of a table, with its answers rendered."""

    __slots__ = (
        "__weakref__", "apology", "asked", "calamity_prompts", "graph", "names", "table", "told", "version",
        "version_bytes", "writer",
    )  # fmt: skip

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
        self.calamity_prompts = _calamity_prompts(table.graph)

    def moment(self, arrival: Arrival, switched: Switched = NOTHING) -> LiveMoment:
        """The moment of a turn."""
        return LiveMoment(self.table.almanac, arrival, switched)


def _calamity_prompts(graph: Graph) -> tuple[int, ...]:
    """By language, the prompt that speaks what the calamity switch says; () where no node does."""
    says = next((node.says for node in graph.nodes if isinstance(node, CalamityNode)), ())
    return tuple(action.prompt for row in says for action in row if isinstance(action, Say))


class Tried:
    """A version that a share of callers (percent) begins on."""

    __slots__ = ("served", "share")

    def __init__(self, served: Served, share: int) -> None:
        self.served = served
        self.share = share


class Shelf:
    """One table by its id: what is live, what is tried, and what calls that are under way began on.

    `fetch` brings a version into the archive that another machine accepted; it may raise NotKept.
    """

    def __init__(self, table: Table, archive: Archive, fetch: Callable[[str], None] | None = None) -> None:
        self.archive = archive
        self.id = table.graph.id
        self.live = Served(table)
        self.tried: Tried | None = None
        self._fetch = fetch
        self._older: OrderedDict[str, Served] = OrderedDict()
        self._coming: dict[str, asyncio.Task[Served]] = {}

    def choose(self, fields: Mapping[str, str]) -> Served:
        """The version on which a call begins: with the same number a caller gets the same one each time, as at a split;
        who withholds it is drawn by the call, so that a request that comes again gets the same answer."""
        tried = self.tried
        if tried is None:
            return self.live
        drawn = caller_number(fields.get("From", "")) or fields.get("CallSid", "")
        seed = zlib.crc32(drawn.encode()) % SEEDS
        in_share = drawn_share(tried.served.version, seed, (tried.share, 100 - tried.share)) == 0
        return tried.served if in_share else self.live

    def version(self, name: str) -> Served:
        """A version, from memory or from the archive; for a turn of a call, `obtain` does not hold up the others. Raises
        NotKept."""
        held = self.held(name)
        return held if held is not None else self._put(Served(self.archive.load(name)))

    def held(self, name: str) -> Served | None:
        """A version from memory."""
        if name == self.live.version:
            return self.live
        tried = self.tried
        if tried is not None and name == tried.served.version:
            return tried.served
        held = self._older.get(name)
        if held is not None:
            self._older.move_to_end(name)
        return held

    async def obtain(self, name: str) -> Served:
        """A version, from memory, the archive, or another machine; read in a thread, once for all who wait for it. Raises
        NotKept."""
        held = self.held(name)
        if held is not None:
            return held
        coming = self._coming.get(name)
        if coming is None:
            coming = self._coming[name] = asyncio.create_task(asyncio.to_thread(self._read, name))
            coming.add_done_callback(lambda _: self._coming.pop(name, None))
        served = await asyncio.shield(coming)
        return self.held(name) or self._put(served)

    def publish(self, served: Served, tried: Tried | None = None) -> None:
        """New calls begin on this version from now on, a share of them on another; those under way go on as they are."""
        for before in (self.live, self.tried.served if self.tried is not None else self.live):
            self._put(before)
        self.live, self.tried = served, tried

    def _read(self, name: str) -> Served:
        if not self.archive.holds(name) and self._fetch is not None:
            try:
                self._fetch(name)
            except NotKept:
                raise
            except Exception as error:  # of a database that is gone, in whatever way
                raise NotKept(f"version {name[:20]} is not kept here, and cannot be fetched: {error!s:.200}") from None
        return Served(self.archive.load(name))

    def _put(self, served: Served) -> Served:
        self._older[served.version] = served
        self._older.move_to_end(served.version)
        if len(self._older) > MOST_VERSIONS:
            self._older.popitem(last=False)
        return served
