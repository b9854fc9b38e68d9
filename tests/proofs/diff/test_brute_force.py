"""Two small tables made by chance differ for somebody exactly when playing every caller of both finds it."""

from __future__ import annotations

import random
import re

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ivr.proofs.diff.groups import Difference, compare_tables
from ivr.proofs.diff.rows import Row
from ivr.simulator.replay import replay
from ivr.tables.ready import Table
from tests.proofs.callers import TooLarge
from tests.proofs.diff.both import Editor, apart
from tests.proofs.tables import DAYS, compiled, made, start_of

EXAMPLES = 40


def difference(old: Table, new: Table, words: bool = True) -> Difference:
    return compare_tables((old.graph, old.source_map), (new.graph, new.source_map), start_of(new), DAYS, words)


def pair(chance: random.Random) -> tuple[Table, Table]:
    text = made(chance, 30)
    return compiled(text), compiled(Editor(chance, text).edited())


@settings(max_examples=EXAMPLES)
@given(st.randoms(use_true_random=False))
def test_a_difference_is_found_when_some_caller_meets_one(chance: random.Random) -> None:
    old, new = pair(chance)
    try:
        differs = apart(old, new, words=True)
    except TooLarge:
        assume(False)
    assert bool(difference(old, new).groups) == differs


@settings(max_examples=EXAMPLES)
@given(st.randoms(use_true_random=False))
def test_what_is_not_wording_alone_is_found_without_words(chance: random.Random) -> None:
    old, new = pair(chance)
    try:
        differs = apart(old, new, words=False)
    except TooLarge:
        assume(False)
    found = difference(old, new, words=False)
    assert found.groups or not differs
    assert not any(group.words for group in found.groups)


@settings(max_examples=EXAMPLES)
@given(st.randoms(use_true_random=False))
def test_the_call_of_each_row_is_another_call_in_the_other_table(chance: random.Random) -> None:
    old, new = pair(chance)
    for group in difference(old, new).groups:
        for row in group.rows:
            if row.script is not None and not any(part in row.was for part in NOT_HEARD):
                played = [played_by(table, row) for table in (old, new)]
                assert played[0] != played[1], (group.title, row)


NOT_HEARD = ("(rings", "(a day", "(fits", "speech")
"""Details that no transcript shows."""


def played_by(table: Table, row: Row) -> list[object]:
    """What is heard and done in the call of a row, without the places in the files."""
    assert row.script is not None
    return [(line.what, line.text) for line in replay(table, row.script).lines]


@settings(max_examples=EXAMPLES)
@given(st.randoms(use_true_random=False))
def test_a_table_does_not_differ_from_itself_however_it_is_written(chance: random.Random) -> None:
    text = made(chance, 30)
    assume("kind: split" not in text)  # a split draws by its name, so another name is another draw
    renamed = text
    for name, other in (("note", "aa"), ("told", "zz"), ("ring", "rang"), ("left", "gone"), ("operator", "person")):
        renamed = re.sub(rf"(?<![\w-]){name}(?=[:,}}\n])(?!: {{key)", other, renamed)
    before, nodes, after = renamed.partition("\nnodes:\n")
    rows, flows, rest = after.partition("flows:\n")
    lines = rows.splitlines(keepends=True)
    chance.shuffle(lines)
    old, new = compiled(text), compiled(before + nodes + "".join(lines) + flows + rest)
    assert difference(old, new).groups == ()
