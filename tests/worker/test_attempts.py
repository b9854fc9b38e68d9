"""The team is rung first, the citizen never twice: whatever is killed, lost, repeated or told in another order."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from ivr.desk.attempt import ACCEPTED, BEGUN, NO_AGENT, NO_ANSWER, OVER, REACHED, RINGING, UNKNOWN, UNSURE
from ivr.desk.case import CALLING, CANCELLED
from ivr.store import cases as cases_
from ivr.store.database.connect import writing
from tests.worker.attempt_world import World


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


OPS = st.one_of(
    st.tuples(st.just("work"), st.integers(0, 3), st.integers(0, 12)),
    st.tuples(st.just("tick"), st.sampled_from((1, 20, 61, 130, 1000)), st.just(0)),
    st.tuples(st.just("mood"), st.sampled_from(("unknown", "lost", "refused", "unreachable", "")), st.just(0)),
    st.tuples(st.just("agent"), st.integers(0, 3), st.integers(0, 4)),
    st.tuples(st.just("citizen"), st.integers(0, 5), st.sampled_from(("", "1", "2", "3"))),
    st.tuples(st.just("deliver"), st.integers(0, 9), st.booleans()),
    st.tuples(st.just("lose"), st.integers(0, 9), st.just(0)),
    st.tuples(st.just("away"), st.booleans(), st.just(0)),
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(team=st.sampled_from(("desk", "several", "order")), ops=st.lists(OPS, max_size=45))
def test_the_citizen_is_never_dialled_twice_for_an_attempt_and_every_attempt_ends(
    database: Engine, team: str, ops: list[tuple[str, int, object]]
) -> None:
    world = World(database, team)
    try:
        for name, number, more in ops:
            play(world, name, number, more)
            world.check()
        wind_up(world)
        world.check()
        assert all(row.state in (OVER, UNKNOWN) for row in world.rows()), world.rows()
        rung = {row.id for row in world.rows() if row.accepted}
        assert set(world.books.dialled) <= rung
        assert world.case().state != CALLING
    finally:
        world.close()


def play(world: World, name: str, number: int, more: object) -> None:
    """One thing that may happen."""
    if name == "work":
        world.work(number % 2, recover=number > 1, crash_at=int(str(more)))
    elif name == "tick":
        world.tick(number)
    elif name == "mood":
        world.books.mood.append(str(number))
    elif name == "agent":
        legs = world.agents("queued", "ringing", "in-progress")
        busy = {leg.parent for leg in world.books.legs.values() if leg.parent and not leg.over}
        free = [leg for leg in legs if leg.sid not in busy]
        if free:
            leg = free[number % len(free)]
            if more == 0:
                world.end_agent(leg, "no-answer" if leg.status != "in-progress" else "completed")
            elif not world.books.legs.get(leg.sid, leg).over:
                world.answer(leg)
                if int(str(more)) > 1:
                    world.press(leg, lost=(0, 2, 1)[int(str(more)) - 2], carried_out=more != 4)
    elif name == "citizen":
        status = ("completed", "completed", "busy", "no-answer", "failed", "canceled")[number]
        world.citizen(status, 90 * (number == 0), str(more) if status == "completed" else "")
    elif name == "deliver":
        world.deliver(number, bool(more))
    elif name == "lose" and world.told:
        world.told.pop(number % len(world.told))
    elif name == "away":
        world.books.away = bool(number)


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
