"""Small tables for tests of the map."""

from __future__ import annotations

from ivr.diagnostics import Source, Sources
from ivr.tables.ready import Table, check_sources, ready
from tests.minimal import TABLE, TODAY


def made(text: str = TABLE, **sections: str) -> Table:
    """The smallest table, with more sections."""
    return ready(check_sources(Sources((Source("table.yaml", text + "".join(sections.values())),)), TODAY))
