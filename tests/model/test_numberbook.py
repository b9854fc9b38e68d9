"""The book of numbers against the plainest way to say the same: of all entries that match, the longest."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ivr.model.numberbook import NumberBook

_DIGITS = st.text("0123456789", min_size=1, max_size=6)
_ENTRIES = st.lists(st.tuples(_DIGITS.map(lambda rest: "3150" + rest), st.integers(0, 4)), max_size=40)


def _plainly(entries: list[tuple[str, int]], dialled: str) -> int:
    found = [
        (len(prefix), index)
        for index, (prefix, width) in enumerate(entries)
        if dialled.startswith(prefix) and len(dialled) == len(prefix) + width
    ]
    return max(found)[1] if found else -1


@given(_ENTRIES, st.lists(_DIGITS, min_size=1, max_size=20))
def test_the_longest_match_wins(entries: list[tuple[str, int]], tails: list[str]) -> None:
    book = NumberBook((prefix, width, index) for index, (prefix, width) in enumerate(entries))
    inside = [prefix + tails[0].rjust(width, "0")[:width] for prefix, width in entries]
    for dialled in inside + ["3150" + tail for tail in tails]:
        assert book.find(int(dialled)) == _plainly(entries, dialled)


def test_of_two_equal_entries_the_last_wins() -> None:
    book = NumberBook([("31503671000", 0, 1), ("31503671000", 0, 2)])
    assert book.find(31503671000) == 2
    assert len(book) == 1


def test_what_is_no_telephone_number_is_found_nowhere() -> None:
    book = NumberBook([("3150367", 4, 0)])
    assert [book.find(digits) for digits in (0, -1, -31503671000, 10**15, 10**15 * 4 + 3150367, 10**30)] == [-1] * 6


def test_neighbouring_numbers_are_all_found() -> None:
    book = NumberBook((str(31503000000 + n), 0, n) for n in range(20_000))
    assert all(book.find(31503000000 + n) == n for n in range(20_000))
    assert book.find(31503020000) == -1
    assert sorted(book) == list(range(20_000))
