"""The views of the database say what the rules of the desk say."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, insert, inspect, select, text

from ivr.desk.attempt import OUTCOMES, OVER, Attempt
from ivr.desk.case import STATES, Case
from ivr.desk.kept import KEPT, half_day, kept, rang_at
from ivr.store import cases as held
from ivr.store.database import migrate
from ivr.store.database.connect import connect, reading, writing
from ivr.store.database.schema import attempts, cases
from ivr.store.database.views import PROMISES, promises

ZONE = ZoneInfo("Europe/Amsterdam")
PROMISED = 1_792_882_800
"""Sunday 2026-10-25 00:00 UTC, the night on which the clock goes back: half-days are local ones."""
near = st.integers(-3 * 86_400, 3 * 86_400).map(lambda seconds: PROMISED + seconds)
maybe = st.one_of(st.just(0), near, st.just(PROMISED), st.just(PROMISED + 1))
tries = st.builds(
    Attempt, began=near, ended=maybe, dialled=maybe, outcome=st.sampled_from(("", *OUTCOMES)), state=st.just(OVER)
)
promise = st.builds(
    Case,
    id=st.just("CA1:3"), number=st.just("123456"), kind=st.just("callback"), table=st.just("groningen"),
    zone=st.just("Europe/Amsterdam"), team=st.just("burgerzaken"), language=st.just("nl"), caller=st.just(""),
    opened=near, first_due=st.one_of(st.just(PROMISED), st.just(0)), state=st.sampled_from(STATES),
    reached_at=maybe, closed_at=maybe, closed_by=st.sampled_from(("", "caller", "anna")),
)  # fmt: skip


def put(engine: Engine, case: Case, tried: Sequence[Attempt]) -> None:
    with writing(engine) as connection:
        connection.execute(delete(attempts))
        connection.execute(delete(cases))
        held.add(connection, case)
        for ordinal, one in enumerate(tried):
            rang = rang_at(one)
            connection.execute(
                insert(attempts),
                {
                    "id": f"{case.id}#{ordinal}", "case_id": case.id, "ordinal": ordinal, "state": one.state,
                    "began": one.began, "ended": one.ended or None, "dialled": one.dialled or None,
                    "outcome": one.outcome, "half_day": half_day(rang, ZONE) if rang else "",
                },
            )  # fmt: skip


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case=promise, tried=st.lists(tries, max_size=4), now=near)
def test_a_promise_is_kept_in_the_view_as_it_is_by_the_rule(
    database: Engine, case: Case, tried: list[Attempt], now: int
) -> None:
    put(database, case, tried)
    with reading(database) as connection:
        row = connection.execute(select(promises(now))).mappings().one_or_none()
    expected = kept(case, tried, now, ZONE)
    assert (row["kept"] if row else "none") == expected
    if row:
        assert row["first_due"] == case.first_due
        reached = [at for at in (case.reached_at, *(a.ended for a in tried if a.outcome == "reached")) if at]
        assert row["reached_at"] == min(reached, default=None)


@pytest.mark.parametrize("name", sorted(set(KEPT) - {"none"}))
def test_the_view_of_the_database_judges_by_its_own_clock(database: Engine, name: str) -> None:
    now = int(time.time())
    ago = {"waiting": -3600}.get(name, 3600)
    due = now - ago
    day = 86_400
    tried = {
        "reached_in_time": [Attempt(began=due - 20, ended=due, outcome="reached")],
        "tried": [Attempt(began=due - n * day, ended=due - n * day, outcome="busy") for n in (1, 2)],
        "late": [Attempt(began=due, ended=due + 1, outcome="reached")],
    }.get(name, [])
    state = "cancelled" if name == "cancelled" else "open"
    closed = due - 60 if name == "cancelled" else 0
    case = Case(
        id="CA1:3", number="123456", kind="callback", table="groningen", zone="Europe/Amsterdam", team="burgerzaken",
        language="nl", caller="", opened=due - 3 * day, first_due=due, state=state, closed_at=closed,
        closed_by="caller" if closed else "",
    )  # fmt: skip
    put(database, case, tried)
    with reading(database) as connection:
        assert connection.execute(text("SELECT kept FROM promises")).all() == [(name,)]


def test_the_step_makes_the_view_that_the_code_works_with(database: Engine) -> None:
    if database.dialect.name == "sqlite":
        with reading(database) as connection:
            made = connection.execute(text("SELECT sql FROM sqlite_master WHERE name = 'promises'")).scalar_one()
        assert made == f"CREATE VIEW promises AS\n{PROMISES}"
        return
    with writing(database) as connection:
        was = connection.execute(text("SELECT pg_get_viewdef('promises')")).scalar_one()
        connection.execute(text(f"CREATE VIEW again AS {PROMISES}"))
        assert connection.execute(text("SELECT pg_get_viewdef('again')")).scalar_one() == was


def test_the_question_in_the_documentation_is_one_query(database: Engine) -> None:
    page = (Path(__file__).parents[3] / "docs/reference/database.md").read_text(encoding="utf-8")
    question = page.split("```sql\n")[1].split("```")[0].rstrip().rstrip(";")
    question = question.replace("2026-", "2020-")  # long lapsed by whatever clock the database has
    due = 1_605_000_000  # 10 November 2020
    with writing(database) as connection:
        for n, (team, reached) in enumerate([("kcc", due), ("kcc", due), ("kcc", due + 1), ("desk", None)]):
            connection.execute(
                insert(cases), {"id": f"{n}", "team": team, "opened": due - 9, "first_due": due, "reached_at": reached}
            )
    with reading(database) as connection:
        rows = connection.execute(text(question)).all()
    assert sorted((team, count, int(kept)) for team, count, kept in rows) == [("desk", 1, 0), ("kcc", 3, 67)]


def test_the_view_goes_with_the_tables(database_url: str) -> None:
    engine = connect(database_url)
    migrate.upgrade(engine)
    assert inspect(engine).get_view_names() == ["promises"]
    migrate.downgrade(engine, "base")
    assert inspect(engine).get_view_names() == []
    engine.dispose()
