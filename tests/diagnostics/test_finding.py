"""The report: no cascades, no floods, file order; and what is nearest to a misspelt word."""

from __future__ import annotations

import pytest

from ivr.diagnostics import CODES, Report, Severity, Span, did_you_mean
from ivr.diagnostics.finding import MAX_COUNTED, MAX_FINDINGS


def at(line: int, column: int = 0, file: int = 0) -> Span:
    return Span(file, line, column, line, column + 1)


def test_the_same_fault_at_the_same_place_is_kept_once() -> None:
    report = Report()
    for _ in range(3):
        report.add("IVR201", at(1), "there is no node 'x'")
    report.add("IVR201", at(2), "there is no node 'x'")
    assert len(report) == 2


def test_findings_come_in_file_order_whenever_they_were_found() -> None:
    report = Report()
    places = [at(5), at(2, 7), at(2, 3), at(0, 0, 1), at(9)]
    for place in places:
        report.add("IVR201", place, "x")
    assert [f.span for f in report.sorted()] == [at(2, 3), at(2, 7), at(5), at(9), at(0, 0, 1)]


def test_a_flood_of_findings_is_counted_and_not_kept() -> None:
    report = Report()
    for line in range(MAX_FINDINGS + 5):
        report.add("IVR201", at(line), "x")
    assert (len(report), report.dropped) == (MAX_FINDINGS, 5)


def test_work_within_bounds_ends_when_nobody_would_count_any_more() -> None:
    report = Report()
    with report.bounded():
        for line in range(10 * MAX_COUNTED):
            report.add("IVR201", at(line), "x")
    assert len(report) + report.dropped == MAX_COUNTED


def test_what_is_muted_is_no_longer_reported() -> None:
    report = Report()
    report.add("IVR201", at(1), "x")
    report.mute(["IVR201"])
    report.add("IVR201", at(2), "x")
    report.add("IVR202", at(3), "x")
    assert [f.code for f in report.sorted()] == ["IVR201", "IVR202"]
    assert report.dropped == 0


def test_only_errors_count_as_errors() -> None:
    report = Report()
    report.add("IVR201", at(1), "x")
    report.add("IVR209", at(2), "x")
    assert (len(report), report.errors) == (2, 1)


def test_codes_are_in_order_and_each_is_what_it_is_listed_as() -> None:
    assert list(CODES) == sorted(CODES)
    assert all(code == held.code and held.title for code, held in CODES.items())
    assert {held.severity for held in CODES.values()} == set(Severity)
    assert len({held.title for held in CODES.values()}) == len(CODES)


@pytest.mark.parametrize(
    ("word", "known", "meant"),
    [
        ("mian", ["main", "menu"], "main"),
        ("calender", ["calendar", "callbacks"], "calendar"),
        ("openning", ["opening", "closed"], "opening"),
        ("waste", ["passport", "tax"], ""),
        ("x", [], ""),
        ("", ["a"], ""),
    ],
)
def test_the_nearest_known_word_is_offered_when_it_is_near(word: str, known: list[str], meant: str) -> None:
    assert did_you_mean(word, known) == (f"did you mean '{meant}'?" if meant else "")


def test_among_many_names_one_slip_of_the_pen_is_found() -> None:
    names = {f"node-{i}" for i in range(10_000)}
    for slip in ("ndoe-77", "nod-77", "noode-77", "nide-77", "node77"):
        assert did_you_mean(slip, names) == "did you mean 'node-77'?"
    assert did_you_mean("nothing-like-it", names) == ""


def test_a_hostile_word_has_no_neighbour() -> None:
    names = [f"node-{i}" for i in range(100_000)]
    assert did_you_mean("x" * 1_000_000, names) == ""
    assert did_you_mean("x" * 1_000_000, names[:50]) == ""
