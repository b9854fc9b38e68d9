"""Facts about kept promises: measured against the first promise, in half-days of the table's zone, typed by nobody."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.desk.attempt import OUTCOMES, RANG, Attempt
from ivr.desk.case import STATES, Case
from ivr.desk.kept import KEPT, LATE, NEVER_TRIED, TRIED, WAITING, half_day, kept
from tests.engine.calls import instant

ZONE = ZoneInfo("Europe/Amsterdam")
OPENED, DUE = instant("2026-12-01 10:00"), instant("2026-12-02 17:00")


def case(**more: object) -> Case:
    given = {"first_due": DUE, "due": DUE, "opened": OPENED, **more}
    return Case(
        id="CA1:3", number="123456", kind="callback", table="t", zone="Europe/Amsterdam", team="desk", language="nl",
        caller="+31612345678", **given,  # type: ignore[arg-type]
    )  # fmt: skip


def attempt(at: str, outcome: str) -> Attempt:
    return Attempt(began=instant(at) - 60, ended=instant(at), outcome=outcome)


AFTER = "2026-12-02 17:01"
EARLY, SAME, LATER = "2026-12-01 11:00", "2026-12-01 09:00", "2026-12-02 16:00"

TAKEN_BACK = {"state": "cancelled", "closed_at": DUE, "closed_by": "caller"}


@pytest.mark.parametrize(
    ("fields", "attempts", "now", "judged"),
    [
        ({"first_due": 0, "due": 0}, [], AFTER, "none"),
        ({}, [], "2026-12-02 17:00", "waiting"),
        ({}, [], AFTER, "never_tried"),
        ({}, [("2026-12-02 17:00", "reached")], AFTER, "reached_in_time"),
        ({}, [("2026-12-02 17:00", "reached")], "2026-12-02 17:00", "reached_in_time"),
        ({}, [("2026-12-02 17:01", "reached")], AFTER, "late"),
        ({"reached_at": DUE}, [("2026-12-02 17:20", "reached")], AFTER, "reached_in_time"),
        ({"reached_at": DUE + 1}, [], AFTER, "late"),
        ({}, [(EARLY, "no_answer"), (LATER, "busy")], AFTER, "tried"),
        ({}, [(EARLY, "voicemail"), (LATER, "failed")], AFTER, "tried"),
        ({}, [(EARLY, "no_answer"), (LATER, "busy")], "2026-12-02 17:00", "waiting"),
        ({}, [("2026-12-01 11:59", "no_answer"), ("2026-12-01 12:00", "no_answer")], AFTER, "tried"),
        ({}, [(EARLY, "no_answer"), (SAME, "no_answer")], AFTER, "late"),
        ({}, [(EARLY, "no_answer"), (AFTER, "no_answer")], AFTER, "late"),
        ({}, [(EARLY, "no_answer"), (LATER, "no_agent")], AFTER, "late"),
        ({}, [(EARLY, "no_answer"), (LATER, "unsure")], AFTER, "late"),
        ({}, [(EARLY, "no_agent"), (LATER, "unsure")], AFTER, "never_tried"),
        ({}, [(EARLY, "no_answer"), (LATER, "busy"), (AFTER, "reached")], AFTER, "tried"),
        ({"due": DUE + 86400}, [(AFTER, "reached")], AFTER, "late"),
        ({"due": DUE + 86400}, [], AFTER, "never_tried"),
        (TAKEN_BACK, [(EARLY, "no_answer")], AFTER, "cancelled"),
        (TAKEN_BACK, [], "2026-12-02 16:59", "cancelled"),
        (TAKEN_BACK | {"closed_at": DUE + 1}, [], AFTER, "never_tried"),
        (TAKEN_BACK, [(EARLY, "reached")], AFTER, "reached_in_time"),
        (TAKEN_BACK | {"closed_by": "anna"}, [], AFTER, "never_tried"),
        (TAKEN_BACK | {"closed_by": "anna"}, [], "2026-12-02 17:00", "waiting"),
        (TAKEN_BACK | {"closed_by": "anna"}, [(EARLY, "no_answer")], AFTER, "late"),
        (TAKEN_BACK | {"closed_by": "anna"}, [(EARLY, "no_answer"), (LATER, "busy")], AFTER, "tried"),
        (TAKEN_BACK | {"closed_by": ""}, [], AFTER, "never_tried"),
        ({"state": "closed", "closed_at": OPENED}, [], AFTER, "never_tried"),
        ({"state": "closed", "closed_at": OPENED}, [], "2026-12-02 09:00", "waiting"),
    ],
)
def test_a_promise_is_judged_by_what_happened_before_it_lapsed(
    fields: dict[str, object], attempts: list[tuple[str, str]], now: str, judged: str
) -> None:
    assert kept(case(**fields), [attempt(*a) for a in attempts], instant(now), ZONE) == judged


def test_a_try_counts_from_when_the_citizen_was_rung_though_its_end_was_learned_late() -> None:
    learned = Attempt(began=OPENED, dialled=instant("2026-12-01 11:00"), ended=DUE + 3600, outcome="no_answer")
    assert kept(case(), [learned, attempt(LATER, "busy")], DUE + 7200, ZONE) == TRIED


def test_half_days_are_local_and_noon_begins_the_afternoon() -> None:
    assert half_day(instant("2026-11-24 11:59"), ZONE) == "2026-11-24 am"
    assert half_day(instant("2026-11-24 12:00"), ZONE) == "2026-11-24 pm"
    assert half_day(instant("2026-07-01 00:00"), ZONE) == "2026-07-01 am"
    assert half_day(instant("2026-07-01 00:00"), ZoneInfo("UTC")) == "2026-06-30 pm"


INSTANTS = st.integers(OPENED, DUE + 3 * 86400)
ATTEMPTS = st.lists(
    st.builds(
        lambda at, took, outcome: Attempt(began=at, ended=at + took, outcome=outcome),
        INSTANTS, st.integers(0, 600), st.sampled_from(["", *OUTCOMES]),
    ),
    max_size=5,
)  # fmt: skip
CASES = st.builds(
    lambda state, reached, closed, by, due: case(
        state=state, reached_at=reached, closed_at=closed, closed_by=by, due=due
    ),
    st.sampled_from(STATES), st.just(0) | INSTANTS, st.just(0) | INSTANTS, st.sampled_from(("", "caller", "anna")), INSTANTS,
)  # fmt: skip


@given(CASES, ATTEMPTS, INSTANTS, INSTANTS)
def test_a_verdict_stands_once_the_promise_has_lapsed(held: Case, attempts: list[Attempt], now: int, due: int) -> None:
    at_lapse = kept(held, attempts, DUE + 1, ZONE)
    assert at_lapse in KEPT
    assert at_lapse != WAITING
    if now > DUE:
        assert kept(held, attempts, now, ZONE) == at_lapse
    moved = msgspec.structs.replace(held, due=due)
    assert kept(moved, attempts, DUE + 1, ZONE) == at_lapse  # moving it changes nothing


@given(CASES, ATTEMPTS)
def test_what_happens_after_the_promise_makes_it_late_at_best(held: Case, attempts: list[Attempt]) -> None:
    before = kept(held, attempts, DUE + 1, ZONE)
    for outcome in OUTCOMES:
        after = kept(held, [*attempts, Attempt(began=DUE, ended=DUE + 1, outcome=outcome)], DUE + 1, ZONE)
        assert after == (LATE if before == NEVER_TRIED and outcome in RANG else before)
