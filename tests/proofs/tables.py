"""Small tables to prove things of: compiled from a text whether or not it passes the checks, and made at random."""

from __future__ import annotations

import datetime as dt

from ivr.calendars.moment import Almanac
from ivr.diagnostics import Source, Sources
from ivr.proofs.prover import explore
from ivr.proofs.space import Space
from ivr.tables.ready import Table, check_sources, version_of

TODAY = dt.date(2026, 11, 24)


def compiled(text: str) -> Table:
    """The table of a text; what the checks find in it does not matter here, as long as it compiles."""
    checked = check_sources(Sources((Source("table.yaml", text),)), TODAY)
    assert checked.graph is not None, checked.findings
    assert checked.source_map is not None, checked.findings
    return Table(
        checked.graph, checked.source_map, Almanac(checked.graph), version_of(checked.sources), checked.sources
    )


def start_of(table: Table) -> int:
    """Midnight of today in the table's zone, epoch seconds."""
    return int(dt.datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=table.almanac.zone).timestamp())


def space_of(table: Table, days: int = 800) -> Space:
    """The state space of a table from today on."""
    return explore(table.almanac, start_of(table), days)
