"""What is wrong with a table, found without playing a call."""

from __future__ import annotations

import datetime as dt

from ivr.diagnostics import Report, SourceMap
from ivr.model.graph import Graph


def check_graph(graph: Graph, source_map: SourceMap, today: dt.date, report: Report) -> None:
    """Report all that is wrong with a compiled graph."""
