"""`ivr report`, run as a user runs it, over a made town whose figures are known."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from ivr.authoring.files import NoTable
from ivr.cli import cli
from ivr.store.database.connect import connect
from ivr.store.database.migrate import upgrade
from ivr.tables.archive import Archive
from ivr.tables.ready import check_folder, ready
from tests.minimal import TABLE
from tests.store.reports.rows import Rows, at, town

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).parent / "reports"
PICTURES = ROOT / "docs" / "pictures"
MONDAY = dt.date(2026, 8, 31)
TODAY = dt.date(2026, 11, 24)
TOWN = (
    (
        TABLE.replace("id: small", "id: groningen")
        .replace("Gemeente Klein", "Gemeente Groningen")
        .replace(
            "  desk: {title",
            "  burgerzaken: {title: {nl: Burgerzaken}, calendar: desk, dial: ['sip:a@kcc.example']}\n"
            "  belastingen: {title: {nl: Belastingen}, calendar: desk, dial: ['sip:b@kcc.example']}\n"
            "  desk: {title",
        )
        .replace(
            "      2: {label: {nl: een paspoort}, to: operator}\n",
            "      2: {label: {nl: belasting}, to: taxes}\n      3: {label: {nl: vuil}, to: waste}\n",
        )
        .replace(
            "  operator: {kind",
            "  taxes: {kind: menu, options: {1: {label: {nl: bezwaar}, to: operator}}}\n"
            "  waste: {kind: say, say: {nl: Zet het op straat.}, to: bye}\n  operator: {kind",
        )
    )
    + """\
numbers:
  "050 367 7010": {formerly: Paspoorten en rijbewijzen, to: main, phases: {parallel: 2025-09-01, announce: 2026-03-01, redirect: 2026-10-01, returned: 2027-04-01}, announce: {nl: Dit nummer verdwijnt.}}
  "050 367 7020": {formerly: Verhuizingen, to: main, phases: {parallel: 2026-03-01, announce: 2026-10-01, redirect: 2027-03-01, returned: 2027-09-01}, announce: {nl: Dit nummer verdwijnt.}}
  "050 367 7040": {formerly: Huwelijken, to: main, phases: {parallel: 2026-10-01, announce: 2027-02-01, redirect: 2027-06-01, returned: 2027-12-01}, announce: {nl: Dit nummer verdwijnt.}}
  "050 367 9111": {formerly: Algemeen nummer, to: main}
