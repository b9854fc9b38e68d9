"""Time and chance as questions: what the engine may ask about the moment at which a call arrived."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

OPEN, CLOSED, HOLIDAY = 0, 1, 2
"""What a calendar answers. A holiday is a national one, or a whole day in `closed_on`."""

PHASES = ("before", "parallel", "announce", "redirect", "returned", "over")
"""The life of a legacy number. `before` and `over` stand outside a campaign's days; a number without dates is parallel."""
BEFORE, PARALLEL, ANNOUNCE, REDIRECT, RETURNED, OVER = range(6)


class Calamity(Struct, frozen=True):
    """What the calamity switch holds: a text for each language, and the declared route to take, or ''.

    `mark` tells one from the next and `since` is when it began (epoch seconds), so that who waits hears each once; `ends` is
    when it is over, 0 where nobody said.
    """

    texts: tuple[str, ...]
    route: str = ""
    mark: int = 0
    since: int = 0
    ends: int = 0


class Switched(Struct, frozen=True):
    """What people have switched live, as one version of a table knows it: the calamity; what each notice node says, by
    language; until when teams are closed by hand (epoch seconds). Nodes and teams by index."""

    calamity: Calamity | None = None
    notices: dict[int, tuple[str, ...]] = {}
    closed: dict[int, int] = {}


NOTHING = Switched()
"""Nothing is switched."""


class Moment(Protocol):
    """Answers for one call. A live call answers from its arrival; a prover answers in every possible way."""

    def calendar(self, calendar: int) -> int:
        """OPEN, CLOSED or HOLIDAY of the calendar with this index."""

    def phase(self) -> int:
        """The phase of the number that was dialled, as an index into PHASES."""

    def number(self) -> int:
        """The index of the legacy number that was dialled, or -1 for the main number."""

    def fact(self, fact: int) -> int:
        """The value of a fact, as an index into its values."""

    def share(self, node: int, shares: tuple[int, ...]) -> int:
        """Which share of a split this caller falls into; the same each time for the same caller and node."""

    def caller(self) -> str:
        """The caller's number if it can be rung back, E.164, else ''."""

    def calamity(self) -> Calamity | None:
        """What the calamity switch says now, or None when it is off."""

    def notice(self, node: int) -> tuple[str, ...] | None:
        """What a notice node says now, by language, or None when there is nothing to say."""

    def closed(self, team: int) -> bool:
        """Whether a team is closed by hand now. What is promised goes by its calendar all the same."""
