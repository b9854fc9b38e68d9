"""Medians and shares, by known values."""

from __future__ import annotations

import pytest

from ivr.desk.figures import median, ninetieth, share


@pytest.mark.parametrize(
    ("values", "middle", "nine_in_ten"),
    [
        ([], None, None),
        ([7], 7, 7),
        ([1, 3], 2, pytest.approx(2.8)),
        ([10, 20, 30, 40, 50, 60, 70, 80, 90, 100], 55, pytest.approx(91)),
        (list(range(101)), 50, 90),
    ],
)
def test_the_middle_and_what_nine_in_ten_do_not_pass(values: list[int], middle: object, nine_in_ten: object) -> None:
    assert median(values) == middle
    assert ninetieth(values) == nine_in_ten


def test_a_share_of_nothing_cannot_be_said() -> None:
    assert share(0, 0) is None
    assert share(1, 4) == 0.25
