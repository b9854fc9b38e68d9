"""The routing table as a state machine of the `transitions` library: the same states, the same events, no words.

It is given less to do than our engine: where an event leads is known beforehand, nothing is counted, no hours or facts
are asked, no prompt is chosen.
"""

from __future__ import annotations

from collections.abc import Iterable

from transitions import Machine


class Call:
    """The model: what the library calls the thing that has a state."""

    trigger: object
    state: str


def build(states: Iterable[str], edges: Iterable[tuple[str, str, str]], start: str) -> Call:
    """A call whose `trigger(event)` takes it from state to state; `edges` are (source, event, destination)."""
    call = Call()
    machine = Machine(
        call,
        states=list(states),
        initial=start,
        auto_transitions=False,
        send_event=False,
        ignore_invalid_triggers=False,
    )
    for source, event, destination in edges:
        machine.add_transition(event, source, destination)
    return call
