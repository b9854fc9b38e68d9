"""Facts about publishing while people call: a call ends on the version on which it began, whatever is published meanwhile."""

from __future__ import annotations

import random
import re
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine

from ivr.calendars.moment import drawn_share
from ivr.store.database.connect import reading, writing
from ivr.store.publishing import publications
from ivr.store.publishing.faults import NotDone
from ivr.store.publishing.publications import Order
from ivr.tables.archive import Archive
from ivr.tables.ready import Table, load_table
from ivr.tables.texts import texts_of, version_of_texts
from ivr.web import published, watch
from ivr.web.served import Served, Shelf, Tried
from tests.engine import calls
from tests.store.publishing.made import judgement
from tests.store.publishing.test_following import GONE
from tests.tables.test_archive import TODAY, folder
from tests.web.server import Provider, next_address, serving
from tests.web.test_versions import live, until

T = "kinds"


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(published, "SPREAD_SECONDS", 0.1)


def version(tmp_path: Path, n: int) -> tuple[Table, dict[str, str], Path]:
    """A table that says which one it is, at the beginning of a call and later on."""
    text = calls.TEXT.replace("Welkom.", f"Welkom {n}.").replace("Uw code.", f"Code {n}.")
    source = folder(tmp_path, text, f"v{n}")
    table = load_table(source, TODAY)
    return table, texts_of(source, table.sources), source


def record(database: Engine, table: Table, files: dict[str, str]) -> None:
    """Make a version live in the database."""
    with writing(database) as connection:
        publications.record(connection, T, table.version, files, "jan", int(time.time()), "")


