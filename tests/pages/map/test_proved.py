"""Seconds to a person by node and number, and which guarantees touch a node."""

from __future__ import annotations

import datetime as dt

import pytest

from ivr.pages.map.played import play
from ivr.pages.map.proved import BREAKS, SAYS, WAY, Proved, prove_table
from ivr.pages.map.touching import touching
from ivr.proofs.endings import Endings
from ivr.proofs.prover import explore
from ivr.simulator.scenario import read_suite
from ivr.tables.ready import Table
from tests.minimal import TODAY
from tests.pages.browser import GRONINGEN, groningen
from tests.pages.map.tables import made

GUARANTEES = """\
guarantees:
  waste-is-near: {for: {arriving: desk open}, can: {reach: operator, within: {choices: 0, seconds: 1}}}
  a-person: {for: {arriving: desk open}, can: {reach: desk}}
"""


def start(table: Table) -> int:
    return int(dt.datetime.combine(TODAY, dt.time(), table.almanac.zone).timestamp())


@pytest.fixture(scope="module")
def proofs() -> Proved:
    return prove_table(groningen(), start(groningen()))


def test_a_number_needs_as_long_as_explore_says(proofs: Proved) -> None:
    table = groningen()
    endings = Endings(explore(table.almanac, start(table)))
    for number in (-1, 0, 12):
        rows = [row for language in range(2) for row in endings.rows(number, language)]
        assert proofs.numbers[number] == max(
            row.soonest.seconds for row in rows if row.soonest is not None and not row.language
        )


def test_nobody_comes_to_a_person_from_the_end(proofs: Proved) -> None:
    names = groningen().graph.names
    assert proofs.nodes[names.index("goodbye")] is None
    main = proofs.nodes[names.index("main")]
    assert main is not None
    assert 5 < main < 60


def test_the_way_is_longest_for_who_has_just_come_in(proofs: Proved) -> None:
    graph = groningen().graph
    first, later = (proofs.nodes[node] for node in (graph.chain[0], graph.operator))
    assert first is not None
    assert later is not None
    assert first > later


def test_a_broken_guarantee_is_shown_where_its_call_goes() -> None:
    table = made(guarantees=GUARANTEES)
    held = prove_table(table, start(table))
    near = {touch.name: touch for touch in held.guarantees}
    names = table.graph.names
    assert not near["waste-is-near"].holds
    assert names.index("main") in near["waste-is-near"].touches[BREAKS]
    assert names.index("operator") in near["waste-is-near"].touches[SAYS]
    assert near["a-person"].holds
    told = touching(names.index("main"), held, ())
    assert [(one.guarantee.name, one.how) for one in told.near] == [("waste-is-near", BREAKS), ("a-person", WAY)]


def test_a_node_that_speaks_the_prompt_of_a_guarantee_is_named_by_it(proofs: Proved) -> None:
    names = groningen().graph.names
    told = touching(names.index("closed"), proofs, None)
    assert "danger-first" in [one.guarantee.name for one in told.near]
    assert told.scenarios is None


def test_scenarios_are_listed_at_the_nodes_that_they_pass(proofs: Proved) -> None:
    table = groningen()
    passing = play(table, read_suite(GRONINGEN))
    assert all(one.passed for one in passing)
    night = touching(table.graph.names.index("night-message"), proofs, passing)
    assert night.scenarios
    assert night.hidden + len(night.scenarios) < len(passing)
