"""What must hold for callers, as the table states it: compiled, so that it can be proved."""

from __future__ import annotations

from msgspec import Struct

CAN, ALWAYS, NEVER = "can", "always", "never"


class Who(Struct, frozen=True):
    """Of whom a guarantee speaks. None stands for all numbers, and for whichever language the call is in.

    `numbers` are indices, -1 for the main line; `arriving` are (calendar, states), all of which must be so;
    `facts` are (fact, values).
    """

    numbers: tuple[int, ...] | None = None
    arriving: tuple[tuple[int, tuple[int, ...]], ...] = ()
    languages: tuple[int, ...] | None = None
    facts: tuple[tuple[int, tuple[int, ...]], ...] = ()


class Guarantee(Struct, frozen=True):
    """One claim about callers.

    `claim` is CAN, ALWAYS or NEVER. What is claimed is one of: `open_team` (any team that is open is reached), `teams` or
    `nodes` (one of them is reached), `ends_in` (the call ends in one of these), `hears` (this prompt is heard), and with
    `before` before any of those nodes. `choices` and `seconds` bound the way; None for no bound.
    """

    name: str
    who: Who
    claim: str
    open_team: bool = False
    teams: tuple[int, ...] = ()
    nodes: tuple[int, ...] = ()
    ends_in: tuple[str, ...] = ()
    hears: str = ""
    before: tuple[int, ...] = ()
    choices: int | None = None
    seconds: int | None = None
