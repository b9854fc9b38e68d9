"""The map in a real browser: seen, searched, walked by keys, filtered, followed, at both widths."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.pages.browser import GRONINGEN, NARROW, WIDE, Desk, serving_desk, visiting
from tests.pages.judging import AIM_BYTES, Loaded, faults, sideways

DRAWN = re.compile(r"\d+")
expect.set_options(timeout=20_000)  # several tests share a machine


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One desk for all tests here: none of them changes the table."""
    with serving_desk(tmp_path_factory.mktemp("map") / "var") as held:
        held.context.folders["groningen"] = GRONINGEN
        yield held


@pytest.fixture
def page(browser: Browser, desk: Desk) -> Iterator[Page]:
    """The map, drawn."""
    with visiting(browser, desk, "reader", size=WIDE) as held:
        opened(held, desk)
        yield held


def opened(page: Page, desk: Desk, path: str = "") -> None:
    page.goto(f"{desk.url}/desk/map{path}")
    expect(page.locator("#map")).to_have_attribute("data-drawn", DRAWN, timeout=30_000)


def test_the_map_is_drawn_with_visits_folded_and_opens_them(page: Page) -> None:
    folded = int(page.locator("#map").get_attribute("data-drawn") or 0)
    page.get_by_label("Deelroutes openen").check()
    expect(page.locator("#map")).not_to_have_attribute("data-drawn", str(folded), timeout=20_000)
    assert int(page.locator("#map").get_attribute("data-drawn") or 0) > folded


