"""The phone in a real browser: a call with the keyboard alone, what is heard and shown, undone, linked and saved."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from ivr.diagnostics import Source, Sources
from ivr.simulator.run import run_scenario
from ivr.simulator.scenario import read_suite_sources
from tests.pages.browser import NARROW, Desk, groningen, serving_desk, visiting
from tests.pages.phone.calls import draft, moi


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One desk for all tests here: none of them changes the table."""
    with serving_desk(tmp_path_factory.mktemp("phone") / "var") as held:
        yield held


def lines(page: Page) -> list[str]:
    """What the log shows."""
    return [text.strip() for text in page.locator("#lines .text").all_inner_texts()]


def begin(page: Page, desk: Desk, query: str = "at=2026-12-01+10%3A00&call=1") -> None:
    page.goto(f"{desk.url}/desk/phone?{query}")
    expect(page.locator("#lines li").first).to_be_visible()


def test_a_call_is_made_with_the_keyboard_alone_and_saved_as_a_scenario_that_holds(
    browser: Browser, desk: Desk
) -> None:
    with visiting(browser, desk, "editor") as page:
        page.goto(f"{desk.url}/desk/phone")
        page.get_by_label("Wanneer").fill("2026-12-01 10:00")
        page.get_by_label("Wanneer").press("Enter")
        expect(page.locator("#question")).to_contain_text("een paspoort, ID-kaart of rijbewijs")
        expect(page.locator("#log")).to_be_focused()
        page.keyboard.press("1")
        expect(page.locator("#question")).to_contain_text("een afspraak")
        page.keyboard.press("1")
        expect(page.locator("#asks")).to_contain_text("Burgerzaken gaat over")
        page.keyboard.press("a")
        expect(page.locator("#asks")).to_contain_text("Afloop: iemand gesproken, Burgerzaken.")
        expect(page.locator("#lines .whisper")).to_contain_text("Toets 1 om aan te nemen")
        expect(page.locator("#passed li[aria-current]")).to_contain_text("goodbye")
        page.get_by_role("button", name="Bewaar als scenario").click()
        page.get_by_label("Naam").fill("paspoort")
        page.get_by_label("Naam").press("Enter")
        yaml = page.locator("#yaml").inner_text()
        suite = read_suite_sources(Sources((Source("scenario.yaml", yaml),)))
        assert [(one.name, run_scenario(groningen(), one).passed) for one in suite.scenarios] == [("paspoort", True)]
        with page.expect_download() as download:
            page.get_by_role("button", name="Download").click()
        assert download.value.suggested_filename == "paspoort.yaml"


def test_digits_are_gathered_until_they_are_all_there(browser: Browser, desk: Desk) -> None:
    with visiting(browser, desk, "reader") as page:
        begin(page, desk, "at=2026-12-01+22%3A00&do=2&do=2")
        page.locator("#log").focus()
        for key in "061234567":
            page.keyboard.press(key)
        expect(page.locator("#digits")).to_have_text("061234567")
        page.keyboard.press("Backspace")
        page.keyboard.press("7")
        page.get_by_role("button", name="8", exact=True).click()
        expect(page.locator("#digits")).to_have_text("0612345678")
        page.get_by_role("button", name="hekje").click()
        expect(page.locator("#lines")).to_contain_text("Wij bellen u op nummer 0 6")


def test_the_last_step_is_undone_and_the_link_holds_the_call(browser: Browser, desk: Desk) -> None:
    with visiting(browser, desk, "reader") as page:
        begin(page, desk)
        page.locator("#log").focus()
        page.keyboard.press("2")
        expect(page.locator("#question")).to_contain_text("grofvuil")
        before = lines(page)
        page.keyboard.press("3")
        expect(page.locator("#lines li")).not_to_have_count(len(before))
        page.keyboard.press("Backspace")
        expect(page.locator("#lines li")).to_have_count(len(before))
        assert lines(page) == before
        link = page.url
        page.goto("about:blank")
        page.goto(link)
        assert lines(page) == before


def test_only_what_is_new_is_added_to_the_log(browser: Browser, desk: Desk) -> None:
    with visiting(browser, desk, "reader") as page:
        begin(page, desk)
        page.evaluate("document.querySelectorAll('#lines li').forEach((line) => (line.mark = true))")
        held = len(lines(page))
        page.locator("#log").focus()
        page.keyboard.press("2")
        expect(page.locator("#lines .caller")).to_have_count(1)
        marks = page.evaluate("[...document.querySelectorAll('#lines li')].map((line) => line.mark === true)")
        assert marks == [True] * held + [False] * (len(marks) - held)


def test_speech_is_heard_where_it_is_listened_to(browser: Browser, desk: Desk) -> None:
    with visiting(browser, desk, "reader") as page:
        begin(page, desk)
        page.get_by_label("Wat de beller zegt").fill("ik bel over mijn rijbewijs")
        page.get_by_role("button", name="Zeg", exact=True).click()
        expect(page.locator("#lines .caller")).to_contain_text("“ik bel over mijn rijbewijs”")
        expect(page.locator("#question")).to_contain_text("een afspraak")
        expect(page.get_by_label("Wat de beller zegt")).to_be_enabled()
        begin(page, desk, "at=2026-12-01+22%3A00&do=2")
        expect(page.get_by_label("Wat de beller zegt")).to_be_disabled()


