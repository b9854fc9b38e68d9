"""From a draft to callers and back, in a real browser: diff, proposal, approval by another, publication, the way back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from ivr.store.database.connect import reading
from ivr.store.publishing import publications
from ivr.tables.texts import version_of_texts
from tests.pages.browser import Desk, serving_desk, visiting
from tests.pages.table.small import FILES, begin, editing, held, saved, small, small_desk, type_at

RETARGET = {
    **FILES,
    "menus/main.yaml": FILES["menus/main.yaml"].replace("een paspoort}, to: operator", "een paspoort}, to: note"),
}
FAR = {**FILES, "guarantees.yaml": FILES["guarantees.yaml"].replace("seconds: 60", "seconds: 1")}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk that serves the small table."""
    with small_desk(tmp_path / "var") as served:
        yield served


def live(desk: Desk) -> str:
    """The version that the database says is live."""
    with reading(desk.database) as connection:
        stands = publications.standing(connection, "small")
    return stands.full.version if stands else ""


def propose(page: Page, why: str = "Extra keuze") -> None:
    page.get_by_label("Waarom deze wijziging?").fill(why)
    page.get_by_role("button", name="Voorstellen").click()
    expect(page.get_by_text("Het concept is voorgesteld.")).to_be_visible(timeout=30_000)


def proposed(browser: Browser, desk: Desk, files: dict[str, str]) -> str:
    """A draft with these files that was proposed by its editor; its version."""
    draft = begin(desk, by="bewerker@example.nl")
    client = desk.client("editor", login="bewerker@example.nl")
    changes = {path: text for path, text in files.items() if FILES.get(path) != text}
    client.post(f"/desk/table/drafts/{draft.id}/save", json={"revision": 0, "files": changes}).raise_for_status()
    answer = client.post(f"/desk/table/drafts/{draft.id}/propose", data={"revision": "1", "why": "Zo gewild"})
    assert answer.status_code == 303, answer.text
    return draft.id


def test_a_change_is_seen_proposed_approved_by_another_published_and_taken_back(browser: Browser, desk: Desk) -> None:
    first = version_of_texts(FILES)
    began = time.monotonic()
    with visiting(browser, desk, "editor") as page:
        page.goto(f"{desk.url}/desk/table")
        page.get_by_label("Waar gaat het over?").fill("Paspoort naar voicemail")
        page.get_by_role("button", name="Nieuw concept").click()
        expect(page.locator("body[data-ready=editor]")).to_be_attached()
        type_at(page, "een paspoort}, to: ", "note", take=8)
        expect(page.locator(".edits")).to_contain_text("presses 2", timeout=30_000)
        expect(page.locator(".edits del").first).to_contain_text("desk is rung")
        saved(page)
        propose(page, "De balie heeft het te druk")
        draft = page.url.split("?")[0].rsplit("/", 1)[-1]
        assert page.get_by_role("button", name="Goedkeuren").count() == 0
    with visiting(browser, desk, "approver") as page:
        page.goto(f"{desk.url}/desk/table")
        page.get_by_role("link", name="Paspoort naar voicemail").click()
        expect(page.get_by_text("De balie heeft het te druk")).to_be_visible()
        expect(page.locator(".edits del").first).to_contain_text("desk is rung", timeout=30_000)
        page.get_by_text("Tekst vergeleken").click()
        expect(page.locator(".compared .new")).to_contain_text("een paspoort}, to: note")
        page.get_by_role("button", name="Goedkeuren").click()
        expect(page.get_by_text("Het voorstel is goedgekeurd.")).to_be_visible()
        page.get_by_role("button", name="Publiceren").click()
        expect(page.get_by_text("De versie is nu in gebruik.")).to_be_visible(timeout=30_000)
        fresh = version_of_texts(RETARGET)
        assert live(desk) == fresh
        assert held(desk, begin(desk, RETARGET)).base == fresh
        page.get_by_role("link", name=f"Terug naar deze versie: {first}").click()
        expect(page.locator(".edits ins").first).to_contain_text("desk is rung", timeout=30_000)
        page.get_by_label("Waarom zet u het terug?").fill("Te veel klachten")
        page.get_by_role("button", name="Ja, zet terug").click()
        expect(page.get_by_text("De eerdere versie is weer in gebruik.")).to_be_visible(timeout=30_000)
        expect(page.locator(".publications > li").first).to_contain_text("Te veel klachten")
    assert live(desk) == first
    assert time.monotonic() - began < 240
    with reading(desk.database) as connection:
        assert [one.kind for one in publications.history(connection, "small")][:2] == ["rollback", "publish"]
    assert draft


