"""Facts about the outbox, on both databases."""

from __future__ import annotations

import threading
from typing import Any

from sqlalchemy import Connection, Engine, Select, func, select, text

from ivr.store import cases as cases_
from ivr.store import escalating, outbox, registering
from ivr.store.database.connect import reading, writing
from ivr.store.database.schema import audit, cases
from ivr.store.database.schema import outbox as table
from ivr.store.outbox import DONE, ESCALATION, GIVEN_UP, OPENKLANT, TELLING, WAITING, Item
from tests.desk.schedules import case

NOW = 1_800_000_000


def put(database: Engine, key: str, kind: str = TELLING, now: int = NOW, at: int = 0, **payload: object) -> bool:
    with writing(database) as connection:
        return outbox.put(connection, key, kind, "CA1:3", payload, now, at)


def claim(database: Engine, now: int = NOW, worker: str = "a", kind: str = TELLING) -> Item | None:
    with writing(database) as connection:
        return outbox.claim(connection, [kind], worker, now, 60)


def look(database: Engine, key: str) -> Item:
    with reading(database) as connection:
        held = outbox.one(connection, key)
    assert held is not None
    return held


def test_the_same_key_is_put_in_once(database: Engine) -> None:
    assert put(database, "k", n=1)
    assert not put(database, "k", n=2)
    assert look(database, "k").payload == {"n": 1}


def test_what_is_put_in_for_later_is_not_due_before(database: Engine) -> None:
    put(database, "k", at=NOW + 10)
    assert claim(database, NOW + 9) is None
    assert claim(database, NOW + 10) is not None


def test_who_has_waited_longest_is_first_and_another_kind_is_left_alone(database: Engine) -> None:
    put(database, "b", now=NOW - 5)
    put(database, "a", now=NOW)
    put(database, "c", ESCALATION, now=NOW - 50)
    first, second = claim(database), claim(database)
    assert first
    assert second
    assert (first.key, second.key) == ("b", "a")
    assert claim(database) is None


def test_what_is_claimed_is_due_again_when_the_lease_has_run_out(database: Engine) -> None:
    put(database, "k")
    assert claim(database) is not None
    assert claim(database, NOW + 59, "b") is None
    again = claim(database, NOW + 60, "b")
    assert again is not None
    assert again.tries == 2


def test_a_worker_whose_lease_ran_out_changes_nothing_any_more(database: Engine) -> None:
    put(database, "k")
    slow = claim(database)
    taken = claim(database, NOW + 60, "b")
    assert slow
    assert taken
    with writing(database) as connection:
        assert not outbox.keep(connection, slow, "a", {"step": 1}, NOW + 61, 60)
        assert not outbox.finish(connection, slow, "a", NOW + 61)
        assert not outbox.give_up(connection, slow, "a", "no", NOW + 61)
        outbox.postpone(connection, slow, "a", "no", NOW + 999)
    held = look(database, "k")
    assert (held.state, held.answer, held.next_at) == (WAITING, {}, NOW + 120)


def test_steps_are_kept_and_the_lease_goes_on(database: Engine) -> None:
    put(database, "k")
    item = claim(database)
    assert item
    with writing(database) as connection:
        assert outbox.keep(connection, item, "a", {"step": "één"}, NOW + 50, 60)
    assert claim(database, NOW + 109, "b") is None
    again = claim(database, NOW + 110, "b")
    assert again
    assert again.answer == {"step": "één"}


