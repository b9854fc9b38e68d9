"""Figures by employee are shown only with consent, and no figure points at a group under five."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.desk.staff import LEAST, hide_small, may_show

DAY = dt.date(2026, 11, 24)


@pytest.mark.parametrize(
    ("consent", "shown"),
    [
        ("2026-11-24", True),
        ("2020-02-29", True),
        ("2026-11-25", False),
        ("", False),
        ("yes", False),
        ("2026-13-01", False),
    ],
)
def test_figures_by_employee_are_shown_from_the_day_of_consent_on(consent: str, shown: bool) -> None:
    assert may_show(consent, DAY) is shown


@pytest.mark.parametrize(
    ("sizes", "hidden"),
    [
        ({}, ""),
        ({"a": 5, "b": 9}, ""),
        ({"a": 0, "b": 9}, ""),
        ({"a": 4, "b": 3, "c": 9}, "ab"),  # 7 together: neither can be told
        ({"a": 1, "b": 6, "c": 9}, "ab"),  # alone it would be the total less the rest
        ({"a": 1}, "a"),
        ({"a": 1, "b": 2}, "ab"),
    ],
)
def test_groups_under_five_are_hidden_and_cannot_be_worked_out(sizes: dict[str, int], hidden: str) -> None:
    assert hide_small(sizes) == frozenset(hidden)


@given(st.dictionaries(st.integers(), st.integers(0, 12)))
def test_what_is_shown_is_large_enough_and_so_is_what_a_total_gives_away(sizes: dict[int, int]) -> None:
    hidden = hide_small(sizes)
    assert all(size >= LEAST for key, size in sizes.items() if size and key not in hidden)
    rest = sum(sizes[key] for key in hidden)
    assert rest == 0 or rest >= LEAST or all(key in hidden for key, size in sizes.items() if size)
