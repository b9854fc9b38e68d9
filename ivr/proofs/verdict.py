"""What came of a guarantee: it holds, or the shortest call that breaks it, or it is true of nobody."""

from __future__ import annotations

from msgspec import Struct

from ivr.proofs.missing import Example
from ivr.proofs.search import Way


class Verdict(Struct, frozen=True):
    """The judgement on one guarantee.

    `holds` and `vacuous` (no caller is meant by it, which is a fault) say how it stands. `worlds` is of how many worlds it
    speaks, `broken` in how many it fails. `way` is the shortest counterexample; of `can` that holds, the shortest way, with
    the most `choices` and `seconds` that any caller needs. Of `can` that is broken, `no_way` counts the worlds without any
    way and `too_far` those in which the shortest is too long; `example` is a caller who has none.
    """

    name: str
    claim: str
    built_in: bool
    holds: bool
    vacuous: bool = False
    worlds: int = 0
    broken: int = 0
    why: str = ""
    way: Way | None = None
    choices: int | None = None
    seconds: float | None = None
    no_way: int = 0
    too_far: int = 0
    example: Example | None = None


def bits(mask: int) -> int:
    """How many worlds a set has."""
    return mask.bit_count()
