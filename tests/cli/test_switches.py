"""Facts about switching from the command line, with the database and without it."""

from __future__ import annotations

import datetime as dt
import json
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ivr.cli import cli
from ivr.cli.switches import read_moment
from ivr.store.live.mirror import HERE, MIRROR, Mirror
from tests.switching import TEXT, calamity, table

SAY = ("--say", "nl=Storing.", "--say", "en=Disruption.")
GONE = "postgresql://nobody@127.0.0.1:9/nowhere"


@pytest.fixture(autouse=True)
def _table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "t").mkdir()
    (tmp_path / "t" / "table.yaml").write_text(TEXT)
    monkeypatch.chdir(tmp_path)


def ivr(*words: str, status: int = 0, **env: str) -> Result:
    done = CliRunner(env={"IVR_VAR": "var", "USER": "lena", **env}).invoke(cli, words)
    assert done.exit_code == status, done.output
    return done


def shown(**env: str) -> list[tuple[str, str, str]]:
    """(how it stands, kind, of what) of all that is switched."""
    held = json.loads(ivr("switches", "t", "--json", **env).stdout)
    return [(one["stands"], one["kind"], one.get("team") or one.get("node") or one.get("route") or "") for one in held]


def test_a_calamity_is_switched_on_until_a_moment_and_off_again() -> None:
    said = ivr("calamity", "on", "t", *SAY, "--route", "flood", "--until", "2h", "--why", "storm").stdout
    assert "calamity, since" in said
    assert "route flood: Storing." in said
    assert said.endswith("undo with: ivr calamity off\n")
    assert shown() == [("holds", "calamity", "flood")]
    assert ivr("calamity", "off", "--table", "other").stdout == "the calamity switch was off already\n"
    assert ivr("calamity", "off").stdout == "the calamity switch is off\n"
    assert shown() == [("ended", "calamity", "flood")]


def test_a_notice_is_set_beforehand_and_ended_by_its_number() -> None:
    said = ivr("notice", "on", "t", *SAY, "--from", "3h", "--until", "2d").stdout
    assert "notice in notices, from" in said
    assert shown() == [("coming", "notice", "notices")]
    number = said.rstrip().rpartition(" ")[2]
    assert "is over\n" in ivr("notice", "off", number).stdout
    assert "was over already" in ivr("notice", "off", number).stdout


def test_a_team_is_closed_until_a_moment_and_opened_again() -> None:
    assert "line is closed by hand" in ivr("close", "line", "t", "--until", "90m").stdout
    assert "already, by lena; end that first" in ivr("close", "line", "t", "--until", "1h", status=2).output
    assert ivr("reopen", "line").stdout == "line is open, by its hours\n"
    assert ivr("reopen", "line").stdout == "line was not closed by hand\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("calamity", "on", "t", "--say", "nl=Storing."), "there is no text in 'en'"),
        (("calamity", "on", "t", *SAY, "--route", "flod"), "did you mean 'flood'?"),
        (("calamity", "on", "t", *SAY, "--until", "2020-01-01 10:00"), "it ends in the past"),
        (("calamity", "on", "t", *SAY, "--until", "soon"), "'soon' is no moment; write 15:00"),
        (("calamity", "on", "t", "--say", "Storing."), "write it as --say nl="),
        (("close", "lien", "t", "--until", "1h"), "did you mean 'line'?"),
        (("notice", "on", "t", *SAY, "--node", "main", "--until", "1h"), "there are: notices"),
    ],
)
def test_what_cannot_be_is_one_clear_line_and_status_2(words: tuple[str, ...], said: str) -> None:
    done = ivr(*words, status=2)
    assert said in done.output
    assert "Traceback" not in done.output
    assert "undo with" not in done.output


def test_while_the_database_is_gone_this_machine_is_switched(tmp_path: Path) -> None:
    env = {"IVR_DATABASE_URL": GONE}
    done = ivr("calamity", "on", "t", *SAY, **env)
    assert "this machine alone until it is back" in done.stderr
    assert [one.kind for one in Mirror(tmp_path / "var" / HERE).read()] == ["calamity"]
    assert "line is closed by hand" in ivr("close", "line", "t", "--until", "1h", **env).stdout
    assert shown(**env) == [("holds", "calamity", ""), ("holds", "closed", "line")]
    assert ivr("reopen", "line", **env).stdout == "line is open, by its hours\n"
    assert ivr("calamity", "off", **env).stdout == "the calamity switch is off\n"
    assert not (tmp_path / "var" / HERE).exists()


def test_what_the_database_holds_is_ended_here_while_it_is_gone_and_there_when_it_is_back(tmp_path: Path) -> None:
    ivr("calamity", "on", "t", *SAY)
    made = json.loads(ivr("switches", "t", "--json").stdout)[0]
    now = int(time.time())
    Mirror(tmp_path / "var" / MIRROR).write((calamity(id=made["id"], begins=now, made=now),))
    assert ivr("calamity", "off", IVR_DATABASE_URL=GONE).stdout == "the calamity switch is off\n"
    assert [(one.id, one.ended is None) for one in Mirror(tmp_path / "var" / HERE).read()] == [(made["id"], False)]
    assert shown() == [("holds", "calamity", "")]
    assert ivr("calamity", "off").stdout == "the calamity switch is off\n"
    assert not (tmp_path / "var" / HERE).exists()


def test_a_folder_with_errors_is_in_nobodys_way_when_a_version_is_live(tmp_path: Path) -> None:
    ivr("publish", "t", "--no-prove")
    broken = TEXT.replace("to: thanks, no_input: code", "to: nowhere, no_input: code").replace(
        "joined: thanks", "joined: nowhere"
    )
    (tmp_path / "t" / "table.yaml").write_text(broken)
    ivr("check", "t", status=1)
    assert "calamity, since" in ivr("calamity", "on", "t", *SAY).stdout


@pytest.mark.parametrize(
    ("text", "at"),
    [("15:00", "2026-12-01 15:00"), ("2026-12-02 08:30", "2026-12-02 08:30"), ("90m", "2026-12-01 11:30")],
)
def test_a_moment_is_read_in_the_tables_zone(text: str, at: str) -> None:
    zone = table().almanac.zone
    now = int(dt.datetime(2026, 12, 1, 10, 0, tzinfo=zone).timestamp())
    found = read_moment(text, table(), now, "--until")
    assert f"{dt.datetime.fromtimestamp(found, zone):%Y-%m-%d %H:%M}" == at
