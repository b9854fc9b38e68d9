"""The charts in a real browser: drawn from their tables, named, in every theme and on paper."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.pages.browser import NARROW, Desk, groningen, serving_desk, visiting
from tests.pages.lived_in import fill

NOW = 1_795_517_200
DAYS = "from=2026-10-01&to=2026-11-24"
CHARTS = {"promises": 2, "marks": 1, "waiting": 2, "calls": 1, "numbers": 1, "week": 0}
"""Report → charts on its page."""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with a made town of two months, at noon on 24 November 2026."""
    with serving_desk(tmp_path_factory.mktemp("town")) as desk:
        fill(desk.database, groningen(), days=60, a_day=40, now=NOW)
        desk.context.clock = lambda: NOW
        yield desk


def inked(page: Page) -> list[int]:
    """Of each chart, how many of its pixels are painted."""
    held: list[int] = page.evaluate(
        """() => [...document.querySelectorAll(".figures-plot canvas")].map((canvas) =>
            canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.filter((v, i) => i % 4 === 3 && v).length)"""
    )
    return held


@pytest.mark.parametrize("report", CHARTS)
def test_every_chart_is_drawn_and_says_what_it_shows(browser: Browser, town: Desk, report: str) -> None:
    with visiting(browser, town, "reader") as page:
        page.goto(f"{town.url}/desk/figures/{report}?{DAYS}")
        expect(page.locator(".figures-plot canvas")).to_have_count(CHARTS[report])
        assert all(pixels > 2_000 for pixels in inked(page))
        for canvas in page.get_by_role("img").all():
            assert len(canvas.get_attribute("aria-label") or "") > 10
        for figure in page.locator("figure").all():
            assert figure.locator("figcaption").inner_text()
            assert page.locator(f"#{figure.get_attribute('data-of')}").is_visible()


def test_a_chart_is_drawn_anew_for_a_narrow_window_and_for_paper(browser: Browser, town: Desk) -> None:
    with visiting(browser, town, "reader", theme="dark") as page:
        page.goto(f"{town.url}/desk/figures/promises?{DAYS}")
        expect(page.locator(".figures-plot canvas")).to_have_count(2)
        page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        expect(page.locator(".figures-plot canvas").first).to_have_js_property("clientWidth", 336)
        page.emulate_media(media="print")
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        expect(page.locator(".figures-form")).to_be_hidden()
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") in (
            "rgba(0, 0, 0, 0)",
            "rgb(255, 255, 255)",
        )
        assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
        expect(page.locator(".figures-plot canvas")).to_have_count(2)
        assert page.locator(".figures-legend").count() == 1


def test_the_period_is_chosen_by_keyboard_and_stands_in_the_url(browser: Browser, town: Desk) -> None:
    with visiting(browser, town, "reader") as page:
        page.goto(f"{town.url}/desk/figures")
        assert "from=2026-10-28&to=2026-11-24" in page.url
        page.get_by_role("combobox", name="Team").select_option("burgerzaken")
        page.get_by_role("button", name="Tonen").press("Enter")
        page.wait_for_url("**team=burgerzaken**")
        page.get_by_role("link", name="Vorige maand").press("Enter")
        page.wait_for_url("**from=2026-10-01&to=2026-10-31&team=burgerzaken**")
        expect(page.locator(".figures-about")).to_contain_text(
            "1 oktober 2026 tot en met 31 oktober 2026 · Burgerzaken"
        )
        page.get_by_role("link", name="Wachten").press("Enter")
        page.wait_for_url("**/figures/waiting?from=2026-10-01&to=2026-10-31&team=burgerzaken**")


def test_a_table_is_downloaded_under_a_name_that_says_what_it_is(browser: Browser, town: Desk) -> None:
    with visiting(browser, town, "reader") as page:
        page.goto(f"{town.url}/desk/figures/promises?{DAYS}")
        with page.expect_download() as download:
            page.get_by_role("link", name="Als spreadsheet (CSV): Beloften per team").click()
        assert download.value.suggested_filename == "ivr-promises-teams-2026-10-01-2026-11-24.csv"