def test_what_breaks_a_guarantee_is_published_with_a_reason_that_is_kept_and_not_without(
    browser: Browser, desk: Desk
) -> None:
    draft = proposed(browser, desk, FAR)
    with visiting(browser, desk, "approver") as page:
        page.goto(f"{desk.url}/desk/table/drafts/{draft}")
        expect(page.locator(".part[data-part=proofs]")).to_contain_text("1 van 6 garanties geschonden", timeout=30_000)
        page.get_by_role("button", name="Goedkeuren").click()
        expect(page.get_by_text("Bij het voorstel faalde: geschonden garanties.")).to_be_visible()
        page.get_by_role("button", name="Publiceren").click()
        expect(page.locator("#fault")).to_contain_text("Publiceren kan alleen met een reden", timeout=30_000)
        page.get_by_label("Waarom toch").fill("Wethouder wil het zo")
        page.get_by_role("button", name="Publiceren").click()
        expect(page.locator(".publications > li").first).to_contain_text("Wethouder wil het zo", timeout=30_000)
        page.complaints.clear()  # type: ignore[attr-defined]  # the browser tells of every 400
    assert live(desk) == version_of_texts(FAR)


def test_the_call_that_breaks_a_guarantee_is_played_on_the_phone_page(browser: Browser, desk: Desk) -> None:
    draft = proposed(browser, desk, FAR)
    with visiting(browser, desk, "reader") as page:
        page.goto(f"{desk.url}/desk/table/drafts/{draft}")
        page.get_by_role("link", name="Bel het na: 'desk-is-near'").click(timeout=30_000)
        page.wait_for_url("**/desk/phone?**", timeout=30_000)
        expect(page.locator("#lines")).to_contain_text("Welkom bij de gemeente.", timeout=30_000)
        assert f"of=draft%3A{draft}" in page.url


def test_a_row_of_the_comparison_is_played_as_far_as_it_goes(browser: Browser, desk: Desk) -> None:
    draft = proposed(browser, desk, RETARGET)
    with visiting(browser, desk, "reader") as page:
        page.goto(f"{desk.url}/desk/table/drafts/{draft}")
        page.locator(".edits").get_by_role("link").first.click(timeout=30_000)
        page.wait_for_url("**/desk/phone?**", timeout=30_000)
        expect(page.locator("#passed")).to_contain_text("note", timeout=30_000)


def test_who_edits_a_proposal_opens_it_again_and_its_approval_lapses(browser: Browser, desk: Desk) -> None:
    draft = proposed(browser, desk, RETARGET)
    desk.client("approver").post(f"/desk/table/drafts/{draft}/approve", data={"version": version_of_texts(RETARGET)})
    with visiting(browser, desk, "editor") as page:
        page.goto(f"{desk.url}/desk/table/drafts/{draft}")
        expect(page.locator("body[data-ready=editor]")).to_be_attached()
        expect(page.get_by_text("vervalt de goedkeuring")).to_be_visible()
        type_at(page, "Tot ziens", " dan")
        expect(page.get_by_role("button", name="Voorstellen")).to_be_visible(timeout=30_000)
        expect(page.get_by_text("in bewerking", exact=True)).to_be_visible()


