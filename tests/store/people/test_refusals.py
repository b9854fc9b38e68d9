"""How often somebody may try: counted before the password is looked at, for all workers together, and never for ever."""

from __future__ import annotations

import threading

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, func, select

from ivr.store.database.connect import reading, writing
from ivr.store.database.schema_desk import refused_sign_ins
from ivr.store.people.refusals import KEPT_SECONDS, Bound, Tried, count_try, take_back

NOW = 1_800_000_000
BOUND = Bound("k", 3, 900)


def tried(engine: Engine, now: int = NOW, *bounds: Bound) -> Tried:
    with writing(engine) as connection:
        return count_try(connection, bounds or (BOUND,), now)


def rows(engine: Engine) -> int:
    with reading(engine) as connection:
        return connection.scalar(select(func.count()).select_from(refused_sign_ins)) or 0


def test_the_bound_is_told_with_the_time_to_wait_and_waiting_that_long_helps(database: Engine) -> None:
    assert [tried(database, NOW + n).wait for n in range(3)] == [0, 0, 0]
    refused = tried(database, NOW + 10)
    assert refused == Tried(wait=890)
    assert tried(database, NOW + 10 + refused.wait - 1).wait == 1
    assert tried(database, NOW + 10 + refused.wait).wait == 0


def test_trying_while_refused_neither_prolongs_it_nor_adds_anything(database: Engine) -> None:
    for n in range(3):
        tried(database, NOW + n)
    for n in range(100):
        assert tried(database, NOW + 10 + n).rows == ()
    assert rows(database) == 3
    assert tried(database, NOW + 900).wait == 0


def test_a_try_that_was_right_does_not_count(database: Engine) -> None:
    for _ in range(20):
        held = tried(database)
        assert held.wait == 0
        with writing(database) as connection:
            take_back(connection, held)
    assert rows(database) == 0


def test_one_key_has_nothing_to_do_with_another(database: Engine) -> None:
    for _ in range(3):
        tried(database)
    assert tried(database, NOW, Bound("other", 3, 900)).wait == 0


def test_many_at_once_get_no_more_tries_than_one_after_another(database: Engine) -> None:
    found: list[int] = []
    start = threading.Barrier(4)

    def one() -> None:
        start.wait(10)
        found.extend([tried(database).wait for _ in range(5)])

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(found) == 20
    assert found.count(0) == BOUND.most


def test_what_is_old_goes_by_itself(database: Engine) -> None:
    for n in range(3):
        tried(database, NOW, Bound(str(n), 9, 900))
    tried(database, NOW + KEPT_SECONDS + 1)
    assert rows(database) == 1


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 400), min_size=1, max_size=25))
def test_in_no_window_are_more_tries_than_the_bound(database: Engine, pauses: list[int]) -> None:
    with writing(database) as connection:
        connection.execute(delete(refused_sign_ins))
    now, passed = NOW, []
    for pause in pauses:
        now += pause
        if tried(database, now).wait == 0:
            passed.append(now)
    for at in passed:
        assert sum(at - BOUND.seconds < other <= at for other in passed) <= BOUND.most