"""
)


def publish(var: Path, text: str) -> None:
    """Make a table live in the folder of what is kept."""
    folder = var / "source"
    folder.mkdir()
    (folder / "table.yaml").write_text(text, encoding="utf-8")
    checked = check_folder(folder, TODAY, var)
    assert not checked.errors, checked.findings
    table = ready(checked)
    archive = Archive(var / "tables", table.graph.id)
    archive.keep(table, folder)
    archive.publish(table.version)


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is kept of a town that called for twelve weeks."""
    folder = tmp_path_factory.mktemp("town")
    publish(folder, TOWN)
    engine = connect(f"sqlite:///{folder / 'ivr.db'}")
    upgrade(engine)
    town(engine, MONDAY, 12)
    engine.dispose()
    return folder


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A database in which nothing stands yet."""
    engine = connect(f"sqlite:///{tmp_path / 'ivr.db'}")
    upgrade(engine)
    engine.dispose()
    return tmp_path


def report(var: Path, *words: str, **environment: str) -> Result:
    """Run `ivr report`."""
    held = {
        "IVR_VAR": str(var),
        "IVR_DATABASE_URL": "",
        "IVR_TWILIO_TOKEN": "x",
        "IVR_TODAY": str(TODAY),
        "NO_COLOR": "1",
    }
    return CliRunner().invoke(cli, ["report", *words], env=held | environment)


def same(made: str, golden: Path, update: bool) -> None:
    """Compare with a golden file, or renew it."""
    if update:
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(made, encoding="utf-8")
    assert golden.read_text(encoding="utf-8") == made, "run: pytest tests/cli/test_report.py --update"


REPORTS = ("callbacks", "marks", "numbers", "calls")
FORMATS = {"table": "txt", "csv": "csv", "json": "json"}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", REPORTS)
def test_a_report_reads_as_it_did(var: Path, name: str, form: str, update: bool) -> None:
    done = report(var, name, "--format", form)
    assert done.exit_code == 0, done.output
    same(done.stdout, GOLDEN / f"{name}.{FORMATS[form]}", update)


@pytest.mark.parametrize("name", REPORTS)
def test_the_three_forms_say_the_same(var: Path, name: str) -> None:
    held = json.loads(report(var, name, "--format", "json").stdout)
    sheets = {key: rows for key, rows in held.items() if isinstance(rows, list)}
    read = list(csv.DictReader(io.StringIO(report(var, name, "--format", "csv").stdout)))
    assert len(read) == sum(map(len, sheets.values()))
    for row, record in zip(read, [record for rows in sheets.values() for record in rows], strict=True):
        assert {key: value for key, value in row.items() if value and key != "sheet"} == {
            key: str(value) for key, value in record.items() if value not in (None, "")
        }


@pytest.mark.parametrize("name", REPORTS)
def test_a_plot_is_the_same_bytes_each_time(var: Path, name: str, tmp_path: Path, update: bool) -> None:
    path = tmp_path / f"{name}.svg"
    assert report(var, name, "--plot", str(path)).exit_code == 0
    made = path.read_text(encoding="utf-8")
    picture = ElementTree.fromstring(made)
    assert "".join(picture.itertext()).count("2026") >= 2  # says of when it is
    same(made, PICTURES / f"report-{name}.svg", update)


def test_a_plot_may_be_a_png(var: Path, tmp_path: Path) -> None:
    for n in "12":
        assert report(var, "calls", "--plot", str(tmp_path / f"{n}.PNG")).exit_code == 0
    first, second = (tmp_path / "1.PNG").read_bytes(), (tmp_path / "2.PNG").read_bytes()
    assert first[:8] == b"\x89PNG\r\n\x1a\n"
    assert first == second


def test_the_page_of_a_week_reads_as_it_did(var: Path, tmp_path: Path, update: bool) -> None:
    done = report(var, "week", "-o", str(tmp_path / "week.html"))
    assert done.exit_code == 0, done.output
    same((tmp_path / "week.html").read_text(encoding="utf-8"), GOLDEN / "week.html", update)


class Page(HTMLParser):
    """What a page asks for from elsewhere, and whether its tags close."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.asked: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "rect"):
            self.open.append(tag)
        self.asked += [tag for name, _ in attrs if name in ("src", "href") or name.startswith("on")]
        self.asked += [tag] if tag in ("script", "link", "iframe", "img") else []

    def handle_endtag(self, tag: str) -> None:
        if tag != "rect":
            assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag == "rect"


def test_the_page_of_a_week_stands_by_itself(var: Path, tmp_path: Path) -> None:
    report(var, "week", "--of", "2026-11-18", "-o", str(tmp_path / "week.html"))
    text = (tmp_path / "week.html").read_text(encoding="utf-8")
    page = Page()
    page.feed(text)
    assert (page.open, page.asked) == ([], [])
    assert "url(" not in text
    assert "http" not in text
    assert "Week 47 van 2026" in text
    assert "16 november 2026 tot en met 22 november 2026" in text


