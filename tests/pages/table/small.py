"""A desk with a small table, a draft of it, and what a page of it shows."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from ivr.store.database.connect import reading, writing
from ivr.store.publishing import drafts
from ivr.store.publishing.drafts import Draft
from ivr.store.publishing.following import follow
from ivr.tables.ready import Table, check_sources, ready
from ivr.tables.texts import sources_of, version_of_texts
from tests.minimal import TABLE, TODAY
from tests.pages.browser import Desk, serving_desk, visiting

SLOW = 60_000
"""Milliseconds that a judgement may take on a machine that does much else; the first one starts a process."""
HEAD, NODES = TABLE.split("nodes:\n")
GUARANTEE = """\
guarantees:
  desk-is-near:
    for: {numbers: all, arriving: desk open}
    can: {reach: an open team, within: {choices: 2, seconds: 60}}
"""
FILES: Mapping[str, str] = {"table.yaml": HEAD, "menus/main.yaml": "nodes:\n" + NODES, "guarantees.yaml": GUARANTEE}


def small(files: Mapping[str, str] = FILES) -> Table:
    """The small table, in three files."""
    return ready(check_sources(sources_of(files), TODAY))


@contextlib.contextmanager
def small_desk(var: Path) -> Iterator[Desk]:
    """A desk that serves it."""
    with serving_desk(var, small()) as desk:
        first_live(desk)
        yield desk


def first_live(desk: Desk, files: Mapping[str, str] = FILES) -> None:
    """What is served was published before the history began, as on a machine that is brought up to date."""
    archive, version = desk.context.shelf().archive, version_of_texts(files)
    archive.keep_texts(version, files)
    archive.publish(version)
    follow(desk.database, archive, desk.context.clock())


def begin(desk: Desk, files: Mapping[str, str] = FILES, by: str = "bewerker@example.nl", title: str = "Proef") -> Draft:
    """A draft of it."""
    with writing(desk.database) as connection:
        return drafts.begin(connection, "small", version_of_texts(files), files, title, by, desk.context.clock())


def held(desk: Desk, draft: Draft) -> Draft:
    """The draft as it is now."""
    with reading(desk.database) as connection:
        return drafts.get(connection, draft.id)


@contextlib.contextmanager
def editing(browser: Browser, desk: Desk, draft: Draft, *roles: str, **more: object) -> Iterator[Page]:
    """The page of a draft, ready to type in."""
    with visiting(browser, desk, *(roles or ("editor",)), **more) as page:  # type: ignore[arg-type]  # size, theme, language
        open_draft(page, desk, draft)
        yield page


def open_draft(page: Page, desk: Desk, draft: Draft) -> None:
    """Go to a draft, and wait until it was judged."""
    page.goto(f"{desk.url}/desk/table/drafts/{draft.id}")
    expect(page.locator("body[data-ready=editor]")).to_be_attached()
    judged(page)


def judged(page: Page) -> None:
    """Wait until all that is shown is of the text as it stands."""
    for part in ("findings", "proofs", "changes"):
        expect(page.locator(f".meter[data-part={part}]")).to_contain_text("ms", timeout=SLOW)


def type_at(page: Page, before: str, text: str, path: str = "menus/main.yaml", take: int = 0) -> None:
    """Type after the first place where `before` stands, in the place of the `take` characters that follow."""
    show(page, path)
    page.locator(".cm-content").click()
    page.keyboard.press("Control+Home")
    page.keyboard.press("Control+f")
    page.locator(".cm-search [name=search]").press("Control+a")
    page.keyboard.type(before)
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    for _ in range(take):
        page.keyboard.press("Delete")
    page.keyboard.type(text)


def show(page: Page, path: str) -> None:
    """Open a file."""
    page.locator(f'#files button[data-file="{path}"]').click()


def saved(page: Page) -> None:
    """Wait until what was typed is kept."""
    expect(page.locator("#saved[data-state=saved]")).to_be_visible(timeout=SLOW)
