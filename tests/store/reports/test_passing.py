"""From which node to which callers went."""

from __future__ import annotations

from sqlalchemy import Engine

from ivr.store.database.connect import reading
from ivr.store.reports.passing import Passings, count_passings
from tests.store.reports.rows import Rows, at

BEGAN = at("2026-11-20 10:00")


def counted(engine: Engine, since: int = 0, most: int = 100) -> Passings:
    with reading(engine) as connection:
        return count_passings(connection, "groningen", since, most)


def test_each_turn_is_counted_from_where_the_one_before_ended(database: Engine) -> None:
    rows = Rows(database)
    for number in ("", "", "050 367 1000"):
        call = rows.call(BEGAN, number=number)
        for sequence, node in enumerate(("main", "main", "waste", "goodbye")):
            rows.event(call, sequence, "keys", node, BEGAN + sequence)
    rows.put()
    held = counted(database)
    assert held.pairs == (("", "main", 3), ("main", "waste", 3), ("waste", "goodbye", 3))
    assert held.numbers == (("", 2), ("050 367 1000", 1))
    assert (held.calls, held.more) == (3, False)


def test_only_the_newest_calls_of_the_period_and_the_table_count(database: Engine) -> None:
    rows = Rows(database)
    for day in range(5):
        call = rows.call(BEGAN + day * 86_400)
        rows.event(call, 0, "begin", f"day-{day}", BEGAN + day * 86_400)
    other = rows.call(BEGAN + 10 * 86_400, table_id="elsewhere")
    rows.event(other, 0, "begin", "elsewhere", BEGAN)
    rows.put()
    assert [pair[1] for pair in counted(database, BEGAN + 2 * 86_400).pairs] == ["day-2", "day-3", "day-4"]
    newest = counted(database, most=2)
    assert [pair[1] for pair in newest.pairs] == ["day-3", "day-4"]
    assert (newest.calls, newest.more) == (2, True)


def test_no_calls_are_no_ways(database: Engine) -> None:
    assert counted(database) == Passings(0, False, (), ())
