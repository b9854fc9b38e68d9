"""The editor in a real browser: what is found as somebody types, completion, definitions, two who edit at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from ivr.diagnostics.show import as_text
from ivr.tables.ready import check_sources
from ivr.tables.texts import sources_of
from tests.pages.browser import NARROW, Desk, visiting
from tests.pages.table.small import (
    FILES,
    begin,
    editing,
    held,
    open_draft,
    saved,
    show,
    small_desk,
    type_at,
)

MEANT = 120
"""Milliseconds for which a list must stand before Enter takes from it: else it was meant for the text."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One desk for all tests here; each has a draft of its own."""
    with small_desk(tmp_path_factory.mktemp("editor") / "var") as served:
        yield served


def faults(page: Page) -> list[str]:
    return page.locator(".faults .go:not(.other) span[lang]").all_inner_texts()


def underlined(page: Page) -> list[str]:
    return page.locator(".cm-lintRange-error").all_inner_texts()


def test_a_fault_is_told_as_ivr_check_tells_it_and_goes_when_it_is_mended(browser: Browser, desk: Desk) -> None:
    draft = begin(desk)
    with editing(browser, desk, draft) as page:
        expect(page.locator(".part[data-part=findings]")).to_contain_text("Geen fouten")
        type_at(page, "{nl: afval}, to: ", "oprator", take=8)
        expect(page.locator(".faults .go").first).to_contain_text("there is no node 'oprator'", timeout=30_000)
        changed = {
            **FILES,
            "menus/main.yaml": FILES["menus/main.yaml"].replace("afval}, to: operator", "afval}, to: oprator"),
        }
        found = check_sources(sources_of(changed), today(desk))
        assert faults(page) == [one.message for one in found.findings]
        page.locator(".caret summary").first.click()
        assert (
            page.locator(".caret pre").first.inner_text().strip() == as_text(found.findings[0], found.sources).strip()
        )
        assert underlined(page) == ["oprator"]
        expect(page.locator("#heard-findings")).to_contain_text("1 fout. De eerste: there is no node")
        expect(page.locator(".part[data-part=proofs]")).to_contain_text("Eerst de fouten")
        expect(page.locator('#files button[data-file="menus/main.yaml"]')).to_contain_text("1 fout, gewijzigd")
        type_at(page, "afval}, to: ", "operator", take=7)
        expect(page.locator(".part[data-part=findings]")).to_contain_text("Geen fouten", timeout=30_000)
        expect(page.locator(".part[data-part=proofs]")).to_contain_text("garanties gelden", timeout=30_000)
        assert underlined(page) == []
        saved(page)
        assert held(desk, draft).files == FILES


def today(desk: Desk) -> dt.date:
    zone = desk.context.shelf().live.table.almanac.zone
    return dt.datetime.fromtimestamp(desk.context.clock(), zone).date()


def test_carets_stand_right_after_signs_that_javascript_counts_twice(browser: Browser, desk: Desk) -> None:
    text = FILES["menus/main.yaml"].replace("{nl: afval}, to: operator", '{nl: "afval 🗑️🗑️ e\u0301"}, to: nergens')
    draft = begin(desk)
    client = desk.client("editor")
    client.post(f"/desk/table/drafts/{draft.id}/save", json={"revision": 0, "files": {"menus/main.yaml": text}})
    with editing(browser, desk, draft) as page:
        show(page, "menus/main.yaml")
        assert underlined(page) == ["nergens"]
        page.keyboard.press("F8")
        assert page.evaluate("getSelection().toString()") == "nergens"


def test_the_next_finding_is_one_key_away_also_in_another_file(browser: Browser, desk: Desk) -> None:
    draft = begin(desk)
    with editing(browser, desk, draft) as page:
        type_at(page, "afval}, to: ", "x", path="menus/main.yaml")
        type_at(page, "ring: ", "soon", path="table.yaml", take=3)
        expect(page.locator('#files button[data-file="table.yaml"]')).to_contain_text("1 fout", timeout=30_000)
        expect(page.locator('#files button[data-file="menus/main.yaml"]')).to_contain_text("1 fout")
        page.keyboard.press("F8")
        expect(page.locator("#files button[aria-current]")).to_contain_text("menus/main.yaml")
        expect(page.locator("#said")).to_contain_text("IVR201")
        page.keyboard.press("F8")
        expect(page.locator("#files button[aria-current]")).to_contain_text("table.yaml")
        page.locator(".faults .go").first.focus()
        page.keyboard.press("Enter")
        expect(page.locator(".cm-content")).to_be_focused()


