"""How the world answers: outcomes in order, the last one for ever, and a disk that may be full or gone."""

from __future__ import annotations

import pytest

from ivr.calendars.moment import LiveMoment
from ivr.model.actions import CancelCase, Effect, FindCase, JoinCase, KeepMark, OpenCase
from ivr.model.events import (
    CASE_STATES,
    CaseCancelled,
    CaseFound,
    CaseJoined,
    CaseOpened,
    CaseRefused,
    CaseUnknown,
    EffectFailed,
    MarkKept,
)
from ivr.simulator.world import World
from ivr.tables.arrivals import arrive
from tests.engine.calls import instant, table

CALLBACK = OpenCase(0, "callback", 0, "+31612345678", (1, "working_days"), 2)
VOICEMAIL = OpenCase(0, "voicemail", 0, "+31612345678", (0, ""), recording="https://x", seconds=3)
MARK = KeepMark(0, 8)


def test_outcomes_are_used_in_order_and_the_last_one_for_ever() -> None:
    world = World(dials={"desk": ["busy", "bridged"]})
    assert [world.dial("desk") for _ in range(3)] == ["busy", "bridged", "bridged"]


def test_each_team_has_its_own_outcomes_and_the_star_is_for_the_others() -> None:
    world = World(dials={"desk": ["busy"], "*": ["failed"]}, queues={"line": ["full"]})
    assert (world.dial("desk"), world.dial("x"), world.queue("line"), world.queue("y")) == (
        "busy", "failed", "full", "bridged",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("effect", "disk", "event"),
    [
        (CALLBACK, "well", CaseOpened), (CALLBACK, "full", CaseRefused), (CALLBACK, "failed", EffectFailed),
        (VOICEMAIL, "well", CaseOpened), (VOICEMAIL, "full", CaseOpened), (VOICEMAIL, "failed", EffectFailed),
        (FindCase(0, "123456"), "well", CaseUnknown), (FindCase(0, "123456"), "failed", EffectFailed),
        (JoinCase(0, "123456"), "full", CaseJoined), (CancelCase(0, "123456"), "well", CaseCancelled),
        (MARK, "well", MarkKept), (MARK, "full", MarkKept), (MARK, "failed", EffectFailed),
    ],
)  # fmt: skip
def test_an_effect_comes_out_as_the_disk_is(effect: Effect, disk: str, event: type) -> None:
    arrival = arrive(table().graph, instant("2026-12-01 10:00"), -1, "14 050", "", {})
    moment = LiveMoment(table().almanac, arrival)
    assert type(World(disk=disk).perform(effect, moment, "CA1", 3)) is event


def test_a_promise_is_due_in_the_teams_hours_and_a_message_has_none() -> None:
    arrival = arrive(table().graph, instant("2026-12-01 10:00"), -1, "14 050", "", {})
    moment = LiveMoment(table().almanac, arrival)
    promised, kept = (World().perform(effect, moment, "CA1", 3) for effect in (CALLBACK, VOICEMAIL))
    assert isinstance(promised, CaseOpened)
    assert isinstance(kept, CaseOpened)
    assert (promised.due, kept.due) == (instant("2026-12-02 17:00"), 0)


@pytest.mark.parametrize("state", CASE_STATES)
def test_a_case_number_finds_what_the_world_says_and_a_promise_has_a_time(state: str) -> None:
    arrival = arrive(table().graph, instant("2026-12-01 10:07"), -1, "14 050", "", {})
    moment = LiveMoment(table().almanac, arrival)
    found = World(cases={"123456": state}).perform(FindCase(0, "123456"), moment, "CA1", 3)
    assert found == CaseFound("123456", instant("2026-12-02 11:00") if state == "promised" else 0, state)
