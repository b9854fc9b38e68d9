"""The made town: the same each time, and with all that the pages can show."""

from __future__ import annotations

from sqlalchemy import Engine, func, select

from ivr.desk.case import DESK, KINDS, OPEN, STATES
from ivr.desk.endings import ENDED, ENDINGS, LOST
from ivr.desk.kept import KEPT, NONE
from ivr.store.database.connect import reading
from ivr.store.database.schema import calls, cases, events, places, waits
from ivr.store.database.views import promises
from tests.pages.browser import groningen
from tests.pages.lived_in import fill
from tests.store.rows import held

NOW = 1_795_517_200
"""Tuesday 24 November 2026, 11:46 in Groningen."""


def test_a_town_has_calls_that_ended_in_every_way_cases_in_every_state_and_somebody_who_waits(database: Engine) -> None:
    lived = fill(database, groningen(), days=60, seed=1, now=NOW)
    with reading(database) as connection:

        def of(column: object) -> set[str]:
            return set(connection.execute(select(column).distinct()).scalars())  # type: ignore[call-overload]

        assert of(calls.c.ending) >= set(ENDINGS) - {LOST, ENDED} | {""}
        assert of(cases.c.state) >= set(STATES) - {OPEN}
        assert of(cases.c.kind) >= set(KINDS) - {DESK}
        assert of(promises(NOW).c.kept) >= set(KEPT) - {NONE}
        assert connection.scalar(select(func.count()).select_from(waits).where(waits.c.left.is_(None)))
        names = set(groningen().graph.names)
        assert of(events.c.node) - {""} <= names
        assert len(of(events.c.node)) > len(names) // 4
        newest = connection.scalar(select(func.max(events.c.at)))
        assert newest is not None
        assert newest <= NOW
        assert connection.scalar(select(func.count()).select_from(places)) == connection.scalar(
            select(func.count()).select_from(cases).where(cases.c.first_due.is_not(None))
        )
    assert lived.calls > 3_000


def test_a_town_is_the_same_for_the_same_seed_and_another_for_another(database: Engine) -> None:
    fill(database, groningen(), days=3, seed=1, a_day=30, now=NOW)
    with reading(database) as connection:
        first = held(connection)
        assert first["calls"]
    for seed, same in ((1, True), (2, False)):
        with database.begin() as connection:
            for name in (
                "notes",
                "recordings",
                "attempts",
                "case_calls",
                "places",
                "cases",
                "marks",
                "events",
                "waits",
                "calls",
            ):
                connection.exec_driver_sql(f"DELETE FROM {name}")
        fill(database, groningen(), days=3, seed=seed, a_day=30, now=NOW)
        with reading(database) as connection:
            again = held(connection)
        strip = [{key: rows for key, rows in one.items() if key != "notes"} for one in (first, again)]
        assert (strip[0] == strip[1]) is same
