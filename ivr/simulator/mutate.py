"""Which plausible slips in a table its check, scenarios and guarantees notice, and which go live unseen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from ivr.diagnostics import Sources
from ivr.model.graph import Graph
from ivr.proofs.prover import explore, verdicts
from ivr.simulator.edits import Editor
from ivr.simulator.run import run_scenario
from ivr.simulator.scenario import Suite, read_suite_sources
from ivr.simulator.slips import Slip
from ivr.tables.ready import Checked, Table, check_sources, ready

CHECK, SCENARIOS, GUARANTEES, IDLE, SURVIVED = "check", "scenarios", "guarantees", "idle", "survived"
"""Who noticed: `idle` for a slip that changes nothing of the compiled table, `survived` for nobody."""


class Judged(Struct, frozen=True):
    """What became of a slip: who noticed, and by what (a code, a scenario, a guarantee). `scenarios` and `guarantees` are
    both tried, so that it is known whether one alone would do."""

    slip: Slip
    noticed: tuple[tuple[str, str], ...]
    idle: bool = False

    @property
    def by(self) -> str:
        """Who noticed first: check, then scenarios, then guarantees."""
        return IDLE if self.idle else self.noticed[0][0] if self.noticed else SURVIVED


class Judge:
    """Judges slips of one table against what was so before them."""

    def __init__(self, sources: Sources, scenarios: Sources, today: dt.date) -> None:
        self.editor = Editor(sources)
        self.today = today
        before = check_sources(sources, today)
        self._findings = _findings(before)
        table = ready(before)
        self._ahead = _ahead(table.graph, self._start(table.graph))
        self._suite: Suite = read_suite_sources(scenarios)
        self._passed = [s for s in self._suite.scenarios if run_scenario(table, s).passed]
        self._held = self._holding(table)

    def judge(self, slip: Slip) -> Judged:
        """What becomes of a slip."""
        checked = check_sources(self.editor.apply(slip.edits), self.today)
        fresh = sorted(_findings(checked) - self._findings)
        noticed = [(CHECK, fresh[0][0])] if fresh else []
        if checked.errors or checked.graph is None:
            return Judged(slip, tuple(noticed))
        if not noticed and _ahead(checked.graph, self._start(checked.graph)) == self._ahead:
            return Judged(slip, (), idle=True)
        table = ready(checked)
        failed = next((s.name for s in self._passed if not run_scenario(table, s).passed), None)
        noticed += [(SCENARIOS, failed)] if failed is not None else []
        broken = sorted(self._held - self._holding(table))
        noticed += [(GUARANTEES, broken[0])] if broken else []
        return Judged(slip, tuple(noticed))

    def _holding(self, table: Table) -> set[str]:
        """The guarantees that hold, built in or not."""
        found = verdicts(explore(table.almanac, self._start(table.graph)))
        return {verdict.name + (" (built in)" if verdict.built_in else "") for verdict in found if verdict.holds}

    def _start(self, graph: Graph) -> int:
        """The first instant of today, in the zone of the table."""
        zone = ZoneInfo(graph.timezone)
        return int(dt.datetime.combine(self.today, dt.time(), zone).timestamp())


def _ahead(graph: Graph, start: int) -> Graph:
    """The table as it is from an instant on: a phase that is over by then makes no difference."""
    numbers = []
    for number in graph.numbers:
        past = [phase for at, phase in number.phases if at <= start]
        now = [(0, past[-1])] if past else []
        ahead = [row for row in number.phases if row[0] > start]
        numbers.append(msgspec.structs.replace(number, phases=(*now, *ahead)))
    return msgspec.structs.replace(graph, numbers=tuple(numbers))


def _findings(checked: Checked) -> set[tuple[str, str]]:
    return {(finding.code, finding.message) for finding in checked.findings}


def judge_all(judge: Judge, scenarios: Sources, found: list[Slip], jobs: int) -> Iterator[Judged]:
    """All slips judged, in order, by so many processes."""
    if jobs < 2:
        yield from map(judge.judge, found)
        return
    given = (judge.editor.sources, scenarios, judge.today)
    with ProcessPoolExecutor(jobs, get_context("spawn"), _begin, given) as pool:
        yield from pool.map(_judge, found, chunksize=2)


_held: list[Judge] = []
"""The judge of a process that was started for judging."""


def _begin(sources: Sources, scenarios: Sources, today: dt.date) -> None:
    _held[:] = [Judge(sources, scenarios, today)]


def _judge(slip: Slip) -> Judged:
    return _held[0].judge(slip)
