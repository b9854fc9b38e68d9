"""Calls of the phone for tests: a setting from a query, played on the table of Groningen."""

from __future__ import annotations

from urllib.parse import parse_qsl

from ivr.pages.phone.call import Call
from ivr.pages.phone.setting import Setting, read_setting
from ivr.pages.phone.tell import call_of
from ivr.store.database.connect import writing
from ivr.store.publishing import drafts
from ivr.tables.ready import Table
from ivr.tables.texts import texts_of, version_of_texts
from tests.pages.browser import GRONINGEN, Desk, groningen

NOW = 1_795_518_000
"""Tuesday 24 November 2026, 12:00 in the Netherlands."""
DAY, NIGHT = "at=2026-12-01 10:00", "at=2026-12-01 22:00"


def setting(query: str) -> Setting:
    """A setting from a query as it is read by people: with blanks, and `+` for itself."""
    return read_setting(parse_qsl(query.replace("+", "%2B"), keep_blank_values=True))


def played(query: str, table: Table | None = None) -> Call:
    """A call, as a page shows it."""
    return call_of(table if table is not None else groningen(), setting(query), NOW)


def said(call: Call, who: str = "voice") -> str:
    """All that somebody said."""
    return " ".join(line.text for line in call.lines if line.who == who)


def draft(desk: Desk, title: str, changes: dict[str, str] | None = None) -> str:
    """A draft of the table of Groningen with some files otherwise."""
    files = texts_of(GRONINGEN, groningen().sources)
    now = desk.context.clock()
    with writing(desk.database) as connection:
        held = drafts.begin(connection, "groningen", version_of_texts(files), files, title, "anna", now)
        if changes:
            drafts.save(connection, held.id, held.revision, changes, "anna", now)
    return held.id


def moi() -> str:
    """The file of the entry in which the welcome is another one."""
    text = (GRONINGEN / "menus" / "entry.yaml").read_text()
    return text.replace("Welkom bij de gemeente Groningen.", "Moi, met de stad.")
