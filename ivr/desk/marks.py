"""What marks say together: how many, their mean, and how sure that mean is."""

from __future__ import annotations

import math
from collections.abc import Mapping

from msgspec import Struct

LEAST, MOST = 1, 10
"""The scale."""
_T95 = (
    12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281, 2.2010, 2.1788, 2.1604, 2.1448,
    2.1314, 2.1199, 2.1098, 2.1009, 2.0930, 2.0860, 2.0796, 2.0739, 2.0687, 2.0639, 2.0595, 2.0555, 2.0518, 2.0484,
    2.0452, 2.0423,
)  # fmt: skip
"""Student's t that 97.5 % stay under, for 1 to 30 degrees of freedom."""
_Z95 = 1.959963984540054


class Summary(Struct, frozen=True):
    """Marks together. `low` and `high` bound the mean with 95 % confidence; None for fewer than two marks."""

    count: int
    mean: float
    low: float | None = None
    high: float | None = None


def summarise(marks: Mapping[int, int]) -> Summary | None:
    """The summary of marks, given as mark → how often; None when there are none. The interval is Student's, kept within the
    scale."""
    count = sum(marks.values())
    if not count:
        return None
    mean = sum(mark * often for mark, often in marks.items()) / count
    if count < 2:
        return Summary(count, mean)
    squares = sum(often * (mark - mean) ** 2 for mark, often in marks.items())
    reach = student95(count - 1) * math.sqrt(squares / (count - 1) / count)
    return Summary(count, mean, max(LEAST, mean - reach), min(MOST, mean + reach))


def student95(freedom: int) -> float:
    """Student's t that 97.5 % stay under: from the table, beyond it by the expansion around the normal quantile
    (Abramowitz and Stegun, 26.7.5), right to five decimals there. Raises ValueError below one degree of freedom."""
    if freedom < 1:
        raise ValueError("an interval needs two marks")
    if freedom <= len(_T95):
        return _T95[freedom - 1]
    z = _Z95
    return (
        z
        + (z**3 + z) / (4 * freedom)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)
    )
