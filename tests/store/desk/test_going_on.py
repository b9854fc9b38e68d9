"""What goes on at this moment."""

from __future__ import annotations

from sqlalchemy import Engine, insert

from ivr.store.database.connect import reading, writing
from ivr.store.database.schema import calls, waits
from ivr.store.desk import going_on
from ivr.store.desk.going_on import running, waiting

NOW = 1_796_115_600


def call(engine: Engine, name: str, **more: object) -> None:
    with writing(engine) as connection:
        connection.execute(
            insert(calls).values(**{"id": name, "table_id": "kinds", "began": NOW - 60, "node": "main"} | more)
        )


def test_calls_run_until_they_end_or_nothing_was_heard_of_them_for_four_hours(database: Engine) -> None:
    call(database, "CA1", began=NOW - 30)
    call(database, "CA2", ended=NOW - 5)
    call(database, "CA3", ending="lost")
    call(database, "CA4", began=NOW - 4 * 3600)
    call(database, "CA5", table_id="other")
    with reading(database) as connection:
        count, held = running(connection, "kinds", NOW)
    assert (count, [one.call for one in held]) == (1, ["CA1"])


def test_a_call_says_where_it_is_and_since_when_it_waits(database: Engine) -> None:
    call(database, "CA1", number="050 367 1000", team="tax", put_at=NOW - 40, topic={"topic": "waste"}, language="nl")
    with writing(database) as connection:
        queue = {
            "call": "CA1",
            "table_id": "kinds",
            "team": "tax",
            "queue": "q",
            "joined": NOW - 40,
            "since": NOW - 300,
        }
        connection.execute(insert(waits).values(sequence=4, **queue))
        connection.execute(insert(waits).values(sequence=2, **{**queue, "left": NOW - 50, "outcome": "closed"}))
    with reading(database) as connection:
        (held,) = running(connection, "kinds", NOW)[1]
        here = waiting(connection, "kinds", NOW)
    assert (held.number, held.node, held.team, held.put, held.waits) == (
        "050 367 1000",
        "main",
        "tax",
        NOW - 40,
        NOW - 300,
    )
    assert held.topic == {"topic": "waste"}
    assert {team: (one.waiting, one.since) for team, one in here.items()} == {"tax": (1, NOW - 300)}


def test_all_are_counted_though_only_the_newest_are_listed(database: Engine) -> None:
    rows = [{"id": f"CA{n}", "table_id": "kinds", "began": NOW - n} for n in range(going_on.MOST + 3)]
    with writing(database) as connection:
        connection.execute(insert(calls), rows)
    with reading(database) as connection:
        count, held = running(connection, "kinds", NOW)
    assert (count, len(held), held[0].call) == (going_on.MOST + 3, going_on.MOST, "CA0")
