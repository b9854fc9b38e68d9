"""The page of this moment: who sees what, and what a lead switches is what callers hear, at once."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import insert, update

from ivr.store.database.connect import reading, writing
from ivr.store.database.schema import audit, calls
from tests.pages.browser import Desk, serving_desk, visiting
from tests.pages.calling import Line, calling

TEXTS = {"text_nl": "Er is geen water in Helpman.", "text_en": "There is no water in Helpman."}
FORM = {**TEXTS, "begins": "now", "ends": "1h", "route": "", "why": "test"}


def switch(desk: Desk, kind: str = "calamity", role: str = "approver", **typed: str) -> tuple[int, str]:
    answer = desk.client(role).post(f"/desk/now/switch/{kind}", data={**FORM, **typed})
    return answer.status_code, answer.text


@pytest.mark.parametrize("role", ["reader", "agent", "editor"])
def test_only_a_lead_switches(desk: Desk, role: str) -> None:
    assert switch(desk, role=role, sure="1")[0] == 403
    assert desk.client(role).get("/desk/now/switch/calamity").status_code == 403
    assert desk.client(role).post("/desk/now/switched/1/end").status_code == 403


def test_nothing_is_switched_before_somebody_is_sure(desk: Desk) -> None:
    status, text = switch(desk)
    assert status == 200
    assert "Ja, zet de calamiteit aan" in text
    assert "De calamiteit staat aan" not in desk.client("reader").get("/desk/now").text


def test_what_a_switch_does_to_a_guarantee_is_told_before_it_is_set(desk: Desk) -> None:
    told = "Zolang dit aan staat, gelden deze afspraken misschien niet voor iedereen: a-person-is-near."
    lead = desk.client("approver")
    assert "/desk/now/switch/closed/proved?name=kcc" in switch(desk, "closed", team="kcc")[1]
    for asked, says in (
        ("closed/proved?name=kcc", True),
        ("calamity/proved?seconds=8", False),
        ("calamity/proved?seconds=40", True),
    ):
        text = lead.get(f"/desk/now/switch/{asked}").text
        assert "Vooraf bewezen:" in text
        assert (told in text) == says
    assert lead.get("/desk/now/switch/closed/proved?name=nobody").status_code == 404


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"text_en": ""}, "Vul de tekst in (en)"),
        ({"text_nl": "<Say>hallo</Say>"}, "kan niet worden voorgelezen"),
        ({"text_nl": "a" * 601}, "te lang"),
        ({"ends": "at", "ends_at": ""}, "Vul een dag en een tijd in"),
        ({"ends": "at", "ends_at": "2020-01-01T10:00"}, "al achter ons"),
        ({"route": "nowhere"}, "nowhere"),
    ],
)
def test_what_cannot_be_said_or_done_is_told_and_what_was_typed_stays(
    desk: Desk, typed: dict[str, str], told: str
) -> None:
    for sure in ({}, {"sure": "1"}):
        status, text = switch(desk, **{**typed, **sure})
        assert status == 400
        assert told in text
        assert "There is no water in Helpman." in text or "text_en" in typed


def test_of_two_leads_the_second_is_told_who_was_first(desk: Desk) -> None:
    assert switch(desk, sure="1")[0] == 303
    status, text = switch(desk, sure="1")
    assert status == 400
    assert "@example.nl" in text


def test_who_switched_and_why_is_kept(desk: Desk) -> None:
    assert switch(desk, sure="1")[0] == 303
    with reading(desk.database) as connection:
        rows = connection.execute(audit.select()).mappings().all()
    assert [(row["what"], row["data"]["why"]) for row in rows] == [("switch.begin", "test")]


def test_the_calamity_is_heard_by_callers_within_a_second_and_no_longer_a_second_after(
    browser: Browser, tmp_path: Path
) -> None:
    with serving_desk(tmp_path / "var", simulation=False) as desk, visiting(browser, desk, "approver") as page:
        with calling(desk) as load:
            page.goto(desk.url + "/desk/now")
            page.get_by_role("link", name="Calamiteit melden").click()
            page.get_by_label("Wat bellers horen (nl)").fill(TEXTS["text_nl"])
            page.get_by_label("Wat bellers horen (en)").fill(TEXTS["text_en"])
            page.get_by_role("button", name="Verder").click()
            on = time.monotonic()
            page.get_by_role("button", name="Ja, zet de calamiteit aan").click()
            expect(page.get_by_text("De calamiteit staat aan, tot")).to_be_visible()
            time.sleep(1.5)
            off = time.monotonic()
            page.get_by_role("button", name="Uitzetten").click()
            expect(page.get_by_text("Er is niets bijzonders")).to_be_visible()
            time.sleep(1.5)
        said = [(at, TEXTS["text_nl"] in text) for at, text in load.heard]
        assert not any(heard for at, heard in said if at < on)
        assert all(heard for at, heard in said if on + 1.2 < at < off)
        assert not any(heard for at, heard in said if at > off + 1.2)
        assert any(heard for _, heard in said)
        assert sum(1 for at, _ in said if at > off) > 10


def test_a_team_that_is_closed_by_hand_is_shown_so_and_opens_again(browser: Browser, desk: Desk) -> None:
    with visiting(browser, desk, "approver") as page:
        page.goto(desk.url + "/desk/now")
        page.get_by_role("link", name="Team sluiten").click()
        page.locator("select[name=team]").select_option("parkeren")
        page.get_by_role("button", name="Verder").click()
        page.get_by_role("button", name="Ja, sluit het team").click()
        expect(page.get_by_text(re.compile("Parkeren is dicht, tot"))).to_be_visible()
        page.get_by_role("button", name="Weer openen").click()
        expect(page.get_by_text(re.compile("Parkeren is dicht, tot"))).to_be_hidden()


def test_calls_come_and_go_on_an_open_page(browser: Browser, desk: Desk) -> None:
    now = desk.context.clock()
    with visiting(browser, desk, "reader") as page:
        page.goto(desk.url + "/desk/now")
        expect(page.get_by_text("Er is nu niemand aan de lijn.")).to_be_visible()
        row = {"id": "CA1", "table_id": "groningen", "began": now - 65, "node": "<b>main</b>", "language": "nl"}
        with writing(desk.database) as connection:
            connection.execute(insert(calls).values(**row, number="050 367 1000", topic={"topic": "waste"}))
        expect(page.get_by_text("1 in gesprek")).to_be_visible()
        expect(page.get_by_text("<b>main</b>")).to_be_visible()
        expect(page.locator("td [data-since]").first).to_have_text(re.compile(r"1:0\d"))
        with writing(desk.database) as connection:
            connection.execute(update(calls).values(ended=now))
        expect(page.get_by_text("Er is nu niemand aan de lijn.")).to_be_visible()


def test_no_number_of_a_caller_is_on_the_page(desk: Desk) -> None:
    row = {
        "id": "CA1",
        "table_id": "groningen",
        "began": desk.context.clock(),
        "node": "main",
        "caller": "+31612345678",
    }
    with writing(desk.database) as connection:
        connection.execute(insert(calls).values(**row))
    text = desk.client("administrator").get("/desk/now").text
    assert "1 in gesprek" in text
    assert "612345678" not in text


def test_a_session_is_no_signature(desk: Desk) -> None:
    form = {"CallSid": "CA1", "From": "+31612345678", "To": "+3114050"}
    assert desk.client("administrator").post("/voice/groningen", data=form).status_code == 403
    line = Line(desk)
    assert "<Response>" in line.start("CA1")
    line.client.close()
