"""Figures about employees: shown only where the works council agreed to them, and never so that one person can be found.

The works council's consent is asked by law for a system that can follow employees (Wet op de ondernemingsraden, article 27,
first paragraph, under l).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TypeVar

LEAST = 5
"""A group of fewer than this points at a person."""
K = TypeVar("K")


def may_show(consent: str, on: dt.date) -> bool:
    """Whether figures by employee may be shown on a day. `consent` is the ISO date of the works council's consent, ''
    when there is none; it holds from that day on. What is no date is no consent."""
    try:
        return dt.date.fromisoformat(consent) <= on
    except ValueError:
        return False


def hide_small(sizes: Mapping[K, int], least: int = LEAST) -> frozenset[K]:
    """The groups whose figures must not be shown, given the size of each; show them only added together, if at all.

    All below `least` are hidden (an empty group points at nobody). Where what is hidden comes to less than `least`
    together, a total less what is shown would give it away: then the smallest of the others are hidden along.
    """
    hidden = {key for key, size in sizes.items() if 0 < size < least}
    together = sum(sizes[key] for key in hidden)
    if not hidden:
        return frozenset()
    for key in sorted((key for key, size in sizes.items() if size >= least), key=lambda key: (sizes[key], str(key))):
        if together >= least:
            break
        hidden.add(key)
        together += sizes[key]
    return frozenset(hidden)
