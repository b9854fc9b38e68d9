"""What a server says of a turn in `X-IVR-Trace`, when its setting `trace` is on: where in the table the caller is."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from ivr.simulator.wire.line import WireFault

HEADER = "x-ivr-trace"


class Trace(Struct, frozen=True):
    """`node`: index of the node that speaks or waits, -1 when not known; `nodes` and `exits` what the turn passed.

    `part`, `no_input`, `no_match`, `language` are those of the call's state; `language` is -1 when not known.
    """

    at: int = -1
    node: int = -1
    part: int = 0
    no_input: int = 0
    no_match: int = 0
    language: int = -1
    nodes: tuple[int, ...] = ()
    exits: tuple[tuple[str, str], ...] = ()
    case: str = ""


NOWHERE = Trace()
_decoder = msgspec.json.Decoder(Trace)


def read_trace(headers: Mapping[str, str], where: str) -> Trace:
    """The trace of an answer; NOWHERE when it carries none. Raises WireFault."""
    text = headers.get(HEADER)
    if text is None:
        return NOWHERE
    try:
        return _decoder.decode(text)
    except msgspec.DecodeError as error:
        raise WireFault(f"{where}: the header {HEADER} cannot be read: {error}") from None
