"""What is left of a legacy number's calls, how that changes, and which step of its life that allows."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Sequence
from itertools import combinations

from msgspec import Struct

RECENT = 4
"""The whole weeks, counted back from the last, whose calls say how much is left."""
FEW = 20
"""Calls in them up to which callers can be sent on rather than put through: five a week."""
HARDLY = 4
"""Calls in them up to which the number can be given back: one a week. It must have told callers where to turn first."""
LEAST_TREND = 5
"""Weeks below which no rise or fall can be told from chance at 95 % (Kendall's tau: four weeks in a row that fall come by
chance once in twelve times, both ways counted)."""
_Z95 = 1.959963984540054

ANNOUNCE, REDIRECT, RETURN, KEEP, WAIT, NOTHING = "announce", "redirect", "return", "keep", "wait", ""
LIFE = ("parallel", "announce", "redirect", "returned")
"""Phases of a number that is to be given back in the end; a campaign's number has others, and no end of this kind."""
ADVICE = (ANNOUNCE, REDIRECT, RETURN, KEEP, WAIT, NOTHING)
FALLING, RISING, LEVEL, UNCLEAR = "falling", "rising", "level", "unclear"


class Trend(Struct, frozen=True):
    """Calls a week that come or go each week: the Theil-Sen slope, and its 95 % interval."""

    slope: float
    low: float
    high: float

    @property
    def verdict(self) -> str:
        """`falling`, `rising` or `level` when the whole interval says so; `unclear` when chance alone could give it."""
        if self.low == self.high == 0:
            return LEVEL
        return FALLING if self.high < 0 else RISING if self.low > 0 else UNCLEAR


NO_LIFE, GIVEN_BACK, STILL_RUNG, TOO_SHORT, NOBODY, SO_MANY, REDIRECT_ON, ANNOUNCE_ON, NO_FALL = (
    "no_life", "given_back", "still_rung", "too_short", "nobody", "so_many", "redirect_on", "announce_on", "no_fall",
)  # fmt: skip
_WHY = {
    NO_LIFE: "has no dates that lead to its end",
    GIVEN_BACK: "was given back",
    STILL_RUNG: "was given back; {calls} calls still came",
    TOO_SHORT: "fewer than {weeks} whole weeks are known",
    NOBODY: "nobody calls: ring it once to see that it arrives",
    SO_MANY: "{calls} calls in {weeks} weeks",
    REDIRECT_ON: "{calls} calls in {weeks} weeks: redirect on",
    ANNOUNCE_ON: "{calls} calls in {weeks} weeks, falling: announce on",
    NO_FALL: "{calls} calls in {weeks} weeks, no clear fall: announce on, and look where the number is still written",
}
REASONS = tuple(_WHY)
"""Why some advice is given."""


class Advice(Struct, frozen=True):
    """One of ADVICE, for one of REASONS, from the calls of the RECENT last weeks."""

    what: str
    reason: str
    calls: int = 0

    @property
    def why(self) -> str:
        """The reason in one line."""
        return _WHY[self.reason].format(calls=self.calls, weeks=RECENT)


def trend(weeks: Sequence[int]) -> Trend | None:
    """The trend of calls in weeks that follow each other; None for too few to tell.

    The median of all slopes between two weeks, which a storm week does not bend, and Sen's interval of it (Sen, 1968, with
    the variance of Kendall's S for ties).
    """
    count = len(weeks)
    if count < LEAST_TREND:
        return None
    slopes = sorted((weeks[j] - weeks[i]) / (j - i) for i, j in combinations(range(count), 2))
    ties = sum(t * (t - 1) * (2 * t + 5) for t in Counter(weeks).values())
    spread = _Z95 * math.sqrt(max(0, count * (count - 1) * (2 * count + 5) - ties) / 18)
    low = max(1, math.floor((len(slopes) - spread) / 2))
    high = min(len(slopes), math.ceil((len(slopes) + spread) / 2) + 1)
    return Trend(statistics.median(slopes), slopes[low - 1], slopes[high - 1])


def left(weeks: Sequence[int]) -> float | None:
    """What part of the calls of the first weeks the last weeks still have; None when these overlap, or there were none."""
    if len(weeks) < 2 * RECENT or not sum(weeks[:RECENT]):
        return None
    return sum(weeks[-RECENT:]) / sum(weeks[:RECENT])


def advise(phase: str, weeks: Sequence[int]) -> Advice:
    """What the next step of a number may be, from its phase now ('' when it has none of LIFE) and the calls of whole weeks.

    It looks at how many still call, never at a date that the table has set; whoever decides knows more than the count.
    """
    calls = sum(weeks[-RECENT:])
    if phase not in LIFE:
        return Advice(NOTHING, NO_LIFE)
    if phase == "returned":
        return Advice(NOTHING, STILL_RUNG if calls else GIVEN_BACK, calls)
    if len(weeks) < RECENT:
        return Advice(WAIT, TOO_SHORT)
    said = SO_MANY if any(weeks) else NOBODY
    if phase == "redirect":
        return Advice(RETURN, said, calls) if calls <= HARDLY else Advice(KEEP, REDIRECT_ON, calls)
    if calls <= FEW:
        return Advice(REDIRECT, said, calls)
    if phase == "parallel":
        return Advice(ANNOUNCE, said, calls)
    found = trend(weeks)
    falls = found is not None and found.verdict == FALLING
    return Advice(KEEP, ANNOUNCE_ON if falls else NO_FALL, calls)
