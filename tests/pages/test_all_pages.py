"""Every page under /desk as people see it: both themes, 360 and 1,600 px, Dutch and English, with a town's data.

Screenshots for the docs are made of them: pytest tests/pages/test_all_pages.py --update
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from ivr.desk.case import PLANNED
from ivr.pages.app import routes_app
from ivr.pages.look.words import LANGUAGES, all_words
from ivr.store.database.connect import reading
from ivr.store.database.schema import cases
from ivr.store.database.schema_desk import people
from tests.pages.browser import NARROW, WIDE, Desk, groningen, serving_desk, visiting
from tests.pages.judging import AIM_BYTES, MOST_BYTES, Loaded, faults, sideways
from tests.pages.lived_in import fill

NOW = 1_795_517_200
"""Tuesday 24 November 2026, 11:46 in Groningen."""
PICTURES = Path("docs/pictures/desk")
MOST_PICTURE = 150_000
THEMES = ("light", "dark")
SIZES = {"wide": WIDE, "narrow": NARROW}
COLLEAGUES = {
    "Bram Bakker": "agent", "Chantal Smit": "agent", "Dewi Hartono": "agent", "Emre Yılmaz": "editor",
    "Fleur van Dijk": "approver", "Gerrit Postma": "reader",
}  # fmt: skip
PAGES = {
    "sign-in": "/sign-in",
    "now": "/now",
    "now-switch": "/now/switch/{kind}",
    "promises": "/promises",
    "promise": "/promises/{which}",
    "map": "/map",
    "phone": "/phone",
    "table": "/table",
    "table-draft": "/table/drafts/{id}",
    "table-version": "/table/versions/{name}",
    "code": "/codes/{code}",
    "figures-promises": "/figures/promises",
    "figures-marks": "/figures/marks",
    "figures-waiting": "/figures/waiting",
    "figures-calls": "/figures/calls",
    "figures-numbers": "/figures/numbers",
    "figures-week": "/figures/week",
    "people": "/people",
    "person": "/people/{id}",
    "people-trail": "/people/trail",
    "me": "/me",
    "nothing": "/nothing-here",
}
"""Name → path of each page."""
BUSY = "() => ![...document.querySelectorAll('.busy, .htmx-request')].some((one) => one.checkVisibility())"
OPEN = ("sign-in",)
"""Pages for who has not signed in."""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with a made town of three months, at noon."""
    with serving_desk(tmp_path_factory.mktemp("town"), works_council_consent="2026-01-01") as desk:
        fill(desk.database, groningen(), days=92, a_day=60, now=NOW)
        desk.context.clock = lambda: NOW
        for name, role in COLLEAGUES.items():
            desk.enter(role, name=name, login=f"{name.split()[0].lower()}@gemeente.example")
        desk.enter = cache(desk.enter)  # type: ignore[method-assign]  # one person in each language looks at all pages
        yield desk


@pytest.fixture(scope="module")
def paths(town: Desk) -> dict[str, str]:
    """Route → the path of something that is there: a case, a draft, a version, a person, a code."""
    client = town.client("administrator", name="Bo Beheer")
    version = town.context.shelf().live.table.version
    begun = client.post("/desk/table/begin", data={"base": version, "title": "Grofvuil ook op zaterdag"})
    with reading(town.database) as connection:
        case = connection.scalars(select(cases.c.id).where(cases.c.state == PLANNED).order_by(cases.c.due)).first()
        person = connection.scalars(select(people.c.id).where(people.c.name == "Bo Beheer")).one()
    return {
        "/now/switch/{kind}": "/now/switch/calamity",
        "/table/versions/{name}/back": f"/table/versions/{version}/back",
        "/promises/{which}/call": f"/promises/{case}/call",
        "/promises/{which}": f"/promises/{case}",
        "/table/drafts/{id}": begun.headers["location"].removeprefix("/desk").partition("?")[0],
        "/table/versions/{name}": f"/table/versions/{version}",
        "/people/{id}": f"/people/{person}",
        "/codes/{code}": "/codes/IVR201",
    }


