"""Facts about the endurance run: what it counts as lost and as doubled, and a small one that comes out at 0, 0, 0."""

from __future__ import annotations

from collections import Counter
from random import Random

import msgspec
import pytest

from benchmarks.endure.__main__ import show
from benchmarks.endure.caller import PLANS, Book, plan_calls
from benchmarks.endure.count import Kept, tally
from benchmarks.endure.havoc import plan_strikes
from benchmarks.endure.run import Plan, Run

TOLD = Book("CA1", "+31611000001", 0, "callback", case="123456", case_kind="callback", mark=7)
JOINED = Book("CA2", "+31611000002", 0, "join", joined="123456")
STOPPED = Book("CA3", "+31611000003", 0, "cancel", cancelled="234567", at=1_010.0)
OTHER = Book("CA4", "+31611000004", 0, "callback", case="234567", case_kind="callback")
BOOKS = [TOLD, JOINED, STOPPED, OTHER]
WELL = Kept(
    {"CA1": [("123456", "callback")], "CA4": [("234567", "callback")]},
    {"123456": "planned", "234567": "cancelled"},
    {"234567": 1_000},
    Counter({("CA2", "123456", "joined"): 1, ("CA3", "234567", "cancelled"): 1}),
    {"CA1": [7]},
    {("team-0", "2026-11-24"): 2},
)


def test_what_is_kept_as_it_was_told_is_neither_lost_nor_doubled() -> None:
    assert tally(BOOKS, WELL, per_day=2, dialled={"+31611000001": 1}).clean


@pytest.mark.parametrize(
    "changed",
    [{"states": {**WELL.states, "234567": "reached"}, "accepted": {"234567": 1_020}},
     {"followed": Counter({("CA2", "123456", "joined"): 1})}, {"cases": {"CA4": [("234567", "callback")]}}, {"cases": {**WELL.cases, "CA1": [("123456", "voicemail")]}},
     {"cases": {**WELL.cases, "CA1": [("123457", "callback")]}}, {"states": {**WELL.states, "234567": "planned"}},
     {"followed": Counter({("CA3", "234567", "cancelled"): 1})}, {"marks": {}}, {"marks": {"CA1": [8]}}],
)  # fmt: skip
def test_what_was_told_and_is_not_kept_is_lost(changed: dict[str, object]) -> None:
    found = tally(BOOKS, msgspec.structs.replace(WELL, **changed), per_day=2)
    assert len(found.lost) == 1
    assert not found.clean


def test_a_case_that_is_cancelled_while_its_citizen_is_rung_may_be_reached() -> None:
    assert tally(BOOKS, msgspec.structs.replace(WELL, states={**WELL.states, "234567": "reached"}), per_day=2).clean


@pytest.mark.parametrize(
    "changed",
    [{"cases": {**WELL.cases, "CA1": [("123456", "callback"), ("345678", "callback")]}},
     {"cases": {**WELL.cases, "CA5": [("123456", "callback")]}}, {"marks": {"CA1": [7, 7]}},
     {"followed": WELL.followed + Counter({("CA2", "123456", "joined"): 1})}, {"days": {("team-0", "2026-11-24"): 3}}],
)  # fmt: skip
def test_what_is_kept_twice_and_a_day_with_more_promises_than_places_are_doubled(changed: dict[str, object]) -> None:
    found = tally(BOOKS, msgspec.structs.replace(WELL, **changed), per_day=2)
    assert len(found.doubled) == 1
    assert not found.clean


def test_a_number_that_two_callers_were_told_is_doubled() -> None:
    again = Book("CA4", "+31611000004", 0, "callback", case="123456", case_kind="callback")
    assert any("given to 2 callers" in item for item in tally([TOLD, again], WELL, per_day=2).doubled)


def test_a_caller_who_is_rung_twice_is_doubled_and_one_without_an_answer_is_counted() -> None:
    assert len(tally(BOOKS, WELL, per_day=2, dialled={"+31611000001": 2}).doubled) == 1
    silent = Book("CA9", "+31611000009", 0, "silent", unanswered="no connection")
    assert tally([silent], WELL, per_day=2).unanswered == ("CA9: no connection",)


def test_the_same_seed_makes_the_same_callers_and_strikes() -> None:
    made = [
        (plan_calls(300, 4, random), plan_strikes({"web": 3, "database": 2}, 300, random))
        for random in (Random(5), Random(5))
    ]
    assert made[0] == made[1]
    books, strikes = made[0]
    assert {book.plan for book in books} == set(PLANS)
    assert [len(strikes["web"]), len(strikes["database"])] == [3, 2]
    assert all(15 <= strike.after < 285 for held in strikes.values() for strike in held)


@pytest.mark.parametrize("database", ["postgresql", "sqlite"])
def test_a_small_run_with_a_kill_of_each_loses_and_doubles_nothing(database: str) -> None:
    plan = Plan(calls=40, seconds=2, seed=89, database=database, web=1, worker=1, stops=1, drain=60)
    outcome = Run(plan, lambda _: None).run()
    row = show(plan, outcome)
    assert outcome.tally.clean, row
    assert {strike.what for strike in outcome.strikes if strike.back > 0} == {"web", "worker", "database"}
    assert sum(bool(book.case) for book in outcome.books) > 15
    assert "calls without an answer within 15 s with one retry: 0" in row
