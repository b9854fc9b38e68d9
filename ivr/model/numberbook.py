"""Which legacy number was dialled: exact numbers and blocks in one hash table; the longest match wins.

A block of 10**n numbers is stored under its prefix, one key for all of it. The table is two flat arrays, since a dict
keeps an object for every key: 100,000 numbers take 3 MB in place of 11, and are found as quickly.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator

_BLOCK = 10**15
"""E.164 has at most 15 digits; a block's key carries its width above them, so that it is nobody's number."""
_SPREAD = 0x9E3779B1
"""2**32 over the golden ratio: multiplied by it, neighbours fall far apart (Knuth, TAOCP 6.4, Fibonacci hashing)."""
_SHIFT = 15


class NumberBook:
    """Finds the index of a number from its digits in E.164, without the plus."""

    __slots__ = ("_count", "_indices", "_keys", "_mask", "_steps")

    def __init__(self, entries: Iterable[tuple[str, int, int]]) -> None:
        """Take entries of (digits of the prefix, how many digits are open, index). Equal entries: the last wins."""
        held = {int(prefix) + width * _BLOCK: index for prefix, width, index in entries}
        size = 2 << len(held).bit_length()  # at most half full, so that few keys stand away from their place
        self._count = len(held)
        self._mask = size - 1
        self._keys = array("q", bytes(8 * size))
        self._indices = array("i", bytes(4 * size))
        for key, index in held.items():
            slot = key * _SPREAD >> _SHIFT & self._mask
            while self._keys[slot]:
                slot = slot + 1 & self._mask
            self._keys[slot] = key
            self._indices[slot] = index
        widths = sorted({key // _BLOCK for key in held} - {0})
        self._steps: tuple[tuple[int, int], ...] = tuple((10**width, width * _BLOCK) for width in widths)

    def find(self, digits: int) -> int:
        """The index for a number given as an int (31503671000), or -1."""
        if not 0 < digits < _BLOCK:
            return -1
        keys, mask = self._keys, self._mask
        slot = digits * _SPREAD >> _SHIFT & mask
        while held := keys[slot]:
            if held == digits:
                return self._indices[slot]
            slot = slot + 1 & mask
        for size, block in self._steps:
            key = digits // size + block
            slot = key * _SPREAD >> _SHIFT & mask
            while held := keys[slot]:
                if held == key:
                    return self._indices[slot]
                slot = slot + 1 & mask
        return -1

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[int]:
        return (index for key, index in zip(self._keys, self._indices, strict=True) if key)
