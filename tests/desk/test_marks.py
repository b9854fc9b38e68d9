"""Facts about marks: count, mean and the interval of Student's t."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.desk.marks import student95, summarise


@pytest.mark.parametrize(
    ("freedom", "t"),
    [(1, 12.7062), (2, 4.3027), (10, 2.2281), (30, 2.0423), (31, 2.0395), (40, 2.0211), (60, 2.0003), (120, 1.9799),
     (1000, 1.9623), (10**9, 1.9600)],
)  # fmt: skip
def test_students_t_is_that_of_the_tables(freedom: int, t: float) -> None:
    assert student95(freedom) == pytest.approx(t, abs=0.00005)


def test_there_is_no_interval_without_freedom() -> None:
    with pytest.raises(ValueError, match="two marks"):
        student95(0)


def test_the_interval_is_the_one_worked_out_by_hand() -> None:
    # 6, 7, 8, 9: mean 7.5, deviation 1.2910, over the root of 4 is 0.6455, times 3.1824
    held = summarise(Counter([6, 7, 8, 9]))
    assert held is not None
    assert (held.count, held.mean) == (4, 7.5)
    assert held.low == pytest.approx(7.5 - 2.0543, abs=0.001)
    assert held.high == pytest.approx(7.5 + 2.0543, abs=0.001)


def test_one_mark_has_a_mean_and_no_interval_and_none_has_nothing() -> None:
    one = summarise({8: 1})
    assert one is not None
    assert (one.count, one.mean, one.low, one.high) == (1, 8.0, None, None)
    assert summarise({}) is None
    assert summarise({7: 0}) is None


@given(st.lists(st.integers(1, 10), min_size=2, max_size=200))
def test_the_interval_holds_the_mean_and_stays_on_the_scale(marks: list[int]) -> None:
    held = summarise(Counter(marks))
    assert held is not None
    assert held.low is not None
    assert held.high is not None
    assert 1 <= held.low <= held.mean + 1e-9
    assert held.mean - 1e-9 <= held.high <= 10


@given(st.lists(st.integers(2, 9), min_size=2, max_size=30))
def test_the_same_marks_twice_are_surer(marks: list[int]) -> None:
    once, twice = summarise(Counter(marks)), summarise(Counter(marks * 2))
    assert once is not None
    assert twice is not None
    assert once.low is not None
    assert twice.low is not None
    assert twice.mean == pytest.approx(once.mean)
    assert twice.low >= once.low - 1e-9
