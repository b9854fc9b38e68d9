"""Facts about what is switched while calls are under way, over HTTP."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine, update

from ivr.desk.switches import Switch
from ivr.store.database.connect import writing
from ivr.store.database.schema_desk import switches
from ivr.store.live import follower as followers
from ivr.store.live.switches import begin, end
from tests.switching import calamity, closed, notice, table
from tests.web.server import Provider, next_address, serving


@pytest.fixture
def desk(database: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """A server that follows the switches of a database; the calls are real, not of a simulation."""
    monkeypatch.setattr(followers, "LOOK_SECONDS", 0.02)
    with serving(tmp_path, table(always_open=True), database=database, simulation=False) as held:
        yield held


def switch(database: Engine, wanted: Switch) -> Switch:
    """Switch it on, and wait until it is followed."""
    now = int(time.time())
    with writing(database) as connection:
        made = begin(connection, table().graph, replace(wanted, begins=now, ends=now + 600), now)
    time.sleep(0.3)
    return made


def over(database: Engine, made: Switch) -> None:
    with writing(database) as connection:
        assert end(connection, "kinds", made.id, "otto", int(time.time()))
    time.sleep(0.3)


def in_queue(provider: Provider, call: str = "CA1") -> tuple[str, str]:
    """A call that waits for the team of the queue: where it goes on, and what it hears meanwhile."""
    answer = provider.go_on(provider.start(call), call, Digits="5").text
    assert "<Enqueue" in answer, answer
    return next_address(answer), next_address(answer, "waitUrl")


def waits(provider: Provider, address: str, call: str = "CA1", **fields: str) -> str:
    told = {"QueuePosition": "1", "QueueTime": "5", "AvgQueueTime": "0", **fields}
    return provider.post(address, {"CallSid": call, **told}).text


def again(document: str) -> str:
    """Where a wait document goes on."""
    return (
        document.partition("<Redirect")[2].partition(">")[2].partition("<")[0].replace("&amp;", "&").partition("#")[0]
    )


def test_a_calamity_and_a_notice_are_spoken_in_the_entry_until_they_are_over(desk: Provider, database: Engine) -> None:
    assert "water" not in desk.start("CA1").text
    first, second = switch(database, calamity()), switch(database, notice())
    spoken = desk.start("CA2").text
    assert spoken.index("Er is geen water.") < spoken.index("Vrijdag zijn wij dicht.") < spoken.index("Welkom.")
    over(database, first)
    over(database, second)
    assert "water" not in desk.start("CA3").text


def test_a_calamity_leads_where_it_says(desk: Provider, database: Engine) -> None:
    switch(database, calamity(route="flood"))
    spoken = desk.start().text
    assert "Er is geen water." in spoken
    assert "Tot ziens." in spoken
    assert "Welkom." not in spoken


def test_who_waits_hears_a_calamity_that_begins_meanwhile_once(desk: Provider, database: Engine) -> None:
    _, address = in_queue(desk)
    first = waits(desk, address)
    assert "water" not in first
    made = switch(database, calamity())
    heard = waits(desk, again(first))
    assert heard.index("Er is geen water.") < heard.index("nummer 1")
    later = waits(desk, again(heard))
    assert "water" not in later
    over(database, made)
    switch(database, calamity(texts={"nl": "Er is weer water.", "en": "There is water."}))
    assert "Er is weer water." in waits(desk, again(later))


def test_the_same_round_asked_for_twice_is_the_same_document(desk: Provider, database: Engine) -> None:
    _, address = in_queue(desk)
    switch(database, calamity())
    assert waits(desk, address) == waits(desk, address)


def test_who_heard_it_in_the_entry_does_not_hear_it_again_while_waiting(desk: Provider, database: Engine) -> None:
    made = switch(database, calamity())
    _, address = in_queue(desk)
    assert "water" in waits(desk, address)  # it began in the minute of the arrival: who may have missed it hears it
    with writing(database) as connection:
        connection.execute(update(switches).where(switches.c.id == made.id).values(begins=made.begins - 600))
    time.sleep(0.3)
    _, address = in_queue(desk, "CA2")
    assert "water" not in waits(desk, address, "CA2")


def test_who_waits_for_a_team_that_is_closed_meanwhile_leaves_by_closed(desk: Provider, database: Engine) -> None:
    action, address = in_queue(desk)
    switch(database, closed())
    assert "<Leave/>" in waits(desk, address)
    gone = desk.post(action, {"CallSid": "CA1", "QueueResult": "leave", "QueueTime": "7"}).text
    assert "Spreek in." in gone  # `closed: note`; the key would have led to a promise


def test_who_leaves_by_key_or_by_time_does_so_while_the_team_is_open(desk: Provider, database: Engine) -> None:
    action, _ = in_queue(desk)
    left = desk.post(action, {"CallSid": "CA1", "QueueResult": "leave", "QueueTime": "40"}).text
    assert "Spreek in." not in left
    action, _ = in_queue(desk, "CA2")
    timed = desk.post(action, {"CallSid": "CA2", "QueueResult": "leave", "QueueTime": "120"}).text
    assert "Spreek in." in timed


def test_nobody_joins_a_team_that_is_closed_and_all_may_when_it_is_open_again(desk: Provider, database: Engine) -> None:
    made = switch(database, closed())
    assert "Spreek in." in desk.go_on(desk.start(), "CA1", Digits="5").text
    over(database, made)
    in_queue(desk, "CA2")


def test_a_team_that_is_closed_by_hand_is_not_dialled(desk: Provider, database: Engine) -> None:
    assert "<Dial" in desk.go_on(desk.start(), "CA1", Digits="0").text
    switch(database, closed(team="desk"))
    assert "<Dial" not in desk.go_on(desk.start("CA2"), "CA2", Digits="0").text
