"""A step in which callers of two tables do not fare alike."""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Struct

from ivr.model.events import Event
from ivr.proofs.diff.heard import Heard, Trail
from ivr.proofs.fork import Answer

NODE, VISIT, FLOW, TEAM, CALENDAR, NUMBER = "node", "visit", "flow", "team", "calendar", "number"
TABLE, PROMPT, PHRASES = "table", "prompt", "phrases"
"""The kinds of edits."""


class Blame(Struct, frozen=True):
    """What was edited: its kind and name (the common index for nodes, teams, numbers and phrases, as text)."""

    kind: str
    name: str

    @property
    def index(self) -> int:
        """The common index of a node, team or number."""
        return int(self.name)


class Parting(NamedTuple):
    """A step of both tables out of the pair `source`, in the worlds of `guard`, by `event`: what they went through, what
    the caller met, and how that differs (heard.py). `caller` is the number that was dialled, if it was asked; `chosen`
    are the free answers; `origin` is the edit by which the tables had gone apart before, None when they had not."""

    source: int
    guard: int
    event: Event
    trails: tuple[Trail, Trail]
    met: tuple[Heard, Heard]
    level: int
    caller: int
    chosen: tuple[Answer, ...]
    origin: Blame | None