def test_what_is_found_is_shown_with_its_yaml_and_has_the_focus(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("grofvuil")
    expect(page.locator("#map-found")).to_contain_text("gevonden")
    page.keyboard.press("Enter")
    title = page.locator("#map-card-title")
    expect(title).to_be_focused()
    expect(page.locator(".map-yaml")).to_contain_text("formerly: Grofvuil")
    page.locator("#map-details").get_by_role("button", name="bulky").click()
    expect(page.locator(".map-yaml")).to_contain_text("kind: say")
    expect(page.locator("#map-details")).to_contain_text("Scenario's die hier langskomen", timeout=60_000)


def test_arrows_walk_along_the_exits_in_the_list_and_escape_comes_back(page: Page) -> None:
    page.locator("#map-search").focus()
    page.keyboard.press("Tab")
    if page.evaluate("document.activeElement.getAttribute('href')") == "#map-details":
        page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    focused = page.locator('[role="treeitem"]:focus > .map-row > .map-name')
    expect(focused).to_have_text("calamity")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    first = page.evaluate("document.activeElement.querySelector('.map-name').textContent")
    page.keyboard.press("Enter")
    expect(page.locator("#map-card-title")).to_contain_text(first)
    expect(page.locator("#map-card-title")).to_be_focused()
    page.keyboard.press("Escape")
    expect(focused).to_have_text(first)


def test_arrows_walk_on_the_canvas_too(page: Page) -> None:
    page.locator("#map").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#map-card-title")).to_contain_text("calamity")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#map-card-title")).not_to_contain_text("calamity")
    expect(page.locator("#map")).to_be_focused()


def test_a_moment_dims_the_closed_exits_and_says_how_much_remains(page: Page) -> None:
    page.get_by_label("Moment van bellen").fill("zondag 12:00")
    page.get_by_role("button", name="Toon", exact=True).click()
    expect(page.locator("#map-told")).to_contain_text("12:00")
    expect(page.locator("#map-told")).to_contain_text("blijven over")
    page.get_by_label("Moment van bellen").fill("sint-juttemis")
    page.get_by_role("button", name="Toon", exact=True).click()
    expect(page.locator("#map-told")).to_contain_text("is geen moment")
    page.complaints.clear()  # type: ignore[attr-defined]  # the browser tells of the refusal too
    page.get_by_role("button", name="Wis filters").click()
    expect(page.locator("#map-told")).to_have_text("")


SHUT = "dicht voor deze bellers"


def filtered(page: Page, number: str, at: str = "") -> None:
    page.get_by_label("Gebeld nummer").fill(number)
    page.get_by_label("Moment van bellen").fill(at)
    page.get_by_role("button", name="Toon", exact=True).click()
    expect(page.locator("#map-told")).to_contain_text(f"{at[-5:]}: " if at else "blijven over")


def test_the_list_says_in_words_what_is_closed_to_these_callers(page: Page) -> None:
    page.locator("#map-tree").get_by_text("Nummers", exact=True).click()
    expect(page.locator("#map-tree")).not_to_contain_text(SHUT)
    filtered(page, "050 367 1000", "donderdag 18:00")
    rows = page.locator('#map-tree [role="treeitem"]')
    out = page.locator("#map-tree .map-out")
    assert 0 < out.count() < rows.count()
    assert all(SHUT in text for text in out.locator("> .map-row").all_text_contents())
    open_ = page.locator('#map-tree [role="treeitem"]:not(.map-out) > .map-row')
    assert not any(SHUT in text for text in open_.all_text_contents())
    expect(page.get_by_role("treeitem", name=SHUT).first).to_be_visible()
    page.get_by_role("button", name="Wis filters").click()
    expect(page.locator("#map-tree")).not_to_contain_text(SHUT)


def test_the_list_says_what_is_closed_in_english_too(browser: Browser, desk: Desk) -> None:
    with visiting(browser, desk, "reader", language="en") as page:
        opened(page, desk)
        page.get_by_label("Number dialled").fill("050 367 1000")
        page.get_by_role("button", name="Show", exact=True).click()
        expect(page.locator("#map-tree")).to_contain_text("closed to these callers")


def test_a_number_opens_in_the_list_with_its_way_on(page: Page) -> None:
    filtered(page, "050 367 1000")
    entry = page.locator(
        '#map-tree [role="treeitem"][aria-level="2"][aria-expanded="true"]', has=page.locator(".entry")
    )
    expect(entry).to_have_count(1)
    onward = entry.locator('> [role="group"] > [role="treeitem"]:not(.map-out)')
    expect(onward.first).to_have_attribute("aria-expanded", "true")
    expect(entry).to_have_attribute("tabindex", "0")
    expect(entry.locator("> .map-row")).to_be_in_viewport()


IN_SIGHT = """() => {
  const { cy } = document.querySelector(".map-drawn")._cyreg;
  const { x1, y1, x2, y2 } = cy.extent();
  const seen = (kind) => cy.nodes(kind).not(".faded").filter((node) => {
    const { x, y } = node.position();
    return x > x1 && x < x2 && y > y1 && y < y2;
  }).length;
  return [cy.zoom(), seen(".connect"), seen(".team")];
}"""


@pytest.mark.parametrize("at", ["", "donderdag 10:00"])
def test_a_number_brings_who_answers_it_into_sight_at_a_size_that_can_be_read(page: Page, at: str) -> None:
    page.get_by_label("Gebeld nummer").fill("050 367 1000")
    page.locator("#map-search").fill("050 367 1000")
    page.locator("#map-search").press("Enter")
    filtered(page, "050 367 1000", at)
    zoom, connecting, teams = page.evaluate(IN_SIGHT)
    assert zoom * 11.5 >= 6  # below it the canvas draws no words
    assert connecting
    assert teams


def test_the_details_say_which_exits_are_closed_to_these_callers(page: Page, desk: Desk) -> None:
    opened(page, desk, "?node=closed")
    details = page.locator("#map-details")
    expect(details).to_contain_text("Leidt naar")
    expect(details).not_to_contain_text(SHUT)
    filtered(page, "050 367 1000", "donderdag 10:00")
    expect(details).to_contain_text(SHUT)
    page.get_by_role("button", name="Wis filters").click()
    expect(details).not_to_contain_text(SHUT)


def test_seconds_to_a_person_stand_in_the_list_too(page: Page) -> None:
    page.get_by_label("Laag").select_option("heat")
    expect(page.locator("#map-layer-legend")).to_contain_text("Hoeveel seconden", timeout=60_000)
    expect(page.locator("#map-tree .map-badge").nth(0)).to_contain_text(" s")


def test_a_link_to_a_box_opens_it(browser: Browser, desk: Desk) -> None:
    with visiting(browser, desk, "reader", language="en") as page:
        opened(page, desk, "#reach-civil%2Fring")
        expect(page.locator("#map-card-title")).to_contain_text("ring")
        expect(page.locator("#map-details")).to_contain_text("Leads to")
        opened(page, desk, "?node=main")
        expect(page.locator("#map-card-title")).to_contain_text("main")
        opened(page, desk, "?node=gone")
        expect(page.locator("#map-told")).to_contain_text("There is no box 'gone'")


def test_on_a_telephone_the_list_comes_first_and_the_map_when_asked_for(browser: Browser, desk: Desk) -> None:
    with visiting(browser, desk, "reader", size=NARROW) as page:
        page.goto(f"{desk.url}/desk/map")
        expect(page.locator("#map-tree .map-name").first).to_have_text("calamity")
        expect(page.locator("#map")).to_be_hidden()
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
        page.get_by_role("button", name="Toon de kaart").click()
        expect(page.locator("#map")).to_have_attribute("data-drawn", DRAWN, timeout=30_000)
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_box_that_is_open_stands_in_nobodys_way(
    browser: Browser, desk: Desk, theme: str, size: dict[str, int]
) -> None:
    with visiting(browser, desk, "reader", theme=theme, size=size) as page:
        loaded = Loaded(page)
        page.goto(f"{desk.url}/desk/map#main")
        if size == NARROW:
            page.get_by_role("button", name="Toon de kaart").click()
        expect(page.locator("#map")).to_have_attribute("data-drawn", DRAWN)
        expect(page.locator("#map-details")).to_contain_text("hooguit", timeout=60_000)
        page.get_by_label("Laag").select_option("heat")
        page.get_by_label("Moment van bellen").fill("zondag 12:00")
        page.keyboard.press("Enter")
        expect(page.locator("#map-layer-legend")).to_contain_text("Hoeveel seconden")
        expect(page.locator("#map-told")).to_contain_text("blijven over")
        assert faults(page) == []
        assert sideways(page) == ""
        assert loaded.elsewhere == []
        assert loaded.weight < AIM_BYTES


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_theme_reaches_the_canvas(browser: Browser, desk: Desk, theme: str) -> None:
    with visiting(browser, desk, "reader", theme=theme) as page:
        opened(page, desk)
        paper = page.evaluate("getComputedStyle(document.querySelector('#map')).backgroundColor")
        assert (paper == "rgb(255, 255, 255)") == (theme == "light")