def test_a_trial_a_plan_and_their_ends(browser: Browser, desk: Desk) -> None:
    draft = proposed(browser, desk, RETARGET)
    version = version_of_texts(RETARGET)
    with visiting(browser, desk, "approver") as page:
        page.goto(f"{desk.url}/desk/table/drafts/{draft}")
        page.get_by_role("button", name="Goedkeuren").click()
        page.get_by_label("Wanneer").fill("2027-03-28T02:30")
        page.get_by_role("button", name="Publiceren").click()
        expect(page.locator("#fault")).to_contain_text("Die tijd bestaat niet")
        page.get_by_label("Wanneer").fill("2027-03-01T08:00")
        page.get_by_role("button", name="Publiceren").click()
        expect(page.get_by_text("De publicatie is gepland.")).to_be_visible(timeout=30_000)
        expect(page.locator("[data-live]")).to_contain_text("1 mrt 2027 08:00")
        page.get_by_role("button", name="Niet doorgaan").click()
        expect(page.get_by_text("De publicatie gaat niet door.")).to_be_visible()
        page.goto(f"{desk.url}/desk/table/drafts/{draft}")
        page.get_by_label("Voor wie").select_option("10")
        page.get_by_role("button", name="Publiceren").click()
        expect(page.get_by_text("De proef is begonnen.")).to_be_visible(timeout=30_000)
        expect(page.locator("[data-live]")).to_contain_text("voor 10% van de bellers")
        page.get_by_role("button", name="Voor iedereen").click()
        expect(page.get_by_text("De versie is nu voor iedereen in gebruik.")).to_be_visible()
        page.complaints.clear()  # type: ignore[attr-defined]  # the browser tells of every 400
    assert live(desk) == version


def test_an_editor_approves_publishes_and_takes_back_nothing(desk: Desk) -> None:
    client = desk.client("editor")
    for path in (
        "drafts/0123456789abcdef/approve",
        "drafts/0123456789abcdef/publish",
        "publications/1/cancel",
        "trial",
    ):
        assert client.post(f"/desk/table/{path}", data={"version": "0123456789ab"}).status_code == 403
    assert client.get("/desk/table/versions/0123456789ab/back").status_code == 403
    for path in ("begin", "drafts/0123456789abcdef/save", "drafts/0123456789abcdef/propose"):
        assert desk.client("reader").post(f"/desk/table/{path}", data={}).status_code == 403


def test_a_draft_is_renamed_sent_back_and_dropped(browser: Browser, desk: Desk) -> None:
    draft = proposed(browser, desk, RETARGET)
    with visiting(browser, desk, "administrator") as page:
        page.goto(f"{desk.url}/desk/table/drafts/{draft}")
        page.get_by_text("Terug naar de bewerker").first.click()
        page.get_by_label("Wat moet er anders?").fill("Niet naar voicemail")
        page.get_by_role("button", name="Terug naar de bewerker").click()
        expect(page.get_by_text("Het concept is weer in bewerking.")).to_be_visible()
        page.get_by_text("Titel wijzigen").first.click()
        page.get_by_label("Titel", exact=True).fill("Anders")
        page.get_by_role("button", name="Titel wijzigen").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Concept: Anders")
        page.get_by_text("Concept wegdoen").first.click()
        page.get_by_role("button", name="Concept wegdoen").click()
        expect(page.get_by_text("Het concept is weggedaan.")).to_be_visible()
        expect(page.get_by_text("Er zijn geen concepten.")).to_be_visible()


HOSTILE = {
    "{{7*7}}": "title: '{{7*7}}{% include \"/etc/passwd\" %}'",
    "<script>": "title: '<script>alert(1)</script><img src=x onerror=alert(1)>'",
}


@pytest.mark.parametrize("sign", HOSTILE)
def test_text_that_would_be_a_program_elsewhere_is_text(browser: Browser, tmp_path: Path, sign: str) -> None:
    text = HOSTILE[sign]
    files = {**FILES, "table.yaml": FILES["table.yaml"].replace("title: Gemeente Klein", text)}
    files["menus/main.yaml"] = files["menus/main.yaml"].replace("to: operator}\n      2", f'to: "{sign}"}}\n      2')
    with serving_desk(tmp_path / "var", small({**FILES, "table.yaml": files["table.yaml"]})) as desk:
        base = {**FILES, "table.yaml": files["table.yaml"]}
        draft = begin(desk, base, title=sign)
        client = desk.client("editor")
        change = {"revision": 0, "files": {"menus/main.yaml": files["menus/main.yaml"]}}
        client.post(f"/desk/table/drafts/{draft.id}/save", json=change).raise_for_status()
        with editing(browser, desk, draft) as page:
            dialogs: list[str] = []
            page.on("dialog", lambda one: dialogs.append(one.message))
            expect(page.get_by_role("heading", level=1)).to_have_text(f"Concept: {sign}")
            expect(page.locator(".faults .go").first).to_contain_text(sign)
            page.get_by_text("Tekst vergeleken").click()
            expect(page.locator(".compared .new")).to_contain_text(sign)
            page.goto(f"{desk.url}/desk/table")
            expect(page.get_by_role("heading", level=1)).to_contain_text(text.removeprefix("title: '").rstrip("'"))
            assert page.locator("img").count() == 0
            assert dialogs == []


