"""Facts about `ivr journal`: every kind of entry is shown, and nobody's number or answers unless it is asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from ivr.cli import cli

CALLER, OTHER, TYPED = "+31612345678", "+31503671000", "987654321"
TURN = {
    "at": 1_796_119_200,
    "call": "CA1",
    "sequence": 3,
    "node": "callback",
    "caller": CALLER,
    "fields": {"bsn": TYPED},
}
ENTRIES = {
    "case": TURN | {"kind": "case", "case": "123456", "type": "callback", "team": "desk", "number": OTHER, "due": 1_796_205_600},
    "mark": TURN | {"kind": "mark", "mark": 8},
    "join": TURN | {"kind": "join", "case": "123456"},
    "cancel": TURN | {"kind": "cancel", "case": "123456"},
    "leg": {"kind": "leg", "at": 1_796_119_200, "call": "CA9", "attempt": "a1", "what": "citizen", "heard": {"citizen": "busy"}},
    "ring": {"kind": "leg", "at": 1_796_119_200, "call": "CA9", "ring": "r1", "status": "no-answer"},
}  # fmt: skip


@pytest.fixture(autouse=True)
def _kept(tmp_path: Path) -> None:
    (tmp_path / "journal").mkdir()
    lines = "".join(json.dumps(entry) + "\n" for entry in ENTRIES.values())
    (tmp_path / "journal" / "a.jsonl").write_text(lines)


def shown(var: Path, *words: str) -> str:
    done = CliRunner(env={"IVR_VAR": str(var)}).invoke(cli, ["journal", *words])
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_neither_a_number_nor_what_was_typed_is_shown_unless_asked_for(tmp_path: Path, words: tuple[str, ...]) -> None:
    text = shown(tmp_path, *words)
    assert [secret for secret in (CALLER, OTHER, TYPED) if secret in text] == []
    assert "+31*******00" in text


def test_in_full_it_is_what_stands_on_the_disk(tmp_path: Path) -> None:
    lines = shown(tmp_path, "--json", "--numbers").splitlines()
    assert [json.loads(line) for line in lines] == list(ENTRIES.values())
    assert OTHER in shown(tmp_path, "--numbers")


def test_each_kind_says_in_a_line_what_it_is(tmp_path: Path) -> None:
    lines = [line.split("  ", 1)[1] for line in shown(tmp_path).splitlines()]
    assert lines[0].startswith("callback 123456  desk  +31*******00  due ")
    assert lines[1:] == [
        "mark 8  callback  CA1", "join 123456  callback  CA1", "cancel 123456  callback  CA1",
        "leg citizen: citizen busy  attempt a1  CA9", "leg ring: no-answer  ring r1  CA9",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("zone", "due"), [("Europe/Amsterdam", "11:00"), ("America/Curacao", "06:00"), ("no/where", "10:00")]
)
def test_times_are_those_of_the_table_whatever_the_machine_s_are(tmp_path: Path, zone: str, due: str) -> None:
    (tmp_path / "journal" / "a.jsonl").write_text(json.dumps(ENTRIES["case"] | {"zone": zone}) + "\n")
    assert f" {due}  callback" in shown(tmp_path)


@pytest.mark.parametrize("kind", ["case", "mark", "join", "cancel", "leg"])
def test_each_kind_can_be_asked_for(tmp_path: Path, kind: str) -> None:
    found = [json.loads(line)["kind"] for line in shown(tmp_path, "--kind", kind, "--json").splitlines()]
    assert found == [kind] * (2 if kind == "leg" else 1)


def test_of_a_line_that_is_none_of_ours_nothing_is_let_through(tmp_path: Path) -> None:
    odd = {"kind": "leg", "heard": 5, "number": 612345678, "caller": [CALLER], "fields": [TYPED]}
    (tmp_path / "journal" / "a.jsonl").write_text(json.dumps(odd) + "\n")
    for words in ((), ("--json",)):
        assert [secret for secret in ("612345678", TYPED) if secret in shown(tmp_path, *words)] == []
