"""Turns of calls along the lines of the map."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.pages.map.data import map_of
from ivr.pages.map.traffic import lay_along
from ivr.simulator.callers import Random
from ivr.simulator.play import Play
from ivr.simulator.world import World
from ivr.tables.arrivals import arrive
from tests.pages.browser import groningen

MAP = map_of(groningen(), 1_795_518_000)
PLACE = {item.name: index for index, item in enumerate(MAP.items)}


def laid(*pairs: tuple[str, str, int], numbers: tuple[tuple[str, int], ...] = ()) -> dict[tuple[str, str], int]:
    held = lay_along(MAP, pairs, numbers)
    return {
        (MAP.items[MAP.lines[line].source].name, MAP.items[MAP.lines[line].target].name): count
        for line, count in held.counts.items()
    }


def test_a_choice_in_a_menu_is_counted_on_its_line() -> None:
    assert laid(("main", "waste", 7)) == {("main", "waste"): 7}


def test_what_asks_nothing_is_passed_in_the_same_turn() -> None:
    held = laid(("", "closed-menu", 5))
    assert {target for _, target in held} > {"closed-menu"}
    assert set(held.values()) == {5}


def test_no_turn_goes_through_a_node_that_asks() -> None:
    held = lay_along(MAP, [("main", "container", 3)], ())
    assert held.counts == {}
    assert held.lost == 3


def test_turns_between_nodes_that_this_version_does_not_have_are_lost() -> None:
    assert lay_along(MAP, [("was", "is", 2), ("main", "gone", 1)], ()).lost == 3


def test_calls_of_a_number_are_counted_where_it_comes_in() -> None:
    held = laid(numbers=(("", 4), ("050 367 1000", 2)))
    assert sorted(held.values()) == [2, 4]
    assert held["numbers:A", "calamity"] == 4


@settings(max_examples=40)
@given(seed=st.integers(0, 10**6))
def test_from_node_to_node_every_call_finds_a_way(seed: int) -> None:
    table = groningen()
    arrival = arrive(table.graph, 1_795_518_000 + seed * 977, -1, "", "+31612345678", {}, seed % 10_000)
    transcript = Play(table, arrival, Random(table.graph, seed), World()).run()
    names = [table.graph.names[node] for node in transcript.nodes]
    pairs = [(source, target, 1) for source, target in pairwise(names) if source != target]
    assert lay_along(MAP, pairs, ()).lost == 0
