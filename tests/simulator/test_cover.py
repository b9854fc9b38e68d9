"""Facts about what coverage does not count: the nodes and exits that no caller can come to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ivr.simulator.cover import Coverage, measure
from ivr.simulator.exits import nobody_takes
from tests.cli.test_commands import ivr
from tests.proofs.promised import BASE, changed
from tests.proofs.tables import DAYS, compiled, space_of

TODAY = "2026-11-24"
SET = (
    ("en: waste}, to: who}", "en: waste}, set: {topic: waste}, to: about}"),
    ("en: tax}, to: code}", "en: tax}, set: {topic: tax}, to: about}"),
    ("  who: ", "  about: {kind: branch, on: topic, cases: {waste: who, tax: code}, otherwise: note}\n  who: "),
)
"""A branch on a variable that every way to it sets."""


def idle(text: str) -> tuple[Coverage, list[str]]:
    """The coverage of no call, and what nobody can come to."""
    table = compiled(text)
    covered = measure(table, [])
    less = covered.less(*nobody_takes(table, space_of(table, DAYS)))
    return less, [what for what, _, _ in less.idle()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (BASE, []),
        (changed(*SET), ["about → otherwise"]),
        (changed(*SET, ("set: {topic: tax}, to: about", "to: about")), ["code", "lot", "about → tax"]),  # who presses 2 takes otherwise
        (changed(("  who: ", "  lonely: {kind: say, say: {nl: Hallo., en: Hello.}, to: note}\n  who: ")), ["lonely"]),
        (changed(("a: {share: 30, to: operator}, b: {share: 70,", "a: {share: 0, to: operator}, b: {share: 100,")), ["lot → a"]),
        (changed(('desk: {hours: "Mo-Fr 09:00-17:00", holidays: NL}', 'desk: {hours: "Mo-Fr 09:00-17:00"}')), ["opening → holiday"]),
    ],
)  # fmt: skip
def test_what_nobody_can_come_to_is_told_apart(text: str, expected: list[str]) -> None:
    assert idle(text)[1] == expected


def test_a_node_that_nobody_comes_to_is_named_once_and_its_exits_do_not_count() -> None:
    lonely = changed(("  who: ", "  lonely: {kind: say, say: {nl: Hallo., en: Hello.}, to: note}\n  who: "))
    all_, _ = idle(lonely)
    base, _ = idle(BASE)
    assert all_.hit == base.hit
    assert "lonely" not in all_.missed_nodes()
    assert not any(what.startswith("lonely") for what, _ in all_.missed_exits())


def test_what_was_taken_counts_whoever_says_that_nobody_can() -> None:
    """A scenario may stand in the past, where an exit could still be taken."""
    table = compiled(BASE)
    node = next(n for n, name in enumerate(table.graph.names) if name == "main")
    covered = Coverage(table, {node: 3}, {(node, "1"): 1, (node, "2"): 0}, {node: "main"}, {node: ()})
    less = covered.less({node}, {(node, "1"), (node, "2")})
    assert (less.hit, less.whole, less.percent) == ((1, 1, 1, 1), True, 100.0)


def test_a_suite_that_takes_all_that_can_be_taken_covers_a_hundred_in_a_hundred(tmp_path: Path) -> None:
    """As `generate` makes it: the exit that nobody takes is named with its place and its mend."""
    (tmp_path / "table.yaml").write_text(changed(*SET), encoding="utf-8")
    made = ivr("simulate", "generate", str(tmp_path), "-o", str(tmp_path / "scenarios" / "all.yaml"), IVR_TODAY=TODAY)
    assert made.returncode == 0, made.stderr
    done = ivr("simulate", "test", str(tmp_path), "--cover", "100", IVR_TODAY=TODAY)
    assert done.returncode == 0, done.stdout
    place = f"{tmp_path}/table.yaml:"
    rows = done.stdout.splitlines()
    assert rows[0] == "not counted, since nobody can come to it from today on:"
    assert rows[1].startswith(f"  about → otherwise  {place}")
    assert rows[1].endswith(": every caller takes one of its cases: write the last of them as 'otherwise'")
    found = json.loads(ivr("simulate", "test", str(tmp_path), "--json", IVR_TODAY=TODAY).stdout)["coverage"]
    assert (found["percent"], [row["what"] for row in found["nobody"]]) == (100.0, ["about → otherwise"])


def test_an_exit_that_can_be_taken_and_is_not_still_fails(tmp_path: Path) -> None:
    (tmp_path / "table.yaml").write_text(changed(*SET), encoding="utf-8")
    (tmp_path / "scenarios").mkdir()
    one = "scenarios:\n  one: {at: 2026-12-01 10:00, do: [1], expect: {}}\n"
    (tmp_path / "scenarios" / "one.yaml").write_text(one, encoding="utf-8")
    done = ivr("simulate", "test", str(tmp_path), "--cover", "100", IVR_TODAY=TODAY)
    assert done.returncode == 1
    row = next(row for row in done.stdout.splitlines() if row.startswith("about "))
    assert row.split() == ["about", "1", "1/2", "tax"]
    assert "not counted, since nobody can come to it from today on:\n  about → otherwise" in done.stdout
