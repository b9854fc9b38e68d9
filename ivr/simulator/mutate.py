"""Which plausible slips in a table its check, scenarios and guarantees notice, and which go live unseen."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from ivr.diagnostics import Source, Sources
from ivr.model.graph import Graph
from ivr.model.numberbook import NumberBook
from ivr.proofs.prover import explore, verdicts
from ivr.proofs.ways import Script
from ivr.simulator.edits import Edit, Editor
from ivr.simulator.play import Stuck
from ivr.simulator.run import run_scenario
from ivr.simulator.scenario import Scenario, Suite, read_suite_sources
from ivr.simulator.slips import Slip
from ivr.simulator.telling import Told, differs, heard, only_in, tell
from ivr.simulator.transcript import Transcript
from ivr.tables.ready import Checked, Table, check_sources, ready

CHECK, SCENARIOS, GUARANTEES = "check", "scenarios", "guarantees"
"""What can notice a slip."""
IDLE, UNHEARD, MISSED = "idle", "unheard", "missed"
"""What becomes of a slip that nothing notices: it changes nothing of the compiled table; or nothing in any call that was
tried; or it would go live."""

NO_BOOK = NumberBook(())
"""Books are alike only to themselves."""


class Missed(Struct, frozen=True):
    """A slip that would go live: the difference that a caller hears, and what to add. `scenario` is one of the suite that
    hears the difference and expects nothing of it, `expect` what it could expect; else `told` has a new scenario.
    `generated` is one that `ivr simulate generate` writes and that notices the slip, '' if it writes none."""

    told: Told
    scenario: str = ""
    expect: str = ""
    generated: str = ""


class Judged(Struct, frozen=True):
    """What became of a slip: who noticed, and by what (a code, a scenario, a guarantee). Scenarios and guarantees are both
    tried, so that it is known whether one alone would do. `end` is IDLE, UNHEARD or MISSED when nobody noticed."""

    slip: Slip
    noticed: tuple[tuple[str, str], ...] = ()
    end: str = ""
    missed: Missed | None = None


class Judge:
    """Judges slips of one table against what was so before them."""

    def __init__(self, sources: Sources, scenarios: Sources, today: dt.date) -> None:
        self.editor = Editor(sources)
        self.today = today
        before = check_sources(sources, today)
        self.table = ready(before)
        self.suite: Suite = read_suite_sources(scenarios)
        self.start = int(dt.datetime.combine(today, dt.time(), ZoneInfo(self.table.graph.timezone)).timestamp())
        """The first instant of today, in the zone of the table."""
        self._findings = _findings(before)
        self._ahead = ahead(self.table.graph, self.start)
        played = [(scenario, run_scenario(self.table, scenario)) for scenario in self.suite.scenarios]
        self.passed: list[tuple[Scenario, Transcript]] = [
            (scenario, result.transcript) for scenario, result in played if result.passed and result.transcript
        ]
        self._held = self._holding(self.table)
        self._written: tuple[str, list[Scenario]] = "", []

    def judge(self, slip: Slip) -> Judged:
        """What becomes of a slip; what is MISSED may yet prove to be UNHEARD."""
        checked = check_sources(self.editor.apply(slip.edits), self.today)
        fresh = sorted(_findings(checked) - self._findings)
        noticed = [(CHECK, f"{fresh[0][0]}: {fresh[0][1]}")] if fresh else []
        if checked.errors or checked.graph is None:
            return Judged(slip, tuple(noticed))
        if not noticed and ahead(checked.graph, self.start) == self._ahead:
            return Judged(slip, end=IDLE)
        table = ready(checked)
        failed = next((scenario.name for scenario, _ in self.passed if not _passes(table, scenario)), None)
        noticed += [(SCENARIOS, failed)] if failed is not None else []
        broken = sorted(self._held - self._holding(table))
        noticed += [(GUARANTEES, broken[0])] if broken else []
        return Judged(slip, tuple(noticed), "" if noticed else MISSED)

    def explain(self, slip: Slip, written: str, calls: list[Script]) -> Judged:
        """A slip that nothing noticed, with a call that hears it. `written` is a suite that was generated for the table,
        `calls` are its calls, to be tried, and what is near them."""
        now = ready(check_sources(self.editor.apply(slip.edits), self.today))
        now = msgspec.structs.replace(now, version=self.table.version)
        if written != self._written[0]:
            self._written = written, read_suite_sources(Sources((Source("generated.yaml", written),))).scenarios
        generated = next((s.name for s in self._written[1] if not _passes(now, s)), "")
        held = self._heard_already(now)
        if held is not None:
            return Judged(slip, (), MISSED, msgspec.structs.replace(held, generated=generated))
        told = tell(self.table, now, calls, self._near(slip.edits), self.start)
        return (
            Judged(slip, (), UNHEARD) if told is None else Judged(slip, (), MISSED, Missed(told, generated=generated))
        )

    def _heard_already(self, now: Table) -> Missed | None:
        """A scenario of the suite that hears something else now; rather one that has lost words than one that has more."""
        more: Missed | None = None
        for scenario, before in self.passed:
            after = run_scenario(now, scenario).transcript
            if after is None or heard(before) == heard(after):
                continue
            told = Told(*differs(before, after), "")
            lost, new = only_in(before, after), only_in(after, before)
            if lost:
                return Missed(told, scenario.name, f"hears: [{lost}]")
            if new and more is None:
                more = Missed(told, scenario.name, f"never_hears: [{new}]")
        return more

    def _near(self, edits: tuple[Edit, ...]) -> set[int]:
        """The nodes in which edits are made: of each, those whose name is the last before it in its file."""
        out: set[int] = set()
        for edit in edits:
            before: dict[int, list[int]] = {}
            for index, declared in enumerate(self.table.source_map.nodes):
                span = declared.name.span if declared is not None else None
                if span is not None and span.file == edit.file:
                    at = self.editor.at(span.file, span.line, span.column)
                    before.setdefault(at, []).extend([index] if at <= edit.start else [])
            out.update(before.get(max((at for at in before if before[at]), default=-1), ()))
        return out

    def _holding(self, table: Table) -> set[str]:
        """The guarantees that hold, built in or not."""
        found = verdicts(explore(table.almanac, self.start))
        return {verdict.name + (" (built in)" if verdict.built_in else "") for verdict in found if verdict.holds}

    @property
    def unable(self) -> list[str]:
        """The scenarios that fail before any slip, and so can notice none."""
        able = {scenario.name for scenario, _ in self.passed}
        return [scenario.name for scenario in self.suite.scenarios if scenario.name not in able]


def ahead(graph: Graph, start: int) -> Graph:
    """The table as it is from an instant on, fit to be compared: a phase that is over by then makes no difference, and the
    book of numbers, which is made from them, is left out."""
    numbers = []
    for number in graph.numbers:
        past = [phase for at, phase in number.phases if at <= start]
        now = [(0, past[-1])] if past else []
        later = [row for row in number.phases if row[0] > start]
        numbers.append(msgspec.structs.replace(number, phases=(*now, *later)))
    return msgspec.structs.replace(graph, numbers=tuple(numbers), book=NO_BOOK)


def _findings(checked: Checked) -> set[tuple[str, str]]:
    return {(finding.code, finding.message) for finding in checked.findings}


def _passes(table: Table, scenario: Scenario) -> bool:
    """Whether a scenario passes; a call that goes round for ever does not."""
    try:
        return run_scenario(table, scenario).passed
    except Stuck:
        return False
