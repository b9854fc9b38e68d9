"""`ivr simulate explore` as a table, as JSON and as CSV."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ivr.cli import cli
from tests.engine import calls


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The table with every kind."""
    (tmp_path / "kinds.yaml").write_text(calls.TEXT, encoding="utf-8")
    return tmp_path


def explore(folder: Path, *options: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(cli, ["simulate", "explore", str(folder), "--today", "2026-11-24", *options])


def test_each_moment_has_a_table_of_all_numbers(folder: Path) -> None:
    shown = explore(folder).output
    blocks = [block.split("\n") for block in shown.strip().split("\n\n")]
    assert [block[0] for block in blocks] == [
        "open, 2026-11-25 13:00", "evening, 2026-11-25 22:00", "weekend, 2026-11-28 11:00", "holiday, 2026-12-25 11:00",
    ]  # fmt: skip
    assert [row[2:17].strip() for row in blocks[0][2:]] == ["14 050", "050 367 1000", "050 367 1001", "050 367 81xx"]
    assert "1, " in blocks[0][2]
    assert "desk: 2" in blocks[0][2]
    assert blocks[1][2].split() == ["14", "050", "none", "told", "where", "to", "turn"]


def test_json_gives_every_way(folder: Path) -> None:
    rows = json.loads(explore(folder, "--json").output)
    first = rows[0]
    assert (first["number"], first["moment"], first["at"], first["complete"]) == (
        "14 050",
        "open",
        "2026-11-25 13:00",
        True,
    )
    assert [way["ending"] for way in first["endings"]] == ["person", "case", "told where to turn"]
    assert first["endings"][0] | {"seconds": 0} == {
        "ending": "person", "choices": 1, "seconds": 0, "team": "desk", "done": ["2"],
    }  # fmt: skip


def test_csv_gives_a_line_an_ending(folder: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(explore(folder, "--csv", "--number", "050 367 1000").output)))
    assert {row["number"] for row in rows} == {"050 367 1000"}
    assert {row["formerly"] for row in rows} == {"Afval"}
    assert [row["ending"] for row in rows if row["moment"] == "evening"] == ["told where to turn"]


def test_it_says_the_same_each_time(folder: Path) -> None:
    assert explore(folder, "--json").output == explore(folder, "--json").output


@pytest.mark.parametrize("options", [("--number", "999"), ("--json", "--csv")])
def test_wrong_use_is_one_line_and_status_2(folder: Path, options: tuple[str, ...]) -> None:
    assert explore(folder, *options).exit_code == 2
