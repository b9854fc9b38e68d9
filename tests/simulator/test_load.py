"""Facts about load: many random callers on the engine alone."""

from __future__ import annotations

import datetime as dt

import pytest

from ivr.diagnostics import Source, Sources
from ivr.simulator.load import CHUNK, Callers, together
from ivr.simulator.transcript import ENDINGS
from ivr.tables.ready import Table, check_sources, ready
from tests.engine import calls


@pytest.fixture(scope="module")
def table() -> Table:
    return ready(check_sources(Sources((Source("t.yaml", calls.TEXT),)), dt.date(2026, 11, 2)))


def test_every_call_ends_in_a_way_that_transcripts_know(table: Table) -> None:
    done = Callers(table).play(CHUNK + 10)
    assert done.calls == CHUNK + 10 == sum(done.endings.values())
    assert set(done.endings) <= set(ENDINGS) - {"lost"}
    assert {"person", "hung up"} <= set(done.endings)
    assert done.steps > done.calls


def test_the_same_seed_gives_the_same_calls(table: Table) -> None:
    first, second, other = (Callers(table, seed).play(500) for seed in (1, 1, 2))
    assert (first.steps, first.endings) == (second.steps, second.endings)
    assert (first.steps, first.endings) != (other.steps, other.endings)


def test_parts_add_up(table: Table) -> None:
    callers = Callers(table)
    one, two = callers.play(300), callers.play(200)
    both = together([one, two])
    assert (both.calls, both.steps) == (500, one.steps + two.steps)
    assert both.endings.keys() == one.endings.keys() | two.endings.keys()
    assert list(both.endings.values()) == sorted(both.endings.values(), reverse=True)
