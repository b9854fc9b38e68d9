"""Which scenarios pass which nodes. Runs in the workshop's child process."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from ivr.diagnostics import Sources
from ivr.pages.map.kept import Kept, table_of
from ivr.simulator.run import run_scenario
from ivr.simulator.scenario import Suite, read_suite, read_suite_sources
from ivr.tables.ready import Table
from ivr.tables.texts import sources_of

MOST = 2000
"""Scenarios that are played."""


class Passing(Struct, frozen=True):
    """A scenario: where it is written, whether all that it expects came, and the nodes that it passed (by index)."""

    name: str
    at: str
    passed: bool
    nodes: frozenset[int]


_kept: Kept[tuple[Passing, ...]] = Kept()


def played(sources: Sources, version: str, scenarios: Path | Mapping[str, str]) -> tuple[Passing, ...]:
    """The scenarios of a folder of a table, or of texts by their paths, played on the table of these sources."""
    suite = read_suite(scenarios) if isinstance(scenarios, Path) else read_suite_sources(sources_of(scenarios))
    key = (
        version,
        hashlib.sha256("\0".join(file.text for file in suite.sources.files).encode("utf-8", "replace")).digest(),
    )
    return _kept.get(key, lambda: play(table_of(sources, version), suite))


def play(table: Table, suite: Suite) -> tuple[Passing, ...]:
    """The same, of a table and its scenarios."""
    out = []
    for scenario in suite.scenarios[:MOST]:
        result = run_scenario(table, scenario)
        nodes = frozenset(result.transcript.nodes) if result.transcript is not None else frozenset()
        out.append(Passing(scenario.name, suite.sources.path_line(scenario.key.span), result.passed, nodes))
    return tuple(out)
