"""Facts about undoing: the case is as it was, once, by who did it, and only while nothing else has happened."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine, func, select

from ivr.desk.case import Case
from ivr.store.database.connect import reading, writing
from ivr.store.database.schema import attempts, notes, places
from ivr.store.desk import handling
from ivr.store.desk.board import NotDone
from ivr.store.desk.undoing import SECONDS, last_done, undo
from tests.store.desk.rows import NOW, audited, now_is, put
from tests.store.desk.test_handling import Does, cancel, close, do, outcome, take


def undone(engine: Engine, case: Case, by: str = "anna", now: int = NOW + 1) -> str:
    with writing(engine) as connection:
        return undo(connection, now_is(engine, case), by, now)


def count(engine: Engine, table: object) -> int:
    with reading(engine) as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "does",
    [take(), outcome("reached"), outcome("no_answer"), close, cancel],
    ids=["take", "reached", "no", "close", "cancel"],
)
def test_what_was_done_is_undone_and_the_case_is_as_it_was(database: Engine, does: Does) -> None:
    before = put(database)
    after = do(database, does, before)
    assert after != before
    what = undone(database, before)
    assert replace(now_is(database, before), revision=0) == before
    assert count(database, attempts) == 0
    assert count(database, places) == 1
    assert [(who, did) for who, did, _ in audited(database)] == [("anna", what), ("anna", "case.undo")]


def test_a_note_is_taken_back_by_who_wrote_it(database: Engine) -> None:
    case = do(database, lambda c, held: handling.note(c, held, "Belt om 12 uur.", "anna", NOW), put(database))
    with pytest.raises(NotDone):
        undone(database, case, by="bert")
    assert undone(database, case) == "case.note"
    assert count(database, notes) == 0


def test_what_was_taken_is_let_go_only_by_who_took_it_and_is_rung_by_itself_again(database: Engine) -> None:
    case = do(database, take(), put(database))
    with pytest.raises(NotDone, match="not taken by bert"):
        do(database, lambda c, held: handling.let_go(c, held, "bert", NOW), case)
    after = do(database, lambda c, held: handling.let_go(c, held, "anna", NOW), case)
    assert (after.taken_by, after.taken_until, after.next_at) == ("", 0, NOW)
    undone(database, case)
    assert now_is(database, case).taken_by == "anna"


def test_nothing_is_undone_twice_nor_late_nor_after_the_case_went_on(database: Engine) -> None:
    case = put(database)
    do(database, take(), case)
    with pytest.raises(NotDone):
        undone(database, case, now=NOW + SECONDS + 1)
    undone(database, case)
    with pytest.raises(NotDone, match="nothing that anna did"):
        undone(database, case)
    do(database, take(), case)
    do(database, take("anna", NOW + 60), case)
    undone(database, case, now=NOW + 61)
    with pytest.raises(NotDone):
        undone(database, case, now=NOW + 62)


def test_what_a_colleague_did_last_hides_what_i_did_before(database: Engine) -> None:
    case = do(database, take(), put(database))
    do(database, close, case)
    do(database, lambda c, held: handling.note(c, held, "Gebeld.", "bert", NOW), case)
    with reading(database) as connection:
        assert last_done(connection, now_is(database, case), "anna", NOW) == ""
        assert last_done(connection, now_is(database, case), "bert", NOW) == "case.note"


def test_a_settled_doubt_comes_back_when_the_outcome_is_taken_back(database: Engine) -> None:
    from tests.store.desk.rows import attempts_of, try_

    case = put(database, state="unsure", next_at=0)
    try_(database, case, "unsure", NOW - 60, state="unknown")
    do(database, outcome("no_answer"), case)
    undone(database, case)
    with reading(database) as connection:
        rows = attempts_of(connection, case)
    assert [(r["state"], r["outcome"], r["by"]) for r in rows] == [("unknown", "unsure", "")]
    assert now_is(database, case).state == "unsure"
