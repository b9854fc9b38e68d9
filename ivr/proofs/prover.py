"""A table → its state space and every verdict on it."""

from __future__ import annotations

import gc
from collections.abc import Iterator

from ivr.calendars.moment import Almanac
from ivr.proofs.built_in import built_in
from ivr.proofs.classes import HORIZON_DAYS, Classes, Worlds
from ivr.proofs.guarantees import prove
from ivr.proofs.space import Space
from ivr.proofs.verdict import Verdict

ASSUMPTIONS = (
    "hours, phases and facts are judged at arrival and do not change during a call",
    "whether agents answer, queues move, the network and the disk work is free at every moment",
    "for `can`, agents answer and nothing is switched: no calamity, no notice, no team closed by hand; for `always` and "
    "`never`, nothing is assumed",
    "hanging up is the caller's own choice and is not counted",
    "seconds are estimated from the text, by language; whoever presses a key has heard the whole prompt",
    "which share a caller falls into, and whether their number is shown, is free; `can` must be so for each of them",
)
"""What every verdict rests on; printed with them."""


def explore(almanac: Almanac, start: int, days: int = HORIZON_DAYS) -> Space:
    """The state space of a table for calls that arrive from `start` (epoch seconds) on, for so many days."""
    held = gc.isenabled()
    gc.disable()  # states and edges hold no cycles worth collecting
    try:
        return Space(Worlds(Classes(almanac, start, days)))
    finally:
        if held:
            gc.enable()


def verdicts(space: Space) -> Iterator[Verdict]:
    """Every guarantee judged: those that every table gets, then those that it states."""
    yield from built_in(space)
    for guarantee in space.graph.guarantees:
        yield prove(space, guarantee)
