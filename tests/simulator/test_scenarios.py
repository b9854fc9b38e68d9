"""Scenarios: read, prepared, played and judged; what they cover."""

from __future__ import annotations

import re
import textwrap

import pytest

from benchmarks.tables import groningen
from ivr.diagnostics import Source, Sources
from ivr.simulator.cover import measure
from ivr.simulator.run import Miss, prepare, run_scenario
from ivr.simulator.scenario import Suite, read_suite_sources
from ivr.simulator.show import show_coverage, show_failure
from tests.engine.calls import table
from tests.minimal import text_at

GOOD = """\
scenarios:
  waste: {at: 2026-12-01 10:00, do: [1], expect: {ends: told where to turn, hears: [Voor afval, Tot ziens]}}
  desk: {at: 2026-12-01 10:00, do: [2, 8], expect: {ends: person, team: desk, choices_at_most: 2, seconds_at_most: 60s}}
  night: {dial: 050 367 1000, at: 2026-12-01 23:00, expect: {ends: told where to turn, passes: [opening, closed]}}
  busy: {at: 2026-12-01 10:00, do: [2, 1], dials: {desk: [busy]}, expect: {ends: case}}
"""


def suite(text: str) -> Suite:
    """Scenarios of one file."""
    return read_suite_sources(Sources((Source("a.yaml", textwrap.dedent(text)),)))


def one(rest: str) -> str:
    """A file of one scenario."""
    return f"scenarios:\n  one: {{at: 2026-12-01 10:00, {rest}}}\n"


def test_good_scenarios_pass() -> None:
    held = suite(GOOD)
    assert held.report.sorted() == ()
    assert [run_scenario(table(), s).misses for s in held.scenarios] == [()] * 4


@pytest.mark.parametrize(
    ("text", "code", "under"),
    [
        ("scenarios: [a]\n", "IVR106", "[a]"),
        ("- a\n", "IVR106", "-"),
        ("scenario: {}\n", "IVR104", "scenario"),
        ("scenarios: {a: {at: tomorrow, expect: {}}}\n", "IVR106", "tomorrow"),
        ("scenarios: {a: {expect: {}}}\n", "IVR105", "a"),
        ("scenarios: {a: {at: 2026-12-01 10:00}}\n", "IVR105", "a"),
        ("scenarios: {a: {at: 2026-12-01 10:00, expect: {ends: well}}}\n", "IVR106", "well"),
        ("scenarios: {a: {at: 2026-12-01 10:00, expects: {}, expect: {}}}\n", "IVR104", "expects"),
        ("scenarios: {a: {at: 2026-12-01 10:00, as: shy, expect: {}}}\n", "IVR106", "shy"),
    ],
)
def test_what_is_wrongly_written_is_a_finding(text: str, code: str, under: str) -> None:
    held = suite(text)
    found = [(f.code, text_at(f.span, held.sources)) for f in held.report.sorted()]
    assert (code, under) in found


def test_a_name_used_in_two_files_points_at_both() -> None:
    text = "scenarios:\n  one: {at: 2026-12-01 10:00, expect: {}}\n"
    held = read_suite_sources(Sources((Source("a.yaml", text), Source("b.yaml", text))))
    (finding,) = held.report.sorted()
    assert (finding.code, finding.span.file, finding.labels[0].span.file) == ("IVR111", 1, 0)


@pytest.mark.parametrize(
    ("rest", "what"),
    [
        ("dial: 050 999 9999, expect: {}", "dial"),
        ("facts: {colour: red}, expect: {}", "facts"),
        ("facts: {caller: red}, expect: {}", "facts"),
        ("dials: {desk: [busy, engaged]}, expect: {}", "dials"),
        ("queues: {line: [left]}, expect: {}", "queues"),
    ],
)
def test_what_the_table_does_not_know_is_a_miss(rest: str, what: str) -> None:
    held = suite(one(rest))
    miss = prepare(table(), held.scenarios[0].decl)
    assert isinstance(miss, Miss)
    assert miss.what == what


def test_a_date_that_does_not_exist_is_a_miss() -> None:
    held = suite("scenarios: {a: {at: 2026-02-30 10:00, expect: {}}}\n")
    miss = prepare(table(), held.scenarios[0].decl)
    assert isinstance(miss, Miss)
    assert text_at(miss.span, held.sources) == "2026-02-30 10:00"