def test_the_schema_and_the_tables_own_names_complete_what_is_typed(browser: Browser, desk: Desk) -> None:
    draft = begin(desk)
    with editing(browser, desk, draft) as page:
        show(page, "menus/main.yaml")
        page.locator(".cm-content").click()
        page.keyboard.press("Control+End")
        page.keyboard.type("  more:\nki")
        options = page.locator(".cm-tooltip-autocomplete li")
        expect(options.first).to_contain_text("kind")
        page.wait_for_timeout(MEANT)
        page.keyboard.press("Enter")
        page.keyboard.type("tra")
        expect(options.first).to_contain_text("transfer")
        page.wait_for_timeout(MEANT)
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        page.keyboard.press("Control+Space")
        expect(options.filter(has_text="when_done")).to_have_count(1)
        expect(options.filter(has_text="options")).to_have_count(0)
        page.keyboard.type("busy: no")
        expect(options.filter(has_text="note")).to_have_count(1)
        page.keyboard.press("Escape")
        page.keyboard.press("Enter")
        page.keyboard.type("team: ")
        page.keyboard.press("Control+Space")
        expect(options.first).to_contain_text("desk")


def test_a_name_leads_to_where_it_is_defined(browser: Browser, desk: Desk) -> None:
    draft = begin(desk)
    with editing(browser, desk, draft) as page:
        type_at(page, "kind: transfer, team: ", "")
        page.keyboard.press("F12")
        expect(page.locator("#files button[aria-current]")).to_contain_text("table.yaml")
        expect(page.locator("#said")).to_contain_text("team desk in table.yaml")
        expect(page.locator(".cm-activeLine")).to_contain_text("desk: {title: {nl: de balie}")


def test_resting_on_a_word_explains_it(browser: Browser, desk: Desk) -> None:
    with editing(browser, desk, begin(desk)) as page:
        show(page, "menus/main.yaml")
        page.locator(".cm-line span", has_text="when_done").hover()
        expect(page.locator(".explained")).to_contain_text("Where the call goes after the conversation.")
        page.locator("#findings-title").hover()
        expect(page.locator(".explained")).to_have_count(0)


def test_a_broken_guarantee_is_heard(browser: Browser, desk: Desk) -> None:
    with editing(browser, desk, begin(desk)) as page:
        expect(page.locator("#heard-proofs")).to_have_text("Alle 6 garanties gelden.")
        type_at(page, "seconds: ", "1", path="guarantees.yaml", take=2)
        expect(page.locator("#heard-proofs")).to_contain_text("geschonden", timeout=30_000)


def test_tab_leaves_the_editor(browser: Browser, desk: Desk) -> None:
    with editing(browser, desk, begin(desk)) as page:
        page.locator(".cm-content").click()
        page.keyboard.press("Tab")
        expect(page.locator(".cm-content")).not_to_be_focused()


def test_who_may_only_read_sees_everything_and_changes_nothing(browser: Browser, desk: Desk) -> None:
    draft = begin(desk)
    with editing(browser, desk, draft, "reader", size=NARROW) as page:
        expect(page.locator(".part[data-part=proofs]")).to_contain_text("garanties gelden")
        expect(page.locator(".cm-content")).to_have_attribute("aria-readonly", "true")
        page.locator(".cm-content").click()
        page.keyboard.type("stuk")
        assert "stuk" not in page.locator(".cm-content").inner_text()
        assert page.get_by_role("button", name="Voorstellen").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
        page.locator("#file-choice").select_option("guarantees.yaml")
        expect(page.locator(".cm-content")).to_contain_text("desk-is-near")


def test_two_tabs_that_change_other_files_both_keep_their_text(browser: Browser, desk: Desk) -> None:
    draft = begin(desk)
    with editing(browser, desk, draft) as one, visiting(browser, desk, "editor") as other:
        open_draft(other, desk, draft)
        type_at(one, "de balie", " beneden", path="table.yaml")
        saved(one)
        type_at(other, "Tot ziens", " en dank")
        expect(other.locator("#said")).to_contain_text("wijzigde andere bestanden")
        saved(other)
        show(other, "table.yaml")
        expect(other.locator(".cm-content")).to_contain_text("de balie beneden")
        files = held(desk, draft).files
        assert "de balie beneden" in files["table.yaml"]
        assert "Tot ziens en dank" in files["menus/main.yaml"]
        other.complaints.clear()  # type: ignore[attr-defined]  # the browser tells of every 409


