"""Which legacy number was dialled: exact numbers and blocks in one dict; the longest match wins.

A block of 10**n numbers is stored under its prefix, one key for all of it. Exact numbers and blocks share the dict,
since a prefix has fewer digits than a number of the same plan. 100,000 numbers take one dict of small ints.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator


class NumberBook:
    """Finds the index of a number from its digits in E.164, without the plus."""

    __slots__ = ("_exact", "_steps")

    def __init__(self, entries: Iterable[tuple[str, int, int]]) -> None:
        """Take entries of (digits of the prefix, how many digits are open, index). Equal entries: the last wins."""
        self._exact: dict[int, int] = {}
        widths: set[int] = set()
        for prefix, open_digits, index in entries:
            self._exact[_key(prefix, open_digits)] = index
            if open_digits:
                widths.add(open_digits)
        self._steps = tuple((10**width, width) for width in sorted(widths))

    def find(self, digits: int) -> int:
        """The index for a number given as an int (31503671000), or -1."""
        exact = self._exact
        found = exact.get(digits)
        if found is not None:
            return found
        for size, width in self._steps:
            found = exact.get(-(digits // size * 100 + width))
            if found is not None:
                return found
        return -1

    def __len__(self) -> int:
        return len(self._exact)

    def __iter__(self) -> Iterator[int]:
        return iter(self._exact.values())


def _key(prefix: str, open_digits: int) -> int:
    """Blocks are negative and carry their width, so that no block can be taken for a number of fewer digits."""
    return -(int(prefix) * 100 + open_digits) if open_digits else int(prefix)
