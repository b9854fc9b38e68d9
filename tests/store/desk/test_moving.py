"""Facts about moving promises: all or none, a place each, every caller told once, the first promise still measured."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import Engine, delete, func, insert, select, update

from ivr.desk.promises import case_number
from ivr.store.audit import open_horizon
from ivr.store.database.connect import reading, writing
from ivr.store.database.schema import audit, cases, outbox, places
from ivr.store.desk.board import NotDone
from ivr.store.desk.moving import Outcome, Which, move, preview, undo_move
from tests.engine.calls import instant
from tests.store.desk.rows import KEY, NOW, now_is, put, try_
from tests.store.desk.tables import table

WEDNESDAY, THURSDAY = dt.date(2026, 12, 2), dt.date(2026, 12, 3)
STORM = Which(day=WEDNESDAY)


def moved(engine: Engine, per_day: int = 2, which: Which = STORM, to: dt.date = THURSDAY, now: int = NOW) -> Outcome:
    with writing(engine) as connection:
        return move(connection, table(per_day), "desk", which, to, "anna", now, "storm")


def undone(engine: Engine, now: int = NOW) -> Outcome:
    with writing(engine) as connection:
        return undo_move(connection, table(), "desk", "anna", now)


def tellings(engine: Engine) -> list[tuple[str, str, int, int]]:
    with reading(engine) as connection:
        rows = connection.execute(select(outbox).order_by(outbox.c.key)).mappings()
        return [(r["key"], r["payload"]["case"], r["payload"]["was"], r["payload"]["due"]) for r in rows]


def place_days(engine: Engine) -> list[tuple[str, str]]:
    with reading(engine) as connection:
        return [
            tuple(row) for row in connection.execute(select(places.c.case_id, places.c.day).order_by(places.c.call))
        ]


def test_a_promise_that_is_moved_keeps_its_first_time_and_gets_a_place_a_warning_and_an_attempt(
    database: Engine,
) -> None:
    held = put(database)
    (change,) = moved(database).changed
    after = now_is(database, held)
    new = instant("2026-12-03 17:00")
    assert (change.was, change.due, change.by_hand) == (held.due, new, False)
    assert (after.first_due, after.due) == (held.due, new)
    assert after.next_at == instant("2026-12-03 09:00")  # not on the day that it was moved away from
    assert held.due < after.escalate_at < new
    assert place_days(database) == [(held.id, "2026-12-03")]
    assert tellings(database) == [(f"telling:{held.id}:{new}", held.id, held.due, new)]
    with reading(database) as connection:
        assert connection.execute(select(cases.c.moved, cases.c.due_day)).one() == ("storm", "2026-12-03")
        trail = connection.execute(select(audit.c.who, audit.c.what, audit.c.subject).order_by(audit.c.id)).all()
    assert trail == [("anna", "desk.move", "kinds/desk"), ("anna", "case.move", held.id)]


def test_what_is_not_the_teams_or_not_of_the_day_or_settled_stays(database: Engine) -> None:
    others = [
        put(database, "CA1:1", number="000001", team="order"),
        put(database, "CA2:1", "2026-12-04 17:00", number="000002"),
        put(database, "CA3:1", number="000003", state="reached"),
        put(database, "CA4:1", number="000004", state="closed"),
        put(database, "CA5:1", number="000005", table="elsewhere"),
    ]
    assert moved(database) == Outcome((), ())
    assert [now_is(database, held) for held in others] == others


def test_they_move_in_the_order_of_the_first_promise_around_the_places_of_others(database: Engine) -> None:
    put(database, "CA0:1", "2026-12-03 17:00", number="000000")
    for i in (3, 1, 2):
        put(database, f"CA{i}:1", instant("2026-12-02 17:00") - i * 60, number=f"00000{i}")
    days = {change.case.id: change.due for change in moved(database).changed}
    assert days == {
        "CA3:1": instant("2026-12-03 17:00"), "CA2:1": instant("2026-12-04 17:00"), "CA1:1": instant("2026-12-04 17:00"),
    }  # fmt: skip


def test_a_storm_day_of_three_hundred_promises_moves_in_one_transaction(database: Engine) -> None:
    with writing(database) as connection:
        rows = [
            {
                "id": f"CA{i}:1", "number": case_number(f"CA{i}", 1), "kind": "callback", "table_id": "kinds",
                "zone": "Europe/Amsterdam", "team": "desk", "language": "nl", "caller": "+31612345678", "state": "planned",
                "reach": "telephone", "opened": NOW, "first_due": instant("2026-12-02 17:00"), "caller_key": KEY.decode(),
                "due": instant("2026-12-02 17:00"), "due_day": "2026-12-02", "revision": 0, "tries": 0,
            }
            for i in range(300)
        ]  # fmt: skip
        connection.execute(insert(cases), rows)
    assert len(moved(database, 80).changed) == 300
    with reading(database) as connection:
        counted = connection.execute(select(places.c.day, func.count()).group_by(places.c.day).order_by(places.c.day))
        assert [tuple(row) for row in counted] == [
            ("2026-12-03", 80), ("2026-12-04", 80), ("2026-12-07", 80), ("2026-12-08", 60),
        ]  # fmt: skip
        assert connection.scalar(select(func.count()).select_from(outbox)) == 300


def test_who_has_neither_number_nor_address_is_told_by_hand_and_waits_to_be_in_the_outbox(database: Engine) -> None:
    more = {"caller": "", "state": "open", "next_at": 0}
    put(database, "CA1:1", number="000001", **more)
    put(database, "CA2:1", number="000002", reach="email", address="j@example.org", **more)
    found = moved(database)
    assert [(change.case.number, change.by_hand) for change in found.changed] == [("000001", True), ("000002", False)]
    assert [case for _, case, _, _ in tellings(database)] == ["CA1:1", "CA2:1"]


def test_tries_before_a_move_count_for_the_next_attempt(database: Engine) -> None:
    held = put(database, state="not_reached")
    for at in ("2026-12-01 09:10", "2026-12-01 13:00", "2026-12-01 16:00"):
        try_(database, held, "no_answer", instant(at))
    moved(database)
    assert now_is(database, held).next_at == 0


def test_cases_are_moved_one_by_one_too_and_only_those_that_can(database: Engine) -> None:
    one = put(database, "CA1:1", number="000001")
    put(database, "CA2:1", number="000002")
    assert [c.case.id for c in moved(database, which=Which(ids=(one.id,))).changed] == [one.id]
    bad = {
        "is of team 'order'": put(database, "CA3:1", number="000003", team="order"),
        "is closed": put(database, "CA4:1", number="000004", state="closed"),
        "has no promise": put(database, "CA5:1", 0, number="000005"),
    }
    for why, held in bad.items():
        with pytest.raises(NotDone, match=why):
            moved(database, which=Which(ids=("CA2:1", held.id)))
    assert len(tellings(database)) == 1


def test_nothing_is_moved_into_the_past(database: Engine) -> None:
    with pytest.raises(NotDone, match="2026-11-30 has passed"):
        moved(database, to=dt.date(2026, 11, 30))


def test_a_second_move_tells_the_newest_time_alone_and_of_the_one_that_the_caller_knows(database: Engine) -> None:
    held = put(database)
    moved(database)
    moved(database, which=Which(ids=(held.id,)), to=dt.date(2026, 12, 7))
    new = instant("2026-12-07 17:00")
    assert tellings(database) == [(f"telling:{held.id}:{new}", held.id, held.due, new)]
    assert now_is(database, held).first_due == held.due


def test_a_move_is_undone_and_who_was_not_told_yet_is_told_nothing(database: Engine) -> None:
    held = put(database)
    moved(database)
    assert [change.due for change in undone(database).changed] == [held.due]
    after = now_is(database, held)
    assert (after.due, after.first_due, after.next_at) == (held.due, held.due, NOW)
    assert place_days(database) == [(held.id, "2026-12-02")]
    assert tellings(database) == []
    with pytest.raises(NotDone, match="no move of team 'desk' is left to undo"):
        undone(database)


def test_who_was_told_of_a_move_is_told_of_its_undoing_and_of_the_move_again(database: Engine) -> None:
    held = put(database)
    new = instant("2026-12-03 17:00")

    def told() -> None:
        with writing(database) as connection:
            connection.execute(update(outbox).values(state="done", next_at=None))

    def waiting() -> list[str]:
        with reading(database) as connection:
            return list(connection.scalars(select(outbox.c.key).where(outbox.c.state == "waiting")))

    moved(database)
    told()
    undone(database)
    assert waiting() == [f"telling:{held.id}:{held.due}"]
    told()
    moved(database)
    assert waiting() == [f"telling:{held.id}:{new}"]


def test_what_went_on_since_a_move_is_not_undone(database: Engine) -> None:
    for i in (1, 2, 3):
        put(database, f"CA{i}:1", number=f"00000{i}")
    moved(database, per_day=9)
    moved(database, which=Which(ids=("CA1:1",)), to=dt.date(2026, 12, 7))
    with writing(database) as connection:
        newest = select(func.max(audit.c.id)).where(audit.c.what == "desk.move").scalar_subquery()
        open_horizon(connection, NOW + 1)  # as retention does
        connection.execute(delete(audit).where(audit.c.id == connection.scalar(select(newest))))
        connection.execute(update(cases).where(cases.c.id == "CA2:1").values(state="reached"))
    found = undone(database)
    assert [change.case.id for change in found.changed] == ["CA3:1"]
    assert [case.id for case in found.left] == ["CA1:1", "CA2:1"]


def test_a_time_that_has_passed_is_not_promised_again(database: Engine) -> None:
    put(database)
    moved(database)
    found = undone(database, instant("2026-12-02 17:00"))
    assert (len(found.changed), len(found.left)) == (0, 1)


def test_a_preview_tells_what_the_move_then_does_and_changes_nothing(database: Engine) -> None:
    for n in range(3):
        put(database, f"CA{n}:3", number=f"{100_000 + n}")
    put(database, "CA9:3", "2026-12-03 17:00", number="900000")
    with reading(database) as connection:
        told = preview(connection, table(2), "desk", STORM, THURSDAY, NOW)
        assert connection.scalar(select(func.count()).select_from(outbox)) == 0
    done = moved(database)
    assert [(c.case.id, c.was, c.due, c.by_hand) for c in told.changed] == [
        (c.case.id, c.was, c.due, c.by_hand) for c in done.changed
    ]
    assert len(done.changed) == 3


def test_somebody_may_be_asked_to_undo_only_their_own_move(database: Engine) -> None:
    put(database)
    moved(database)
    with pytest.raises(NotDone, match="no move"), writing(database) as connection:
        undo_move(connection, table(), "desk", "bert", NOW, mine=True)
    with writing(database) as connection:
        assert len(undo_move(connection, table(), "desk", "anna", NOW, mine=True).changed) == 1


@pytest.mark.parametrize(("left", "by_hand"), [(-3600, True), (0, True), (60, True), (61, False)])
def test_who_cannot_be_told_before_the_old_time_lapses_is_told_by_hand(
    database: Engine, left: int, by_hand: bool
) -> None:
    held = put(database)
    now = held.due - left
    with reading(database) as connection:
        told = preview(connection, table(), "desk", STORM, THURSDAY, now)
    assert [change.by_hand for change in told.changed] == [by_hand]
    assert [change.by_hand for change in moved(database, now=now).changed] == [by_hand]
