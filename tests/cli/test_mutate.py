"""`ivr simulate mutate`: what it prints, and its status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ivr.cli import cli
from tests.engine import calls

SUITE = "scenarios:\n  evening: {at: 2026-11-24 20:00, expect: {passes: [closed]}}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The table with every kind of node, with one scenario."""
    (tmp_path / "kinds.yaml").write_text(calls.TEXT, encoding="utf-8")
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "suite.yaml").write_text(SUITE, encoding="utf-8")
    return tmp_path


def mutate(folder: Path, *options: str) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(
        cli, ["simulate", "mutate", str(folder), "--today", "2026-11-24", "--jobs", "1", *options]
    )


def test_what_is_missed_comes_with_its_place_its_edit_and_what_to_add(folder: Path) -> None:
    done = mutate(folder, "--kind", "phase-moved")
    assert done.exit_code == 0, done.output
    rows = done.output.splitlines()
    at = next(i for i, row in enumerate(rows) if "announce of 050 367 1000 is 30 days later" in row)
    assert rows[at].startswith(f"{folder.as_posix()}/kinds.yaml:18: missed[phase-moved]")
    assert rows[at + 3].startswith('  -  "050 367 1000"')
    assert rows[at + 4].startswith('  +  "050 367 1000"')
    assert '  was: "Dit nummer verdwijnt."' in rows[at:]
    assert "  help: add a scenario that hears it:" in rows[at:]
    assert rows[-1].startswith("6 slips of 6 that can be made (seed 1): 1 noticed, 4 missed: 20.0 %")


def test_json_counts_every_slip_once_by_its_end(folder: Path) -> None:
    report = json.loads(mutate(folder, "--limit", "30", "--format", "json").output)
    assert report["all"]["made"] == len(report["slips"]) == 30
    assert sum(kind["made"] for kind in report["kinds"].values()) == 30
    ends = [slip["end"] for slip in report["slips"]]
    assert ends.count("missed") == report["all"]["missed"]
    assert ends.count("noticed") == sum(bool(slip["noticed"]) for slip in report["slips"])
    heard = ends.count("noticed") + ends.count("missed")
    assert report["percent"] == round(100 * ends.count("noticed") / heard, 1)
    assert all(slip["diff"].startswith("--- a/") for slip in report["slips"])


def test_the_same_seed_prints_the_same_and_nothing_is_written(folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert mutate(folder, "--limit", "11").output == mutate(folder, "--limit", "11").output
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(("options", "status"), [((), 0), (("--fail-under", "100"), 1), (("--fail-under", "0"), 0)])
def test_missed_slips_fail_only_under_what_is_asked(folder: Path, options: tuple[str, ...], status: int) -> None:
    assert mutate(folder, "--kind", "hours-off-by-one", *options).exit_code == status


@pytest.mark.parametrize("options", [("--kind", "typo"), ("--limit", "0"), ("--fail-under", "101"), ("--jobs", "0")])
def test_wrong_use_is_status_2(folder: Path, options: tuple[str, ...]) -> None:
    assert mutate(folder, *options).exit_code == 2


def test_a_table_in_which_no_such_slip_can_be_made_is_wrong_use(folder: Path) -> None:
    table = folder / "kinds.yaml"
    head, _, rest = calls.TEXT.partition("numbers:\n")
    table.write_text(head + rest[rest.index("variables:") :], encoding="utf-8")
    assert mutate(folder, "--kind", "phase-moved").exit_code == 2


def test_a_broken_table_gives_its_findings(folder: Path) -> None:
    (folder / "kinds.yaml").write_text(calls.TEXT.replace("to: topics}", "to: topcis}"), encoding="utf-8")
    done = mutate(folder)
    assert done.exit_code == 1
    assert "IVR" in done.output
    assert "did you mean 'topics'" in done.output


def test_broken_scenarios_give_their_findings(folder: Path) -> None:
    (folder / "scenarios" / "suite.yaml").write_text("scenarios:\n  a: {att: 1}\n", encoding="utf-8")
    done = mutate(folder)
    assert done.exit_code == 1
    assert "att" in done.output


def test_no_scenarios_and_scenarios_that_fail_are_said(folder: Path) -> None:
    suite = folder / "scenarios" / "suite.yaml"
    suite.write_text(SUITE.replace("[closed]", "[feast]"), encoding="utf-8")
    assert "fail without any slip: evening" in mutate(folder, "--kind", "wrong-number").output
    suite.unlink()
    assert "the table has no scenarios" in mutate(folder, "--kind", "wrong-number").output
