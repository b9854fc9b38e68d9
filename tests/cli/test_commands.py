"""Facts about the command line, run as a user runs it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ivr.cli import COMMANDS
from tests.engine import calls

ROOT = Path(__file__).parents[2]


def ivr(*words: str, folder: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the program."""
    return subprocess.run(
        [sys.executable, "-m", "ivr.cli", *words], cwd=folder, capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, "NO_COLOR": "1", "PYTHONPATH": str(ROOT), **environment},
    )  # fmt: skip


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A folder with a table."""
    (tmp_path / "t").mkdir()
    (tmp_path / "t" / "table.yaml").write_text(calls.TEXT)
    return tmp_path / "t"


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_has_help_with_an_example(command: str) -> None:
    done = ivr(command, "--help")
    assert done.returncode == 0
    assert "ivr " + command in done.stdout or "Commands" in done.stdout


def test_the_help_lists_every_command() -> None:
    done = ivr("--help")
    assert all(name in done.stdout for name in COMMANDS)


def test_a_command_that_does_not_exist_names_the_nearest() -> None:
    done = ivr("chek")
    assert (done.returncode, "did you mean 'check'?" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    "words",
    [("check", "nowhere"), ("simulate", "call", "nowhere"), ("check", "--today", "x"), ("simulate", "call", "--at", "x"),
     ("simulate", "call", "--fact", "x"), ("serve",), ("publish", "--version", "none"), ("calamity", "on", "--say", "nl=x")],
)  # fmt: skip
def test_wrong_use_is_one_clear_line_and_status_2(words: tuple[str, ...], tmp_path: Path) -> None:
    done = ivr(*words, IVR_VAR=str(tmp_path), IVR_TWILIO_TOKEN="")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("IVR_SEAL_KEYS", "abc", "must be id:secret, parted by commas"),
     ("IVR_SEAL_KEYS", "a:b,a:c", "the key 'a' stands there twice"),
     ("IVR_PUBLIC_URL", "https://x:port", "must be http(s)://host"),
     ("IVR_PORT", "0", "greater than or equal to 1")],
)  # fmt: skip
def test_a_wrong_setting_is_one_clear_line_and_status_2(name: str, value: str, said: str, table: Path) -> None:
    given = {"IVR_TWILIO_TOKEN": "x", "IVR_VAR": str(table.parent / "var"), name: value}
    done = ivr("serve", str(table), **given)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{name}: " in done.stderr
    assert said in " ".join(done.stderr.split())
    assert "Value error" not in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [(("--fact", "caler=known"), "there is no fact 'caler'; did you mean 'caller'?"),
     (("--fact", "caller=knwon"), "the fact 'caller' has no value 'knwon'; did you mean 'known'?"),
     (("--dials", "dek=busy"), "there is no team or dialled number 'dek'; did you mean 'desk'?"),
     (("--dials", "desk=bussy"), "no dial ends in 'bussy'; did you mean 'busy'?"),
     (("--dials", "desk=bridged,xx"), "no dial ends in 'xx'; known: bridged, busy, no_answer, closed, failed, declined"),
     (("--queues", "lien=full"), "there is no team 'lien'; did you mean 'line'?"),
     (("--queues", "line=left"), "no wait ends in 'left'; known: bridged, timeout, full, closed, failed"),
     (("--keys", "x,y"), "'x' is no input; known: keys (0-9 * #), :words, silence, hangup, leave, record 10"),
     (("--keys", "1,silense"), "'silense' is no input; did you mean 'silence'?"),
     (("--keys", "record x"), "'record x' is no input"),
     (("--keys", "1 2"), "'1 2' is no input"),
     (("--route", "flod"), "no calamity node has the route 'flod'; did you mean 'flood'?")],
)  # fmt: skip
def test_what_the_table_does_not_know_is_not_played(words: tuple[str, ...], said: str, table: Path) -> None:
    done = ivr("simulate", "call", str(table), "--at", "2026-12-01 10:00", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in " ".join(done.stderr.split())


@pytest.mark.parametrize(
    "keys", ["", "2", "12#,*", "silence,-,,hangup", "hang up", ":grof vuil", "4,record 20", "4,record", "5,leave"]
)
def test_whatever_a_caller_can_do_is_played(keys: str, table: Path) -> None:
    done = ivr("simulate", "call", str(table), "--at", "2026-12-01 10:00", "--keys", keys)
    assert (done.returncode, done.stderr, "ends: " in done.stdout) == (0, "", True)


def test_a_good_table_is_status_0_and_a_finding_status_1(table: Path) -> None:
    text = (table / "table.yaml").read_text()
    (table / "table.yaml").write_text(text.replace("to: repeat-code", "to: repeat-cod"))
    done = ivr("check", str(table))
    assert done.returncode == 1
    assert "IVR201" in done.stdout
    assert "did you mean 'repeat-code'?" in done.stdout


@pytest.mark.parametrize(
    ("scenarios", "where"),
    [("scenarios: {a: {at: 2026-12-01 10:00, expect: {passes: [mian]}}}\n", "a.yaml:1:57: error[IVR201]"),
     ("scenarios: {a: {at: 2026-12-01 10:00, expects: {}}}\n", "a.yaml:1:39: error[IVR104]"),
     ("scenarios: {a: [\n", "a.yaml:1:16: error[IVR101]")],
)  # fmt: skip
def test_a_check_reads_the_scenarios_too(scenarios: str, where: str, table: Path) -> None:
    (table / "scenarios").mkdir()
    (table / "scenarios" / "a.yaml").write_text(scenarios)
    done = ivr("check", str(table), "--fail-on", "error")
    assert (done.returncode, "t/scenarios/" + where in done.stdout) == (1, True), done.stdout


@pytest.mark.parametrize("form", ["json", "sarif"])
def test_findings_come_as_data(table: Path, form: str) -> None:
    text = (table / "table.yaml").read_text()
    (table / "table.yaml").write_text(text.replace("to: repeat-code", "to: repeat-cod"))
    assert "IVR201" in json.dumps(json.loads(ivr("check", str(table), "--format", form).stdout))


def test_a_call_is_printed_with_the_place_of_each_line(table: Path) -> None:
    done = ivr("simulate", "call", str(table), "--at", "2026-12-01 10:00", "--keys", "2")
    assert done.returncode == 0
    assert "operator" in done.stdout
    assert "table.yaml:" in done.stdout
    assert "ends: person (desk)" in done.stdout


def test_simulate_py_is_the_simulator(table: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "simulate.py"), "call", str(table), "--at", "2026-12-01 10:00", "--keys", "2"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert "ends: person (desk)" in done.stdout


def test_publishing_says_how_to_undo_and_undoing_works(table: Path, tmp_path: Path) -> None:
    var = {"IVR_VAR": str(tmp_path / "var")}
    first = ivr("publish", str(table), "--list", **var)
    assert first.stdout == ""
    one = ivr("publish", str(table), **var).stdout.split()[1]
    (table / "table.yaml").write_text(calls.TEXT.replace("Welkom.", "Hallo."))
    said = ivr("publish", str(table), **var).stdout
    assert f"undo with: ivr publish --version {one}" in said
    assert f"kinds {one} is live" in ivr("publish", str(table), "--version", one, **var).stdout
    assert f"{one}  " in ivr("publish", str(table), "--list", **var).stdout


def test_a_broken_table_is_not_published(table: Path, tmp_path: Path) -> None:
    (table / "table.yaml").write_text(calls.TEXT.replace("to: repeat-code", "to: repeat-cod"))
    done = ivr("publish", str(table), IVR_VAR=str(tmp_path / "var"))
    assert (done.returncode, "IVR201" in done.stdout) == (1, True)
    assert not (tmp_path / "var").exists()


@pytest.fixture
def stranding(tmp_path: Path) -> Path:
    """Groningen, where who is promised nothing hears a bare goodbye: a check cannot see that."""
    folder = tmp_path / "groningen"
    shutil.copytree(ROOT / "routing_tables" / "groningen", folder)
    flows = folder / "flows.yaml"
    text = flows.read_text()
    assert "        failed: not-promised\n" in text
    flows.write_text(text.replace("        failed: not-promised\n", "        failed: return\n"))
    return folder


def test_the_real_table_is_proved_and_published(tmp_path: Path) -> None:
    done = ivr("publish", IVR_VAR=str(tmp_path / "var"), IVR_TODAY="2026-11-24")
    assert (done.returncode, done.stderr, " is live" in done.stdout) == (0, "", True)


def test_a_table_that_strands_a_caller_is_not_published(stranding: Path, tmp_path: Path) -> None:
    done = ivr("publish", str(stranding), IVR_VAR=str(tmp_path / "var"), IVR_TODAY="2026-11-24")
    assert done.returncode == 1
    assert "BROKEN  nobody-is-stranded" in done.stdout
    assert "replay: ivr simulate call" in done.stdout
    assert "not published" in done.stderr
    assert not (tmp_path / "var").exists()


def test_a_table_is_published_unproved_with_a_warning(stranding: Path, tmp_path: Path) -> None:
    done = ivr("publish", str(stranding), "--no-prove", IVR_VAR=str(tmp_path / "var"), IVR_TODAY="2026-11-24")
    assert (done.returncode, "warning: published without being proved" in done.stderr) == (0, True)
    assert (tmp_path / "var" / "tables" / "groningen" / "live").is_file()


def test_the_fallback_dials_the_operator(table: Path, tmp_path: Path) -> None:
    done = ivr("fallback", str(table), "-o", str(tmp_path / "f.xml"))
    assert done.returncode == 0
    assert "sip:desk@kcc.example" in (tmp_path / "f.xml").read_text()


def test_a_fallback_that_rings_nobody_is_written_with_a_warning(table: Path, tmp_path: Path) -> None:
    queue = "operator: {kind: queue, team: line, timeout: {wait: 2m, to: note}, full: note,"
    text = calls.TEXT.replace("operator: {kind: transfer, team: desk, whisper: true,", queue)
    text = text.replace(
        "busy: promise, no_answer: promise, closed: promise, failed: note}\n  turns",
        "closed: note, failed: note}\n  turns",
    )
    (table / "table.yaml").write_text(text)
    done = ivr("fallback", str(table), "-o", str(tmp_path / "f.xml"))
    assert done.returncode == 1
    assert "the operator 'operator' has nothing to dial" in done.stderr
    assert "Enqueue" not in (tmp_path / "f.xml").read_text()


def test_the_calamity_switch_takes_declared_routes_only(table: Path, tmp_path: Path) -> None:
    var = {"IVR_VAR": str(tmp_path)}
    words = ("calamity", "on", str(table), "--say", "nl=Storing.", "--say", "en=Disruption.")
    assert ivr(*words, "--route", "elsewhere", **var).returncode == 2
    assert ivr(*words, "--route", "flood", **var).returncode == 0
    held = json.loads(ivr("switches", str(table), "--json", **var).stdout)
    assert [(one["stands"], one["route"]) for one in held] == [("holds", "flood")]
    assert "is off" in ivr("calamity", "off", **var).stdout
