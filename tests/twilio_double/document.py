"""A document as a leg of the double holds it, and the end of a leg."""

from __future__ import annotations

from dataclasses import dataclass

from ivr.simulator.wire.twiml import Verb


class Over(Exception):
    """The leg is over."""


@dataclass(frozen=True)
class Document:
    """Where it came from, and its verbs."""

    url: str
    verbs: tuple[Verb, ...]


class SentAway(Exception):
    """The leg was sent to another document."""
