"""An attempt is begun once, accepted by one leg, and over whoever tells us so, on either database."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, func, select, text, update

from ivr.desk.attempt import ACCEPTED, NO_AGENT, NO_ANSWER, OVER, REACHED, UNKNOWN, UNSURE
from ivr.desk.case import CALLING, CANCELLED, NOT_REACHED, PLANNED, Case
from ivr.desk.legs import Heard
from ivr.store import attempts
from ivr.store import cases as cases_
from ivr.store.attempts import Held
from ivr.store.database.connect import reading, writing
from ivr.store.database.schema import attempts as table
from ivr.store.database.schema import cases

NOW = 1_796_115_600  # 2026-12-01 10:00 in Amsterdam
TARGETS = ("sip:desk@kcc.example",)


def put(database: Engine, id: str = "CA1:3", **fields: object) -> Case:
    """A case that is due."""
    held = {
        "state": PLANNED,
        "next_at": NOW,
        "caller": "+31612345678",
        "team": "desk",
        "first_due": NOW + 9000,
    } | fields
    case = Case(
        id=id, number="123456", kind="callback", table="kinds", zone="Europe/Amsterdam", language="nl", opened=NOW - 9000,
        due=NOW + 9000, **held,  # type: ignore[arg-type]  # fields of a case
    )  # fmt: skip
    with writing(database) as connection:
        cases_.add(connection, case)
    return case


def begin(database: Engine, case: Case) -> str:
    with writing(database) as connection:
        return attempts.begin(connection, case, TARGETS, "w1", NOW)


def begun(database: Engine, **fields: object) -> str:
    """An attempt of a case of its own."""
    return begin(database, put(database, **fields))


def tell(database: Engine, id: str, heard: Heard, at: int = NOW + 100) -> str:
    with writing(database) as connection:
        return attempts.hear(connection, id, heard, at)


def accept(database: Engine, id: str, leg: str = "CAagent") -> bool:
    with writing(database) as connection:
        return attempts.accept(connection, id, leg, NOW + 10) is not None


def look(database: Engine, id: str) -> tuple[Case, Held]:
    with reading(database) as connection:
        found = attempts.look(connection, id)
    assert found is not None
    return found


def test_what_is_due_is_found_the_first_promise_first_and_nothing_else(database: Engine) -> None:
    put(database, "CA0:1", next_at=NOW - 500, first_due=0)
    put(database, "CA1:1", next_at=NOW - 50, first_due=NOW + 30)
    put(database, "CA2:1", next_at=NOW - 5, first_due=NOW + 10, state="not_reached")
    put(database, "CA3:1", next_at=NOW - 20, first_due=NOW + 20, state="open")
    put(database, "CA4:1", next_at=NOW + 1)
    put(database, "CA5:1", next_at=0)
    for n, state in enumerate(("calling", "reached", "unsure", "closed", "cancelled")):
        put(database, f"CB{n}:1", next_at=NOW - 9, state=state)
    with writing(database) as connection:
        assert [case.id for case in attempts.due(connection, NOW, 10)] == ["CA2:1", "CA3:1", "CA1:1", "CA0:1"]
        assert [case.id for case in attempts.due(connection, NOW, 1)] == ["CA2:1"]
        assert attempts.due(connection, NOW, 10, {("kinds", "desk")}) == []
        assert len(attempts.due(connection, NOW, 10, {("kinds", "other"), ("x", "desk")}, {"x"})) == 4
        assert attempts.due(connection, NOW, 10, (), {"kinds"}) == []


def test_what_is_due_is_read_from_one_index_and_from_no_row(database: Engine) -> None:
    query = (
        "SELECT id FROM cases WHERE state IN ('open', 'planned', 'not_reached') AND next_at <= '2026-12-01 10:00' "
        "AND table_id NOT IN ('x') AND (table_id, team) NOT IN (('kinds', 'desk')) "
        "ORDER BY first_due IS NULL, first_due, opened, id LIMIT 32"
    )
    with reading(database) as connection:
        if database.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL enable_seqscan = off"))
            connection.execute(text("SET LOCAL enable_bitmapscan = off"))
            plan = "\n".join(connection.scalars(text(f"EXPLAIN {query}")))
            assert "Index Only Scan" in plan
        else:
            plan = "\n".join(row[-1] for row in connection.execute(text(f"EXPLAIN QUERY PLAN {query}")))
            assert "COVERING INDEX" in plan
    assert "ix_cases_due" in plan


def test_two_workers_at_once_never_begin_the_same_case(database: Engine) -> None:
    for n in range(20):
        put(database, f"CA{n}:1")
    ready = threading.Barrier(4)

    def work(_: int) -> int:
        ready.wait()
        count = 0
        while True:
            with writing(database) as connection:
                due = attempts.due(connection, NOW, 3)
                count += sum(bool(attempts.begin(connection, case, TARGETS, "w", NOW)) for case in due)
            if not due:
                return count

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 20
    with reading(database) as connection:
        assert connection.scalar(select(func.count()).select_from(table)) == 20


def test_a_case_that_changed_since_it_was_read_is_not_begun(database: Engine) -> None:
    case = put(database)
    with writing(database) as connection:
        cases_.change(connection, case, state=CANCELLED)
    assert begin(database, case) == ""


def test_one_leg_wins_the_right_to_dial_and_wins_it_again_when_it_asks_again(database: Engine) -> None:
    id = begun(database)
    assert accept(database, id, "CA1")
    assert accept(database, id, "CA1")
    assert not accept(database, id, "CA2")
    case, held = look(database, id)
    assert (case.state, held.state, held.agent_call) == (CALLING, ACCEPTED, "CA1")


def test_of_many_legs_that_accept_at_once_one_wins(database: Engine) -> None:
    id = begun(database)
    ready = threading.Barrier(6)

    def press(n: int) -> bool:
        ready.wait()
        return accept(database, id, f"CA{n}")

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(press, range(6))) == 1


def test_once_a_leg_to_the_citizen_is_known_of_nobody_may_dial_again(database: Engine) -> None:
    id = begun(database)
    assert accept(database, id, "CA1")
    tell(database, id, Heard(citizen="ringing", sid="CA9"))
    assert not accept(database, id, "CA1")


@pytest.mark.parametrize("state", ["cancelled", "closed", "reached", "unsure", "planned"])
def test_nobody_wins_when_the_case_is_not_being_rung(database: Engine, state: str) -> None:
    id = begun(database)
    with writing(database) as connection:
        connection.execute(update(cases).values(state=state))
    assert not accept(database, id)


def test_nobody_wins_an_attempt_that_is_over(database: Engine) -> None:
    id = begun(database)
    with writing(database) as connection:
        assert attempts.over(connection, id, NO_AGENT, NOW)
        assert not attempts.over(connection, id, NO_AGENT, NOW)
    assert not accept(database, id)
    assert look(database, id)[0].state == PLANNED


def test_one_that_accepts_and_one_that_cancels_do_not_both_pass_unseen(database: Engine) -> None:
    id = begun(database)
    ready = threading.Barrier(2)

    def cancel() -> bool:
        ready.wait()
        with writing(database) as connection:
            case = cases_.load(connection, "CA1:3")
            assert case is not None
            return cases_.change(connection, case, state=CANCELLED)

    def press() -> bool:
        ready.wait()
        return accept(database, id)

    with ThreadPoolExecutor(2) as pool:
        asked: list[Callable[[], bool]] = [cancel, press]
        cancelled, _ = pool.map(lambda ask: ask(), asked)
    assert cancelled
    assert look(database, id)[0].state == CANCELLED
    assert not accept(database, id, "CAanother")


def test_who_was_reached_is_reached_when_the_conversation_began(database: Engine) -> None:
    id = begun(database)
    accept(database, id)
    told = [Heard(agents={"CAagent": "completed"}), Heard(citizen="completed", sid="CA9", bridged=True, seconds=90)]
    assert [tell(database, id, heard, NOW + 120) for heard in told] == ["", REACHED]
    case, held = look(database, id)
    assert (case.state, case.reached_at, case.next_at, case.tries) == ("reached", NOW + 30, 0, 1)
    assert (held.state, held.outcome) == (OVER, REACHED)


def test_who_did_not_answer_is_due_again_at_once_so_that_the_policy_is_asked(database: Engine) -> None:
    id = begun(database)
    accept(database, id)
    assert tell(database, id, Heard(citizen="no-answer", sid="CA9")) == NO_ANSWER
    case, _ = look(database, id)
    assert (case.state, case.next_at, case.tries) == (NOT_REACHED, NOW + 100, 1)
    with reading(database) as connection:
        assert connection.scalar(select(table.c.half_day)) == "2026-12-01 am"


def test_what_comes_late_and_twice_worsens_nothing(database: Engine) -> None:
    id = begun(database)
    accept(database, id)
    tell(database, id, Heard(citizen="completed", key="1", sid="CA9"))
    before = look(database, id)
    for heard in (Heard(citizen="ringing"), Heard(agents={"CAagent": "queued"}), Heard(citizen="completed", key="1")):
        assert tell(database, id, heard, NOW + 500) == REACHED
    after = look(database, id)
    assert (after[0], after[1].outcome, after[1].ended) == (before[0], before[1].outcome, before[1].ended)


def test_an_attempt_that_nobody_can_tell_of_leaves_the_case_to_a_person(database: Engine) -> None:
    id = begun(database)
    accept(database, id)
    with writing(database) as connection:
        assert attempts.over(connection, id, UNSURE, NOW + 5000)
    case, held = look(database, id)
    assert (case.state, case.next_at, held.state, held.outcome) == ("unsure", 0, UNKNOWN, UNSURE)
    with writing(database) as connection:
        assert attempts.due(connection, NOW + 10**6, 10) == []


def test_what_is_learned_after_all_ends_the_doubt_and_what_a_person_settled_stays(database: Engine) -> None:
    id = begun(database)
    accept(database, id)
    with writing(database) as connection:
        attempts.over(connection, id, UNSURE, NOW + 5000)
    assert tell(database, id, Heard(citizen="busy", sid="CA9"), NOW + 6000) == "busy"
    assert look(database, id)[0].state == NOT_REACHED
    with writing(database) as connection:
        connection.execute(update(table).values(by="anna", outcome="voicemail"))
    assert tell(database, id, Heard(key="1"), NOW + 7000) == "voicemail"


def test_an_attempt_for_which_nobody_was_rung_is_taken_back(database: Engine) -> None:
    id = begun(database)
    with writing(database) as connection:
        assert not attempts.undo(connection, id, "another", NOW, NOW + 60)
        assert attempts.undo(connection, id, "w1", NOW, NOW + 60)
        case = cases_.load(connection, "CA1:3")
        assert case is not None
        assert (case.state, case.next_at) == (PLANNED, NOW + 60)
        assert connection.scalar(select(func.count()).select_from(table)) == 0


def test_an_attempt_whose_leg_is_known_is_not_taken_back(database: Engine) -> None:
    id = begun(database)
    tell(database, id, Heard(agents={"CA1": "queued"}))
    with writing(database) as connection:
        assert not attempts.undo(connection, id, "w1", NOW, NOW + 60)


def test_a_lease_that_ran_out_is_taken_over_once(database: Engine) -> None:
    id = begun(database)
    with writing(database) as connection:
        assert attempts.ran_out(connection, "w2", NOW + 10, 9) == []
        assert [held.id for _, held in attempts.ran_out(connection, "w2", NOW + 61, 9)] == [id]
        assert attempts.ran_out(connection, "w3", NOW + 61, 9) == []
        assert not attempts.hold(connection, id, "w1", NOW + 61)
        assert attempts.hold(connection, id, "w2", NOW + 61)


def test_an_entry_of_an_attempt_that_is_not_there_is_passed_over_and_one_that_is_none_of_ours_is_told(
    database: Engine,
) -> None:
    entry = {"kind": "leg", "attempt": "0" * 32, "at": NOW, "call": "CA1", "sequence": 0, "heard": {"citizen": "busy"}}
    with writing(database) as connection:
        attempts.apply_leg(connection, entry)
        with pytest.raises(ValueError, match="agents"):
            attempts.apply_leg(connection, entry | {"heard": {"agents": 3}})