class Caller(threading.Thread):
    """Calls again and again, and notes a call that heard two versions, or something else than a call should."""

    def __init__(self, provider: Provider, name: str, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self._provider, self._name, self._stop_now = provider, name, stop
        self.wrong: list[str] = []
        self.versions: set[str] = set()
        self.calls = 0

    def run(self) -> None:
        while not self._stop_now.is_set():
            self.calls += 1
            self._call(f"CA{self._name}x{self.calls}")

    def _call(self, call: str) -> None:
        answer = self._provider.start(call, From=f"+316{random.randrange(10**8):08}")
        begun = re.search(r"Welkom (\d+)\.", answer.text)
        if begun is None:
            self.wrong.append(answer.text)
            return
        began = next_address(answer.text).partition("v=")[2][:12]
        self.versions.add(began)
        time.sleep(random.uniform(0, 0.4))  # the caller listens while others publish
        answer = self._provider.go_on(answer, call, Digits="3")
        if f"Code {begun[1]}." not in answer.text or f"v={began}" not in answer.text:
            self.wrong.append(answer.text)


def test_no_call_changes_version_while_others_publish_take_back_and_try(database: Engine, tmp_path: Path) -> None:
    made = [version(tmp_path, n) for n in range(12)]  # more than are held in memory
    first = made[0]
    record(database, first[0], first[1])
    var = tmp_path / "var"
    with serving(var, first[0], first[2], database=database) as provider:
        stop = threading.Event()
        callers = [Caller(provider, str(n), stop) for n in range(6)]
        for caller in callers:
            caller.start()
        for n, (table, files, _) in enumerate(made[1:], 1):
            record(database, table, files)
            time.sleep(0.15)
            back = random.choice(made[:n])
            with writing(database) as connection:
                publications.publish(
                    connection, Order(T, back[0].version, "jan", ""), judgement(back[1]), int(time.time()), share=50
                )
            time.sleep(0.15)
            with writing(database) as connection:
                if n % 2:
                    publications.promote(connection, T, back[0].version, "jan", int(time.time()), "")
                else:
                    publications.roll_back(connection, Order(T, back[0].version, "jan", ""), int(time.time()))
            time.sleep(0.1)
        stop.set()
        for caller in callers:
            caller.join(20)
        metrics = provider.client.get("/metrics").text
    assert [wrong for caller in callers for wrong in caller.wrong] == []
    assert sum(caller.calls for caller in callers) > 50
    assert len(set().union(*(caller.versions for caller in callers))) > 6
    assert f'ivr_calls_total{{table="kinds",version="{made[0][0].version}"}}' in metrics


def test_what_is_published_in_the_database_is_served_within_a_second_and_taken_back_as_fast(
    database: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "LOOK_SECONDS", 1.0)
    one, two = version(tmp_path, 1), version(tmp_path, 2)
    record(database, one[0], one[1])
    with serving(tmp_path / "var", one[0], one[2], database=database) as provider:
        began = time.monotonic()
        record(database, two[0], two[1])
        until(lambda: live(provider) == two[0].version)
        assert time.monotonic() - began < 2.5  # on a busy machine; a look takes place once a second
        with writing(database) as connection:
            publications.roll_back(connection, Order(T, one[0].version, "jan", ""), int(time.time()))
        until(lambda: live(provider) == one[0].version)


def test_a_trial_gives_a_caller_the_same_version_each_time_and_the_rest_the_other(
    database: Engine, tmp_path: Path
) -> None:
    one, two = version(tmp_path, 1), version(tmp_path, 2)
    record(database, two[0], two[1])
    record(database, one[0], one[1])
    with writing(database) as connection:
        order = Order(T, two[0].version, "jan", "")
        publications.publish(connection, order, judgement(two[1]), int(time.time()), share=30)
    with serving(tmp_path / "var", one[0], one[2], database=database) as provider:
        until(lambda: "tried" in provider.client.get("/readyz").json())
        assert provider.client.get("/readyz").json()["tried"] == {T: {two[0].version: 30}}
        heard = [
            ["Welkom 2." in provider.start(f"CA{n}x{k}", From=f"+31612{n:06}").text for k in (1, 2)] for n in range(120)
        ]
        assert all(a == b for a, b in heard)
        assert 20 <= sum(a for a, _ in heard) <= 52
        held = ["Welkom 2." in provider.start("CAheld", From="anonymous").text for _ in range(3)]
        assert len(set(held)) == 1


def test_a_larger_share_keeps_those_who_had_it(tmp_path: Path) -> None:
    one, two = version(tmp_path, 1), version(tmp_path, 2)
    shelf = Shelf(one[0], Archive(tmp_path, T))
    fresh = Served(two[0])
    had: set[str] = set()
    for share in (5, 20, 50):
        shelf.publish(shelf.live, Tried(fresh, share))
        now = {n for n in map(str, range(2000)) if shelf.choose({"From": f"+31612{n:0>6}"}) is fresh}
        assert had <= now
        assert abs(len(now) / 2000 - share / 100) < 0.04
        had = now


def test_without_a_number_the_call_draws(tmp_path: Path) -> None:
    one, two = version(tmp_path, 1), version(tmp_path, 2)
    shelf = Shelf(one[0], Archive(tmp_path, T))
    shelf.publish(shelf.live, Tried(Served(two[0]), 50))
    drawn = {shelf.choose({"From": "Anonymous", "CallSid": f"CA{n}"}).version for n in range(50)}
    assert drawn == {one[0].version, two[0].version}
    assert drawn_share(two[0].version, 1, (50, 50)) in (0, 1)


def test_what_is_planned_is_live_at_its_second(database: Engine, tmp_path: Path) -> None:
    one, two = version(tmp_path, 1), version(tmp_path, 2)
    record(database, two[0], two[1])
    record(database, one[0], one[1])
    with serving(tmp_path / "var", one[0], one[2], database=database) as provider:
        at = int(time.time()) + 8  # the child that judges it has to start first
        with writing(database) as connection:
            order = Order(T, two[0].version, "jan", "", override="proef")
            made = publications.publish(connection, order, judgement(two[1], fresh=1), int(time.time()), at=at)
        assert made.state == "scheduled"
        while live(provider) != two[0].version:
            assert time.time() < at + 20, provider.log.getvalue()[-2000:]
            time.sleep(0.02)
        assert time.time() >= at
        assert "Welkom 2." in provider.start("CAafter").text
    with reading(database) as connection:
        held = publications.get(connection, made.id)
    assert held.state == "live"
    assert held.live is not None
    assert held.checked is not None
    assert (
        held.live - max(at, held.checked) <= 1
    )  # on a busy machine the child may take longer to start than it was given


def test_what_fails_by_its_moment_does_not_go_live_and_the_reason_is_kept(database: Engine, tmp_path: Path) -> None:
    one, two = version(tmp_path, 1), version(tmp_path, 2)
    broken = {**two[1], "menus/b.yaml": two[1]["menus/b.yaml"].replace("to: topics}", "to: nowhere}")}
    name = version_of_texts(broken)
    with writing(database) as connection:
        publications.record(connection, T, name, broken, "jan", int(time.time()), "")
    record(database, one[0], one[1])
    with writing(database) as connection:
        order = Order(T, name, "jan", "")
        made = publications.publish(connection, order, judgement(broken), int(time.time()), at=int(time.time()) + 3)
    with serving(tmp_path / "var", one[0], one[2], database=database) as provider:
        end = time.monotonic() + 40
        while b"planned version refused" not in provider.log.getvalue():
            assert time.monotonic() < end, provider.log.getvalue()[-2000:]
            time.sleep(0.05)
        assert live(provider) == one[0].version
    with reading(database) as connection:
        held = publications.get(connection, made.id)
    assert held.state == "refused"
    assert "it has errors by now: IVR" in held.error


def test_a_call_that_began_on_another_machine_goes_on_here(database: Engine, tmp_path: Path) -> None:
    one, two = version(tmp_path, 1), version(tmp_path, 2)
    record(database, two[0], two[1])
    with serving(tmp_path / "there", two[0], two[2], database=database) as provider:
        start = provider.start("CAmoves")
    record(database, one[0], one[1])
    with serving(tmp_path / "here", one[0], one[2], database=database) as provider:
        assert not Archive(tmp_path / "here" / "tables", T).holds(two[0].version)
        assert "Code 2." in provider.go_on(start, "CAmoves", Digits="3").text


def test_with_the_database_gone_calls_go_on_on_what_is_live_here(tmp_path: Path) -> None:
    one = version(tmp_path, 1)
    with serving(tmp_path / "var", one[0], one[2], database=GONE) as provider:
        until(lambda: b"cannot follow what is published" in provider.log.getvalue())
        assert "Code 1." in provider.go_on(provider.start("CAgone"), "CAgone", Digits="3").text
        assert provider.log.getvalue().count(b"cannot follow what is published") == 1


def test_nothing_is_published_twice_at_one_moment(database: Engine, tmp_path: Path) -> None:
    one = version(tmp_path, 1)
    record(database, one[0], one[1])
    with pytest.raises(NotDone) as fault:
        record(database, one[0], one[1])
    assert fault.value.reason == "live_already"
