"""Facts about a folder of what is kept that cannot be used: one clear line and status 2, whichever command needs it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ivr.cli import cli
from tests.engine import calls

SAY = ("--say", "nl=Storing.", "--say", "en=Disruption.")
COMMANDS = {
    "serve": ("serve", "t"),
    "publish": ("publish", "t", "--no-prove"),
    "calamity on": ("calamity", "on", "t", *SAY),
    "calamity off": ("calamity", "off"),
    "journal": ("journal",),
}


@pytest.fixture(autouse=True)
def _table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "t").mkdir()
    (tmp_path / "t" / "table.yaml").write_text(calls.TEXT)
    (tmp_path / "file").write_text("a file where the folder should be")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IVR_TWILIO_TOKEN", "x")


def run(var: str, *words: str) -> Result:
    return CliRunner(env={"IVR_VAR": var}).invoke(cli, words)


@pytest.mark.parametrize("var", ["file", "file/below", "/dev/null/below", "n" * 300, "/proc/none"])
@pytest.mark.parametrize("name", COMMANDS)
def test_a_folder_that_cannot_be_used_is_one_clear_line(name: str, var: str) -> None:
    done = run(var, *COMMANDS[name])
    assert (done.exit_code, done.stdout) == (2, "")
    assert "IVR_VAR: " in done.stderr
    assert var[:20] in done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only to root")
@pytest.mark.parametrize("name", sorted(COMMANDS.keys() - {"journal"}))
def test_a_folder_that_cannot_be_written_is_one_clear_line(name: str, tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "calamity.json").write_text("{}")
    (tmp_path / "var").chmod(0o500)
    done = run("var", *COMMANDS[name])
    assert (done.exit_code, done.stdout, "IVR_VAR: " in done.stderr) == (2, "", True)


@pytest.mark.parametrize("words", [(), ("--no-prove",), ("--list",), ("--version", "abc")])
def test_publishing_finds_out_before_anything_is_proved(
    words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ivr.cli.publish.judge", lambda *_: pytest.fail("it was proved first"))
    done = run("file", "publish", "t", *words)
    assert (done.exit_code, "IVR_VAR: " in done.stderr) == (2, True)


def test_a_journal_that_is_not_there_is_not_an_empty_one(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    done = run("elsewhere", "journal")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "there is no journal in elsewhere" in done.stderr
    (tmp_path / "elsewhere" / "journal").mkdir()
    done = run("elsewhere", "journal")
    assert (done.exit_code, done.stdout) == (0, "nothing in elsewhere/journal\n")


def test_a_switch_is_not_said_to_be_off_where_there_is_no_folder(tmp_path: Path) -> None:
    done = run("elsewhere", "calamity", "off")
    assert (done.exit_code, done.stdout, "IVR_VAR: " in done.stderr) == (2, "", True)
    assert run("var", *COMMANDS["calamity on"]).exit_code == 0
    assert "calamity, since" in run("var", "switches", "t").stdout
    assert run("var", "calamity", "off").stdout == "the calamity switch is off\n"
    assert run("var", "calamity", "off").stdout == "the calamity switch was off already\n"


def test_a_journal_is_shown_whatever_stands_in_it(tmp_path: Path) -> None:
    (tmp_path / "var" / "journal").mkdir(parents=True)
    lines = [{"kind": "case", "at": 10**30, "due": -(10**30)}, {"at": "x", "number": 5}, {}]
    (tmp_path / "var" / "journal" / "a.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    done = run("var", "journal")
    assert (done.exit_code, len(done.stdout.splitlines())) == (0, 3)
