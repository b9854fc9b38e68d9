"""Facts about telling patterns apart: the same answers, however they are written; else an answer that shows it."""

from __future__ import annotations

import re
from itertools import product

import pytest
from hypothesis import assume, given

from ivr.model.pattern_apart import tell_apart
from ivr.model.patterns import PatternFault, lengths, read_pattern
from tests.model.test_patterns import PATTERNS


@given(PATTERNS, PATTERNS)
def test_patterns_are_told_apart_exactly_when_an_answer_does(one: str, other: str) -> None:
    try:
        longest = max(lengths(read_pattern(one))[1], lengths(read_pattern(other))[1])
    except PatternFault:
        assume(False)
    assume(longest <= 4)
    answers = ("".join(row) for n in range(1, longest + 1) for row in product("012A-#", repeat=n))
    shown = next((a for a in answers if bool(re.fullmatch(one, a)) != bool(re.fullmatch(other, a))), None)
    found = tell_apart(one, other)
    assert (found is None) == (shown is None)
    if found is not None and shown is not None:
        assert bool(re.fullmatch(one, found)) != bool(re.fullmatch(other, found))
        assert len(found) == len(shown)


@pytest.mark.parametrize(
    ("one", "other"),
    [("[0-9]{4}", "\\d\\d[0-9]{2}"), ("(1|2)3", "13|23"), ("1?1?1?", "1{0,3}"), ("(12){2}", "1212"), ("1?", "1"), ("[0-9*]{1,9}", "[*0-9]([0-9*]{0,8})")],
)  # fmt: skip
def test_one_language_written_in_two_ways_is_one(one: str, other: str) -> None:
    assert tell_apart(one, other) is None


@pytest.mark.parametrize(
    ("one", "other", "answer"),
    [("[0-9]{4}", "[0-9]{5}", "0000"), ("9[0-9]{3}", "[89][0-9]{3}", "8000"), ("1{1,2}", "1", "11")],
)
def test_the_shortest_answer_that_shows_it_is_given(one: str, other: str, answer: str) -> None:
    assert tell_apart(one, other) == answer
