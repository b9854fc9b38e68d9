"""What is left of a number's calls: the trend by known values, and each rule of the advice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.desk.residual import ADVICE, FEW, HARDLY, LIFE, advise, left, trend

weeks = st.lists(st.integers(0, 500), max_size=30)


@pytest.mark.parametrize(
    ("counts", "slope", "low", "high", "verdict"),
    [
        ([50, 40, 30, 20, 10], -10, -10, -10, "falling"),
        ([50, 40, 30, 20, 25], -10, -10, 5, "unclear"),  # four fall and one rises: chance does that often
        ([5, 5, 5, 5, 5, 5], 0, 0, 0, "level"),
        ([1, 2, 3, 4, 5, 6, 7, 8], 1, 1, 1, "rising"),
        # a storm week bends a mean, and not this: -874, -437.5, ten of -1, 290, 435.5, 872; C = 10.4, so the 2nd from either end
        ([30, 29, 28, 900, 26, 25], -1, -437.5, 435.5, "unclear"),
        # ten weeks: N = 45, C = 1.96 * sqrt(10*9*25/18) = 21.9, so the 11th slope from either end
        ([10, 9, 8, 7, 6, 5, 4, 3, 2, 10], -1, -1, -1, "falling"),
    ],
)
def test_the_trend_is_the_middle_of_all_slopes_with_sens_interval(
    counts: list[int], slope: float, low: float, high: float, verdict: str
) -> None:
    found = trend(counts)
    assert found is not None
    assert (found.slope, found.low, found.high, found.verdict) == (slope, low, high, verdict)


@given(weeks)
def test_a_trend_turns_round_with_time(counts: list[int]) -> None:
    there, back = trend(counts), trend(counts[::-1])
    if there is None or back is None:
        assert len(counts) < 5
        return
    assert (back.slope, back.low, back.high) == (-there.slope, -there.high, -there.low)
    assert there.low <= there.slope <= there.high


def test_four_weeks_tell_no_trend() -> None:
    assert trend([400, 300, 200, 100]) is None


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([10] * 4 + [5] * 4, 0.5),
        ([10] * 7, None),
        ([0] * 4 + [5] * 4, None),
        ([10, 10, 10, 10, 0, 0, 1, 1, 0, 0], 0.05),
    ],
)
def test_what_is_left_is_the_last_weeks_against_the_first(counts: list[int], expected: float | None) -> None:
    assert left(counts) == expected


FALLS = [100, 90, 80, 70, 60, 50]


@pytest.mark.parametrize(
    ("phase", "counts", "what", "why"),
    [
        ("parallel", [9, 9, 9, 9], "announce", "36 calls in 4 weeks"),
        ("parallel", [5, 5, 5, 5], "redirect", "20 calls in 4 weeks"),
        ("parallel", [5, 5, 5, 6], "announce", "21 calls in 4 weeks"),
        ("parallel", [9, 9, 9], "wait", "fewer than 4 whole weeks are known"),
        ("announce", [90, 1, 1, 1, 1], "redirect", "4 calls in 4 weeks"),
        ("announce", FALLS, "keep", "260 calls in 4 weeks, falling: announce on"),
        ("announce", [50] * 6, "keep", "200 calls in 4 weeks, no clear fall: announce on, and look where the number is still written"),
        ("redirect", [9, 1, 1, 1, 1], "return", "4 calls in 4 weeks"),
        ("redirect", [9, 1, 1, 1, 2], "keep", "5 calls in 4 weeks: redirect on"),
        ("redirect", [0, 0, 0, 0], "return", "nobody calls: ring it once to see that it arrives"),
        ("returned", [0, 0], "", "was given back"),
        ("returned", [0, 3], "", "was given back; 3 calls still came"),
        ("", FALLS, "", "has no dates that lead to its end"),
        ("over", FALLS, "", "has no dates that lead to its end"),
    ],
)  # fmt: skip
def test_the_advice_follows_from_the_phase_and_the_last_weeks(
    phase: str, counts: list[int], what: str, why: str
) -> None:
    found = advise(phase, counts)
    assert (found.what, found.why) == (what, why)


@given(st.sampled_from(LIFE), weeks)
def test_a_number_is_given_back_only_after_callers_were_told_where_to_turn(phase: str, counts: list[int]) -> None:
    found = advise(phase, counts)
    assert found.what in ADVICE
    if found.what == "return":
        assert phase == "redirect"
        assert sum(counts[-4:]) <= HARDLY
    if found.what == "redirect":
        assert sum(counts[-4:]) <= FEW
