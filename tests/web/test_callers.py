"""Facts about what the store knows of a caller at arrival, and that no call waits for it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert
from sqlalchemy.exc import OperationalError

from ivr.desk.pseudonym import number_key
from ivr.store.database.connect import writing
from ivr.store.database.schema import attempts, cases, waits
from ivr.store.lookup import DROPPED_SECONDS, RANG_SECONDS, STORE_FACTS, facts_of
from ivr.web import callers
from ivr.web.callers import Callers

NOW = 1_796_000_000
CALLER = "+31612345678"
KEY = number_key(b"key", CALLER)
NOTHING = {"open_case": "none", "dropped": "none", "rang": "none"}


def facts(database: Engine, table: str = "kinds", key: str = KEY) -> dict[str, str]:
    return facts_of(database, table, key, NOW, STORE_FACTS)


def keep(database: Engine, state: str = "open", team: str = "desk", rang: int = 0, **more: object) -> None:
    row = {"id": f"{state}{team}{rang}", "number": "1", "table_id": "kinds", "team": team, "caller_key": KEY,
           "opened": NOW - 100, "state": state, **more}  # fmt: skip
    with writing(database) as connection:
        connection.execute(insert(cases), row)
        if rang:
            tried = {"id": row["id"], "case_id": row["id"], "ordinal": 1, "began": rang, "half_day": "2026-12-01 am"}
            connection.execute(insert(attempts), tried)


def test_of_a_caller_whom_nobody_knows_nothing_is_known(database: Engine) -> None:
    assert facts(database) == NOTHING


@pytest.mark.parametrize(
    ("state", "known"),
    [("open", "some"), ("planned", "some"), ("unsure", "some"), ("reached", "none"), ("closed", "none"), ("cancelled", "none")],
)  # fmt: skip
def test_a_caller_with_a_case_that_is_not_settled_has_an_open_case(database: Engine, state: str, known: str) -> None:
    keep(database, state)
    assert facts(database)["open_case"] == known
    assert facts(database, key="another") == NOTHING
    assert facts(database, table="elsewhere") == NOTHING


def test_a_caller_who_rings_back_is_known_by_the_team_that_rang_last(database: Engine) -> None:
    keep(database, team="first", rang=NOW - 500)
    keep(database, team="last", rang=NOW - 400)
    keep(database, "closed", team="settled", rang=NOW - 300)
    assert facts(database)["rang"] == "last"


def test_a_team_that_rang_more_than_a_week_ago_is_forgotten(database: Engine) -> None:
    keep(database, rang=NOW - RANG_SECONDS - 1)
    assert facts(database)["rang"] == "none"


@pytest.mark.parametrize(
    ("left", "outcome", "known"),
    [
        (NOW - DROPPED_SECONDS, "hung_up", "recent"),
        (NOW - DROPPED_SECONDS - 1, "hung_up", "none"),
        (NOW - 10, "bridged", "none"),
        (NOW - 10, "left", "none"),
    ],
)
def test_who_hung_up_in_a_queue_is_known_for_a_quarter_of_an_hour(
    database: Engine, left: int, outcome: str, known: str
) -> None:
    row = {"call": "CA1", "sequence": 1, "table_id": "kinds", "team": "desk", "caller_key": KEY, "joined": left - 60}
    with writing(database) as connection:
        connection.execute(insert(waits), row | {"since": left - 60, "left": left, "outcome": outcome})
    assert facts(database)["dropped"] == known


def test_who_was_helped_since_is_not_offered_an_old_place(database: Engine) -> None:
    common = {
        "sequence": 1,
        "table_id": "kinds",
        "team": "desk",
        "caller_key": KEY,
        "joined": NOW - 500,
        "since": NOW - 500,
    }
    with writing(database) as connection:
        connection.execute(insert(waits), common | {"call": "CA1", "left": NOW - 400, "outcome": "hung_up"})
        connection.execute(insert(waits), common | {"call": "CA2", "left": NOW - 100, "outcome": "bridged"})
    assert facts(database)["dropped"] == "none"


async def test_a_slow_database_is_not_waited_for_and_left_alone_for_a_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: Engine
) -> None:
    asked: list[int] = []

    def slow(*_: object) -> dict[str, str]:
        asked.append(1)
        time.sleep(0.2)
        return NOTHING

    monkeypatch.setattr(callers, "PATIENCE", 0.02)
    monkeypatch.setattr(callers, "facts_of", slow)
    held = Callers(database, b"key")
    assert await held.facts("kinds", CALLER, STORE_FACTS) == {}
    assert await held.facts("kinds", CALLER, STORE_FACTS) == {}
    assert len(asked) == 1
    held.close()


async def test_a_database_that_is_gone_means_that_nothing_is_known(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> dict[str, str]:
        raise OperationalError("x", {}, Exception("gone"))

    monkeypatch.setattr(callers, "facts_of", gone)
    held = Callers(database, b"key")
    assert await held.facts("kinds", CALLER, STORE_FACTS) == {}
    held.close()
