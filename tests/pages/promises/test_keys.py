"""The board in a browser: with keys alone, with two people at it, while it changes by itself, on a small screen."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.pages.browser import NARROW, WIDE, Desk, visiting
from tests.pages.promises.test_moves import DAY, day
from tests.pages.promises.town import case_of, put


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.closest('.case')?.dataset.number ?? ''"))


def rows(page: Page) -> list[str]:
    return [row.get_attribute("data-number") or "" for row in page.locator("#board .case").all()]


def test_an_agent_works_with_keys_alone(town: Desk, browser: Browser) -> None:
    for n in range(4):
        put(town, str(100_000 + n), 3600 * (n + 1))
    with visiting(browser, town, "agent") as page:
        page.goto(f"{town.url}/desk/promises")
        page.keyboard.press("j")
        assert focused(page) == "100000"
        page.keyboard.press("j")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("k")
        assert focused(page) == "100001"
        page.keyboard.press("t")
        expect(page.locator("#last")).to_contain_text("Zaak 100001 is nu van u")
        expect(page.locator('[data-number="100001"]')).to_contain_text("bij u")
        assert focused(page) == "100001"  # it changed, and the focus stayed
        page.keyboard.press("n")
        page.keyboard.type("Belt liever na vieren; trjcex?")  # no key does anything while one types
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("#last")).to_contain_text("Notitie bewaard")
        expect(page.locator('[data-number="100001"] a.open')).to_be_focused()
        page.keyboard.press("x")
        expect(page.locator("#last")).to_contain_text("niet bereikt")
        expect(page.locator('[data-number="100001"]')).to_contain_text("1× gebeld")
        page.keyboard.press("u")
        expect(page.locator("#last")).to_contain_text("is weer zoals eerst")
        expect(page.locator('[data-number="100001"]')).not_to_contain_text("1× gebeld")
        page.keyboard.press("e")
        expect(page.locator('[data-number="100001"]')).to_have_count(0)
        expect(page.locator('[data-number="100002"] a.open')).to_be_focused()  # the next one, not the top of the page
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_contain_text("Zaak 100002")


def test_the_help_lists_the_keys_and_turns_them_off(town: Desk, browser: Browser) -> None:
    put(town)
    with visiting(browser, town, "agent") as page:
        page.goto(f"{town.url}/desk/promises")
        page.keyboard.press("?")
        expect(page.locator("#keys")).to_be_visible()
        page.locator("#keys-use").uncheck()
        page.keyboard.press("Escape")
        page.keyboard.press("t")
        page.wait_for_timeout(300)
        assert case_of(town.database, "123456").taken_by == ""


def test_what_a_colleague_does_shows_by_itself(town: Desk, browser: Browser) -> None:
    put(town, "100001")
    with visiting(browser, town, "agent") as page:
        page.goto(f"{town.url}/desk/promises")
        expect(page.locator("#board .case")).to_have_count(1)
        bert = town.client("agent", name="Bert Bakker")
        bert.post("/desk/promises/100001/take")
        expect(page.locator("#board .case")).to_contain_text("bij Bert Bakker")
        expect(page.locator("#board [data-do=take]")).to_be_hidden()
        put(town, "100002")
        expect(page.locator("#board .case")).to_have_count(2)


def test_a_promise_is_on_the_board_in_three_clicks(town: Desk, browser: Browser) -> None:
    with visiting(browser, town, "agent") as page:
        page.goto(f"{town.url}/desk/promises")
        page.keyboard.press("a")
        page.keyboard.type("06 12345678")
        page.locator(".choice", has_text="Balie").click()
        page.locator("#when .choice").nth(1).click()
        page.locator("#new > button").click()
        expect(page.locator("#said")).to_contain_text("staat op het bord")
        expect(page.locator("#board .case")).to_have_count(1)
        expect(page.locator("#board .case")).to_contain_text("06 12345678")
        expect(page.locator("#new [name=number]")).to_have_value("")


def test_the_board_is_filtered_while_one_types_and_stays_live(town: Desk, browser: Browser) -> None:
    put(town, "100001")
    put(town, "100002", team="desk")
    with visiting(browser, town, "agent") as page:
        page.goto(f"{town.url}/desk/promises")
        page.locator("#q").fill("100002")
        expect(page.locator("#board .case")).to_have_count(1)
        assert page.url.endswith("q=100002") or "q=100002&" in page.url
        town.client("agent", name="Bert Bakker").post("/desk/promises/100002/take")
        expect(page.locator("#board .case")).to_contain_text("bij Bert Bakker")
        page.locator("#q").fill("")
        expect(page.locator("#board .case")).to_have_count(2)
        page.locator(".teams summary").click()
        page.locator(".teams label", has_text="Balie").click()
        expect(page.locator("#board .case")).to_have_count(1)


def test_what_a_lead_has_ticked_stays_so_while_the_board_changes(town: Desk, browser: Browser) -> None:
    for n in range(3):
        put(town, str(100_000 + n), DAY + n)
    with visiting(browser, town, "approver") as page:
        page.goto(f"{town.url}/desk/promises")
        page.locator('[data-number="100001"] [data-pick]').check()
        town.client("agent", name="Bert Bakker").post("/desk/promises/100000/take")
        put(town, "100009", 3600)
        expect(page.locator("#board .case")).to_have_count(4)
        expect(page.locator('[data-number="100000"]')).to_contain_text("bij Bert Bakker")
        expect(page.locator('[data-number="100001"] [data-pick]')).to_be_checked()
        assert page.locator("#board [data-pick]:checked").count() == 1
        expect(page.locator("#picked")).to_contain_text("1 gekozen")


def test_a_lead_picks_promises_sees_where_they_land_and_moves_them(town: Desk, browser: Browser) -> None:
    for n in range(3):
        put(town, str(100_000 + n), DAY)
    with visiting(browser, town, "approver") as page:
        page.goto(f"{town.url}/desk/promises")
        page.locator("#board [data-all]").first.check()
        expect(page.locator("#picked")).to_contain_text("3 gekozen")
        page.locator("#board [data-pick]").first.uncheck()
        expect(page.locator("#picked")).to_contain_text("2 gekozen")
        page.locator("#picked [name=to]").fill(day(town, 4))
        page.locator("#picked button", has_text="Bekijk").click()
        expect(page.locator("#move tbody tr")).to_have_count(2)
        page.locator("#move [name=why]").fill("storm")
        page.locator("#move form button").first.click()
        expect(page.locator("#move")).to_contain_text("2 beloften hebben een andere tijd")
        page.locator("#move form button").click()
        expect(page.locator("#move")).to_contain_text("2 beloften teruggezet")
        page.locator("#move [data-close]").click()
        expect(page.locator("#picked")).to_be_hidden()


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_nothing_is_wider_than_the_screen_and_every_target_is_large_enough(
    town: Desk, browser: Browser, size: dict[str, int]
) -> None:
    put(town, "100001", -3600, team="order", fields={"code": "W" * 200}, reach="text_relay", part="afternoon")
    with visiting(browser, town, "approver", size=size) as page:
        for path in ("/desk/promises", "/desk/promises/100001"):
            page.goto(town.url + path)
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
            small = page.evaluate(
                """() => [...document.querySelectorAll("main a, main button, main input, main select, main summary")]
                    .filter((one) => one.checkVisibility() && !one.closest(".choice"))
                    .map((one) => [one.outerHTML.slice(0, 80), one.getBoundingClientRect()])
                    .filter(([, box]) => box.height < 20 || box.width < 20)
                    .map(([text]) => text)"""
            )
            assert small == []
