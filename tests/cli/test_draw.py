"""`ivr draw`: forms, parts of a table, and wrong use."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ivr.cli.draw import draw
from tests.minimal import TABLE
from tests.pictures.tables import ROOT

GRONINGEN = str(ROOT / "routing_tables/groningen")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(draw, ["--today", "2026-12-01", *arguments])


def ids(text: str) -> set[str]:
    return {e.attrib["id"] for e in ET.fromstring(text).iter() if "id" in e.attrib}


@pytest.mark.parametrize(
    ("name", "begins"), [("a.svg", "<svg"), ("a.html", "<!doctype html>"), ("a.mmd", "---\ntitle"), ("sub/a", "<svg")]
)
def test_the_file_name_says_the_format(tmp_path: Path, name: str, begins: str) -> None:
    assert run(GRONINGEN, "-o", str(tmp_path / name)).exit_code == 0
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(begins)


def test_the_part_of_a_number_or_from_a_node_is_a_part_of_the_whole() -> None:
    whole, of_number, of_node = (
        ids(run(GRONINGEN, *part).output)
        for part in (
            ["--all-visits"],
            ["--number", "050 367 1010", "--all-visits"],
            ["--from", "waste", "--all-visits"],
        )
    )
    assert of_number - {"e11"} < whole
    assert len(of_number) < len(whole) / 2
    assert of_node < whole
    assert sum(id_.startswith("e") for id_ in of_number) == 1
    assert not any(id_.startswith("e") for id_ in of_node)


def test_a_visit_can_be_drawn_from_as_a_node_can() -> None:
    drawn = ET.fromstring(run(GRONINGEN, "--from", "reach-civil").output)
    assert {e.attrib["data-frame"] for e in drawn.iter() if "data-frame" in e.attrib} >= {"reach-civil"}


def test_the_title_can_be_given() -> None:
    assert "Wie gaat waarheen &lt;nu&gt;?" in run(GRONINGEN, "--title", "Wie gaat waarheen <nu>?").output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--number", "050 999 9999"], "not in the table"),
        (["--from", "wast"], "did you mean 'waste'"),
        (["--language", "de"], "no language of the table: nl, en"),
        (["--number", "050 367 1000", "--from", "waste"], "exclude each other"),
        (["--format", "png"], "'png' is not one of"),
        (["-o", "x.pdf"], "'.pdf' is no ending that is known: .svg, .html, .htm, .mmd, .mermaid, .md, .graphml"),
    ],
)
def test_wrong_use_ends_with_one_clear_line(arguments: list[str], says: str) -> None:
    result = run(GRONINGEN, *arguments)
    assert result.exit_code == 2
    assert says in " ".join(result.output.split())
    assert not Path("x.pdf").exists()


def test_a_format_that_is_given_goes_before_the_ending(tmp_path: Path) -> None:
    assert run(GRONINGEN, "-o", str(tmp_path / "a.txt"), "--format", "mermaid").exit_code == 0
    assert (tmp_path / "a.txt").read_text(encoding="utf-8").startswith("---\ntitle")


def test_a_table_that_is_too_large_is_refused_but_not_its_part_nor_its_text(tmp_path: Path) -> None:
    says = "".join(
        f"  s{i}: {{kind: menu, options: {{1: {{label: {{nl: verder}}, to: s{i + 1}}}}}}}\n" for i in range(3000)
    )
    text = TABLE.replace("1: {label: {nl: afval}, to: operator}", "1: {label: {nl: afval}, to: s0}")
    (tmp_path / "table.yaml").write_text(
        text + says + "  s3000: {kind: say, say: {nl: Ja.}, to: operator}\n", encoding="utf-8"
    )
    refused = run(str(tmp_path))
    assert refused.exit_code == 2
    assert "too many for one picture" in refused.output
    assert "--from" in refused.output
    assert run(str(tmp_path), "--from", "s2900").exit_code == 0
    assert run(str(tmp_path), "--format", "mermaid").exit_code == 0