def test_a_bomb_of_anchors_and_a_flood_of_nesting_are_findings_in_moments(browser: Browser, desk: Desk) -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{c}: &{c} [{','.join(['*' + p] * 9)}]\n" for p, c in zip("abcdefg", "bcdefgh", strict=True)
    )
    client = desk.client("editor")
    draft = begin(desk)
    with editing(browser, desk, draft) as page:  # so that the process that judges is there
        for number, text in enumerate((bomb, "x: " + "[" * 100_000, "- " * 50_000 + "x", "\x00\ufeff: {")):
            began = time.monotonic()
            files = {"table.yaml": text}
            answer = client.post("/desk/table/judge", json={"of": f"draft:{draft.id}", "files": files})
            assert answer.status_code == 200, number
            assert '"part": "findings"' in answer.text, number
            assert "Eerst de fouten" in answer.text, number
            assert time.monotonic() - began < 20, number
        assert page.locator(".faults").count() == 0


def test_paths_out_of_the_table_and_bodies_out_of_bounds_are_refused(desk: Desk) -> None:
    client = desk.client("editor", language="en")
    draft = begin(desk)
    for path in (
        "../../etc/passwd",
        "/etc/passwd.yaml",
        "a/../b.yaml",
        "menus\\x.yaml",
        ".git/config.yaml",
        "-x.yaml",
        "x" * 300 + ".yaml",
        "",
    ):
        answer = client.post(f"/desk/table/drafts/{draft.id}/save", json={"revision": 0, "files": {path: "x: y"}})
        assert answer.status_code == 400, path
        assert (
            client.post("/desk/table/judge", json={"of": f"draft:{draft.id}", "files": {path: ""}}).status_code == 400
        )
    for of in ("draft:../../x", "version:..", "file:/etc/passwd", "draft:", "draft:0123456789abcdef"):
        assert client.get("/desk/table/files", params={"of": of}).status_code == 404
    for body in (b"{", b"[]", b'{"revision": "x"}', b"\xff", b'{"revision": 0, "files": {"a.yaml": 7}}'):
        assert client.post(f"/desk/table/drafts/{draft.id}/save", content=body).status_code == 400
    large = {"revision": 0, "files": {"table.yaml": "x" * (2 * 2**20)}}
    assert client.post(f"/desk/table/drafts/{draft.id}/save", json=large).status_code == 413
    for call in ("{", '{"number": 1}', '{"number":"1","at":9999999999999999}', "x" * 7000):
        answer = client.get("/desk/table/play", params={"of": f"draft:{draft.id}", "call": call})
        assert answer.status_code in (400, 404), call
    assert held(desk, draft).files == FILES


def test_a_proposal_and_its_files_never_change(browser: Browser, desk: Desk) -> None:
    draft = proposed(browser, desk, RETARGET)
    version = version_of_texts(RETARGET)
    client = desk.client("editor")
    client.post(
        f"/desk/table/drafts/{draft}/save", json={"revision": 2, "files": {"guarantees.yaml": None}}
    ).raise_for_status()
    kept = client.get("/desk/table/files", params={"of": f"version:{version}"}).json()["files"]
    assert kept == RETARGET
    with visiting(browser, desk, "reader") as page:
        page.goto(f"{desk.url}/desk/table/versions/{version}")
        expect(page.locator("body[data-ready=editor]")).to_be_attached()
        expect(page.get_by_text("Zo gewild")).to_be_visible()
        assert page.locator("#saved").count() == 0


def test_a_page_that_is_open_tells_that_somebody_approved(browser: Browser, desk: Desk) -> None:
    draft = proposed(browser, desk, RETARGET)
    with visiting(browser, desk, "reader") as page:
        page.goto(f"{desk.url}/desk/table/drafts/{draft}")
        expect(page.locator("[data-live]")).to_contain_text("voorgesteld")
        desk.client("approver").post(
            f"/desk/table/drafts/{draft}/approve", data={"version": version_of_texts(RETARGET)}
        )
        expect(page.locator("[data-live]")).to_contain_text("goedgekeurd", timeout=10_000)
