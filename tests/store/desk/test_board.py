"""Facts about the board: what is owed first, what was kept, and what only an agent sees together."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, insert

from ivr.store.database.connect import reading, writing
from ivr.store.database.schema import calls, case_calls, recordings, waits
from ivr.store.desk.board import NotDone, board, drops, find_case, sheet, unsure
from tests.store.desk.rows import NOW, put, try_


def numbers(engine: Engine, **asked: object) -> list[str]:
    with reading(engine) as connection:
        return [line.case.number for line in board(connection, NOW, **asked)]  # type: ignore[arg-type]


def test_the_board_is_in_the_order_of_the_first_promise_and_leaves_out_what_is_over(database: Engine) -> None:
    put(database, "CA1:1", "2026-12-03 17:00", number="000001")
    put(database, "CA2:1", "2026-12-01 09:00", number="000002")
    put(database, "CA3:1", "1970-01-01 01:00", number="000003")  # without a promise
    put(database, "CA4:1", "2026-12-01 08:30", number="000004", state="reached")
    put(database, "CA5:1", number="000005", state="closed")
    put(database, "CA6:1", number="000006", team="tax")
    assert numbers(database) == ["000004", "000002", "000006", "000001", "000003"]
    assert numbers(database, overdue=True) == ["000002"]
    assert numbers(database, team="tax") == ["000006"]
    assert numbers(database, state="closed") == ["000005"]
    assert numbers(database, table="elsewhere") == []


def test_a_state_that_is_none_is_told_with_the_nearest(database: Engine) -> None:
    with reading(database) as connection, pytest.raises(NotDone, match="did you mean 'planned'"):
        board(connection, NOW, state="plannd")


def test_the_board_says_what_was_kept(database: Engine) -> None:
    held = put(database, due="2026-12-01 09:00")
    try_(database, held, "no_answer", NOW - 3700)
    with reading(database) as connection:
        assert [line.kept for line in board(connection, NOW)] == ["late"]


def test_a_case_is_found_by_its_number_with_spaces_and_by_its_id(database: Engine) -> None:
    put(database, "CA1:3", number="123456", state="closed")
    put(database, "CA2:3", number="654321")
    with reading(database) as connection:
        assert find_case(connection, "123 456").id == "CA1:3"
        assert find_case(connection, "CA2:3").number == "654321"
        with pytest.raises(NotDone, match="there is no case 999999"):
            find_case(connection, "999999")
        with pytest.raises(NotDone, match="give its six digits, or its id"):
            find_case(connection, "CA9:9")


def test_of_two_cases_with_one_number_the_running_one_is_meant_and_of_two_running_ones_none(database: Engine) -> None:
    put(database, "CA1:3", "1970-01-01 01:00", number="123456", state="closed")
    put(database, "CA2:3", "1970-01-01 01:00", number="123456")
    with reading(database) as connection:
        assert find_case(connection, "123456").id == "CA2:3"
    put(database, "CA3:3", "1970-01-01 01:00", number="123456")
    with reading(database) as connection, pytest.raises(NotDone, match="2 cases bear the number 123456; give an id"):
        find_case(connection, "123456")


def test_a_sheet_shows_all_that_belongs_to_a_case_and_the_others_of_its_number(database: Engine) -> None:
    held = put(database, "CA1:3", number="000001")
    put(database, "CA2:3", number="000002", state="closed")
    put(database, "CA3:3", number="000003", caller="+31687654321")
    put(database, "CA4:3", number="000004", caller="")
    try_(database, held, "voicemail", NOW, half_day="2026-12-01 am", by="anna")
    with writing(database) as connection:
        connection.execute(insert(case_calls).values(call="CA8", sequence=2, case_id=held.id, at=NOW, what="joined"))
        connection.execute(insert(recordings).values(id=held.id, case_id=held.id, url="u", seconds=9, made=NOW))
        found = sheet(connection, held, NOW)
        assert [other.number for other in found.others] == ["000002"]
        assert [(t.outcome, t.half_day, t.by) for t in found.attempts] == [("voicemail", "2026-12-01 am", "anna")]
        assert [(c.call, c.what) for c in found.calls] == [("CA8", "joined")]
        assert [r.seconds for r in found.recordings] == [9]
        without = find_case(connection, "000004")
        assert sheet(connection, without, NOW).others == ()  # that no number is known is nothing in common


@pytest.mark.parametrize(
    ("outcome", "waited", "since", "listed"),
    [
        ("hung_up", 120, NOW - 60, 1),
        ("hung_up", 119, NOW - 60, 0),
        ("bridged", 600, NOW - 60, 0),
        ("hung_up", 600, NOW + 1, 0),
    ],
)
def test_who_hung_up_after_two_minutes_of_waiting_is_listed(
    database: Engine, outcome: str, waited: int, since: int, listed: int
) -> None:
    with writing(database) as connection:
        row = {"call": "CA1", "sequence": 1, "team": "desk", "joined": NOW - waited, "since": NOW - waited, "left": NOW}
        connection.execute(insert(waits).values(**row, outcome=outcome))
        connection.execute(insert(calls).values(id="CA1", caller="+31612345678"))
        found = drops(connection, since)
    assert [(d.team, d.caller, d.waited) for d in found] == [("desk", "+31612345678", waited)] * listed


def test_what_a_person_must_decide_is_listed_with_the_attempt_in_doubt(database: Engine) -> None:
    held = put(database, state="unsure")
    try_(database, held, "unsure", NOW - 7200, state="unknown", by="anna")
    try_(database, held, "unsure", NOW, state="unknown")
    put(database, "CA2:1", number="000002")
    with reading(database) as connection:
        assert [(case.id, [t.ordinal for t in tries]) for case, tries in unsure(connection)] == [(held.id, [2])]
