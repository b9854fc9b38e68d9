"""`ivr publish` tells who fares differently from the version that is live, and nothing in that keeps a table from callers."""

from __future__ import annotations

import getpass
import os
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from ivr.cli import cli, publish
from ivr.cli.common import get_table
from ivr.store.database.connect import connect, reading
from ivr.store.database.migrate import upgrade
from ivr.store.publishing import publications
from ivr.store.publishing.starting import start
from ivr.tables.archive import Archive
from tests.cli.test_commands import ROOT
from tests.cli.test_diff import RETARGET, WORDS, edit


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the real table that is live; the working folder is the one around it."""
    shutil.copytree(ROOT / "routing_tables" / "groningen", tmp_path / "t")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IVR_VAR", str(tmp_path / "var"))
    done = run("--no-prove")
    assert re.fullmatch(
        r"groningen \w{12} is live\n", done.stdout
    )  # nothing was live: there is nothing to compare with
    return tmp_path / "t"


def run(*words: str) -> Result:
    """Publish the table in `t`."""
    done = CliRunner().invoke(cli, ["publish", "t", *words], catch_exceptions=False)
    assert done.exit_code == 0
    assert " is live" in done.stdout.splitlines()[-1]
    return done


def live(table: Path) -> str:
    """The version that is live."""
    return (table.parent / "var" / "tables" / "groningen" / "live").read_text()


def test_each_edit_is_one_line_before_the_table_is_live(table: Path) -> None:
    before = live(table)
    edit(table, RETARGET, WORDS)
    lines = run().stdout.splitlines()
    assert lines[0] == f"against {before}, which is live: 1 edit that callers meet and 1 edit of wording"
    assert lines[1].startswith("  node waste  t/menus/street.yaml:5: 050 367 1000, until ")
    assert lines[1].endswith("…, presses 1: was stadsbeheer is rung → now menu container (and 5 rows more)")
    assert lines[2].startswith("  node welcome (wording)  t/menus/entry.yaml:")
    assert lines[3:] == [f"groningen {live(table)} is live; undo with: ivr publish --version {before}"]


def test_a_change_that_nobody_hears_is_said_to_be_so(table: Path) -> None:
    before = live(table)
    edit(table, ("table.yaml", "table:\n", "# a remark\ntable:\n"))
    lines = run("--no-prove").stdout.splitlines()
    assert lines[0] == f"no caller hears or meets anything else than in {before}"
    assert live(table) != before


def test_what_is_live_already_is_not_compared(table: Path) -> None:
    assert run("--no-prove").stdout == f"groningen {live(table)} is live already\n"


def test_ten_edits_are_shown_and_the_others_counted(table: Path) -> None:
    numbers = [f'  "050 367 42{i:02}": {{formerly: Fietsdepot, to: waste}}\n' for i in range(13)]
    (table / "bicycles.yaml").write_text("numbers:\n" + "".join(numbers))
    lines = run("--no-prove").stdout.splitlines()
    assert lines[0].endswith("13 edits that callers meet")
    assert [line.startswith("  number 050 367 42") for line in lines[1:11]] == [True] * 10
    assert lines[11] == "  and 3 edits more"
    assert len(lines) == 13


def test_undoing_compares_nothing(table: Path) -> None:
    before = live(table)
    edit(table, RETARGET)
    run("--no-prove")
    assert run("--version", before).stdout.startswith(f"groningen {before} is live; undo with")


def test_a_live_version_that_cannot_be_read_keeps_nothing_back(table: Path) -> None:
    before = live(table)
    kept = table.parent / "var" / "tables" / "groningen" / before / "table.yaml"
    kept.write_text(kept.read_text() + "# changed\n")
    edit(table, RETARGET)
    done = run("--no-prove")
    assert f"not compared with {before}, which is live: version {before} was changed" in done.stderr
    assert live(table) != before


def test_a_comparison_that_fails_keeps_nothing_back(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise KeyError

    monkeypatch.setattr(publish, "compare_tables", fails)
    before = live(table)
    edit(table, RETARGET)
    assert f"not compared with {before}, which is live: KeyError" in run("--no-prove").stderr
    assert live(table) != before


def test_a_table_of_great_size_is_not_compared(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publish, "LARGE", 10)
    edit(table, RETARGET)
    assert run("--no-prove").stdout.splitlines()[0].startswith("not compared with ")


@pytest.fixture
def database(table: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """A database beside the table, as `ivr serve` makes one."""
    engine = connect(f"sqlite:///{table.parent / 'var' / 'ivr.db'}")
    upgrade(engine)
    return engine


def history(engine: Engine) -> list[tuple[str, str, str, str]]:
    """The publications, the oldest first."""
    with reading(engine) as connection:
        held = publications.history(connection, "groningen")
    engine.dispose()
    return [(one.version, one.state, one.by, one.why) for one in reversed(held)]


def test_a_publication_is_in_the_history_with_who_and_why_and_what_was_live_before(
    table: Path, database: Engine
) -> None:
    before = live(table)
    edit(table, RETARGET)
    run("--no-prove", "--why", "De milieustraat zit vol", "--by", "anna")
    assert history(database) == [
        (before, "over", os.environ.get("USER") or getpass.getuser(), ""),
        (live(table), "live", "anna", "De milieustraat zit vol"),
    ]
    listed = CliRunner().invoke(cli, ["publish", "t", "--list"], catch_exceptions=False).stdout.splitlines()
    assert [line.split()[0] for line in listed] == [before, live(table)]
    assert listed[1].endswith("  live  anna: De milieustraat zit vol")


def test_a_version_that_only_the_database_holds_can_be_gone_back_to(table: Path, database: Engine) -> None:
    before = live(table)
    edit(table, RETARGET)
    run("--no-prove")
    shutil.rmtree(table.parent / "var" / "tables" / "groningen" / before)
    run("--version", before)
    assert live(table) == before
    assert history(database)[-1][:2] == (before, "live")


def test_what_is_published_while_the_database_is_gone_is_recorded_when_it_is_back(
    table: Path, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("--no-prove")
    edit(table, RETARGET)
    with monkeypatch.context() as gone:
        gone.setenv("IVR_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
        done = run("--no-prove", "--why", "Nacht", "--by", "piet")
    assert "this machine alone until it is back" in done.stderr
    fresh = live(table)
    assert fresh not in [row[0] for row in history(database)]
    CliRunner().invoke(cli, ["publish", "t", "--list"], catch_exceptions=False)
    assert history(database)[-1] == (fresh, "live", "piet", "Nacht")


def test_a_restart_serves_what_was_published_after_the_folder(table: Path, database: Engine) -> None:
    before = live(table)
    edit(table, RETARGET)
    run("--no-prove")
    run("--version", before)
    held = start(database, Archive(table.parent / "var" / "tables", "groningen"), get_table(table), table, "x", 1)
    assert held.table.version == before
    database.dispose()
