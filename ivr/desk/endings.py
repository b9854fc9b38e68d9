"""How a call ended for its caller: the best thing that came of it."""

from __future__ import annotations

PERSON, CASE, TOLD, HUNG_UP, ENDED, LOST = "person", "case", "told", "hung_up", "ended", "lost"
ENDINGS = (PERSON, CASE, TOLD, HUNG_UP, ENDED, LOST)
"""`told`: where else to turn. `hung_up`: by the caller, with nothing. `ended`: all was said. `lost`: nobody told us."""


def ending(person: bool, case: bool, told: bool, over: bool) -> str:
    """The ending of a call that is over; `over` says that we hung up, after all was said."""
    if person:
        return PERSON
    if case:
        return CASE
    if told:
        return TOLD
    return ENDED if over else HUNG_UP
