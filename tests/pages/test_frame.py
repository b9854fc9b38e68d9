"""The frame of all pages: who may see them, how faults are told, what changes by itself, in a real browser."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from ivr.pages.look.assets import HERE, assets
from ivr.pages.look.words import all_words
from tests.pages.browser import Desk, serving_desk, visiting

FRONT = HERE.parent / "front"
PAGES = HERE.parent


def test_who_has_not_signed_in_is_sent_to_the_sign_in_and_back_from_there(desk: Desk) -> None:
    answer = desk.client().get("/desk/still?from=2026-01-01", headers={"Accept": "text/html"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/desk/sign-in?back=%2Fstill%3Ffrom%3D2026-01-01"


def test_a_page_that_is_not_there_says_so_in_the_language_of_the_browser(desk: Desk) -> None:
    client = desk.client("reader")
    dutch = client.get("/desk/nowhere", headers={"Accept": "text/html", "Accept-Language": "nl"})
    english = client.get("/desk/nowhere", headers={"Accept": "text/html", "Accept-Language": "en-GB,nl;q=0.5"})
    assert (dutch.status_code, english.status_code) == (404, 404)
    assert "Deze pagina bestaat niet" in dutch.text
    assert "There is no such page" in english.text


def test_a_change_without_the_token_of_the_session_is_refused(desk: Desk) -> None:
    client = desk.client("reader")
    form = {"theme": "dark", "back": "/now"}
    assert client.post("/desk/choose", data=form).status_code == 303
    assert client.post("/desk/choose", data=form, headers={"X-CSRF-Token": "other"}).status_code == 403


def test_one_is_never_sent_to_another_site_after_choosing(desk: Desk) -> None:
    client = desk.client("reader")
    for back in ("//evil.example", "https://evil.example", "/\\evil.example", "evil"):
        answer = client.post("/desk/choose", data={"theme": "dark", "back": back})
        assert answer.headers["location"] == "/desk/"


def test_assets_are_compressed_and_kept_by_the_browser(desk: Desk) -> None:
    answer = desk.client().get("/desk/static/desk.js")
    assert answer.headers["content-encoding"] == "gzip"
    assert "immutable" in answer.headers["cache-control"]
    assert desk.client().get("/desk/static/..%2fapp.py").status_code == 404


def test_assets_are_made_of_the_sources_that_stand_here() -> None:
    manifest = json.loads((HERE / "manifest.json").read_text())
    for name, held in manifest.items():
        for source, digest in held["sources"].items():
            assert hashlib.sha256((FRONT / source).read_bytes()).hexdigest() == digest, f"{name}: run scripts/assets"
    assert set(manifest) >= {name for name in assets() if name.endswith((".js", ".css"))}


def test_every_licence_of_what_is_bundled_is_told() -> None:
    told = (HERE / "LICENSES.txt").read_text()
    for held in json.loads((HERE / "manifest.json").read_text()).values():
        for package in held["packages"]:
            assert f"\n{package}\n" in told or told.startswith(package), package


def test_every_word_that_a_template_asks_for_is_there_in_both_languages() -> None:
    asked = set()
    for path in (PAGES / "templates").rglob("*.html"):
        asked |= set(re.findall(r"""\bt\(["']([a-z_]+\.[a-z0-9_]+)["']""", path.read_text()))
    assert asked
    asked = {key for key in asked if not key.endswith("_")}  # one that ends so goes on with a value
    assert asked - set(all_words()) == set()


@pytest.mark.parametrize("path", sorted(Path("ivr/pages/templates").rglob("*.html")), ids=str)
def test_no_template_trusts_text_or_holds_script(path: Path) -> None:
    text = path.read_text()
    assert "|safe" not in text.replace(" ", "")
    assert "autoescape" not in text
    assert not re.search(r"<script(?![^>]*\b(src=|type=\"application/json\"))", text)
    assert not re.search(r"""\son[a-z]+=|\sstyle=|javascript:""", text)


def test_what_changes_reaches_an_open_page_also_after_a_restart(browser: Browser, tmp_path: Path) -> None:
    said = ["eerst"]
    with serving_desk(tmp_path / "var") as one:
        one.context.hub.topic("test.said", lambda ask: said[0], every=0.1)
        with visiting(browser, one, "reader") as page:
            page.goto(one.url + "/desk/nowhere")
            page.complaints.clear()  # type: ignore[attr-defined]  # the page is not there, on purpose
            page.evaluate(
                """() => {
                    const held = document.createElement("p");
                    held.dataset.live = "test.said";
                    document.getElementById("main").append(held);
                    document.dispatchEvent(new Event("visibilitychange"));
                }"""
            )
            expect(page.locator("[data-live]")).to_have_text("eerst")
            said[0] = "<b>daarna</b>"
            expect(page.locator("[data-live] b")).to_have_text("daarna")
            port = one.port
            one.stop()
            expect(page.locator("#lost")).to_be_visible()
            with serving_desk(tmp_path / "var", port=port, database=one.database) as two:
                two.context.hub.topic("test.said", lambda ask: "terug", every=0.1)
                expect(page.locator("[data-live]")).to_have_text("terug", timeout=10_000)
                expect(page.locator("#lost")).to_be_hidden()
            page.complaints.clear()  # type: ignore[attr-defined]  # of the connection that was lost, on purpose