def test_words_of_a_table_do_no_harm_on_a_page_or_in_a_plot(tmp_path: Path) -> None:
    nasty = "<script>alert(1)</script> & $\\frac$ _x"
    publish(tmp_path, TOWN.replace("Burgerzaken}", f"'{nasty}'}}").replace("Verhuizingen", f"'{nasty}'"))
    engine = connect(f"sqlite:///{tmp_path / 'ivr.db'}")
    upgrade(engine)
    rows = Rows(engine)
    for _ in range(6):
        rows.call(at("2026-11-18 12:00"), "person", put=5, waited=5, team="burgerzaken", number="050 367 7020")
        rows.mark(at("2026-11-18 12:00"), 7, team=nasty)
    rows.case(at("2026-11-18 12:00"), at("2026-11-17 12:00"), team=nasty)
    rows.put()
    engine.dispose()
    assert report(tmp_path, "week", "-o", str(tmp_path / "week.html")).exit_code == 0
    text = (tmp_path / "week.html").read_text(encoding="utf-8")
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    for name, words in (("numbers", ()), ("marks", ("--by", "team")), ("callbacks", ())):
        assert report(tmp_path, name, *words, "--plot", str(tmp_path / f"{name}.svg")).exit_code == 0
        drawn = "".join(ElementTree.parse(tmp_path / f"{name}.svg").getroot().itertext())
        assert nasty in drawn


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", REPORTS)
def test_a_period_in_which_nothing_happened_says_so_and_is_no_failure(empty: Path, name: str, form: str) -> None:
    done = report(
        empty, name, "--format", form, "--from", "2026-01-01", "--to", "2026-01-31", "--plot", str(empty / "x.svg")
    )
    assert done.exit_code == 0, done.output
    assert "from 2026-01-01 to 2026-01-31" in done.output or form == "json"
    assert form != "json" or all(not rows for rows in json.loads(done.stdout).values() if isinstance(rows, list))
    assert not (empty / "x.svg").exists()


def test_a_week_in_which_nobody_called_says_so(empty: Path) -> None:
    assert report(empty, "week", "-o", str(empty / "week.html")).exit_code == 0
    text = (empty / "week.html").read_text(encoding="utf-8")
    assert "Er kwamen deze week geen telefoontjes binnen." in text
    assert "nan" not in text.casefold()


def test_a_week_that_is_not_over_says_so(var: Path, tmp_path: Path) -> None:
    report(var, "week", "--of", str(TODAY), "-o", str(tmp_path / "week.html"))
    assert "De week is nog niet voorbij." in (tmp_path / "week.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("calls", "--from", "2026-12-01", "--to", "2026-11-01"), "--from 2026-12-01 lies after --to 2026-11-01"),
        (("calls", "--from", "1 november"), "is no date"),
        (("calls", "--from", "1990-01-01"), "3,700 days at most"),
        (("calls", "--from", "0001-01-01"), "from 1971 to 9998"),
        (("calls", "--to", "9999-12-31"), "from 1971 to 9998"),
        (("calls", "--to", "0001-01-01"), "from 1971 to 9998"),
        (("week", "--of", "0001-01-01", "-o", "x.html"), "from 1971 to 9998"),
        (("calls", "--plot", "x.gif"), "must end in .svg or .png"),
        (("calls", "--norm", "0"), "--norm"),
        (("week",), "--output"),
        (("callbacks", "--by-employee"), "works council"),
    ],
)
def test_wrong_use_is_told_before_anything_is_counted(var: Path, words: tuple[str, ...], said: str) -> None:
    done = report(var, *words)
    assert done.exit_code == 2
    assert said in done.output


@pytest.mark.parametrize("words", [("calls", "--plot", "/proc/none/x.svg"), ("week", "-o", "/proc/none/x.html")])
def test_a_file_that_cannot_be_written_is_one_clear_line(var: Path, words: tuple[str, ...]) -> None:
    done = report(var, *words)
    assert isinstance(done.exception, NoTable)  # which the program tells in one line, with status 2
    assert str(done.exception) == f"{words[2]}: No such file or directory"


def test_only_a_team_or_a_table_is_counted_when_it_is_named(var: Path) -> None:
    every = json.loads(report(var, "callbacks", "--format", "json").stdout)["teams"]
    one = json.loads(report(var, "callbacks", "--format", "json", "--team", "burgerzaken").stdout)["teams"]
    assert one == [row for row in every if row["team"] == "burgerzaken"]
    assert "no promises fell due" in report(var, "callbacks", "--table", "assen").stdout


