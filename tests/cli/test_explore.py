"""`ivr simulate explore` as a table, as JSON, as CSV and as a picture."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ivr.cli import cli
from tests.engine import calls

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The table with every kind."""
    (tmp_path / "kinds.yaml").write_text(calls.TEXT, encoding="utf-8")
    return tmp_path


def explore(folder: Path, *options: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(cli, ["simulate", "explore", str(folder), "--today", "2026-11-24", *options])


def test_numbers_of_which_all_is_the_same_share_their_rows(folder: Path) -> None:
    blocks = explore(folder).output.strip().split("\n\n")
    heads = [[row for row in block.split("\n") if not row.startswith(" ")] for block in blocks]
    assert heads[0] == ["14 050 (Every kind), nl"]
    assert [head[0].partition(" (")[0] for head in heads[1:-1]] == [
        *("050 367 1000", "050 367 1001", "050 367 81xx", "050 367 1002"),
    ]
    assert "Mon-Fri 09:00-17:00" in blocks[0]


def test_json_gives_every_row(folder: Path) -> None:
    found = json.loads(explore(folder, "--json").output)
    first = found[0]
    assert (first["number"], first["language"], first["when"]) == ("14 050", "nl", "Mon-Fri 09:00-17:00")
    assert first["fewest"]["choices"] == 0
    assert first["soonest"]["seconds"] <= first["fewest"]["seconds"]
    assert {"ends": "person", "team": "desk", "switch": False} in first["endings"]
    assert {row["language"] for row in found} == {"nl", "en"}


def test_hours_of_all_rows_of_a_caller_are_all_hours_of_the_days_ahead(folder: Path) -> None:
    found = json.loads(explore(folder, "--json", "--days", "100", "--language", "nl").output)
    mine = [row for row in found if row["number"] == "14 050" and "other" in (row["callers"] or "other")]
    assert sum(row["hours"] for row in mine) == pytest.approx(100 * 24, abs=0.5)


def test_csv_has_the_same_rows(folder: Path) -> None:
    found = list(csv.DictReader(io.StringIO(explore(folder, "--csv", "--number", "050 367 1000").output)))
    assert {row["number"] for row in found} == {"050 367 1000"}
    assert {row["formerly"] for row in found} == {"Afval"}
    assert any("person (desk)" in row["endings"] for row in found)
    assert any("(redirect)" in row["when"] for row in found)


def test_it_says_the_same_each_time(folder: Path) -> None:
    assert explore(folder, "--json").output == explore(folder, "--json").output


def test_the_heat_map_covers_the_week_of_each_number(folder: Path, tmp_path: Path) -> None:
    picture = tmp_path / "heat.svg"
    assert explore(folder, "--heat", str(picture)).exit_code == 0
    root = ET.parse(picture).getroot()  # our own file
    assert root.find(f"{SVG}title") is not None
    assert "30 November 2026" in (root.findtext(f"{SVG}desc") or "")
    rows = root.findall(f"{SVG}g")
    assert [row.findtext(f"{SVG}title") for row in rows][:2] == ["14 050 (Every kind)", "050 367 1000 (Afval)"]
    widths = [sum(float(cell.get("width", 0)) for cell in row.findall(f"{SVG}rect")) for row in rows]
    assert widths == pytest.approx([7 * 24 * 7] * 5, abs=1)
    said = [cell.findtext(f"{SVG}title") or "" for cell in rows[0].findall(f"{SVG}rect")]
    assert any(text.startswith("14 050, Tuesday 09:00-17:00: ") for text in said)
    assert "14 050, Sunday 00:00-24:00: no way to a person" in said


@pytest.mark.parametrize(
    "options",
    [("--number", "999"), ("--json", "--csv"), ("--language", "fr"), ("--heat", "heat.svg", "--week", "2020-01-01")],
)
def test_wrong_use_is_one_line_and_status_2(folder: Path, options: tuple[str, ...]) -> None:
    assert explore(folder, *options).exit_code == 2
