"""Facts about the benchmarks: the generated table is a good one, both sides do the same, and floors are held."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from benchmarks.engine import _as_edges, _walk
from benchmarks.figures import Figure, ratio, show, write
from benchmarks.generate import write_table
from benchmarks.listing import as_graph, explored, list_ways, made, table_text
from benchmarks.menu import find_menu_turn
from benchmarks.numbers import _dialled, _entries
from benchmarks.rivals.transitions_machine import build
from benchmarks.tables import groningen
from ivr.model.nodes import MenuNode
from ivr.proofs.built_in import nobody_is_stranded
from ivr.proofs.verdict import bits
from ivr.simulator.load import Callers
from ivr.tables.ready import check_folder

HIGH = Figure("speed", 9.0, "× faster", "higher", 10.0, 25.0, "a rival")
LOW = Figure("memory", 4.0, "MB", "lower", 20.0, 5.0, "nothing")


@pytest.mark.parametrize("nodes", [1, 300, 1000])
def test_a_generated_table_has_that_many_nodes_and_no_findings(nodes: int, tmp_path: Path) -> None:
    written = write_table(tmp_path, nodes)
    checked = check_folder(tmp_path, dt.date(2026, 11, 2))
    assert [f for f in checked.findings if f.severity.value == "error"] == []
    assert checked.graph is not None
    assert len(checked.graph.nodes) >= nodes
    assert written == sum(path.stat().st_size for path in tmp_path.rglob("*.yaml"))


def test_a_figure_below_its_floor_is_missed_and_one_at_its_aim_is_reached() -> None:
    assert (HIGH.missed, HIGH.reached) == (True, False)
    assert (LOW.missed, LOW.reached) == (False, True)
    assert "MISSED" in show([HIGH, LOW]).splitlines()[2]


def test_a_ratio_is_the_median_of_the_rounds_own_ratios() -> None:
    assert ratio([10, 100, 6], [5, 10, 3]) == 2


def test_the_file_of_results_has_the_figures_and_the_machine(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    write(path, [HIGH, LOW], {"cores": 2}, partial=False)
    write(path, [Figure("speed", 12.345678, "× faster", "higher", 10.0, 25.0, "a rival")], {"cores": 2}, partial=True)
    held = json.loads(path.read_text())
    assert held["machine"] == {"cores": 2}
    assert [(f["name"], f["value"]) for f in held["figures"]] == [("speed", 12.35), ("memory", 4.0)]
    assert set(held["figures"][0]) == {"name", "value", "unit", "better", "floor", "aim", "against"}


def test_the_rival_machine_goes_through_the_same_nodes() -> None:
    table = groningen()
    walk = _walk(Callers(table, 3), 20)
    names, edges, triggers = _as_edges(walk, table.graph.names)
    call = build(names, edges, names[0])
    passed = {call.state}
    for trigger in triggers:
        call.trigger(trigger)
        passed.add(call.state)
    assert call.state == names[0]
    assert passed >= {table.graph.names[state.at] for _, state, _, _ in walk}
    assert sorted(names) == sorted(table.graph.names)


def test_the_turn_that_is_measured_is_answered_by_a_menu() -> None:
    turn = find_menu_turn(groningen(), "secret")
    assert isinstance(turn.table.graph.nodes[turn.answer.node], MenuNode)
    assert len(set(turn.paths(5))) == 5


def test_a_tenth_of_the_numbers_are_blocks() -> None:
    entries = _entries(1000)
    assert len({prefix for prefix, _, _ in entries}) == 1000
    assert sum(1 for _, width, _ in entries if width) == 100
    assert all(len(prefix) + width == 11 for prefix, width, _ in entries)
    assert all(str(digits).startswith(entries[index][0]) for digits, index in _dialled(entries, 50))


@pytest.mark.parametrize(
    ("sound", "broken", "strands"),
    [("", "", False),
     ("no_input: told, failed: told", "no_input: return, failed: told", True),
     ("shut: {kind: end, where_to_turn: true, say", "shut: {kind: end, say", True)],
)  # fmt: skip
def test_listing_every_way_and_proving_say_the_same_of_every_world(sound: str, broken: str, strands: bool) -> None:
    space = explored(made(table_text(3).replace(sound, broken) if sound else table_text(3)))
    listed = list_ways(space, as_graph(space), 60)
    verdict = nobody_is_stranded(space)
    assert listed is not None
    assert (verdict.holds, verdict.broken) == (not strands, bits(listed.stranded))
    assert listed.ways > 5_000


def test_a_list_that_takes_too_long_is_given_up() -> None:
    space = explored(made(table_text(4)))
    assert list_ways(space, as_graph(space), 0) is None
