"""The pytest plugin: a table's scenarios are tests in anybody's own suite."""

from __future__ import annotations

import pytest

from tests.minimal import TABLE

pytest_plugins = ["pytester"]

SCENARIOS = """\
scenarios:
  waste: {at: 2026-12-01 10:00, do: [1], expect: {ends: person, team: desk}}
  night: {at: 2026-12-01 23:00, do: [1, record 9], expect: {ends: %s}}
"""


def run(pytester: pytest.Pytester, scenarios: str, table: str = TABLE) -> pytest.RunResult:
    """Run pytest over a table's folder."""
    folder = pytester.mkdir("small")
    (folder / "table.yaml").write_text(table, encoding="utf-8")
    (folder / "scenarios").mkdir()
    (folder / "scenarios" / "a.yaml").write_text(scenarios, encoding="utf-8")
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    return pytester.runpytest_inprocess("small", "-p", "no:cacheprovider", "-p", "no:xdist")


def test_scenarios_are_collected_and_pass(pytester: pytest.Pytester) -> None:
    run(pytester, SCENARIOS % "case").assert_outcomes(passed=2)


def test_a_scenario_that_fails_shows_expected_and_heard(pytester: pytest.Pytester) -> None:
    result = run(pytester, SCENARIOS % "person")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*FAILED night*small/scenarios/a.yaml:3:3*", "*expected*heard*", "*person*case*"])


def test_a_file_that_is_wrongly_written_is_an_error_with_its_place(pytester: pytest.Pytester) -> None:
    result = run(pytester, SCENARIOS % "well")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*small/scenarios/a.yaml:3:*"])


def test_a_table_with_errors_is_an_error(pytester: pytest.Pytester) -> None:
    run(pytester, SCENARIOS % "case", TABLE.replace("to: operator}", "to: nowhere}")).assert_outcomes(errors=1)


def test_yaml_that_stands_elsewhere_is_left_alone(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    (pytester.mkdir("other") / "a.yaml").write_text("x: [", encoding="utf-8")
    pytester.runpytest_inprocess("other", "-p", "no:xdist").assert_outcomes()
