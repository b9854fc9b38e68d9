"""Facts about how a process that answers calls follows what is switched."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from ivr.desk.switches import Refused, Switch
from ivr.store.database.connect import connect, writing
from ivr.store.live import follower as followers
from ivr.store.live.follower import Follower
from ivr.store.live.here import begin_here, end_here, forget_here, standing_here
from ivr.store.live.mirror import HERE, MIRROR, Mirror, Spoilt
from ivr.store.live.switches import begin, end
from tests.switching import calamity, closed, notice, table

GRAPH = table().graph


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(followers, "LOOK_SECONDS", 0.02)


@contextlib.contextmanager
def following(var: Path, database: Engine | None, tell: Callable[[str], None] = lambda _: None) -> Iterator[Follower]:
    """A follower that is up."""
    held = Follower(var, ("kinds", "other"), database, tell)
    held.start()
    try:
        yield held
    finally:
        held.stop()


def switch(database: Engine, wanted: Switch, **more: object) -> Switch:
    now = int(time.time())
    with writing(database) as connection:
        return begin(connection, GRAPH, replace(wanted, begins=now, **{"ends": now + 60, **more}), now)


def holds(held: Follower, wanted: list[Switch], seconds: float = 5.0) -> bool:
    """Whether it comes to hold what is wanted, in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if list(held.now("kinds", int(time.time())).switches) == wanted:
            return True
        time.sleep(0.01)
    return False


def test_what_is_switched_is_seen_and_what_is_ended_too(database: Engine, tmp_path: Path) -> None:
    with following(tmp_path, database) as held:
        assert held.now("kinds", int(time.time())).switches == ()
        made = switch(database, calamity())
        assert holds(held, [made])
        assert held.now("other", int(time.time())).switches == ()
        with writing(database) as connection:
            assert end(connection, "kinds", made.id, "otto", int(time.time()))
        assert holds(held, [])


def test_the_value_is_the_same_one_until_something_changes(database: Engine, tmp_path: Path) -> None:
    switch(database, notice())
    with following(tmp_path, database) as held:
        first = held.now("kinds", int(time.time()))
        time.sleep(0.1)
        assert held.now("kinds", int(time.time())) is first


def test_begin_and_end_are_seen_by_the_clock_without_the_database(tmp_path: Path) -> None:
    now = int(time.time())
    later = notice(id=1, begins=now + 1000, ends=now + 2000, made=now)
    Mirror(tmp_path / MIRROR).write((later,))
    gone = connect("postgresql://nobody@127.0.0.1:9/nowhere", wait=0.2)
    with following(tmp_path, gone) as held:
        found = [held.now("kinds", now + n).switches for n in (0, 1000, 1999, 2000)]
    assert found == [(), (later,), (later,), ()]


def test_a_restart_without_the_database_holds_what_was_seen_last(database: Engine, tmp_path: Path) -> None:
    made = switch(database, closed())
    with following(tmp_path, database) as held:
        assert holds(held, [made])
    told: list[str] = []
    gone = connect("postgresql://nobody@127.0.0.1:9/nowhere", wait=0.2)
    with following(tmp_path, gone, told.append) as held:
        assert list(held.now("kinds", int(time.time())).switches) == [made]
        assert held.age == float("inf")
    assert len(told) == 1


def test_what_the_database_says_goes_before_what_was_seen_last(database: Engine, tmp_path: Path) -> None:
    Mirror(tmp_path / MIRROR).write((calamity(id=99, ends=None),))
    with following(tmp_path, database) as held:
        assert holds(held, [])
    assert Mirror(tmp_path / MIRROR).read() == ()


def test_a_database_that_hangs_holds_up_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hanging = threading.Event()
    monkeypatch.setattr(followers, "standing", lambda *_: (hanging.wait(30), ())[1])
    monkeypatch.setattr(followers, "FIRST_SECONDS", 0.1)
    seen = calamity(id=5, begins=int(time.time()))
    Mirror(tmp_path / MIRROR).write((seen,))
    held = Follower(tmp_path, ("kinds",), connect(f"sqlite:///{tmp_path / 'x.db'}"))
    began = time.monotonic()
    held.start()
    for _ in range(1000):
        assert held.now("kinds", int(time.time())).switches == (seen,)
    assert time.monotonic() - began < 2
    hanging.set()
    held.stop()


def test_files_that_are_spoilt_leave_what_was_known(database: Engine, tmp_path: Path) -> None:
    made = switch(database, calamity())
    (tmp_path / MIRROR).write_text("{")
    with following(tmp_path, database) as held:
        assert holds(held, [made])
        (tmp_path / HERE).write_text("[" * 5000)
        time.sleep(0.1)
        assert holds(held, [made])
    for text in ("{", "[1]", '[{"id": "x"}]', "[" * 100_000):
        (tmp_path / "x.json").write_text(text)
        with pytest.raises(Spoilt):
            Mirror(tmp_path / "x.json").read()


def test_a_folder_that_cannot_be_written_is_told_and_followed_all_the_same(database: Engine, tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file where the folder should be")
    told: list[str] = []
    made = switch(database, notice())
    with following(tmp_path / "var", database, told.append) as held:
        assert holds(held, [made])
    assert told == ["switches.json cannot be written: File exists"]


def test_trouble_is_told_once_and_its_end_too(
    database: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    well = followers.standing

    def broken(*_: object) -> tuple[Switch, ...]:
        raise RuntimeError("no such table")

    with following(tmp_path, database, told.append):
        monkeypatch.setattr(followers, "standing", broken)
        time.sleep(0.15)
        monkeypatch.setattr(followers, "standing", well)
        time.sleep(0.15)
    assert told == ["no such table", ""]


def test_while_the_database_is_gone_it_is_switched_on_this_machine(tmp_path: Path) -> None:
    now = int(time.time())
    with following(tmp_path, None) as held:
        made = begin_here(tmp_path, GRAPH, calamity(begins=now), now)
        assert made.id < 0
        assert holds(held, [made])
        with pytest.raises(Refused, match="is switched already, by lena"):
            begin_here(tmp_path, GRAPH, calamity(begins=now), now)
        assert end_here(tmp_path, lambda one: one.kind == "calamity", "otto", now) == 1
        assert holds(held, [])
    assert not (tmp_path / HERE).exists()


def test_what_the_database_holds_is_ended_on_this_machine_until_it_is_ended_there(
    database: Engine, tmp_path: Path
) -> None:
    now = int(time.time())
    made = switch(database, calamity())
    with following(tmp_path, database) as held:
        assert holds(held, [made])
        assert [one.id for one in standing_here(tmp_path, now)] == [made.id]
        assert end_here(tmp_path, lambda one: True, "otto", now) == 1
        assert holds(held, [])
        assert standing_here(tmp_path, now) == ()
        assert forget_here(tmp_path, lambda one: True) == 0
        assert holds(held, [made])