def test_two_workers_never_get_the_same_item(database: Engine) -> None:
    for number in range(40):
        put(database, f"k{number}")
    got: list[str] = []

    def work(worker: str) -> None:
        while (item := claim(database, NOW, worker)) is not None:
            got.append(item.key)

    threads = [threading.Thread(target=work, args=(str(n),)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == sorted({f"k{number}" for number in range(40)})


def test_what_is_renewed_while_it_is_done_is_done_again(database: Engine) -> None:
    put(database, "k", OPENKLANT, revision=1)
    item = claim(database, kind=OPENKLANT)
    assert item
    with writing(database) as connection:
        outbox.renew(connection, "k", OPENKLANT, "CA1:3", {"revision": 2}, NOW + 1)
    assert claim(database, NOW + 1, "b", OPENKLANT) is None, "it is still the first worker's"
    with writing(database) as connection:
        assert not outbox.finish(connection, item, "a", NOW + 2)
    again = claim(database, NOW + 2, "b", OPENKLANT)
    assert again
    assert again.payload == {"revision": 2}
    with writing(database) as connection:
        assert outbox.finish(connection, again, "b", NOW + 3)
    assert look(database, "k").state == DONE


def test_what_is_renewed_after_it_was_given_up_is_tried_afresh(database: Engine) -> None:
    put(database, "k", OPENKLANT, revision=1)
    item = claim(database, kind=OPENKLANT)
    assert item
    with writing(database) as connection:
        outbox.give_up(connection, item, "a", "refused", NOW)
        outbox.renew(connection, "k", OPENKLANT, "CA1:3", {"revision": 2}, NOW)
    held = look(database, "k")
    assert (held.state, held.tries, held.error) == (WAITING, 0, "")


def test_what_is_given_up_is_seen_and_written_down_and_a_person_lets_it_go_on(database: Engine) -> None:
    put(database, "k")
    item = claim(database)
    assert item
    with writing(database) as connection:
        assert outbox.give_up(connection, item, "a", "nobody there", NOW)
    with reading(database) as connection:
        assert [each.key for each in outbox.listed(connection, [GIVEN_UP], 10)] == ["k"]
        assert outbox.counted(connection) == {(TELLING, GIVEN_UP): 1}
    assert claim(database, NOW + 9999) is None
    with writing(database) as connection:
        assert outbox.retry(connection, "k", "anna", NOW + 5)
        assert not outbox.retry(connection, "none", "anna", NOW + 5)
        said = connection.execute(select(audit.c.who, audit.c.what).order_by(audit.c.id)).all()
    assert [tuple(row) for row in said] == [("worker", "outbox.give_up"), ("anna", "outbox.retry")]
    assert (again := claim(database, NOW + 5))
    assert again.tries == 1


def test_an_uncounted_try_does_not_count(database: Engine) -> None:
    put(database, "k")
    for counted, tries in ((False, 1), (True, 1), (True, 2), (False, 3), (True, 3)):
        item = claim(database)
        assert item
        assert item.tries == tries
        with writing(database) as connection:
            outbox.postpone(connection, item, "a", "later", NOW, counted)


def plan(connection: Connection, statement: Select[Any]) -> str:
    """How the database would look for it."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
    asked = str(statement.compile(connection, compile_kwargs={"literal_binds": True}))
    word = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
    return " ".join(str(row) for row in connection.exec_driver_sql(f"{word} {asked.replace('%', '%%')}"))


def test_what_is_due_is_found_by_an_index(database: Engine) -> None:
    with writing(database) as connection:
        for number in range(300):
            outbox.put(connection, f"k{number}", (OPENKLANT, TELLING)[number % 2], "", {}, NOW, NOW + number)
        statement = (
            select(table.c.key)
            .where(table.c.kind.in_([TELLING]), table.c.state == WAITING, table.c.next_at <= NOW)
            .order_by(table.c.next_at)
        )
        assert "ix_outbox_kind_state_next_at" in plan(connection, statement)


def test_cases_that_changed_and_promises_about_to_break_are_found_by_an_index(database: Engine) -> None:
    with writing(database) as connection:
        for number in range(300):
            cases_.add(connection, case(NOW + 99, id=f"CA{number}:1", escalate_at=NOW + number))
        changed = select(cases.c.id, cases.c.revision).where(text("registered <> revision")).order_by(cases.c.id)
        assert "ix_cases_unregistered" in plan(connection, changed)
        breaking = select(cases.c.id).where(cases.c.state.in_(escalating.RUNNING), cases.c.escalate_at <= NOW)
        assert "ix_cases_state_escalate_at" in plan(connection, breaking)


def add(database: Engine, number: int, **more: object) -> None:
    with writing(database) as connection:
        cases_.add(connection, case(NOW + 99, id=f"CA{number}:1", **more))


def passed(database: Engine, now: int = NOW) -> list[str]:
    with writing(database) as connection:
        while registering.pass_on(connection, now, 3):
            pass
        return sorted(each.subject for each in outbox.listed(connection, [WAITING], 100))


def test_a_case_is_passed_on_once_for_each_change(database: Engine) -> None:
    for number in range(7):
        add(database, number)
    assert passed(database) == [f"CA{number}:1" for number in range(7)]
    with writing(database) as connection:
        assert not registering.is_needed(connection)
        held = cases_.load(connection, "CA3:1")
        assert held
        assert cases_.change(connection, held, state="reached")
        assert registering.is_needed(connection)
        assert registering.pass_on(connection, NOW, 10) == 1
        assert not registering.is_needed(connection)
        renewed = outbox.one(connection, registering.key("CA3:1"))
        assert renewed is not None
        assert renewed.payload == {"revision": 1}


def test_a_case_that_was_over_long_before_is_not_passed_on(database: Engine) -> None:
    add(database, 1, state="closed", closed_at=NOW - 31 * 86_400)
    add(database, 2, state="closed", closed_at=NOW - 29 * 86_400)
    assert passed(database) == ["CA2:1"]
    with reading(database) as connection:
        assert not registering.is_needed(connection)
        assert connection.execute(select(func.count()).select_from(cases)).scalar_one() == 2
