"""Facts about patterns: they match what Python's own do, and nothing that is typed makes them run away."""

from __future__ import annotations

import re
import time
from itertools import product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ivr.model.patterns import PatternFault, fits, key_lengths, lengths, read_pattern, sample

ATOMS = st.sampled_from(["1", "2", "A", "[0-9]", "[12A]", "\\d", ".", "-"])
COUNTS = st.sampled_from(["", "", "?", "{2}", "{0,2}", "{1,3}"])


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pieces = st.tuples(st.one_of(ATOMS, inner.map(lambda p: f"({p})")), COUNTS).map("".join)
    return st.one_of(
        st.lists(pieces, min_size=1, max_size=3).map("".join), st.lists(inner, min_size=2, max_size=3).map("|".join)
    )


PATTERNS = st.recursive(ATOMS, grown, max_leaves=6)


@given(PATTERNS, st.text("12A-", max_size=8))
def test_an_answer_fits_when_pythons_own_pattern_matches_it(pattern: str, answer: str) -> None:
    try:
        read_pattern(pattern)
    except PatternFault:
        assume(False)
    assert fits(pattern, answer) == (re.fullmatch(pattern, answer) is not None)


@given(PATTERNS)
def test_a_sample_fits_and_has_a_length_that_can_be(pattern: str) -> None:
    try:
        part = read_pattern(pattern)
    except PatternFault:
        assume(False)
    text = sample(pattern)
    least, most = lengths(part)
    assert not text or (fits(pattern, text) and least <= len(text) <= most)


@given(PATTERNS)
def test_an_answer_can_be_typed_when_some_keys_of_its_length_fit(pattern: str) -> None:
    try:
        part = read_pattern(pattern)
    except PatternFault:
        assume(False)
    keys = "12*3"  # no atom tells other keys apart
    fit = {n for n in range(4) if any(fits(pattern, "".join(typed)) for typed in product(keys, repeat=n))}
    assert key_lengths(part, 3) == fit


@pytest.mark.parametrize(
    "pattern", ["([0-9]?[0-9]?){1,20}5", "[0-9]?" * 30 + "5", "(([0-9]{1,3}){1,3}){1,3}(0|5)", "((1|1){1,9}){1,9}5"]
)
def test_no_answer_makes_a_pattern_run_away(pattern: str) -> None:
    began = time.perf_counter()
    assert not fits(pattern, "1" * 64)
    assert time.perf_counter() - began < 0.5


@pytest.mark.parametrize(
    ("pattern", "at"),
    [("(12", 0), ("1)", 1), ("[0-9", 0), ("[]", 0), ("1*", 1), ("1+", 1), ("1{", 1), ("1{2,", 1), ("1{3,2}", 1), ("1{100}", 1),
     ("[9-0]", 1), ("^1", 0), ("(?:1)", 1), ("\\w", 0), ("??", 0), ("(([0-9]{1,30}){1,30}){1,30}", 0), ("1" * 201, 0)],
)  # fmt: skip
def test_what_is_no_pattern_is_told_with_its_place(pattern: str, at: int) -> None:
    with pytest.raises(PatternFault) as fault:
        read_pattern(pattern)
    assert fault.value.at == at
