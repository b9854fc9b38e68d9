"""The audit trail as it is read: filtered, page by page, and whole."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from ivr.store import trail
from ivr.store.audit import record
from ivr.store.database.connect import reading, writing
from ivr.store.trail import Filter, Line, export, newest

NOW = 1_800_000_000


@pytest.fixture
def filled(database: Engine) -> Engine:
    with writing(database) as connection:
        for n in range(25):
            who, what = ("anna", "bram")[n % 2], ("case.take", "case_take", "person.add")[n % 3]
            record(connection, NOW + n, who, what, f"CA{n}", {"n": n})
    return database


def found(engine: Engine, wanted: Filter, before: int | None = None, most: int = 100) -> list[Line]:
    with reading(engine) as connection:
        return newest(connection, wanted, before, most)


def test_the_newest_come_first_page_by_page(filled: Engine) -> None:
    first = found(filled, Filter(), most=10)
    second = found(filled, Filter(), first[-1].id, 10)
    assert [line.data["n"] for line in first + second] == list(range(24, 4, -1))


@pytest.mark.parametrize(
    ("wanted", "rows"),
    [
        (Filter(who="anna"), 13),
        (Filter(who="ann"), 0),
        (Filter(what="case."), 9),
        (Filter(what="case_"), 8),
        (Filter(what="%"), 0),
        (Filter(subject="CA7"), 1),
        (Filter(since=NOW + 20), 5),
        (Filter(until=NOW + 20), 20),
        (Filter(who="bram", what="person", since=NOW, until=NOW + 12), 2),
    ],
)
def test_a_filter_means_what_it_says_for_a_page_and_for_an_export(filled: Engine, wanted: Filter, rows: int) -> None:
    lines = found(filled, wanted)
    assert len(lines) == rows
    assert list(export(filled, wanted)) == lines[::-1]


def test_an_export_has_all_lines_that_were_there_when_it_began(filled: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trail, "BATCH", 7)
    lines = export(filled, Filter())
    seen = [next(lines)]
    with writing(filled) as connection:
        record(connection, NOW, "anna", "late", "")
    seen += lines
    assert [line.data["n"] for line in seen] == list(range(25))