def test_the_last_day_is_in(var: Path) -> None:
    """Two halves of a period, a day apart, make the whole."""

    def total(*words: str) -> int:
        rows = json.loads(report(var, "calls", "--format", "json", *words).stdout)["endings"]
        return sum(row["calls"] for row in rows)

    first, second = (
        total("--from", "2026-11-01", "--to", "2026-11-10"),
        total("--from", "2026-11-11", "--to", "2026-11-20"),
    )
    assert first + second == total("--from", "2026-11-01", "--to", "2026-11-20") > 0


class TestByEmployee:
    """Figures by employee: only with consent, and nobody alone."""

    @pytest.mark.parametrize("consent", ["", "2026-11-25"])
    def test_without_the_works_council_there_are_none(self, var: Path, consent: str) -> None:
        done = report(var, "callbacks", "--by-employee", IVR_WORKS_COUNCIL_CONSENT=consent)
        assert done.exit_code == 2
        assert "anna" not in done.output

    def test_with_its_consent_they_are_shown(self, var: Path) -> None:
        done = report(var, "callbacks", "--by-employee", "--format", "json", IVR_WORKS_COUNCIL_CONSENT="2026-11-24")
        assert [row["employee"] for row in json.loads(done.stdout)["employees"]] == ["anna", "bram", "chantal"]

    def test_no_other_report_names_an_employee(self, var: Path, tmp_path: Path) -> None:
        report(var, "week", "-o", str(tmp_path / "week.html"), IVR_WORKS_COUNCIL_CONSENT="2026-11-24")
        said = (tmp_path / "week.html").read_text(encoding="utf-8")
        for name in REPORTS:
            said += report(var, name, "--format", "json", IVR_WORKS_COUNCIL_CONSENT="2026-11-24").stdout
        assert not re.search("anna|bram|chantal", said)

    @pytest.mark.parametrize(
        ("rung", "shown"),
        [
            ({"anna": 9, "bram": 3, "chantal": 2}, [("anna", 9), ("(too few each)", 5)]),
            ({"anna": 9, "bram": 7, "chantal": 2}, [("anna", 9), ("(too few each)", 9)]),  # else 2 is what is left
            ({"anna": 3}, [("(too few each)", None)]),
        ],
    )
    def test_who_rang_too_few_is_not_shown_alone(
        self, empty: Path, rung: dict[str, int], shown: list[tuple[str, int | None]]
    ) -> None:
        engine = connect(f"sqlite:///{empty / 'ivr.db'}")
        rows = Rows(engine)
        for by, times in rung.items():
            case = rows.case(None, at("2026-11-18 12:00"))
            for _ in range(times):
                rows.attempt(case, at("2026-11-18 12:00"), "busy", by=by)
        rows.put()
        engine.dispose()
        done = report(empty, "callbacks", "--by-employee", "--format", "json", IVR_WORKS_COUNCIL_CONSENT="2026-01-01")
        assert [(row["employee"], row["rung"]) for row in json.loads(done.stdout)["employees"]] == shown


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"kcc": 9, "stadsbeheer": 4, "desk": 3}, {"kcc": 9, "(too few each)": 7}),
        ({"kcc": 9, "stadsbeheer": 6, "desk": 4}, {"kcc": 9, "(too few each)": 10}),
        ({"kcc": 2, "desk": 2}, {"(too few each)": None}),
    ],
)
def test_marks_of_a_small_group_are_not_shown_alone(
    empty: Path, given: dict[str, int], shown: dict[str, int | None]
) -> None:
    engine = connect(f"sqlite:///{empty / 'ivr.db'}")
    rows = Rows(engine)
    for team, times in given.items():
        for _ in range(times):
            rows.mark(at("2026-11-18 12:00"), 8, team=team)
    rows.put()
    engine.dispose()
    held = json.loads(report(empty, "marks", "--by", "team", "--format", "json").stdout)["marks"]
    assert {row["group"]: row["marks"] for row in held if row["by"] == "team"} == shown


