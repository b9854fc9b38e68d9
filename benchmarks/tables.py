"""The tables that are measured."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

from ivr.tables.ready import Table, load_table

GRONINGEN = Path(os.environ.get("BENCH_TABLE", Path(__file__).parents[1] / "routing_tables" / "groningen"))
"""Another table may be measured in its place."""


def groningen() -> Table:
    """The real table, as on a day on which its dates lie ahead."""
    return load_table(GRONINGEN, dt.date(2026, 11, 2))
