"""What is wrong with a table, found without playing a call."""

from __future__ import annotations

import datetime as dt

from ivr.checks.calendars import check_calendars
from ivr.checks.closed import check_closed
from ivr.checks.fields import check_fields
from ivr.checks.keys import check_keys
from ivr.checks.languages import check_languages
from ivr.checks.lengths import check_lengths
from ivr.checks.links import Links
from ivr.checks.loops import check_loops
from ivr.checks.menus import check_menus
from ivr.checks.named_keys import check_named_keys
from ivr.checks.numbers import check_numbers
from ivr.checks.reach import check_entry, check_reach
from ivr.checks.stranded import check_stranded
from ivr.checks.words import check_words
from ivr.diagnostics import Report, SourceMap
from ivr.model.graph import Graph

LEAD_ASTRAY = ("IVR212", "IVR303", "IVR310")
"""Ways that lead round or nowhere: what they were meant to lead to is not known."""
HALF_TOLD = ("IVR203", "IVR208", "IVR212", "IVR303", "IVR314", "IVR504")
"""Words with a placeholder that is none, and ways that are broken off: mended, they may say when it opens."""
NOT_LED_TO = ("IVR301", "IVR408")


def check_graph(graph: Graph, source_map: SourceMap, today: dt.date, report: Report) -> None:
    """Report all that is wrong with a compiled graph."""
    links = Links(graph, source_map)
    check_entry(links, report)
    check_loops(links, report)
    check_stranded(links, report)
    check_keys(links, report)
    if report.has(*LEAD_ASTRAY):
        report.mute(NOT_LED_TO)
    check_reach(links, report)
    check_fields(links, report)
    check_numbers(links, report)
    check_languages(links, report)
    check_words(links, report)
    check_lengths(links, report)
    check_menus(links, report)
    check_named_keys(links, report)
    if report.has(*HALF_TOLD):
        report.mute(("IVR519",))
    check_closed(links, report)
    check_calendars(links, today, report)
