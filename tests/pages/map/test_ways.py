"""What the filters leave bright: nothing that a caller can come to is faded, and closed exits are."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.model.nodes import NumberNode
from ivr.pages.map.data import map_of
from ivr.pages.map.ways import Asked, Bright, bright
from ivr.pages.phone.moments import read_moment
from ivr.simulator.callers import Random
from ivr.simulator.play import Play
from ivr.simulator.world import DIAL_WORDS, QUEUE_WORDS, World
from ivr.tables.arrivals import arrive, find_number
from tests.pages.browser import groningen

NOW = 1_795_518_000  # 2026-11-24 12:00, a Tuesday


MAP = map_of(groningen(), NOW)


def left(asked: Asked) -> tuple[set[str], set[tuple[str, str]]]:
    """Names of bright boxes, and (node, exit) of bright lines."""
    held: Bright = bright(groningen(), MAP, asked)
    lines = [MAP.lines[index] for index in held.lines]
    return (
        {MAP.items[index].name for index in held.items},
        {(MAP.items[line.source].name, exit) for line in lines for exit in line.exits},
    )


def at(text: str) -> int:
    held = read_moment(text, groningen().almanac.zone, NOW)
    assert held is not None
    return held


def test_without_filters_everything_stays() -> None:
    held = bright(groningen(), MAP, Asked())
    assert len(held.items) == len(MAP.items)
    assert len(held.lines) == len(MAP.lines)


@settings(max_examples=60)
@given(seed=st.integers(0, 10**6), instant=st.integers(NOW, NOW + 400 * 86_400), number=st.integers(-1, 31))
def test_what_a_caller_passes_is_bright_for_their_number_and_moment(seed: int, instant: int, number: int) -> None:
    table = groningen()
    graph, drawn = table.graph, random.Random(seed)
    world = World(
        dials={"*": [drawn.choice(sorted(set(DIAL_WORDS) - {"closed"})) for _ in range(4)]},
        queues={"*": [drawn.choice(sorted(set(QUEUE_WORDS) - {"closed"})) for _ in range(4)]},
        disk=drawn.choice(("well", "full", "failed")),
    )
    arrival = arrive(graph, instant, number, "", "+31612345678", {}, seed % 10_000)
    transcript = Play(table, arrival, Random(graph, seed), world).run()
    boxes, lines = left(Asked(number=number, at=instant))
    assert {graph.names[node] for node in transcript.nodes} <= boxes
    for node, exit in transcript.exits:
        if exit in ("operator", "number") or isinstance(graph.nodes[node], NumberNode):
            continue
        assert (graph.names[node], exit) in lines


def test_closed_exits_fade_on_a_thursday_evening_on_which_the_city_is_open() -> None:
    boxes, lines = left(Asked(number=-1, at=at("donderdag 18:00")))
    assert ("opening", "open") in lines
    assert ("opening", "closed") not in lines
    assert "main" in boxes
    assert "closed-holiday" not in boxes
    assert ("operator", "closed") not in lines


def test_on_a_sunday_nobody_comes_to_the_main_menu() -> None:
    boxes, lines = left(Asked(number=-1, at=at("zondag 12:00")))
    assert ("opening", "closed") in lines
    assert "main" not in boxes


def test_a_transfer_to_a_team_that_is_there_cannot_find_it_closed() -> None:
    _, lines = left(Asked(at=at("2026-11-24 11:00")))
    assert ("operator", "when_done") in lines
    assert ("operator", "closed") not in lines


def test_only_the_numbers_that_are_asked_for_come_in() -> None:
    number = find_number(groningen().graph, "050 367 1000")
    boxes, _ = left(Asked(number=number))
    assert sum(name.startswith("numbers:") for name in boxes) == 1


def test_english_is_heard_from_where_it_is_chosen() -> None:
    boxes, _ = left(Asked(language=1))
    assert "main" in boxes
    assert "welcome" not in boxes