@pytest.mark.parametrize(
    ("expect", "what", "expected", "heard"),
    [
        ("ends: case", "ends", "case", "person"),
        ("team: line", "team", "line", "desk"),
        ("hears: [Welkom, Nooit]", "hears", "Nooit", "Welkom"),
        ("hears: [Tot ziens, Welkom]", "hears", "Welkom", "Welkom"),
        ("never_hears: [welkom]", "never hears", "not: welkom", "Welkom"),
        ("passes: [main, opening]", "passes", "opening", "main"),
        ("choices_at_most: 1", "choices", "at most 1", "2"),
        ("seconds_at_most: 5s", "seconds", "at most 5 s", "helped after"),
    ],
)
def test_what_is_expected_and_does_not_come_is_a_miss(expect: str, what: str, expected: str, heard: str) -> None:
    held = suite(one(f"do: [2, 8], expect: {{{expect}}}"))
    result = run_scenario(table(), held.scenarios[0])
    (miss,) = result.misses
    assert (miss.what, miss.expected) == (what, expected)
    assert heard in miss.heard
    assert text_at(miss.span, held.sources) in expect


def test_who_is_never_helped_is_not_in_time() -> None:
    held = suite(one("do: [1], expect: {seconds_at_most: 5s}"))
    assert run_scenario(table(), held.scenarios[0]).misses[0].heard == "never helped"


def test_a_failure_shows_expected_and_heard_beside_each_other_with_its_place() -> None:
    held = suite(one("do: [1], expect: {ends: case}"))
    shown = show_failure(table(), run_scenario(table(), held.scenarios[0]), held.sources)
    assert shown.startswith("FAILED one  a.yaml:2:3\n  a.yaml:2:")
    assert "expected" in shown.split("\n")[2]
    assert shown.split("\n")[3].split("│")[0].strip() == "case"
    assert "main  kinds.yaml:" in shown


def test_coverage_counts_nodes_and_exits_and_names_what_is_missed() -> None:
    held = suite(GOOD)
    heard = [run_scenario(table(), s).transcript for s in held.scenarios]
    covered = measure(table(), [t for t in heard if t is not None])
    graph = table().graph
    main, opening = graph.names.index("main"), graph.names.index("opening")
    assert covered.nodes[main] == 3
    assert (covered.exits[opening, "open"], covered.exits[opening, "closed"], covered.exits[opening, "holiday"]) == (
        3,
        1,
        0,
    )
    assert "line" in covered.missed_nodes()
    assert ("opening → holiday", table().source_map.node(opening)) in covered.missed_exits()
    assert 0 < covered.percent < 100
    assert f"{covered.percent:.1f} %" in show_coverage(covered)


def test_a_share_is_covered_by_its_name() -> None:
    held = suite(one("facts: {caller: known}, do: [2, 8], seed: 1, expect: {}"))
    covered = measure(table(), [t for s in held.scenarios if (t := run_scenario(table(), s).transcript) is not None])
    shares = table().graph.names.index("shares")
    assert {name for node, name in covered.exits if node == shares} == {"a", "b"}
    assert {"shares → a", "shares → b"} & {shown for shown, _ in covered.missed_exits()}


def test_a_node_of_a_flow_is_named_by_its_flow_and_shown_with_its_visits() -> None:
    covered = measure(groningen(), [])
    names = groningen().graph.names
    ring, mark = names.index("reach-civil/ring"), names.index("reach-civil/done/mark")
    assert (covered.names[ring], covered.names[mark]) == ("reach/ring", "mark/mark")
    assert re.fullmatch(r"reach/ring \(reach-civil and \d+ more\)", covered.node(ring))
    assert "reach/ring (reach-civil and" in show_coverage(covered)
    assert (
        "mark/draw → asked",
        groningen().source_map.node(names.index("reach-civil/done/draw")),
    ) in covered.missed_exits()
    assert len(set(covered.names.values())) == len(covered.names)


def test_nothing_played_covers_nothing() -> None:
    covered = measure(table(), [])
    assert covered.percent == 0
    assert set(covered.missed_nodes()) == {table().graph.names[n] for n in covered.nodes}
