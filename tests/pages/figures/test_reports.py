"""The reports as pages: the numbers of `ivr report`, small groups hidden, nothing of an employee without consent."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, insert

from ivr.cli import cli
from ivr.pages.figures.asked import REPORTS
from ivr.store.database.connect import writing
from ivr.store.database.schema import attempts, calls, marks
from tests.pages.browser import Desk, groningen, serving_desk
from tests.pages.lived_in import fill

DAYS = {"from": "2026-10-01", "to": "2026-11-24"}
NOW = 1_795_564_799
"""The last second of 24 November 2026, UTC, at which `ivr report` counts on that day in tests."""
Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with a made town of two months, at the end of 24 November 2026."""
    var = tmp_path_factory.mktemp("town")
    with serving_desk(var, works_council_consent="2026-01-01") as desk:
        fill(desk.database, groningen(), days=60, a_day=40, now=NOW)
        desk.context.clock = lambda: NOW
        yield desk


def table(client: httpx.Client, report: str, sheet: str, **more: str) -> Rows:
    """A table as CSV."""
    answer = client.get(f"/desk/figures/{report}.csv", params={**DAYS, **more, "sheet": sheet})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def told(desk: Desk, report: str, *words: str) -> Rows:
    """The same of `ivr report`."""
    url = desk.database.url.render_as_string(hide_password=False)
    environment = {"IVR_DATABASE_URL": url, "IVR_VAR": str(desk.context.settings.var), "IVR_TODAY": "2026-11-24"}
    words = ("--from", DAYS["from"], "--to", DAYS["to"], *words)
    done = CliRunner().invoke(cli, ["report", report, "--format", "csv", *words], env=environment)
    assert done.exit_code == 0, done.output
    return list(csv.DictReader(io.StringIO(done.output)))


def of_sheet(rows: Rows, sheet: str) -> Rows:
    """The rows of one sheet of several, with its columns alone."""
    found = [row for row in rows if row["sheet"] == sheet]
    names = [name for name in (found[0] if found else {}) if name != "sheet" and any(row[name] for row in found)]
    return [{name: row[name] for name in names} for row in found]


def test_a_csv_says_what_ivr_report_says(town: Desk) -> None:
    client = town.client("reader")
    assert table(client, "promises", "teams") == told(town, "callbacks")
    marked = told(town, "marks")
    for by in ("month", "team", "number", "language"):
        assert table(client, "marks", by) == [row for row in marked if row["by"] == by]
    called = told(town, "calls", "--norm", "40")
    for report, sheet in (("waiting", "teams"), ("waiting", "to_person"), ("calls", "endings"), ("calls", "hung_up")):
        more = {"norm": "40"} if report == "waiting" else {}
        assert table(client, report, sheet, **more) == of_sheet(called, sheet), sheet
    assert table(client, "promises", "teams", team="burgerzaken") == told(town, "callbacks", "--team", "burgerzaken")


@pytest.mark.parametrize("report", REPORTS)
def test_every_table_that_a_page_shows_can_be_had_as_csv_and_lies_in_reach(town: Desk, report: str) -> None:
    client = town.client("reader")
    html = client.get(f"/desk/figures/{report}", params=DAYS).text
    links = re.findall(r'href="/desk(/figures/[^"]+\.csv[^"]*)"', html)
    assert links
    for link in links:
        answer = client.get("/desk" + link.replace("&amp;", "&"))
        assert answer.status_code == 200
        assert len(answer.text.splitlines()) > 1


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("report", REPORTS)
def test_an_empty_database_is_told_so(desk: Desk, report: str, language: str) -> None:
    client = desk.client("reader", language=language)
    answer = client.get(f"/desk/figures/{report}")
    assert answer.status_code == 200
    assert ("periode" if language == "nl" else "period") in answer.text or report == "week"
    assert "<table" not in answer.text


def test_a_fault_in_the_url_is_told_in_the_page_with_the_form_still_there(town: Desk) -> None:
    answer = town.client("reader").get("/desk/figures/calls", params={"from": "<b>morgen</b>"})
    assert answer.status_code == 400
    assert "‘&lt;b&gt;morgen&lt;/b&gt;’ is geen dag" in answer.text
    assert '<input type="date" name="from"' in answer.text
    assert town.client("reader").get("/desk/figures/other").status_code == 404
    assert town.client("reader").get("/desk/figures/calls.csv", params={"sheet": "other"}).status_code == 404


