"""A document as it came: its address, its verbs, and where in the table it was written."""

from __future__ import annotations

from dataclasses import dataclass

from ivr.simulator.wire.trace import Trace
from ivr.simulator.wire.twiml import Verb


@dataclass(frozen=True, slots=True)
class Document:
    """`url` is the address that gave it, without fragment: relative addresses in it are seen from there."""

    url: str
    verbs: tuple[Verb, ...]
    trace: Trace

    @property
    def node(self) -> int:
        """The node that speaks or waits, -1 when not known."""
        return self.trace.node
