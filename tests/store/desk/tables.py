"""A table with teams for the desk."""

from __future__ import annotations

from ivr.diagnostics import Source, Sources
from ivr.tables.ready import Table, check_sources, ready
from tests.engine.calls import TEXT, TODAY


def table(per_day: int = 2) -> Table:
    """Team `desk` (Mo-Fr 09:00-17:00, Dutch holidays), with so many places a day."""
    text = TEXT.replace("callbacks: {per_day: 2}", f"callbacks: {{per_day: {per_day}}}")
    return ready(check_sources(Sources((Source("t.yaml", text),)), TODAY))
