"""In a real browser: the first administrator, a colleague who is let in, and who tries an address that is not theirs."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.pages.browser import NARROW, Desk, visiting
from tests.pages.signin.client import PASSWORD, first_link, link_for, put


def test_the_first_administrator_lets_a_colleague_in_by_the_keyboard_alone(browser: Browser, desk: Desk) -> None:
    with visiting(browser, desk) as page:
        page.goto(f"{desk.url}/desk{first_link(desk)}")
        expect(page.get_by_label("Uw naam")).to_be_focused()
        for text in ("Anna de Vries", "anna@city.example", PASSWORD):
            page.keyboard.type(text)
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.get_by_role("link", name="Mensen").click()
        page.get_by_label("Naam", exact=True).fill("Bram Visser")
        page.get_by_label("Gebruikersnaam").fill("bram@city.example")
        page.get_by_label("lezer").check()
        page.keyboard.press("Enter")
        link = page.get_by_label("Geef deze link door aan Bram Visser").input_value()
    with visiting(browser, desk) as page:
        page.goto(link)
        page.get_by_label("Nieuw wachtwoord").fill("kort maar wel 12")
        page.keyboard.press("Enter")
        page.wait_for_url("**/desk/now")
        page.goto(f"{desk.url}/desk/people")
        expect(page.get_by_role("main")).to_contain_text("U mag dit niet")
        expect(page.get_by_role("link", name="Mensen")).to_have_count(0)
        page.complaints.clear()  # type: ignore[attr-defined]  # that it was refused, on purpose


def test_what_went_wrong_is_announced_and_the_login_stays(browser: Browser, desk: Desk) -> None:
    put(desk)
    with visiting(browser, desk, size=NARROW) as page:
        page.goto(f"{desk.url}/desk/now")
        page.get_by_label("Gebruikersnaam").fill("anna")
        page.get_by_label("Wachtwoord").fill("wrong")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert").filter(has_text="horen niet bij elkaar")).to_be_visible()
        expect(page.get_by_label("Gebruikersnaam")).to_have_value("anna")
        expect(page.get_by_label("Wachtwoord")).to_be_focused()
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/desk/now")
        page.complaints.clear()  # type: ignore[attr-defined]  # that it was refused, on purpose


def test_who_is_shut_out_while_a_page_is_open_is_told(browser: Browser, desk: Desk) -> None:
    from ivr.store.database.connect import writing
    from ivr.store.people import people

    anna = put(desk, password="")
    with visiting(browser, desk) as page:
        page.goto(f"{desk.url}/desk{link_for(desk, anna)}")
        page.get_by_label("Nieuw wachtwoord").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/desk/promises")
        page.goto(f"{desk.url}/desk/now")
        with writing(desk.database) as connection:
            people.disable(connection, anna.id, "root", desk.context.clock())
        expect(page.locator("#lost")).to_contain_text("U bent afgemeld", timeout=15_000)
        page.complaints.clear()  # type: ignore[attr-defined]  # the stream that was refused, on purpose
