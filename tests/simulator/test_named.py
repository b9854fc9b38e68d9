"""What scenarios name that their table does not have is found without playing a call, at its place."""

from __future__ import annotations

import pytest

from ivr.simulator.named import check_names
from tests.engine.calls import table
from tests.minimal import text_at
from tests.simulator.test_scenarios import GOOD, one, suite


@pytest.mark.parametrize(
    ("rest", "code", "under", "said"),
    [
        ("dial: 050 367 1009, expect: {}", "IVR213", "050 367 1009", "did you mean '050 367 1000'?"),
        ("facts: {caler: known}, expect: {}", "IVR206", "caler", "did you mean 'caller'?"),
        ("facts: {caller: knwon}, expect: {}", "IVR213", "knwon", "did you mean 'known'?"),
        ("dials: {dsk: [busy]}, expect: {}", "IVR202", "dsk", "did you mean 'desk'?"),
        ("dials: {desk: [busy, engaged]}, expect: {}", "IVR213", "engaged", "known: bridged, busy"),
        ("queues: {lien: [full]}, expect: {}", "IVR202", "lien", "did you mean 'line'?"),
        ("queues: {line: [left]}, expect: {}", "IVR213", "left", "known: bridged, timeout"),
        ("calamity: {route: flod}, expect: {}", "IVR213", "flod", "did you mean 'flood'?"),
        ("calamity: {say: {de: Hallo.}}, expect: {}", "IVR210", "de", "its languages: nl, en"),
        ("expect: {team: dask}", "IVR202", "dask", "did you mean 'desk'?"),
        ("expect: {passes: [main, tahnks]}", "IVR201", "tahnks", "did you mean 'thanks'?"),
    ],
)
def test_a_name_that_the_table_does_not_have_is_a_finding(rest: str, code: str, under: str, said: str) -> None:
    held = suite(one(rest))
    check_names(table().graph, held, held.report)
    (finding,) = held.report.sorted()
    assert (finding.code, text_at(finding.span, held.sources)) == (code, under)
    assert said in finding.help


def test_a_day_that_does_not_exist_is_a_finding() -> None:
    held = suite("scenarios: {a: {at: 2026-02-30 10:00, expect: {}}}\n")
    check_names(table().graph, held, held.report)
    assert [f.message for f in held.report.sorted()] == ["'2026-02-30 10:00' is no date and time"]


def test_scenarios_that_name_what_is_there_have_no_findings() -> None:
    held = suite(GOOD + one('dials: {"*": [busy]}, queues: {"*": [full]}, expect: {}').partition("\n")[2])
    check_names(table().graph, held, held.report)
    assert (len(held.scenarios), held.report.sorted()) == (5, ())
