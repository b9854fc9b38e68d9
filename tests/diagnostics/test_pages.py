"""Each page of docs/codes is a test: its example gives exactly what it shows, its mend gives nothing."""

from __future__ import annotations

import pytest

from ivr.diagnostics import CODES
from tests.diagnostics.pages import FOLDER, HEADINGS, INDEX, SEVERITY, Page, check_block, found_in, index

WRITTEN = sorted(path.stem for path in FOLDER.glob("IVR*.md"))


def test_each_code_has_a_page_and_each_page_a_code() -> None:
    assert sorted(CODES) == WRITTEN


@pytest.mark.parametrize("code", WRITTEN)
def test_a_page_has_the_title_the_severity_and_the_headings_in_order(code: str) -> None:
    page = Page(code)
    held = CODES[code]
    assert page.head == f"# {code}: {held.title}\n\n{SEVERITY[held.severity]}\n\n"
    assert tuple(page.parts) == HEADINGS
    assert [kind for kind, _ in page.blocks("Example")] == ["yaml", "text"]
    assert [kind for kind, _ in page.blocks("Mend")] == ["yaml"]
    assert all(part.strip() for part in page.parts.values())


@pytest.mark.parametrize("code", WRITTEN)
def test_the_example_of_a_page_gives_exactly_what_it_shows(code: str, update: bool) -> None:
    page = Page(code)
    found = found_in(page.example)
    if update:
        page.renew(found)
        page = Page(code)
    assert f"[{code}]" in found
    assert page.shown == found


@pytest.mark.parametrize("code", WRITTEN)
def test_the_mend_of_a_page_gives_nothing(code: str) -> None:
    checked = check_block(Page(code).mend)
    assert found_in(Page(code).mend) == "\n"
    assert checked.graph is not None


def test_the_index_lists_every_code(update: bool) -> None:
    if update:
        INDEX.write_text(index(), "utf-8")
    assert INDEX.read_text("utf-8") == index()
