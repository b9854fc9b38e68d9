"""Facts about the moment of a live call: answers by its arrival, to the second, the share and the caller."""

from __future__ import annotations

import zlib

import pytest

from ivr.calendars.moment import LiveMoment, drawn_share, phase_at
from ivr.model.moment import CLOSED, OPEN
from ivr.model.state import Arrival
from tests.engine.calls import instant, table
from tests.minimal import TABLE
from tests.proofs.tables import compiled

GRAPH = table().graph


def moment(at: int, caller: str = "+31612345678") -> LiveMoment:
    return LiveMoment(table().almanac, Arrival(at, -1, "x", caller, (0,), 1))


def test_each_seed_falls_into_the_share_whose_hundredths_it_draws() -> None:
    for seed in range(2_000):
        hundredth = zlib.crc32(f"lot:{seed}".encode()) % 100
        assert drawn_share("lot", seed, (30, 0, 70)) == (0 if hundredth < 30 else 2)


def test_a_share_of_nothing_is_drawn_by_nobody() -> None:
    assert {drawn_share("lot", seed, (0, 100)) for seed in range(2_000)} == {1}


def test_calls_within_an_hour_are_judged_each_by_its_own_minute() -> None:
    almanac = compiled(TABLE).almanac  # opens at half past eight
    half = instant("2026-12-01 08:30")
    assert [almanac.at(half + seconds) for seconds in (-60, -1, 0, 59)] == [(CLOSED,), (CLOSED,), (OPEN,), (OPEN,)]


def test_a_phase_begins_at_its_second() -> None:
    start, phase = GRAPH.numbers[0].phases[1]
    assert (phase_at(GRAPH.numbers[0], start) == phase, phase_at(GRAPH.numbers[0], start - 1) == phase) == (True, False)


@pytest.mark.parametrize(("caller", "rung"), [("+31612345678", "+31612345678"), ("+3114050", ""), ("", "")])
def test_a_caller_is_known_by_a_number_only_if_it_can_be_rung(caller: str, rung: str) -> None:
    assert moment(instant("2026-12-01 10:00"), caller).caller() == rung