def test_who_is_signed_out_while_typing_finds_the_text_again_after_signing_in(browser: Browser, desk: Desk) -> None:
    draft = begin(desk)
    with editing(browser, desk, draft) as page:
        cookies = page.context.cookies()
        page.context.clear_cookies()
        type_at(page, "Tot ziens", " morgen")
        expect(page.locator("#fault")).to_contain_text("Uw tekst staat nog hier")
        assert held(desk, draft).revision == 0
        page.context.add_cookies(cookies)  # type: ignore[arg-type]  # as they were given
        page.reload()
        expect(page.locator("body[data-ready=editor]")).to_be_attached()
        saved(page)
        assert "Tot ziens morgen" in held(desk, draft).files["menus/main.yaml"]
        page.complaints.clear()  # type: ignore[attr-defined]  # the browser tells of every 401


@pytest.mark.parametrize(("button", "stays"), [("Mijn tekst", "tweede"), ("Die andere tekst", "eerste")])
def test_of_two_texts_of_a_file_one_is_chosen_and_undo_brings_the_other_back(
    browser: Browser, desk: Desk, button: str, stays: str
) -> None:
    draft = begin(desk)
    with editing(browser, desk, draft) as one, visiting(browser, desk, "editor") as other:
        open_draft(other, desk, draft)
        type_at(one, "Tot ziens", " eerste")
        saved(one)
        type_at(other, "Tot ziens", " tweede")
        expect(other.locator("#conflict")).to_contain_text("wijzigde ook menus/main.yaml")
        other.get_by_role("button", name=button).click()
        saved(other)
        assert f"Tot ziens {stays}" in held(desk, draft).files["menus/main.yaml"]
        left = "eerste" if stays == "tweede" else "tweede"
        other.locator(".cm-content").focus()
        other.keyboard.press("Control+z")
        expect(other.locator(".cm-content")).to_contain_text(f"Tot ziens {left}")
        other.complaints.clear()  # type: ignore[attr-defined]  # the browser tells of every 409


def test_a_file_is_added_and_taken_away(browser: Browser, desk: Desk) -> None:
    draft = begin(desk)
    with editing(browser, desk, draft) as page:
        for path, wrong in (("../../etc/passwd", True), ("notities.txt", True), ("menus/extra.yaml", False)):
            page.get_by_role("button", name="Bestand erbij").click()
            page.get_by_label("Naam van het bestand").fill(path)
            page.keyboard.press("Enter")
            if wrong:
                expect(page.locator("#add-file-wrong")).not_to_be_empty()
                page.get_by_role("button", name="Toch niet").click()
        expect(page.locator("#files button[aria-current]")).to_contain_text("menus/extra.yaml")
        page.keyboard.type("nodes:\n  extra: {kind: end")
        saved(page)
        assert "kind: end" in held(desk, draft).files["menus/extra.yaml"]
        page.get_by_role("button", name="Bestand weghalen").click()
        page.get_by_role("button", name="Weghalen", exact=True).click()
        saved(page)
        assert held(desk, draft).files == FILES
        page.complaints.clear()  # type: ignore[attr-defined]  # the browser tells of every 400


def test_line_ends_stay_as_the_file_had_them(browser: Browser, desk: Desk) -> None:
    draft = begin(desk)
    with desk.client("editor") as client:
        text = FILES["guarantees.yaml"].replace("\n", "\r\n")
        answer = client.post(
            f"/desk/table/drafts/{draft.id}/save", json={"revision": 0, "files": {"guarantees.yaml": text}}
        )
        assert answer.json()["revision"] == 1
    with editing(browser, desk, draft) as page:
        type_at(page, "seconds: 6", "1", path="guarantees.yaml")
        saved(page)
        assert held(desk, draft).files["guarantees.yaml"] == text.replace("seconds: 60", "seconds: 610")


def test_the_page_of_a_code_is_what_its_documentation_says(browser: Browser, desk: Desk) -> None:
    with visiting(browser, desk, "reader") as page:
        page.goto(f"{desk.url}/desk/codes/IVR201")
        expect(page.get_by_role("heading", level=1)).to_have_text("IVR201: unknown node")
        expect(page.locator("pre").nth(1)).to_contain_text("error[IVR201] there is no node 'mian'")
