"""Facts about cases that were reached and that nobody closes."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, insert, select

from ivr.store.database.connect import reading, writing
from ivr.store.database.schema import audit, cases
from ivr.store.tidy import SETTLED_SECONDS, close_reached

NOW = 1_796_000_000


@pytest.mark.parametrize(
    ("state", "reached", "after"),
    [
        ("reached", NOW - SETTLED_SECONDS - 1, "closed"),
        ("reached", NOW - SETTLED_SECONDS, "reached"),
        ("cancelled", NOW - SETTLED_SECONDS - 1, "cancelled"),
        ("open", None, "open"),
    ],
)
def test_a_case_that_was_reached_a_week_ago_is_closed(
    database: Engine, state: str, reached: int | None, after: str
) -> None:
    with writing(database) as connection:
        connection.execute(insert(cases).values(id="x", number="1", opened=1, state=state, reached_at=reached))
        close_reached(connection, NOW)
    with reading(database) as connection:
        assert connection.scalar(select(cases.c.state)) == after
        assert len(connection.execute(select(audit.c.id)).all()) == (after != state)
