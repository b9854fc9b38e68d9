"""Facts about a call that somebody of the desk asks for: one at a time, by who has the case, taken back when nobody rings."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from ivr.desk.case import Case
from ivr.store import attempts
from ivr.store.database.connect import reading, writing
from ivr.store.desk import asking, handling
from ivr.store.desk.board import NotDone
from tests.engine.calls import instant
from tests.store.desk.rows import NOW, now_is, put
from tests.store.desk.tables import table

MINE = "sip:anna@kcc.example"


def ask(engine: Engine, case: Case, by: str = "anna", now: int = NOW) -> str:
    with writing(engine) as connection:
        return asking.call(connection, table(), now_is(engine, case), MINE, by, now)


def test_a_call_that_was_asked_for_is_an_attempt_that_rings_that_telephone_alone(database: Engine) -> None:
    case = put(database)
    id = ask(database, case)
    after = now_is(database, case)
    assert (after.state, after.taken_by, after.next_at) == ("calling", "anna", 0)
    with writing(database) as connection:
        assert asking.look(connection, case, id) == asking.Asked("begun", "", waiting=True)
        [(_, held)] = attempts.asked(connection, "w1", NOW + 1, 10)
        assert (held.id, held.targets) == (id, (MINE,))
        assert attempts.asked(connection, "w2", NOW + 1, 10) == []
        assert asking.look(connection, case, id) == asking.Asked("begun", "", waiting=False)


def test_of_two_people_one_has_the_case_and_the_other_is_told_who(database: Engine) -> None:
    case = put(database)
    with writing(database) as connection:
        handling.take(connection, case, "bert", NOW)
    with pytest.raises(NotDone, match="taken by bert") as told:
        ask(database, case)
    assert (told.value.key, told.value.holes["by"]) == ("taken", "bert")


def test_two_who_saw_the_same_do_not_both_begin(database: Engine) -> None:
    case = put(database)
    ask(database, case)
    with pytest.raises(NotDone) as told, writing(database) as connection:
        asking.call(connection, table(), case, MINE, "bert", NOW)
    assert told.value.key == "quicker"
    with pytest.raises(NotDone) as told:
        ask(database, case, "bert")
    assert told.value.key == "being_rung"


@pytest.mark.parametrize(
    ("more", "now", "key"),
    [
        ({"caller": ""}, NOW, "no_number"),
        ({"reach": "email", "address": "a@example.org"}, NOW, "no_number"),
        ({"state": "unsure"}, NOW, "unsure"),
        ({"state": "reached"}, NOW, "reached_already"),
        ({"state": "closed", "closed_at": NOW}, NOW, "closed"),
        ({}, instant("2026-12-01 20:30"), "not_now"),
    ],
)
def test_who_cannot_or_must_not_be_rung_is_not(database: Engine, more: dict[str, object], now: int, key: str) -> None:
    case = put(database, **more)  # type: ignore[arg-type]  # columns
    with pytest.raises(NotDone) as told:
        ask(database, case, now=now)
    assert told.value.key == key
    assert now_is(database, case) == case


@pytest.mark.parametrize("state", ["planned", "open", "not_reached"])
def test_a_wish_that_no_worker_takes_on_is_taken_back_and_the_case_is_as_it_was(database: Engine, state: str) -> None:
    case = put(database, state=state, next_at=0 if state == "open" else NOW)
    id = ask(database, case)
    with writing(database) as connection:
        assert asking.lapse(connection, NOW + attempts.WISH - 1) == 0
        assert not asking.late(connection, NOW + attempts.WISH - 1)
        assert asking.late(connection, NOW + attempts.WISH)
        assert asking.lapse(connection, NOW + attempts.WISH) == 1
        assert attempts.asked(connection, "w1", NOW + 1, 10) == []
        assert asking.look(connection, case, id) == asking.Asked()
    after = now_is(database, case)
    assert (after.state, after.next_at, after.taken_by) == (state, case.next_at, "anna")


def test_a_wish_can_be_taken_back_until_a_worker_has_it(database: Engine) -> None:
    case = put(database)
    ask(database, case)
    with writing(database) as connection:
        asking.stop(connection, case, "anna", NOW)
    assert replace(now_is(database, case), revision=0, taken_by="", taken_until=0) == case
    ask(database, case)
    with writing(database) as connection:
        attempts.asked(connection, "w1", NOW + 1, 10)
    with pytest.raises(NotDone, match="hang up"), writing(database) as connection:
        asking.stop(connection, case, "anna", NOW)


def test_who_recovers_attempts_leaves_wishes_alone(database: Engine) -> None:
    ask(database, put(database))
    with writing(database) as connection:
        assert attempts.ran_out(connection, "w1", NOW + 1000, 10) == []
        assert asking.lapse(connection, NOW + 1000) == 1
    with reading(database) as connection:
        assert not asking.late(connection, NOW + 1000)
