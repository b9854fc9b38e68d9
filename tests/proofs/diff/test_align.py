"""Facts about the common space of two tables: the same table in another order is the same values there."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.model.nodes import Node
from ivr.proofs.diff.align import Pair, align
from ivr.proofs.diff.match import same_nodes
from ivr.tables.ready import Table
from tests.authoring.wide import WIDE
from tests.proofs.tables import DAYS, compiled, made, start_of

SHUFFLED = ("nodes:", "teams:", "calendars:", "numbers:", "flows:", "prompts:")


def shuffled(text: str, chance: random.Random) -> str:
    """The text with the entries of each section in another order; table, facts and variables aside."""
    out = []
    for section in re.split(r"^(?=\S)", text, flags=re.M):
        head, *rows = re.split(r"^(?=  \S)", section, flags=re.M)
        if head.strip() in SHUFFLED:
            rows = [row if row.endswith("\n") else row + "\n" for row in rows]
            chance.shuffle(rows)
        out.append(head + "".join(rows))
    return "".join(out)


def pair(old: Table, new: Table) -> Pair:
    return align(old.graph, new.graph, start_of(old), DAYS)


def assert_equal(both: Pair) -> None:
    assert both.old.nodes == both.new.nodes
    assert both.old.names == both.new.names
    assert both.old.numbers == both.new.numbers
    assert both.old.teams == both.new.teams
    assert (both.old.chain, both.old.start, both.old.operator) == (both.new.chain, both.new.start, both.new.operator)
    assert both.old.give_up == both.new.give_up


def test_the_wide_table_has_every_kind_of_node() -> None:
    kinds = {type(node) for node in compiled(WIDE).graph.nodes}
    assert kinds == set(Node.__args__)


@pytest.mark.parametrize("seed", range(5))
def test_the_wide_table_in_another_order_is_the_same(seed: int) -> None:
    other = compiled(shuffled(WIDE, random.Random(seed)))
    table = compiled(WIDE)
    assert other.graph.names != table.graph.names
    assert_equal(pair(table, other))


@given(st.randoms(use_true_random=False))
def test_any_table_in_another_order_is_the_same(chance: random.Random) -> None:
    text = made(chance)
    assert_equal(pair(compiled(text), compiled(shuffled(text, chance))))


def test_a_table_in_its_own_space_is_itself() -> None:
    table = compiled(WIDE)
    both = pair(table, table)
    assert both.old.nodes == both.new.nodes == table.graph.nodes


def test_a_renamed_node_is_found_by_what_leads_to_it() -> None:
    table = compiled(WIDE)
    name = next(
        n for i, n in enumerate(table.graph.names) if "/" not in n and n.startswith("m") and i not in table.graph.chain
    )
    renamed = compiled(re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", "quite-another", WIDE))
    matched = same_nodes(table.graph, renamed.graph)
    assert matched[renamed.graph.names.index("quite-another")] == table.graph.names.index(name)
    assert sorted(matched) == list(range(len(table.graph.names)))
