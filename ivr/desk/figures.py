"""Figures of a report that are more than a count: medians, shares, and what may be shown of a small group."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

NORM_SECONDS = 25
"""Within which a caller who is put through is to be helped, unless `--norm` says otherwise."""
LONG_WAIT_SECONDS = 120
"""Who gives up after waiting so long is counted by itself: they are worth being rung."""


def median(values: Sequence[float]) -> float | None:
    """The middle value, of an even count the mean of the middle two; None for none."""
    return statistics.median(values) if values else None


def ninetieth(values: Sequence[float]) -> float | None:
    """The value that nine in ten do not pass, between the two nearest as spreadsheets do it (PERCENTILE.INC); None for
    none."""
    if not values:
        return None
    if len(values) == 1:
        return values[0]
    return statistics.quantiles(values, n=10, method="inclusive")[8]


def share(part: int, whole: int) -> float | None:
    """From 0 to 1; None of nothing."""
    return part / whole if whole else None