def test_at_real_speed_words_come_one_after_another_and_a_key_cuts_them_short_where_it_may(
    browser: Browser, desk: Desk
) -> None:
    with visiting(browser, desk, "reader") as page:
        page.goto(f"{desk.url}/desk/phone")
        page.get_by_label("op ware snelheid").check()
        page.get_by_label("Wanneer").fill("2026-12-01 10:00")
        page.get_by_role("button", name="Bel", exact=True).click()
        expect(page.locator("#lines li")).to_have_count(1)
        page.locator("#log").focus()
        page.keyboard.press("1")  # while the welcome is spoken, which cannot be interrupted
        expect(page.locator("#said")).to_contain_text("niet onderbreken")
        expect(page.locator("#lines .caller")).to_have_count(0)
        expect(page.locator("#lines li")).to_have_count(2, timeout=6000)  # "For English, press 9."
        page.keyboard.press("1")
        expect(page.locator("#lines .caller")).to_have_count(1)
        expect(page.locator("#lines")).to_contain_text("Waarvoor belt u?")


def test_a_browser_without_voices_says_so_and_shows_the_words(browser: Browser, desk: Desk) -> None:
    with visiting(browser, desk, "reader") as page:
        page.add_init_script("speechSynthesis.getVoices = () => []")
        begin(page, desk)
        page.get_by_label("hardop").check()
        expect(page.locator("#voices")).to_contain_text("Deze browser heeft geen stemmen")
        page.locator("#log").focus()
        page.keyboard.press("2")
        expect(page.locator("#question")).to_contain_text("grofvuil")


def test_what_is_spoken_is_spoken_in_its_own_language(browser: Browser, desk: Desk) -> None:
    with visiting(browser, desk, "reader") as page:
        page.add_init_script(
            """
            window.spoken = [];
            const voices = ["nl-NL", "en-GB"].map((lang) => ({ lang, name: lang }));
            speechSynthesis.getVoices = () => voices;
            window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
            speechSynthesis.speak = (speech) => { spoken.push([speech.voice.lang, speech.text]); setTimeout(() => speech.onend(), 5); };
            """
        )
        page.goto(f"{desk.url}/desk/phone")
        page.get_by_label("hardop").check()
        expect(page.locator("#voices")).to_contain_text("De stem is die van deze browser")
        page.get_by_label("Wanneer").fill("2026-12-01 10:00")
        page.get_by_role("button", name="Bel", exact=True).click()
        expect(page.locator("#question")).to_be_visible()
        spoken = page.evaluate("spoken")
        assert spoken[:2] == [["nl-NL", "Welkom bij de gemeente Groningen."], ["en-GB", "For English, press 9."]]


def test_the_same_steps_are_played_for_another_caller(browser: Browser, desk: Desk) -> None:
    with visiting(browser, desk, "reader") as page:
        begin(page, desk, "at=2026-12-01+10%3A00&do=5&do=1&do=1")
        expect(page.locator("#asks")).to_contain_text("Parkeren gaat over")
        page.get_by_label("Wanneer").fill("2026-12-01 08:35")
        page.get_by_role("button", name="Zelfde stappen").click()
        expect(page.locator("#lines")).to_contain_text("De collega's voor deze vraag zijn er weer")


def test_the_map_goes_along_with_the_call(browser: Browser, desk: Desk) -> None:
    with visiting(browser, desk, "reader") as page:
        begin(page, desk)
        canvas = page.locator("#phone-map")
        expect(canvas.locator(".busy")).to_have_count(0)
        expect(canvas.locator("canvas").first).to_be_visible()
        before = still(page)
        page.locator("#log").focus()
        page.keyboard.press("2")
        expect(page.locator("#passed li[aria-current]")).to_contain_text("waste")
        assert still(page) != before


def still(page: Page) -> bytes:
    """What the map shows once it has come to rest."""
    last = b""
    while (shot := page.locator("#phone-map").screenshot()) != last:
        last = shot
        page.wait_for_timeout(100)
    return shot


def test_on_a_telephone_the_map_is_drawn_when_it_is_asked_for(browser: Browser, desk: Desk) -> None:
    with visiting(browser, desk, "reader", size=NARROW) as page:
        begin(page, desk)
        expect(page.locator("#phone-map canvas")).to_have_count(0)
        page.locator("#map-part > summary").click()
        expect(page.locator("#phone-map canvas").first).to_be_visible()


def test_a_draft_that_is_chosen_is_called_with_the_same_steps(browser: Browser, desk: Desk) -> None:
    draft(desk, "moi", {"menus/entry.yaml": moi()})
    with visiting(browser, desk, "editor") as page:
        begin(page, desk, "at=2026-12-01+10%3A00&do=2")
        page.get_by_label("Versie of concept").select_option(label="concept: moi")
        expect(page.locator("#lines")).to_contain_text("Moi, met de stad.", timeout=30_000)  # the workshop has to open
        expect(page.locator("#lines .caller")).to_have_count(1)


def test_what_cannot_be_meant_is_told_and_nothing_is_lost(browser: Browser, desk: Desk) -> None:
    with visiting(browser, desk, "reader") as page:
        begin(page, desk)
        before = lines(page)
        page.get_by_label("Wanneer").fill("ooit")
        page.get_by_role("button", name="Bel", exact=True).click()
        expect(page.locator("#fault")).to_contain_text("'ooit' is geen moment")
        assert lines(page) == before
        page.complaints.clear()  # type: ignore[attr-defined]  # the browser tells of the status


def test_on_a_telephone_nothing_stands_beside_the_page(browser: Browser, desk: Desk) -> None:
    with visiting(browser, desk, "reader", size=NARROW) as page:
        begin(page, desk, "at=2026-12-01+10%3A00&do=1&do=1")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert not page.locator("#given").get_attribute("open")
        sizes = page.evaluate(
            "[...document.querySelectorAll('button, input, select, summary')].filter((one) => one.offsetParent)"
            ".map((one) => one.getBoundingClientRect()).map((box) => Math.min(box.width, box.height))"
        )
        assert min(sizes) >= 20  # a box to tick is 20 px in a label of 32
