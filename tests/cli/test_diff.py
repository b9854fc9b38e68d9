"""`ivr diff`: what it prints of one edit of the real table, in each form, and its status."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from markdown_it import MarkdownIt

from ivr.cli import cli, diff_show
from tests.cli.test_commands import ROOT, ivr

RETARGET = ("menus/street.yaml", "        to: bulky\n", "        to: container\n")
SILENT = ("menus/main.yaml", "no_input: {ask_at_most: 2, to: operator}", "no_input: {ask_at_most: 2, to: more}")
WORDS = ("menus/entry.yaml", "Welkom bij de gemeente Groningen.", "Goedendag, dit is de gemeente Groningen.")
BROKEN = ("menus/street.yaml", "        to: bulky\n", "        to: bulkie\n")
GROUPS = {"kind", "title", "wording", "old_place", "new_place", "rows"}
ROWS = {
    "numbers",
    "languages",
    "when",
    "does",
    "was",
    "now",
    "worlds",
    "replay",
    "facts",
    "same_times",
    "callers",
    "share",
    "calamity",
    "other_ways",
}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the real table twice, as `old` and `new`; the working folder."""
    for name in ("old", "new"):
        shutil.copytree(ROOT / "routing_tables" / "groningen", tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def edit(folder: Path, *edits: tuple[str, str, str]) -> None:
    """Make edits: a file, what stands there, and what comes in its place."""
    for name, was, now in edits:
        text = (folder / name).read_text()
        assert was in text
        (folder / name).write_text(text.replace(was, now, 1))


def diff(*words: str) -> Result:
    """Run the command in this process; wrong use, which ends in `main`, is for `ivr`."""
    return CliRunner().invoke(cli, ["diff", *words], catch_exceptions=False)


def groups(*words: str) -> list[dict[str, object]]:
    """What the command found, as data."""
    found = json.loads(diff("old", "new", "--format", "json", *words).stdout)["groups"]
    assert isinstance(found, list)
    return found


def call(command: str, folder: str) -> str:
    """Play a command that was printed, on a table."""
    words = shlex.split(command)
    assert words[:4] == ["ivr", "simulate", "call", "new"]
    done = CliRunner().invoke(cli, ["simulate", "call", folder, *words[4:]], catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout


def parted(before: str, after: str) -> tuple[str, str]:
    """Where two transcripts part: the first lines from there on."""
    rows = [text.replace(" old/", " new/").splitlines() for text in (before, after)]
    at = next(i for i, (one, other) in enumerate(zip(*rows, strict=False)) if one != other)
    assert at > 0
    return "\n".join(rows[0][at : at + 8]), "\n".join(rows[1][at : at + 8])


def test_equal_tables_have_no_difference_and_status_0(here: Path) -> None:
    done = diff("old", "new")
    assert done.exit_code == 0
    assert done.stdout == "no difference for any caller: 32 numbers and the main line, from 2026-11-24 for 800 days\n"
    assert "no difference for any caller" in diff("old", "new", "--format", "markdown").stdout
    assert groups() == []


def test_what_is_moved_and_laid_out_otherwise_makes_no_difference(here: Path) -> None:
    main = here / "new" / "menus" / "main.yaml"
    moved = main.read_text().replace(
        "no_input: {ask_at_most: 2, to: operator}", "no_input:\n      to: operator\n      ask_at_most: 2"
    )
    (here / "new" / "moved.yaml").write_text("# moved\n\n" + moved)
    main.unlink()
    assert diff("old", "new", "--words").exit_code == 0


def test_one_edit_is_one_group_with_its_place_its_callers_and_a_call_to_try(here: Path) -> None:
    edit(here / "new", RETARGET)
    done = diff("old", "new")
    lines = done.stdout.splitlines()
    assert done.exit_code == 1
    place = next(
        i for i, line in enumerate((here / "new/menus/street.yaml").read_text().splitlines(), 1) if line == "  waste:"
    )
    assert lines[0] == f"node waste  new/menus/street.yaml:{place}"
    assert lines[1].startswith("  050 367 1000, until 31 Jan 2027: Mon-Fri 08:30-16:30, except holidays and ")
    assert lines[1].endswith(", presses 1: was stadsbeheer is rung → now menu container")
    assert any(line.startswith("  14 050 and 29 more, in their own times, ") for line in lines)
    assert lines[-3].startswith(
        "  try it: ivr simulate call new --dial '050 367 1000' --at '2026-11-24 10:00' --keys 1"
    )
    assert lines[-1].startswith("1 edit that callers meet; compared: 32 numbers and the main line, from 2026-11-24")


@pytest.mark.parametrize(
    ("change", "was", "now", "heard_before", "heard_now"),
    [(RETARGET, "stadsbeheer is rung", "menu container", "dials sip:stadsbeheer@kcc.example", "  container  "),
     (SILENT, "queue kcc", "menu more", "waits for kcc", "  more  "),
     (("menus/closed.yaml", "    no_answer: danger-note\n", "    no_answer: operator-call-back\n"),
      "voicemail stadsbeheer", "offer of a callback by kcc", "records 10 s", "  operator-call-back/promise  "),
     (("menus/entry.yaml", "cases: {known: again, blocked: senior}", "cases: {blocked: senior}"),
      "menu again", "menu main", "  again  ", "  main  "),
     (("calendars.yaml", "Mo-Fr 08:30-17:00; Th 08:30-19:00", "Mo-Fr 08:30-17:00"),
      "told where to turn, with help offered", "menu closed-menu", "Toets 0.", "  closed-menu  "),
     (("menus/main.yaml", "nl: [paspoort, id-kaart,", "nl: [id-kaart,"),
      "menu documents", "asked again (main)", "  documents  ", "  main  "),
     (("menus/entry.yaml", "operator: operator # everybody", "operator: senior # everybody"),
      "queue kcc", "coaches is rung", "waits for kcc", "dials sip:coach-1@kcc.example")],
)  # fmt: skip
def test_the_call_to_try_shows_what_was_on_the_old_table_and_what_is_now_on_the_new(
    here: Path, change: tuple[str, str, str], was: str, now: str, heard_before: str, heard_now: str
) -> None:
    edit(here / "new", change)
    (group,) = groups()
    rows = group["rows"]
    assert isinstance(rows, list)
    assert (rows[0]["was"], rows[0]["now"]) == (was, now)
    before, after = parted(call(rows[0]["replay"], "old"), call(rows[0]["replay"], "new"))
    assert (heard_before in before, heard_before in after) == (True, False)
    assert (heard_now in before, heard_now in after) == (False, True)
    assert f"  try it: {rows[0]['replay']}" in diff("old", "new").stdout.splitlines()


def test_other_words_are_told_when_asked_for_and_heard_in_the_call_to_try(here: Path) -> None:
    edit(here / "new", WORDS)
    assert diff("old", "new").exit_code == 0
    done = diff("old", "new", "--words")
    assert done.exit_code == 1
    assert done.stdout.splitlines()[0].startswith("node welcome  (wording)  new/menus/entry.yaml:")
    assert done.stdout.splitlines()[-1].startswith("1 edit of wording; compared: ")
    (group,) = groups("--words")
    (row,) = group["rows"]  # type: ignore[misc]
    assert (group["wording"], "Welkom" in row["was"], "Goedendag" in row["now"]) == (True, True, True)
    assert "Welkom bij" in call(row["replay"], "old")
    assert "Goedendag, dit is" in call(row["replay"], "new")


@pytest.mark.parametrize(
    ("change", "words", "status"),
    [(RETARGET, (), 1), (RETARGET, ("--fail-on", "any"), 1), (RETARGET, ("--fail-on", "behaviour"), 1),
     (RETARGET, ("--fail-on", "none"), 0), (WORDS, (), 0), (WORDS, ("--words",), 1), (WORDS, ("--words", "--fail-on", "any"), 1),
     (WORDS, ("--words", "--fail-on", "behaviour"), 0), (WORDS, ("--words", "--fail-on", "none"), 0)],
)  # fmt: skip
def test_the_status_is_what_fail_on_asks_for(
    here: Path, change: tuple[str, str, str], words: tuple[str, ...], status: int
) -> None:
    edit(here / "new", change)
    for form in ("text", "markdown", "json"):
        assert diff("old", "new", "--format", form, *words).exit_code == status


def test_all_shows_every_row(here: Path) -> None:
    edit(here / "new", ("calendars.yaml", "Mo-Fr 08:30-17:00; Th 08:30-19:00", "Mo-Fr 08:30-17:00"))
    (group,) = groups()
    rows = len(group["rows"])  # type: ignore[arg-type]
    few, every = diff("old", "new").stdout, diff("old", "new", "--all").stdout
    assert rows > diff_show.FEW
    assert (few.count("→"), every.count("→")) == (diff_show.FEW, rows)
    assert f"  and {rows - diff_show.FEW} rows more (--all)" in few.splitlines()
    assert "rows more" not in every
    assert f"and {rows - diff_show.FEW} rows more" in diff("old", "new", "--format", "markdown").stdout.splitlines()
    assert diff("old", "new", "--format", "markdown", "--all").stdout.count("\n| ") == rows + 1


def test_what_lies_beyond_the_days_is_not_compared(here: Path) -> None:
    edit(here / "new", ("calendars.yaml", '      "2026-12-24 15:00-24:00": kerstavond\n', ""))
    assert diff("old", "new", "--days", "20").exit_code == 0
    assert diff("old", "new", "--days", "40").exit_code == 1
    assert "from 2026-12-20 for 4 days" in diff("old", "new", "--days", "4", "--today", "2026-12-20").stdout


def test_json_keeps_its_keys(here: Path) -> None:
    edit(here / "new", RETARGET)
    found = json.loads(diff("old", "new", "--format", "json").stdout)
    assert found.keys() == {"old", "new", "from", "days", "groups"}
    assert found["old"].keys() == found["new"].keys() == {"table", "version"}
    assert (found["old"]["table"], found["from"], found["days"]) == ("old", "2026-11-24", 800)
    assert found["old"]["version"] != found["new"]["version"]
    assert all(group.keys() == GROUPS for group in found["groups"])
    assert all(row.keys() == ROWS for group in found["groups"] for row in group["rows"])
    row = found["groups"][0]["rows"][0]
    assert (row["languages"], row["does"], row["numbers"]) == (["nl"], ["presses 1"], ["050 367 1000"])
    assert (row["facts"], row["same_times"]) == (
        {"caller": "other", "open_case": "none", "dropped": "none", "rang": "none"},
        True,
    )
    assert row["worlds"] > 0


def test_json_gives_no_place_where_there_is_none(here: Path) -> None:
    number = '  "050 367 4242": {formerly: Fietsdepot, to: waste}\n'
    (here / "new" / "bicycles.yaml").write_text("numbers:\n" + number)
    (group,) = groups()
    assert (group["kind"], "old_place" in group, group["new_place"]) == ("number", False, "new/bicycles.yaml:2")


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
@pytest.mark.parametrize("side", ["old", "new"])
def test_a_broken_table_is_told_with_its_places_and_status_1(here: Path, side: str, form: str) -> None:
    edit(here / side, BROKEN)
    done = diff("old", "new", "--format", form, "--fail-on", "none")
    assert done.exit_code == 1
    told = done.stdout if form == "text" else done.stderr
    assert f"{side}/menus/street.yaml:" in told
    assert "error[IVR201] there is no node 'bulkie'" in told
    assert "did you mean 'bulky'?" in told
    assert f"{side} cannot be compared: 1 error" in done.stderr
    assert form == "text" or done.stdout == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [(("old", "nowhere"), "nowhere: there is no such folder"), (("old",), "Missing argument 'NEW'"),
     (("HEAD:old", "new"), "in no git repository"), (("-x:old", "new"), "No such option"),
     (("--", "-x:old", "new"), "'-x:old' names no revision of git"), (("old", "new", "--days", "0"), "--days"),
     (("old", "new", "--format", "html"), "--format"), (("old", "new", "--today", "soon"), "'soon' is no date")],
)  # fmt: skip
def test_wrong_use_is_one_clear_line_and_status_2(here: Path, words: tuple[str, ...], said: str) -> None:
    done = ivr("diff", *words, folder=here, GIT_CEILING_DIRECTORIES=str(here.parent))
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    assert said in " ".join(done.stderr.split())


def test_what_was_committed_is_compared_with_what_is_on_disk(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for words in (("init", "-q", "-b", "main", "."), ("add", "."), ("commit", "-q", "-m", "m")):
        who = {f"GIT_{w}_{k}": "t@t" for w in ("AUTHOR", "COMMITTER") for k in ("NAME", "EMAIL")}
        subprocess.run(["git", *words], cwd=here, check=True, env={**os.environ, **who}, capture_output=True)
    assert diff("HEAD:new", "new").exit_code == 0
    edit(here / "new", RETARGET)
    done = ivr("diff", "HEAD:new", "new", folder=here)
    assert (done.returncode, done.stdout.splitlines()[0]) == (1, "node waste  new/menus/street.yaml:5")
    assert "try it: ivr simulate call new " in done.stdout
    back = json.loads(diff("new", "HEAD:new", "--format", "json").stdout)["groups"][0]
    assert (back["old_place"], back["new_place"]) == ("new/menus/street.yaml:5", "HEAD:new/menus/street.yaml:5")
    assert back["rows"][0]["replay"] is None  # a revision has no folder to play
    monkeypatch.chdir(here / "new" / "menus")
    assert diff("HEAD:new", "..").stdout.splitlines()[0].startswith("node waste  ")
    assert diff("HEAD:./..", "..").exit_code == 1


def test_a_folder_with_spaces_is_quoted_in_the_call_to_try(here: Path) -> None:
    edit(here / "new", RETARGET)
    (here / "new").rename(here / "my new table")
    line = next(line for line in diff("old", "my new table").stdout.splitlines() if "try it: " in line)
    words = shlex.split(line.partition("try it: ")[2])
    assert words[3] == "my new table"
    assert CliRunner().invoke(cli, words[1:]).exit_code == 0


HOSTILE = r"| a | `b` <b>c</b> <!-- @octocat #12 *d* _e_ [f](g) ![h](i) &lt; $j$ \| ~~k~~ https"


def _inline(form: str) -> list[tuple[list[str], list[str]]]:
    """The rows of tables as a Markdown program reads them: the text of each cell, and what else stands in the row."""
    rows: list[tuple[list[str], list[str]]] = []
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(form):
        if token.type == "tr_open":
            rows.append(([], []))
        elif token.type == "inline" and rows and token.level > 3:
            held = token.children or []
            rows[-1][0].append("".join(child.content for child in held).replace("\u200b", ""))
            rows[-1][1].extend(child.type for child in held if child.type not in ("text", "text_special"))
    return rows


def test_no_text_of_a_table_breaks_the_markdown(here: Path) -> None:
    edit(here / "new", ("menus/entry.yaml", '"Welkom bij de gemeente Groningen."', f"'{HOSTILE}'"))
    (here / "new" / "menus" / "entry.yaml").rename(here / "new" / "menus" / "a`b``c|d <i> #e.yaml")
    text = diff("old", "new", "--words", "--format", "markdown").stdout
    head, row = _inline(text)
    assert head[0] == ["who", "when", "does", "was", "now"]
    assert (len(row[0]), row[1]) == (5, [])
    assert row[0][4] == f'"{HOSTILE}"'
    assert "@octocat" not in text
    place = next(line for line in text.splitlines() if ".yaml" in line)
    (token,) = MarkdownIt("commonmark").parseInline(place)[0].children or []
    assert (token.type, token.content.rpartition(":")[0]) == ("code_inline", "new/menus/a`b``c|d <i> #e.yaml")


def test_a_comment_that_would_be_too_long_is_cut_between_rows(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert diff_show.MOST_MARKDOWN + 1000 < 65_536  # what GitHub takes
    edit(here / "new", ("calendars.yaml", "Mo-Fr 08:30-17:00; Th 08:30-19:00", "Mo-Fr 08:30-17:00"))
    whole = diff("old", "new", "--format", "markdown", "--all").stdout
    monkeypatch.setattr(diff_show, "MOST_MARKDOWN", len(whole) // 2)
    text, _, end = diff("old", "new", "--format", "markdown", "--all").stdout.partition("\n\n(cut")
    assert whole.startswith(text + "\n")
    assert len(whole) // 3 < len(text) <= len(whole) // 2
    assert end == ": run `ivr diff` to see the rest)\n"
