"""How to review a change: the page prints what it shows, and the workflow does what it says, under any branch name."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
import yaml

from ivr.cli import cli
from tests.cli.test_diff import RETARGET, WORDS, edit
from tests.test_readme import BLOCK, ROOT, _run

PAGE = ROOT / "docs" / "how-to" / "review-a-change.md"
FILE = ROOT / "docs" / "how-to" / "review-a-change.workflow.yml"
FLOW = yaml.load(FILE.read_text(), Loader=yaml.BaseLoader)  # texts only: YAML 1.1 would read `on` as a truth
(JOB,) = FLOW["jobs"].values()
SCRIPTS = [step["run"] for step in JOB["steps"] if "run" in step]
HOSTILE = [
    "main",
    "release/2026",
    "a'b\"c",
    "x;touch${IFS}pwned",
    "$(touch${IFS}pwned)",
    "`touch${IFS}pwned`",
    "-x",
    "%s&&x|y",
]


def test_the_page_prints_what_it_shows(tmp_path: Path, update: bool) -> None:
    text = PAGE.read_text()
    shutil.copytree(ROOT / "routing_tables", tmp_path / "routing_tables")
    renewed = BLOCK.sub(lambda found: found[0].replace(found[1], _run(found[1], tmp_path)), text)
    assert "try it: ivr simulate call my-table" in renewed
    if update:
        PAGE.write_text(renewed)
    assert renewed == text or update


def commands() -> list[list[str]]:
    """Each line of the scripts that runs the program, as words."""
    lines = [line for script in SCRIPTS for line in script.splitlines() if re.search(r"\bivr ", line)]
    return [shlex.split(line.split(" > ")[0]) for line in lines]


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_the_workflow_uses_commands_and_options_that_exist(words: list[str]) -> None:
    assert words.pop(0) == "ivr"
    context, held = click.Context(cli), cli
    while isinstance(held, click.Group):
        found = held.get_command(context, words.pop(0))
        assert found is not None
        held = found  # type: ignore[assignment]
    held.make_parser(context).parse_args(words)
    assert held.make_context(held.name, words).params  # choices and counts are judged here


def test_the_workflow_checks_proves_and_compares() -> None:
    used = [words[1] for words in commands()]
    assert used == ["check", "simulate", "prove", "diff"]


def test_the_workflow_has_no_rights_and_puts_no_names_into_scripts() -> None:
    assert FLOW["permissions"] == {"contents": "read"}
    assert list(FLOW["on"]) == ["pull_request"]
    assert "permissions" not in JOB
    assert not any("${{" in script for script in SCRIPTS)
    assert "secrets" not in FILE.read_text()
    checkout = next(step for step in JOB["steps"] if step.get("uses", "").startswith("actions/checkout@"))
    assert checkout["with"] == {"fetch-depth": "0", "persist-credentials": "false"}


def test_make_knows_what_the_workflow_asks_of_it() -> None:
    asked = re.findall(r"^make (\w+)$", "\n".join(SCRIPTS), re.M)
    assert asked
    assert all(re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.M) for target in asked)


@pytest.mark.parametrize("base", HOSTILE)
def test_the_comparison_of_the_workflow_runs_under_any_branch_name(tmp_path: Path, base: str) -> None:
    repo = tmp_path / "repo"
    table = repo / FLOW["env"]["TABLE"]
    shutil.copytree(ROOT / "routing_tables" / "groningen", table)
    for words in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "m"],
                  ["update-ref", f"refs/remotes/origin/{base}", "HEAD"]):  # fmt: skip
        who = {f"GIT_{w}_{k}": "t@t" for w in ("AUTHOR", "COMMITTER") for k in ("NAME", "EMAIL")}
        subprocess.run(["git", *words], cwd=repo, check=True, env={**os.environ, **who}, capture_output=True)
    edit(table, RETARGET, WORDS)
    given = {
        "BASE": base,
        "TABLE": FLOW["env"]["TABLE"],
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "s.md"),
    }
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", SCRIPTS[-1]],
        cwd=repo, capture_output=True, text=True, timeout=60, check=False, env={**os.environ, **given, "PATH": path},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    summary = (tmp_path / "s.md").read_text()
    assert summary.startswith("## What callers will notice\n")
    assert "### node waste\n" in summary
    assert "### node welcome (wording)\n" in summary
    assert not [path for path in tmp_path.rglob("pwned") if ".git" not in path.parts]
