"""Facts about the task that empties the outbox."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from ivr.store import outbox
from ivr.store.database.connect import writing
from ivr.store.outbox import DONE, ESCALATION, GIVEN_UP, TELLING, WAITING, Item
from ivr.worker.outbox import AT_ONCE, LEASE, Later, Never, Outbox, Progress, rest
from tests.worker.outside import NOW, context, held


class Handler:
    """Does what a test says."""

    most = 4
    longest = 100

    def __init__(self, does: Callable[[Item, Progress], None]) -> None:
        self.does = does
        self.calls: list[str] = []
        self.open = True

    def ready(self) -> bool:
        return self.open

    def __call__(self, item: Item, progress: Progress, now: int) -> None:
        self.calls.append(item.key)
        self.does(item, progress)


def task(database: Engine, var: Path, handler: Handler) -> Outbox:
    return Outbox(context(database, var), {TELLING: handler})


def put(database: Engine, *keys: str) -> None:
    with writing(database) as connection:
        for key in keys:
            outbox.put(connection, key, TELLING, "CA1:3", {}, NOW)


def fails(error: BaseException) -> Callable[[Item, Progress], None]:
    def does(item: Item, progress: Progress) -> None:
        raise error

    return does


def test_what_is_told_is_done_and_told_once(database: Engine, tmp_path: Path) -> None:
    handler = Handler(lambda item, progress: progress.note(step=1))
    put(database, "a", "b")
    work = task(database, tmp_path, handler)
    assert [work.run(NOW), work.run(NOW)] == [2, 0]
    assert handler.calls == ["a", "b"]
    item = held(database, "a")
    assert (item.state, item.answer, item.done) == (DONE, {"step": 1}, NOW)


def test_one_run_is_bounded(database: Engine, tmp_path: Path) -> None:
    put(database, *(f"k{number}" for number in range(AT_ONCE + 5)))
    work = task(database, tmp_path, Handler(lambda item, progress: None))
    assert [work.run(NOW), work.run(NOW)] == [AT_ONCE, 5]


def test_a_kind_that_nobody_here_tells_waits(database: Engine, tmp_path: Path) -> None:
    with writing(database) as connection:
        outbox.put(connection, "e", ESCALATION, "CA1:3", {}, NOW)
    assert task(database, tmp_path, Handler(lambda item, progress: None)).run(NOW) == 0
    assert held(database, "e").state == WAITING


def test_while_the_other_side_is_left_alone_nothing_is_begun(database: Engine, tmp_path: Path) -> None:
    handler = Handler(lambda item, progress: None)
    handler.open = False
    put(database, "a")
    assert task(database, tmp_path, handler).run(NOW) == 0
    assert held(database, "a").tries == 0


def test_what_fails_is_tried_so_often_and_then_given_up(database: Engine, tmp_path: Path) -> None:
    handler = Handler(fails(Later("no answer from +31612345678 at https://x.example/secret")))
    put(database, "a")
    work = task(database, tmp_path, handler)
    for hour in range(20):
        work.run(NOW + 3600 * hour)
    assert len(handler.calls) == Handler.most
    item = held(database, "a")
    assert item.state == GIVEN_UP
    assert item.error.startswith("given up after 4 tries: no answer")
    assert "612345678" not in item.error
    assert "secret" not in item.error


def test_what_was_not_tried_is_never_given_up(database: Engine, tmp_path: Path) -> None:
    put(database, "a")
    work = task(database, tmp_path, Handler(fails(Later("at night", 60, counted=False))))
    for minute in range(50):
        work.run(NOW + 60 * minute)
    item = held(database, "a")
    assert (item.state, item.tries) == (WAITING, 0)


def test_what_can_never_be_told_is_given_up_at_once(database: Engine, tmp_path: Path) -> None:
    put(database, "a")
    handler = Handler(fails(Never("no such case")))
    work = task(database, tmp_path, handler)
    for hour in range(3):
        work.run(NOW + 3600 * hour)
    assert (held(database, "a").error, len(handler.calls)) == ("no such case", 1)


def test_a_fault_of_ours_ends_nothing_and_says_nothing_of_what_was_told(
    database: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    said = "+31612345678"

    def does(item: Item, progress: Progress) -> None:
        if item.key == "a":
            raise ValueError(said)

    put(database, "a", "b")
    with caplog.at_level(logging.DEBUG):
        assert task(database, tmp_path, Handler(does)).run(NOW) == 2
    assert held(database, "b").state == DONE
    assert held(database, "a").error == "failed inside: ValueError"
    assert "612345678" not in caplog.text


def test_what_stops_the_worker_each_time_is_given_up(database: Engine, tmp_path: Path) -> None:
    class Killed(BaseException):
        """As kill -9."""

    handler = Handler(fails(Killed()))
    put(database, "a")
    work = task(database, tmp_path, handler)
    for number in range(10):
        try:
            work.run(NOW + number * LEASE)
        except Killed:
            continue
    assert len(handler.calls) == Handler.most
    assert held(database, "a").state == GIVEN_UP


def test_steps_go_on_where_they_were(database: Engine, tmp_path: Path) -> None:
    seen: list[object] = []

    def does(item: Item, progress: Progress) -> None:
        seen.append(progress.get("step"))
        progress.note(step=len(seen))
        if len(seen) < 3:
            raise Later("not yet", 1)

    put(database, "a")
    work = task(database, tmp_path, Handler(does))
    for second in range(5):
        work.run(NOW + second)
    assert seen == [None, 1, 2]
    assert held(database, "a").state == DONE


def test_a_worker_that_was_too_slow_leaves_the_item_to_the_other(database: Engine, tmp_path: Path) -> None:
    def slow(item: Item, progress: Progress) -> None:
        with writing(database) as connection:
            assert outbox.claim(connection, [TELLING], "another", NOW + LEASE, LEASE) is not None
        progress.note(step=1)
        raise AssertionError("it went on with what is another's")

    put(database, "a")
    task(database, tmp_path, Handler(slow)).run(NOW)
    item = held(database, "a")
    assert (item.state, item.answer, item.tries) == (WAITING, {}, 2)


@given(st.integers(1, 200), st.integers(30, 7200), st.floats(0, 1, exclude_max=True))
def test_rests_grow_within_bounds(tries: int, longest: int, chance: float) -> None:
    seconds = rest(tries, longest, lambda: chance)
    assert 1 <= seconds <= longest
    assert rest(tries, longest, lambda: 0.0) <= seconds <= rest(tries, longest, lambda: 1.0)
    assert rest(tries, longest, lambda: 0.5) <= rest(tries + 1, longest, lambda: 0.5)