def test_figures_by_employee_are_shown_to_a_lead_alone_and_only_with_consent(town: Desk, tmp_path: Path) -> None:
    assert "Gebeld per medewerker" in town.client("approver").get("/desk/figures/promises", params=DAYS).text
    for role in ("reader", "agent", "editor"):
        client = town.client(role)
        assert "medewerker</h2>" not in client.get("/desk/figures/promises", params=DAYS).text
        assert client.get("/desk/figures/promises.csv", params={**DAYS, "sheet": "employees"}).status_code == 404
    with serving_desk(tmp_path / "other", database=town.database) as other:  # the same rows, and nobody agreed
        other.context.clock = lambda: NOW
        client = other.client("approver")
        assert "emre" not in client.get("/desk/figures/promises", params=DAYS).text
        assert client.get("/desk/figures/promises.csv", params={**DAYS, "sheet": "employees"}).status_code == 404


def test_a_group_under_five_is_not_shown_by_itself(desk: Desk) -> None:
    rows = [("burgerzaken", 9, 6), ("parkeren", 3, 4), ("wmo", 2, 2)]
    with writing(desk.database) as connection:
        for team, mark, often in rows:
            for n in range(often):
                connection.execute(
                    insert(marks).values(
                        call=f"{team}{n}", sequence=1, at=NOW - 86_400, zone="Europe/Amsterdam", table_id="groningen",
                        team=team, language="nl", mark=mark,
                    )
                )  # fmt: skip
    desk.context.clock = lambda: NOW
    client = desk.client("reader")
    html = client.get("/desk/figures/marks").text
    shown = html[html.index('id="table-team"') :].partition("</table>")[0]
    assert "Burgerzaken" in shown
    assert "Parkeren" not in shown
    assert "Zorg en Wmo" not in shown
    assert [row["marks"] for row in table(client, "marks", "team")] == ["6", "6"]


def test_nothing_that_a_caller_or_a_table_says_is_markup(desk: Desk) -> None:
    nasty = "<img src=x onerror=alert(1)>'\"&"
    with writing(desk.database) as connection:
        connection.execute(
            insert(calls).values(
                id=nasty, table_id="groningen", zone="Europe/Amsterdam", began=NOW - 90_000, ended=NOW - 89_000, number=nasty,
                put_at=NOW - 89_990, team=nasty, node=nasty, ending="hung_up", topic={nasty: nasty},
            )
        )  # fmt: skip
    desk.context.clock = lambda: NOW
    client = desk.client("reader")
    for report in REPORTS:
        html = client.get(f"/desk/figures/{report}", params={**DAYS, "team": "", "number": ""}).text
        assert "<img" not in html
    html = client.get("/desk/figures/calls", params={**DAYS, "team": nasty, "number": nasty}).text
    assert "<img" not in html
    assert "&lt;img" in html


def test_who_may_not_look_sees_no_figures(town: Desk) -> None:
    assert town.client().get("/desk/figures/promises").status_code == 401
    assert town.client().get("/desk/figures/promises.csv?sheet=teams").status_code == 401


def test_figures_are_the_same_on_both_databases(database: Engine, tmp_path: Path) -> None:
    fill(database, groningen(), days=20, a_day=20, now=NOW)
    with writing(database) as connection:
        assert connection.execute(attempts.select()).first()
    with serving_desk(tmp_path / "var", database=database) as desk:
        desk.context.clock = lambda: NOW
        client = desk.client("reader")
        for report in REPORTS:
            assert client.get(f"/desk/figures/{report}", params=DAYS).status_code == 200
        rows = table(client, "calls", "endings_over")
        assert sum(int(row["calls"]) for row in rows) == sum(
            int(row["calls"]) for row in table(client, "calls", "endings")
        )


def test_another_theme_asks_the_same_question(town: Desk) -> None:
    client = town.client("reader")
    html = client.get("/desk/figures/calls", params={**DAYS, "team": "kcc"}).text
    back = re.search(r'name="back" value="([^"]*)"', html)
    assert back is not None
    form = {"theme": "dark", "back": back[1].replace("&amp;", "&")}
    answer = client.post("/desk/choose", data=form)
    assert answer.headers["location"] == "/desk/figures/calls?from=2026-10-01&to=2026-11-24&team=kcc"
