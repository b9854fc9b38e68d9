"""Two small tables made by chance differ for somebody exactly when playing every caller of both finds it."""

from __future__ import annotations

import random
import re

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ivr.proofs.diff.groups import Difference, compare_tables
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
