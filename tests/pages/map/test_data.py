"""The map has every node, number and team, every exit, and the words of each language."""

from __future__ import annotations

import pytest

from ivr.model.exits import exits
from ivr.model.moment import PHASES
from ivr.model.nodes import CONTINUE
from ivr.pages.map.data import ENTRY, EXIT, NUMBER, OPERATOR, TEAM, Map, map_of
from ivr.pages.map.onward import onward
from tests.minimal import TABLE
from tests.pages.browser import groningen
from tests.pages.map.tables import made

NOON = 1_795_518_000  # 2026-11-24 12:00


@pytest.fixture(scope="module")
def map_() -> Map:
    return map_of(groningen(), NOON)


def test_every_node_number_and_team_stands_on_the_map_once(map_: Map) -> None:
    graph = groningen().graph
    names = [item.name for item in map_.items]
    assert len(names) == len(set(names))
    assert set(graph.names[:-1]) <= set(names)
    assert {f"team:{team.name}" for team in graph.teams} <= set(names)
    called = [number.name for item in map_.items for number in item.numbers]
    assert sorted(called) == sorted([graph.main_number, *(number.name for number in graph.numbers)])


def test_every_exit_of_every_node_is_a_line_to_where_it_leads(map_: Map) -> None:
    graph, leads = groningen().graph, onward(groningen().graph)
    drawn = {
        (map_.items[line.source].id, exit, map_.items[line.target].id) for line in map_.lines for exit in line.exits
    }
    for index, node in enumerate(graph.nodes[:-1]):
        for exit, target in exits(node):
            for to in leads.get(index, ()) if target == CONTINUE else (target,):
                assert (f"n{index}", exit, f"n{to}") in drawn


def test_every_number_enters_by_the_first_node_and_goes_on_from_the_node_of_the_numbers(map_: Map) -> None:
    first, last = map_.chain[0], map_.chain[-1]
    entries = [index for index, item in enumerate(map_.items) if item.kind == "entry"]
    assert [line.source for line in map_.lines if line.kind == ENTRY] == entries
    assert {line.target for line in map_.lines if line.kind == ENTRY} == {first}
    letters = {map_.items[index].letter for index in entries}
    assert {line.key for line in map_.lines if line.kind == NUMBER and line.key} == letters
    assert {line.source for line in map_.lines if line.kind == NUMBER} == {last}


def test_words_are_there_in_each_language(map_: Map) -> None:
    main = next(item for item in map_.items if item.name == "main")
    assert map_.languages == ("nl", "en")
    assert main.words == ("Waarvoor belt u?", "What are you calling about?")
    waste = next(line for line in map_.lines if map_.items[line.source].name == "main" and line.key == "2")
    assert waste.labels == ("afval of een melding", "waste or a problem in your street")
    assert map_.items[waste.target].name == "waste"
    assert (waste.kind, waste.exits) == (EXIT, ("2",))


def test_a_number_has_its_phase_of_today_and_those_to_come(map_: Map) -> None:
    held = {number.name: number for item in map_.items for number in item.numbers}
    assert held["050 367 7000"].phases == ("aankondiging", "announced")
    assert held["050 367 7000"].coming[1] == "redirected 01-03-2027 · given back 01-09-2027"
    assert all(phase for number in held.values() for phase in number.phases)
    assert len(PHASES) == 6


def test_a_menu_leads_to_the_operator_and_a_transfer_to_its_team(map_: Map) -> None:
    by_name = {item.name: index for index, item in enumerate(map_.items)}
    assert any(
        line.kind == OPERATOR and line.source == by_name["main"] and line.target == map_.operator for line in map_.lines
    )
    assert any(
        line.kind == TEAM and (line.source, line.target) == (by_name["operator"], by_name["team:kcc"])
        for line in map_.lines
    )


def test_continue_leads_from_a_detour_to_the_next_node_of_the_entry() -> None:
    text = TABLE.replace("entry: [welcome]", "entry: [when, welcome]") + (
        "  when: {kind: hours, calendar: desk, open: continue, closed: shut, holiday: shut}\n"
        "  shut: {kind: say, say: {nl: Wij zijn dicht.}, to: continue}\n"
    )
    graph = made(text).graph
    leads = {graph.names[at]: [graph.names[to] for to in held] for at, held in onward(graph).items()}
    assert leads == {"when": ["welcome"], "shut": ["welcome"], "welcome": ["(number)"]}


def test_a_name_that_looks_like_markup_is_only_a_name() -> None:
    table = made(
        numbers='numbers:\n  "050 367 1000": {formerly: "<img src=x onerror=alert(1)>", to: main}\n',
    )
    held = map_of(table, NOON)
    assert any(number.formerly == "<img src=x onerror=alert(1)>" for item in held.items for number in item.numbers)
