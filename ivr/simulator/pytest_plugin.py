"""A pytest plugin: the scenarios of a table are collected as tests, so that a municipality runs them in its own suite.

`pytest routing_tables/groningen` collects every `*.yaml` under a folder named `scenarios`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from ivr.simulator.run import Result
    from ivr.simulator.scenario import Scenario
    from ivr.tables.ready import Table


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Files of scenarios are ours."""
    if file_path.suffix in (".yaml", ".yml") and "scenarios" in file_path.parts:
        return ScenarioFile.from_parent(parent, path=file_path)
    return None


class ScenarioFile(pytest.File):
    """A file of scenarios. The table is the folder that holds `scenarios/`."""

    def collect(self) -> Iterator[pytest.Item]:
        """The scenarios of the file."""
        from ivr.authoring.files import read_sources
        from ivr.diagnostics import Report, Sources
        from ivr.diagnostics.show import show
        from ivr.simulator.scenario import read_suite_sources
        from ivr.tables.ready import load_table

        report = Report()
        suite = read_suite_sources(Sources(read_sources([self.path], Path.cwd(), report)), report)
        if report.sorted():
            raise self.CollectError(show(report.sorted(), suite.sources, "text"))
        root = next(p.parent for p in self.path.parents if p.name == "scenarios")
        today = dt.datetime.now(dt.UTC).date()
        table = load_table(root, today, Path.cwd())
        for scenario in suite.scenarios:
            yield ScenarioItem.from_parent(
                self, name=scenario.name, scenario=scenario, table=table, suite=suite.sources
            )


class ScenarioFailed(AssertionError):
    """A scenario did not get what it expects."""

    def __init__(self, result: Result) -> None:
        super().__init__(result.scenario.name)
        self.result = result


class ScenarioItem(pytest.Item):
    """One scenario."""

    def __init__(self, *, scenario: Scenario, table: Table, suite: object, **rest: object) -> None:
        super().__init__(**rest)  # type: ignore[arg-type]  # what pytest itself passes on
        self.scenario = scenario
        self.table = table
        self.suite = suite

    def runtest(self) -> None:
        """Play it."""
        from ivr.simulator.run import run_scenario

        result = run_scenario(self.table, self.scenario)
        if not result.passed:
            raise ScenarioFailed(result)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:
        """Expected and heard, side by side."""
        from ivr.simulator.show import show_failure

        if isinstance(excinfo.value, ScenarioFailed):
            return show_failure(self.table, excinfo.value.result, self.suite)  # type: ignore[arg-type]  # ours, asked above
        return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where it is written."""
        return self.path, self.scenario.key.line, self.name
