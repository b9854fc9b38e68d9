"""A generated suite passes, takes every exit at every time, and is not larger than it has to be by much."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ivr.calendars.moment import LiveMoment
from ivr.cli import cli
from ivr.diagnostics import Source, Sources
from ivr.model.moment import PHASES
from ivr.model.state import Arrival
from ivr.proofs.prover import verdicts
from ivr.proofs.space import LIMIT, Space
from ivr.simulator.callers import Random
from ivr.simulator.exits import Exits
from ivr.simulator.generate import Part, generate, suite_text, taken
from ivr.simulator.play import Play
from ivr.simulator.run import Result, run_scenario
from ivr.simulator.scenario import read_suite_sources
from ivr.simulator.times import times
from ivr.simulator.world import World
from ivr.tables.ready import Table
from tests.engine import calls
from tests.proofs.tables import DAYS, compiled, made, space_of, start_of


def played(table: Table, text: str) -> list[Result]:
    """A suite, read as a file of scenarios and played."""
    suite = read_suite_sources(Sources((Source("suite.yaml", text),)))
    assert not suite.report.sorted()
    return [run_scenario(table, scenario) for scenario in suite.scenarios]


@pytest.fixture(scope="module")
def kinds() -> tuple[Table, Space, list[Part]]:
    """The table with every kind of node, and its suite."""
    table = compiled(calls.TEXT.replace("max_inputs: 10", "max_inputs: 12"))  # ten do for little beside a case
    space = space_of(table)
    return table, space, generate(table, space)


def test_the_suite_passes(kinds: tuple[Table, Space, list[Part]]) -> None:
    table, _, parts = kinds
    results = played(table, suite_text(table, parts))
    assert results
    assert [result.misses for result in results if not result.passed] == []


def test_every_exit_is_taken_at_every_time(kinds: tuple[Table, Space, list[Part]]) -> None:
    table, space, parts = kinds
    exits = Exits(table, space)
    results = iter(played(table, suite_text(table, parts)))
    for part in parts:
        done = 0
        for _ in part.scenarios:
            transcript = next(results).transcript
            assert transcript is not None
            done |= exits.taken(transcript.exits)
        assert part.missed == ()
        assert part.time.exits & ~done == 0


def test_no_suite_is_smaller_than_the_bounds(kinds: tuple[Table, Space, list[Part]]) -> None:
    for part in kinds[2]:
        assert part.by_callers >= 1
        assert part.least <= len(part.scenarios) <= part.least + 3


def test_the_suite_is_the_same_each_time(kinds: tuple[Table, Space, list[Part]]) -> None:
    table, space, parts = kinds
    assert suite_text(table, generate(table, space)) == suite_text(table, parts)


def test_a_limit_keeps_those_that_take_most(kinds: tuple[Table, Space, list[Part]]) -> None:
    table, _, parts = kinds
    text = suite_text(table, parts, 5)
    assert len(played(table, text)) == 5
    best = max(made.fresh.bit_count() for part in parts for made in part.scenarios)
    assert taken(parts, 1) == best
    assert taken(parts, 5) < taken(parts)


def test_times_differ_in_what_can_be_taken(kinds: tuple[Table, Space, list[Part]]) -> None:
    _, space, parts = kinds
    assert len({part.time.exits for part in parts}) == len(parts)
    instants = [moment.at for part in parts for moment in part.time.moments]
    assert len(set(instants)) == len(instants)
    assert all(space.worlds.classes.start <= at < space.worlds.classes.end for at in instants)


def test_exits_of_edges_are_those_that_calls_take(kinds: tuple[Table, Space, list[Part]]) -> None:
    table, space, _ = kinds
    exits = Exits(table, space)
    everything = exits.taken([exit for part in times(space, exits) for exit in _names(exits, part.exits)])
    assert everything == (1 << len(exits.list)) - 1
    for seed in range(300):
        arrival = Arrival(start_of(table) + seed * 30_011, seed % 4 - 1, "x", "+31612345678", (seed % 3,), seed)
        heard = Play(table, arrival, Random(table.graph, seed), World()).run()
        for time in times(space, exits):
            if any(arrival.time == moment.at for moment in time.moments):
                assert exits.taken(heard.exits) & ~time.exits == 0
    assert any(space.flags[edge] & LIMIT and exits.of_edge[edge] < 0 for edge in range(len(space.targets)))


def _names(exits: Exits, bits: int) -> list[tuple[int, str]]:
    return [exit for i, exit in enumerate(exits.list) if bits >> i & 1]


def test_moments_stand_for_the_phase_and_hours_at_their_instant(kinds: tuple[Table, Space, list[Part]]) -> None:
    table, space, parts = kinds
    for part in parts:
        for moment in part.time.moments:
            for world in space.worlds.worlds_of(moment.worlds):
                live = LiveMoment(table.almanac, Arrival(moment.at, world.number, "x", "", (0,), 0))
                states = space.worlds.classes.vectors[world.vector]
                assert PHASES[live.phase()] == PHASES[world.phase]
                assert live.calendar(0) == states[0]


@settings(max_examples=15)
@given(st.randoms(use_true_random=False))
def test_suites_of_tables_made_by_chance_pass_and_miss_little(chance: random.Random) -> None:
    table = compiled(made(chance, 12))
    space = space_of(table, DAYS)
    assume(next(verdicts(space)).holds)
    parts = generate(table, space)
    results = played(table, suite_text(table, parts))
    assert all(result.passed for result in results)
    assert all(part.least <= len(part.scenarios) + len(part.missed) for part in parts)


def test_the_command_writes_a_suite_that_the_simulator_plays(tmp_path: Path) -> None:
    (tmp_path / "kinds.yaml").write_text(calls.TEXT, encoding="utf-8")
    out = tmp_path / "scenarios" / "generated.yaml"
    done = CliRunner().invoke(
        cli, ["simulate", "generate", str(tmp_path), "-o", str(out), "--json", "--today", "2026-11-24"]
    )
    assert done.exit_code == 0, done.output
    report = json.loads(done.output)
    assert report["taken"] == report["exits"]
    assert report["least"] <= report["scenarios"]
    test = CliRunner().invoke(
        cli, ["simulate", "test", str(tmp_path), "--cover", "90", "--json", "--today", "2026-11-24"]
    )
    assert len(json.loads(test.output)["scenarios"]) == report["scenarios"]
    assert test.exit_code == 0
