"""A call between two turns: what the engine needs to go on (State) and what was true when it arrived (Arrival)."""

from __future__ import annotations

from msgspec import Struct

ENTERING = 0
"""`State.part` when a node is about to be entered; any other part means that somebody must act."""
ENDED = 99
"""`State.part` of a call that is over."""


class Memory(Struct, frozen=True, array_like=True, gc=False):
    """What a call remembers from node to node.

    `variables`: the value of each variable as an index into its values, -1 when not set.
    `fields`: what was typed or said for each `ask`, '' when not set. `number`: what we ring back, E.164 or ''.
    `case`: the last case that was opened or joined. `due`: when the case last opened or found is due (epoch seconds).
    `found`: a case whose number was typed, until it is joined, cancelled or left. `tries`: case numbers typed so far.
    """

    variables: tuple[int, ...] = ()
    fields: tuple[str, ...] = ()
    number: str = ""
    case: str = ""
    due: int = 0
    found: str = ""
    tries: int = 0


class State(Struct, frozen=True, array_like=True, gc=False):
    """Where a call is. Small on purpose: it travels in a URL.

    `at`: index of the node. `part`: 0 about to enter it, else which answer the node waits for. `language`: index.
    `chain`: how many nodes of the entry chain were passed. `no_input`, `no_match`: askings spent in this node.
    `turns`: inputs and outcomes so far in the call.
    """

    at: int
    part: int
    language: int
    chain: int
    no_input: int
    no_match: int
    turns: int
    memory: Memory


class Arrival(Struct, frozen=True, array_like=True, gc=False):
    """What was true when the call arrived; hours, phases and facts are judged by it until the call ends.

    `time`: epoch seconds. `number`: index of the legacy number, -1 for the main number or an unknown one.
    `dialled`: what was dialled, as delivered, at most 32 characters. `caller`: E.164, or '' when withheld or malformed.
    `facts`: the value of each fact as an index. `seed`: what shares are drawn from, 0 to 9,999.
    """

    time: int
    number: int
    dialled: str
    caller: str
    facts: tuple[int, ...]
    seed: int
