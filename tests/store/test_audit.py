"""The audit trail is only ever added to: the database itself refuses the rest."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from ivr.desk.retention import DAY, Periods
from ivr.store.audit import open_horizon, record
from ivr.store.database.connect import reading, writing
from ivr.store.database.schema import audit, audit_horizon
from ivr.store.retention import retain
from ivr.store.retention_rules import Cut

NOW = 1_800_000_000
OLD = NOW - 800 * DAY


@pytest.fixture
def trail(database: Engine) -> Engine:
    with writing(database) as connection:
        record(connection, OLD, "anna", "case.take", "CA1:1")
        record(connection, NOW - DAY, "bram", "case.close", "CA1:1")
    return database


def whats(engine: Engine) -> list[str]:
    with reading(engine) as connection:
        return list(connection.scalars(select(audit.c.what).order_by(audit.c.id)))


@pytest.mark.parametrize("where", [True, audit.c.at < NOW, audit.c.who == "anna"])
def test_no_line_is_changed(trail: Engine, where: bool) -> None:
    with pytest.raises(DBAPIError, match="only added to"), writing(trail) as connection:
        connection.execute(update(audit).where(where).values(who="nobody"))  # type: ignore[arg-type]
    assert whats(trail) == ["case.take", "case.close"]


def test_no_line_goes_before_retention_lets_it(trail: Engine) -> None:
    with pytest.raises(DBAPIError, match="only added to"), writing(trail) as connection:
        connection.execute(delete(audit).where(audit.c.at == OLD))
    assert whats(trail) == ["case.take", "case.close"]


def test_no_line_is_replaced_by_another_of_the_same_number(trail: Engine) -> None:
    word = "INSERT OR REPLACE" if trail.dialect.name == "sqlite" else "INSERT"
    with reading(trail) as connection:
        first = {"n": connection.scalar(select(func.min(audit.c.id))), "at": "2026-01-01"}
    with pytest.raises(DBAPIError), writing(trail) as connection:
        connection.execute(text(f"{word} INTO audit (id, at, what) VALUES (:n, :at, 'forged')"), first)
    assert whats(trail) == ["case.take", "case.close"]


def test_the_whole_trail_is_not_emptied(trail: Engine) -> None:
    emptied = "DELETE FROM audit" if trail.dialect.name == "sqlite" else "TRUNCATE audit"
    with pytest.raises(DBAPIError, match="only added to"), writing(trail) as connection:
        connection.execute(text(emptied))


def test_retention_takes_what_is_older_than_its_term_and_says_so(trail: Engine) -> None:
    assert dict(retain(trail, Cut(Periods(), NOW), b"key")) == {"the audit trail": 1}
    assert whats(trail) == ["case.close", "retain"]
    with pytest.raises(DBAPIError, match="only added to"), writing(trail) as connection:
        connection.execute(delete(audit).where(audit.c.what == "case.close"))


def test_what_was_taken_back_moved_no_horizon(trail: Engine) -> None:
    def fail() -> None:
        with writing(trail) as connection:
            open_horizon(connection, NOW)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    with reading(trail) as connection:
        assert connection.execute(select(audit_horizon)).all() == []


def test_the_horizon_never_moves_back(trail: Engine) -> None:
    with writing(trail) as connection:
        for until in (OLD + 1, OLD - 5, OLD + 9):
            open_horizon(connection, until)
        assert connection.execute(select(audit_horizon.c.id, audit_horizon.c.until)).all() == [(1, OLD + 9)]


def test_a_line_with_its_own_number_is_taken_in_as_when_a_store_is_copied(trail: Engine) -> None:
    with writing(trail) as connection:
        connection.execute(insert(audit).values(id=99, at=NOW, who="x", what="y", subject=""))
    assert whats(trail)[-1] == "y"
