"""Facts about what the desk does with a case: once, by who saw the newest, and in the audit trail."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, Engine, func, select

from ivr.desk.case import Case
from ivr.desk.kept import kept
from ivr.desk.schedule import Policy, next_attempt
from ivr.store import cases as cases_
from ivr.store.database.connect import reading, writing
from ivr.store.database.schema import notes, places
from ivr.store.desk import handling
from ivr.store.desk.board import NotDone
from tests.desk.schedules import calendar
from tests.store.desk.rows import NOW, attempts_of, audited, now_is, put, try_

LAPSED = NOW + 3 * 86400
Does = Callable[[Connection, Case], object]


def do(engine: Engine, does: Does, case: Case) -> Case:
    """Do something with a case as it is; answers what it is then."""
    with writing(engine) as connection:
        held = cases_.load(connection, case.id)
        assert held is not None
        does(connection, held)
    return now_is(engine, case)


def outcome(came_out: str, now: int = NOW, by: str = "anna") -> Does:
    return lambda connection, case: handling.outcome(connection, case, came_out, by, now)


def decide(found: str) -> Does:
    return lambda connection, case: handling.decide(connection, case, found, "anna", NOW)


def take(by: str = "anna", now: int = NOW) -> Does:
    return lambda connection, case: handling.take(connection, case, by, now)


def close(connection: Connection, case: Case) -> None:
    handling.close(connection, case, "anna", NOW)


def cancel(connection: Connection, case: Case) -> None:
    handling.cancel(connection, case, "anna", NOW)


def judged(engine: Engine, case: Case, now: int = LAPSED) -> str:
    with reading(engine) as connection:
        tried = cases_.tried(connection, [case.id])[case.id]
    return kept(now_is(engine, case), tried, now, ZoneInfo("Europe/Amsterdam"))


def test_a_citizen_reached_by_hand_is_reached_in_time(database: Engine) -> None:
    after = do(database, outcome("reached"), put(database))
    assert (after.state, after.reached_at, after.next_at, after.tries) == ("reached", NOW, 0, 1)
    assert judged(database, after) == "reached_in_time"
    assert audited(database) == [("anna", "case.outcome", after.id)]


@pytest.mark.parametrize("came_out", ["voicemail", "no_answer", "busy"])
def test_two_calls_by_hand_in_two_half_days_are_tries_like_others(database: Engine, came_out: str) -> None:
    held = put(database)
    after = do(database, outcome(came_out, NOW), held)
    assert (after.state, after.next_at, after.tries) == ("not_reached", NOW, 1)
    do(database, outcome(came_out, NOW + 4 * 3600), held)
    with reading(database) as connection:
        rows = attempts_of(connection, held)
    assert [(r["ordinal"], r["half_day"], r["by"]) for r in rows] == [
        (1, "2026-12-01 am", "anna"), (2, "2026-12-01 pm", "anna"),
    ]  # fmt: skip
    assert judged(database, held) == "tried"


@pytest.mark.parametrize(
    ("state", "came_out", "why"),
    [
        ("closed", "reached", "is closed"),
        ("cancelled", "busy", "is cancelled"),
        ("reached", "busy", "was reached already"),
        ("calling", "busy", "is being rung at this moment"),
        ("planned", "no_agent", "is no outcome"),
    ],
)
def test_an_outcome_that_cannot_be_is_refused(database: Engine, state: str, came_out: str, why: str) -> None:
    with pytest.raises(NotDone, match=why):
        do(database, outcome(came_out), put(database, state=state))


def test_a_call_by_hand_ends_the_doubt_about_what_was_before(database: Engine) -> None:
    held = put(database, state="unsure", next_at=0)
    try_(database, held, "unsure", NOW - 3600, state="unknown", lease=NOW)
    after = do(database, outcome("no_answer"), held)
    assert after.state == "not_reached"
    with reading(database) as connection:
        assert [(r["outcome"], r["state"], r["by"]) for r in attempts_of(connection, held)] == [
            ("unsure", "over", "anna"), ("no_answer", "over", "anna"),
        ]  # fmt: skip
        tried = cases_.tried(connection, [held.id])[held.id]
    assert next_attempt(calendar(), after, tried, Policy(), NOW)  # the citizen may be rung again


@pytest.mark.parametrize(
    ("found", "state", "came_out", "half", "tries"),
    [
        ("spoken", "reached", "reached", "2026-12-01 am", 1),
        ("rung", "not_reached", "no_answer", "2026-12-01 am", 1),
        ("not_rung", "planned", "no_agent", "", 0),
    ],
)
def test_a_person_decides_what_nobody_knows(
    database: Engine, found: str, state: str, came_out: str, half: str, tries: int
) -> None:
    held = put(database, state="unsure", next_at=0)
    try_(database, held, "unsure", NOW - 3600, state="unknown", lease=NOW)
    after = do(database, decide(found), held)
    assert (after.state, after.tries) == (state, tries)
    assert after.reached_at == (NOW - 3600 if found == "spoken" else 0)
    with reading(database) as connection:
        (row,) = attempts_of(connection, held)
    assert (row["outcome"], row["half_day"], row["by"], row["lease"]) == (came_out, half, "anna", None)
    with pytest.raises(NotDone, match="nothing is in doubt"):
        do(database, decide(found), held)


def test_a_case_that_is_taken_is_left_to_who_took_it_for_a_while(database: Engine) -> None:
    held = put(database)
    after = do(database, take(), held)
    until = NOW + handling.TAKE_SECONDS
    assert (after.taken_by, after.taken_until, after.next_at) == ("anna", until, until)
    assert next_attempt(calendar(), after, [], Policy(), NOW) == until
    with pytest.raises(NotDone, match="taken by anna"):
        do(database, take("bert"), held)
    assert do(database, take(now=NOW + 60), held).taken_until == until + 60
    assert do(database, take("bert", until + 60), held).taken_by == "bert"
    assert do(database, outcome("busy", until + 90), held).taken_by == ""


@pytest.mark.parametrize("state", ["calling", "reached", "unsure", "closed", "cancelled"])
def test_a_case_that_somebody_is_busy_with_or_that_is_over_is_not_taken(database: Engine, state: str) -> None:
    with pytest.raises(NotDone):
        do(database, take(), put(database, state=state))


def test_a_case_that_is_closed_without_a_call_is_a_promise_that_was_not_kept(database: Engine) -> None:
    after = do(database, close, put(database))
    assert (after.state, after.closed_at, after.next_at) == ("closed", NOW, 0)
    assert judged(database, after) == "never_tried"
    with pytest.raises(NotDone, match="is closed"):
        do(database, close, after)


def test_a_case_that_is_cancelled_at_the_desk_is_judged_as_any_other_and_its_place_is_free(database: Engine) -> None:
    after = do(database, cancel, put(database))
    assert after.state == "cancelled"
    assert after.closed_by == "anna"
    assert judged(database, after) == "never_tried"
    with reading(database) as connection:
        assert connection.scalar(select(func.count()).select_from(places)) == 0


def test_who_saw_an_older_case_changes_nothing(database: Engine) -> None:
    seen = put(database)
    do(database, take(), seen)
    for does in (close, cancel, outcome("reached"), take()):
        with pytest.raises(NotDone, match="somebody changed case 123456"), writing(database) as connection:
            does(connection, seen)
    with reading(database) as connection:
        assert attempts_of(connection, seen) == []
    assert [what for _, what, _ in audited(database)] == ["case.take"]


def test_a_note_is_kept_as_written_less_what_cannot_be_printed(database: Engine) -> None:
    held = put(database)
    with writing(database) as connection:
        handling.note(connection, held, " Belt morgen\x00 terug.\n", "anna", NOW)
        assert connection.execute(select(notes.c.by, notes.c.text)).all() == [("anna", "Belt morgen terug.")]
    for text, why in ((" \x00", "empty"), ("x" * 2001, "longer than 2000")):
        with pytest.raises(NotDone, match=why), writing(database) as connection:
            handling.note(connection, held, text, "anna", NOW)