def test_no_telephone_number_but_our_own_stands_in_a_report(var: Path, tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'ivr.db'}")
    upgrade(engine)
    rows = Rows(engine)
    noon, secret = at("2026-11-18 12:00"), "+31612345678"
    call = rows.call(
        noon, "hung_up", put=1, seconds=500, team="kcc", caller=secret, caller_key="k" * 32, dialled=secret
    )
    rows.event(call, 1, "keys", "main", noon)
    rows.attempt(rows.case(noon, noon, caller=secret, call=call), noon, "busy")
    rows.put()
    engine.dispose()
    said = "".join(report(tmp_path, name, "--format", form).stdout for name in REPORTS for form in FORMATS)
    report(tmp_path, "week", "-o", str(tmp_path / "week.html"))
    said += (tmp_path / "week.html").read_text(encoding="utf-8")
    assert call in said
    assert "612345678" not in said
    assert "k" * 32 not in said


def test_numbers_that_nobody_called_stand_in_the_report_of_numbers(var: Path) -> None:
    held = {row["number"]: row for row in json.loads(report(var, "numbers", "--format", "json").stdout)["numbers"]}
    assert list(held) == ["(main number)", "050 367 7010", "050 367 7020", "050 367 7040", "050 367 9111"]
    assert (held["050 367 7010"]["phase"], held["050 367 7010"]["trend"]) == ("redirect", "falling")
    assert (held["050 367 9111"]["calls"], held["050 367 9111"]["advice"]) == (0, "")


def test_weeks_before_the_first_call_that_is_known_are_not_weeks_without_calls(empty: Path) -> None:
    engine = connect(f"sqlite:///{empty / 'ivr.db'}")
    rows = Rows(engine)
    for text in ("2026-10-28 12:00", "2026-11-04 12:00", "2026-11-11 12:00", "2026-11-18 12:00"):
        rows.call(at(text), number="050 367 7010")
    rows.put()
    engine.dispose()
    held = json.loads(report(empty, "numbers", "--format", "json").stdout)["numbers"][0]
    assert (held["calls"], held["recent"]) == (
        4,
        None,
    )  # the first week is not known from its Monday on: three whole ones


def test_reports_are_the_same_on_both_databases(database: Engine, tmp_path: Path) -> None:
    rows = Rows(database)
    noon = at("2026-11-18 12:00")
    for n in range(6):
        call = rows.call(noon + n, "person", put=5, waited=20 + n, team="kcc", number="050 367 7010")
        rows.event(call, 0, "begin", "main", noon)
        rows.event(call, 1, "keys", "taxes", noon)
        rows.mark(noon + n, 5 + n % 3)
        rows.attempt(rows.case(noon + 3600, noon), noon + 60, ("reached", "busy", "voicemail")[n % 3])
    rows.put()
    url = database.url.render_as_string(hide_password=False).replace("postgresql+psycopg", "postgresql")
    said = [report(tmp_path, name, "--format", "json", IVR_DATABASE_URL=url).stdout for name in REPORTS]
    report(tmp_path, "week", "-o", str(tmp_path / "week.html"), IVR_DATABASE_URL=url)
    held = [json.loads(text) for text in said]
    assert held[0]["teams"][0]["reached_in_time"] == 2
    assert held[0]["teams"][0]["share_kept"] == 0.3333
    assert (held[1]["marks"][0]["marks"], held[1]["marks"][0]["mean"]) == (6, 6.0)
    assert held[2]["numbers"][0]["calls"] == 6
    assert held[3]["teams"][0]["within_norm"] == 6
    assert "Woensdag 12 tot 13 uur (6)" in (tmp_path / "week.html").read_text(encoding="utf-8")