def at_rest(page: Page) -> None:
    """Wait until what the page asked for is there, and nothing says that it is busy."""
    page.wait_for_load_state("load")
    page.wait_for_function(BUSY, timeout=60_000)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_serves_everybody_in_both_themes_widths_and_languages(
    browser: Browser,
    town: Desk,
    paths: dict[str, str],
    name: str,
    update: bool,
    record_property: Callable[[str, object], None],
) -> None:
    wrong: list[str] = []
    path = paths.get(PAGES[name], PAGES[name])
    roles = () if name in OPEN else ("administrator",)
    for language in LANGUAGES:
        with visiting(browser, town, *roles, size=WIDE, language=language) as page:
            page.clock.set_fixed_time(NOW * 1000)
            loaded = Loaded(page)
            answer = page.goto(f"{town.url}/desk{path}")
            assert answer is not None
            assert answer.status == (404 if name == "nothing" else 200)
            at_rest(page)
            if name == "nothing":
                page.complaints.clear()  # type: ignore[attr-defined]  # that it is not there is what it complains of
            assert page.locator("html").get_attribute("lang") == language
            assert page.locator("h1").count() == 1
            wrong += [f"{language}: asked elsewhere: {one}" for one in loaded.elsewhere]
            wrong += [f"{language}: no words: {one}" for one in bare_keys(page)]
            for theme in THEMES:
                page.evaluate("(theme) => (document.documentElement.dataset.theme = theme)", theme)
                for size, pixels in SIZES.items():
                    page.set_viewport_size(pixels)  # type: ignore[arg-type]
                    page.wait_for_timeout(150)
                    where = f"{language}, {theme}, {size}"
                    whole = theme == THEMES[0] and (language == LANGUAGES[0] or size == "wide")
                    wrong += [f"{where}: {one}" for one in faults(page, looks=not whole)]
                    wrong += [f"{where}: sideways: {one}" for one in [sideways(page)] if one]
            assert loaded.weight < MOST_BYTES
            record_property(f"bytes of {name}", loaded.weight)
            if loaded.weight >= AIM_BYTES:
                wrong.append(f"{language}: its assets weigh {loaded.weight:,} bytes, of which {AIM_BYTES:,} are meant")
    assert not wrong, "\n".join(wrong)
    if update:
        for theme, size in (("light", "wide"), ("dark", "narrow")):
            take_picture(browser, town, name, path, theme, size)


def bare_keys(page: Page) -> list[str]:
    """Keys of words that stand on the page in place of the words."""
    text = page.locator("body").inner_text()
    return [found for found in re.findall(r"\b[a-z]+\.[a-z_0-9]+\b", text) if found in all_words()]


def take_picture(browser: Browser, town: Desk, name: str, path: str, theme: str, size: str) -> None:
    """A picture of what a window shows of a page, for the docs."""
    from PIL import Image

    roles = () if name in OPEN else ("administrator",)
    with visiting(browser, town, *roles, size=SIZES[size], theme=theme) as page:
        page.clock.set_fixed_time(NOW * 1000)
        page.goto(f"{town.url}/desk{path}")
        at_rest(page)
        page.complaints.clear()  # type: ignore[attr-defined]  # judged above
        page.wait_for_timeout(500)
        held = Image.open(io.BytesIO(page.screenshot(animations="disabled", caret="hide")))
    PICTURES.mkdir(parents=True, exist_ok=True)
    out = PICTURES / f"{name}-{theme}-{size}-nl.png"
    held.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(out, optimize=True)
    assert out.stat().st_size <= MOST_PICTURE, f"{out} is too large"


def test_every_page_that_there_is_is_looked_at(town: Desk, paths: dict[str, str]) -> None:
    client = town.client("administrator")
    missed = []
    for route in routes_app(town.context).routes:
        path = getattr(route, "path", "")
        if "GET" not in getattr(route, "methods", ()) or path in ("/", "/live", "/figures", "/figures/{report}"):
            continue
        answer = client.get("/desk" + paths.get(path, path), headers={"Accept": "text/html"})
        whole = answer.status_code == 200 and answer.text.lstrip().lower().startswith("<!doctype html>")
        if whole and path not in PAGES.values():
            missed.append(path)
    assert missed == []
