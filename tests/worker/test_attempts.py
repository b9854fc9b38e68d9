"""The team is rung first, the citizen never twice: whatever is killed, lost, repeated or told in another order."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from ivr.desk.attempt import ACCEPTED, BEGUN, NO_AGENT, NO_ANSWER, OVER, REACHED, RINGING, UNKNOWN, UNSURE
from ivr.desk.case import CALLING, CANCELLED, NOT_REACHED
from ivr.store import cases as cases_
from ivr.store import waits
from ivr.store.database.connect import reading, writing
from ivr.store.live.switches import begin, end
from ivr.worker.attempting import Attempting
from ivr.worker.context import Context
from ivr.worker.provider import Placed
from tests.switching import closed, table
from tests.worker.attempt_world import PUBLIC, World


class NoTables:
    """A worker to which no table was published."""

    def live(self, id: str) -> None:
        """None."""


@pytest.fixture
def world(database: Engine) -> Iterator[World]:
    """A case that is due, and nobody busy with it."""
    held = World(database)
    yield held
    held.close()


def run(world: World, seconds: int, step: int = 20) -> None:
    """Both workers go on for a while."""
    for _ in range(0, seconds, step):
        world.tick(step)
        for worker in (0, 1):
            world.work(worker, recover=True)


def test_an_attempt_rings_the_team_then_the_citizen_and_is_over(world: World) -> None:
    assert world.work(0, recover=False) == 1
    assert world.work(1, recover=False) == 0
    [agent] = world.agents("queued")
    assert [row.state for row in world.rows()] == [RINGING]
    world.answer(agent)
    assert world.press(agent, lost=2)
    world.citizen("completed", 90, "1")
    while world.told:
        world.deliver(len(world.told) - 1, again=False)
    assert [(row.state, row.outcome) for row in world.rows()] == [(OVER, REACHED)]
    assert world.case().state == "reached"


def test_a_case_outside_the_teams_hours_waits_for_them(world: World) -> None:
    world.tick(8 * 3600)
    assert world.work(0, recover=False) == 1
    assert world.rows() == []
    assert world.case().next_at == 1_796_198_400 == world.now - 18 * 3600 + 33 * 3600  # 9 o'clock the next day


def test_a_crash_after_the_provider_was_asked_takes_its_leg_over(world: World) -> None:
    world.books.mood = ["unknown"]
    world.work(0, recover=False)
    assert [row.state for row in world.rows()] == [BEGUN]
    world.tick(61)
    world.work(1, recover=True)
    [row] = world.rows()
    assert (row.state, row.agent_call) == (RINGING, world.agents("queued")[0].sid)
    assert len(world.agents("queued")) == 1


def test_a_team_that_was_surely_never_rung_is_rung_again_for_the_same_attempt(world: World) -> None:
    world.books.mood = ["lost"]
    world.work(0, recover=False)
    world.tick(61)
    world.work(1, recover=True)
    assert len(world.agents("queued")) == 1
    assert [row.state for row in world.rows()] == [RINGING]


def test_no_more_attempts_of_a_team_begin_than_it_has_telephones_that_are_free(database: Engine) -> None:
    world = World(database, "order", cases=5)
    try:
        assert world.work(0, recover=False) == 2
        assert sorted(leg.to for leg in world.agents("queued")) == ["sip:a@kcc.example", "sip:b@kcc.example"]
        assert world.work(1, recover=False) == 0
        with reading(database) as connection:
            calling = [case.id for case in cases_.find(connection) if case.state == CALLING]
        assert calling == ["CA1:3", "CA2:3"]  # of which something was promised first
    finally:
        world.close()


def test_a_team_that_is_closed_by_hand_is_not_rung_until_it_is_open_again(world: World) -> None:
    wanted = closed(table="kinds", team="desk", begins=world.now, ends=world.now + 600, made=world.now)
    with writing(world.engine) as connection:
        made = begin(connection, table().graph, wanted, world.now)
    assert world.work(0, recover=False) == 0
    assert (world.rows(), world.case().next_at) == ([], world.now)
    with writing(world.engine) as connection:
        assert end(connection, "kinds", made.id, "otto", world.now)
    assert world.work(0, recover=False) == 1
    assert len(world.agents("queued")) == 1


def test_a_team_whose_telephone_rings_for_a_queue_is_not_rung_for_a_case(world: World) -> None:
    with writing(world.engine) as connection:
        ring = waits.begin(connection, "other", "line", "sip:desk@kcc.example", "w", world.now)
    assert world.work(0, recover=False) == 0
    assert world.case().next_at == world.now
    with writing(world.engine) as connection:
        waits.end(connection, ring, world.now)
    assert world.work(0, recover=False) == 1


def test_who_is_rung_in_vain_while_a_colleague_speaks_lets_no_case_wait_long(database: Engine) -> None:
    world = World(database, "several", cases=2)
    try:
        world.work(0, recover=False)
        first, other = world.agents("queued")
        world.answer(first)
        assert world.press(first)
        world.end_agent(other, "canceled")
        world.work(0, recover=False)
        [again] = world.agents("queued")
        assert again.to == other.to
        world.end_agent(again, "no-answer")
        while world.told:
            world.deliver(0, again=False)
        world.work(0, recover=False)
        with reading(database) as connection:
            second = cases_.load(connection, "CA2:3")
        assert second is not None
        assert second.next_at == world.now + 120
    finally:
        world.close()


def test_a_worker_without_the_table_leaves_its_cases_to_one_that_has_it(world: World) -> None:
    none: Any = NoTables()
    without = Attempting(Context("w9", world.engine, none, b"k"), world.books, PUBLIC)
    assert [without.run(world.now) for _ in range(3)] == [0, 0, 0]
    assert world.case().next_at == world.now
    assert world.work(0, recover=False) == 1


def test_a_team_whose_hours_allow_no_attempt_is_warned_of_and_the_case_planned_when_they_do(database: Engine) -> None:
    world = World(database, "night")
    try:
        assert world.work(0, recover=False) == 1
        case = world.case()
        assert (case.state, case.next_at, case.escalate_at) == (NOT_REACHED, 0, world.now)
        with writing(database) as connection:
            cases_.change(connection, case, escalate_at=0)
        world.tick(700)
        world.work(0, recover=False)
        assert world.case().escalate_at == 0  # once
        with writing(database) as connection:
            cases_.change(connection, world.case(), team="desk")  # as if the team's hours were others by now
        world.work(0, recover=False)
        assert world.case().state == NOT_REACHED
        world.tick(700)
        world.work(0, recover=False)
        assert world.case().state == CALLING
    finally:
        world.close()


def test_a_case_that_was_planned_for_never_is_found_and_warned_of(database: Engine) -> None:
    world = World(database, "night")
    try:
        with writing(database) as connection:
            cases_.change(connection, world.case(), next_at=0)
        world.work(0, recover=False)
        assert (world.case().state, world.case().escalate_at) == (NOT_REACHED, world.now)
    finally:
        world.close()


def test_a_leg_that_rings_for_a_queue_is_not_taken_for_one_of_an_attempt(world: World) -> None:
    world.books.mood = ["lost"]
    world.work(0, recover=False)
    leg = world.books.place_call("sip:desk@kcc.example", "", "ring?r=" + "0" * 32, "", 25)
    assert isinstance(leg, Placed)
    with writing(world.engine) as connection:
        ring = waits.begin(connection, "kinds", "desk", "sip:desk@kcc.example", "w", world.now)
    world.tick(61)
    world.work(1, recover=True)
    assert [row.state for row in world.rows()] == [BEGUN]  # it may be the ring's
    with writing(world.engine) as connection:
        waits.hear(connection, ring, leg.sid, "queued", world.now)
    world.tick(61)
    world.work(1, recover=True)
    [row] = world.rows()
    assert leg.sid not in row.heard.agents


def test_a_team_is_not_rung_again_for_an_attempt_when_its_hours_are_over(world: World) -> None:
    world.tick(7 * 3600 - 150)  # the desk closes at 17:00
    with writing(world.engine) as connection:
        cases_.change(connection, world.case(), next_at=world.now)
    world.books.mood = ["lost"]
    world.work(0, recover=False)
    assert [row.state for row in world.rows()] == [BEGUN]
    world.tick(151)
    world.work(1, recover=True)
    assert world.agents("queued") == []
    assert [(row.state, row.outcome) for row in world.rows()] == [(OVER, NO_AGENT)]


def test_a_provider_that_is_away_leaves_no_attempt_behind(world: World) -> None:
    world.books.away = True
    assert world.work(0, recover=False) == 0
    assert world.rows() == []
    assert world.case().next_at == world.now + 60


def test_a_team_that_does_not_answer_is_tried_again_later_and_counts_for_nothing(world: World) -> None:
    world.work(0, recover=False)
    [agent] = world.agents("queued")
    world.end_agent(agent, "no-answer")
    world.deliver(0, again=False)
    assert [row.outcome for row in world.rows()] == [NO_AGENT]
    world.work(0, recover=False)
    assert (world.case().next_at, world.case().tries) == (world.now + 300, 0)


def test_an_attempt_whose_webhooks_never_come_ends_by_the_providers_books(world: World) -> None:
    world.work(0, recover=False)
    [agent] = world.agents("queued")
    world.books.move(agent.sid, "busy")
    run(world, 120)
    assert [row.outcome for row in world.rows()] == [NO_AGENT]


def test_an_accepted_attempt_without_webhooks_is_learned_from_the_books(world: World) -> None:
    world.work(0, recover=False)
    [agent] = world.agents("queued")
    world.answer(agent)
    assert world.press(agent)
    world.citizen("no-answer", 0, "")
    world.told.clear()
    run(world, 240)
    assert [row.outcome for row in world.rows()] == [NO_ANSWER]


def test_an_agents_leg_that_is_over_and_has_no_child_rang_no_citizen(world: World) -> None:
    world.work(0, recover=False)
    [agent] = world.agents("queued")
    world.answer(agent)
    world.press(agent)
    child = next(leg for leg in world.books.legs.values() if leg.parent)
    del world.books.legs[child.sid]  # the document never arrived
    world.books.move(agent.sid, "completed")
    world.told.clear()
    run(world, 240)
    assert [row.outcome for row in world.rows()] == [NO_AGENT]
    assert world.case().state == "planned"


def test_where_nobody_can_tell_a_person_decides_and_the_citizen_is_not_dialled_again(world: World) -> None:
    world.work(0, recover=False)
    [agent] = world.agents("queued")
    world.answer(agent)
    world.press(agent)
    world.citizen("completed", 0, "")
    world.told.clear()
    world.books.away = True
    run(world, 6000, 60)
    assert [(row.state, row.outcome) for row in world.rows()] == [(UNKNOWN, UNSURE)]
    assert world.case().state == "unsure"
    for _ in range(20):
        world.tick(600)
        assert world.work(0, recover=False) == 0
    world.books.away = False
    run(world, 1300, 60)
    assert [(row.state, row.outcome) for row in world.rows()] == [(OVER, NO_ANSWER)]


def test_a_case_that_its_caller_cancels_is_not_dialled_and_its_ringing_stops(world: World) -> None:
    world.work(0, recover=False)
    [agent] = world.agents("queued")
    world.answer(agent)
    with writing(world.engine) as connection:
        assert cases_.change(connection, world.case(), state=CANCELLED)
    assert not world.press(agent)
    run(world, 120)
    assert world.agents("queued", "ringing", "in-progress") == []
    assert world.case().state == CANCELLED


def test_of_several_targets_one_accepts_and_the_others_are_hung_up(database: Engine) -> None:
    world = World(database, team="several")
    try:
        world.work(0, recover=False)
        first, second = world.agents("queued")
        world.answer(first)
        assert world.press(first)
        run(world, 40)
        assert world.books.legs[second.sid].status == "canceled"
        assert not world.press(second)
    finally:
        world.close()


WEIGHTS = {
    "dispatch": 3, "recover": 3, "work": 3, "tick": 1, "mood": 2, "away": 1, "answers": 5, "presses": 9, "declines": 1,
    "citizen": 4, "deliver": 6, "lose": 1, "cancel": 0.1,
}  # fmt: skip
"""What may happen, and how often of so many. `dispatch` comes once the next attempt is due, `recover` once a lease has run
out; both may die at any step."""


def test_the_citizen_is_never_dialled_twice_for_an_attempt_and_every_attempt_ends(database: Engine) -> None:
    # The rules are the same on both, and on PostgreSQL each step takes longer.
    @settings(max_examples=25 if database.dialect.name == "sqlite" else 10, suppress_health_check=list(HealthCheck))
    @given(seed=st.integers(0, 2**32), team=st.sampled_from(("desk", "several", "order")))
    def check(seed: int, team: str) -> None:
        live_through(database, seed, team)

    check()


def live_through(database: Engine, seed: int, team: str) -> None:
    """Let much happen to a case, by chance, and look whether all is well at each step."""
    world = World(database, team)
    chance = random.Random(seed)
    try:
        for _ in range(120):
            play(world, chance)
            world.check()
        wind_up(world)
        world.check()
        assert all(row.state in (OVER, UNKNOWN) for row in world.rows()), world.rows()
        assert set(world.books.dialled) <= {row.id for row in world.rows() if row.accepted}
        assert world.case().state != CALLING
    finally:
        world.close()


def play(world: World, chance: random.Random) -> None:
    """One thing that may happen."""
    crash = chance.randint(1, 9) if chance.random() < 0.3 else 0
    worker = chance.randrange(2)
    match chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]:
        case "dispatch":
            world.tick(max(0, world.case().next_at - world.now))
            world.work(worker, recover=False, crash_at=crash)
        case "recover":
            world.tick(65)
            world.work(worker, recover=True, crash_at=crash)
        case "work":
            world.work(worker, recover=chance.random() < 0.5, crash_at=crash)
        case "tick":
            world.tick(chance.choice((1, 20, 130, 400, 7200)))
        case "mood":
            world.books.mood.append(chance.choice(("unknown", "lost", "refused", "unreachable")))
        case "away":
            world.books.away = chance.random() < 0.3
        case "citizen":
            status = chance.choice(("completed", "busy", "no-answer", "failed", "canceled"))
            world.citizen(status, chance.choice((0, 20, 90)), chance.choice(("", "2", "3", "1")))
        case "deliver":
            world.deliver(chance.randrange(99), again=chance.random() < 0.3)
        case "lose" if world.told:
            world.told.pop(chance.randrange(len(world.told)))
        case "cancel":
            with writing(world.engine) as connection:
                cases_.change(connection, world.case(), state=CANCELLED)
        case what:
            _agent(world, what, chance)


def _agent(world: World, what: str, chance: random.Random) -> None:
    """Somebody of the team does something who is not talking to the citizen."""
    talking = {leg.parent for leg in world.books.legs.values() if leg.parent and not leg.over}
    wanted = ("in-progress",) if what == "presses" else ("queued",)
    legs = [leg for leg in world.agents(*wanted) if leg.sid not in talking]
    if not legs:
        return
    leg = chance.choice(legs)
    match what:
        case "answers":
            world.answer(leg)
        case "presses":
            world.press(leg, lost=chance.choice((0, 0, 1, 2)), carried_out=chance.random() < 0.8)
        case "declines":
            world.end_agent(leg, "no-answer")


def wind_up(world: World) -> None:
    """Everybody hangs up, the provider is there again, and the workers go on until nothing is under way."""
    world.books.away = False
    world.books.mood.clear()
    world.citizen("completed", 0, "")
    for leg in world.agents("queued", "ringing", "in-progress"):
        world.end_agent(leg)
    while world.told:
        world.deliver(0, again=False)
    for _ in range(12):
        if not any(row.state in (BEGUN, RINGING, ACCEPTED) for row in world.rows()):
            return
        world.tick(70)
        world.work(0, recover=True)
        for leg in world.agents("queued", "ringing", "in-progress"):
            world.end_agent(leg, "no-answer")
