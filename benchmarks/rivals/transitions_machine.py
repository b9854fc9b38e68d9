"""The routing table as a state machine of the `transitions` library: the same states, the same events, no words.

A call goes through the same nodes one by one, as it does in a step of our engine. The rival is given less to do: where
an event leads is known beforehand, nothing is counted, no hours or facts are asked, no prompt is chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from transitions import Machine

Edge = tuple[str, str, str]
"""(source, event, destination)."""


class Call:
    """The model: what the library calls the thing that has a state."""

    state: str
    trigger: Callable[[str], bool]


def build(states: Iterable[str], edges: Iterable[Edge], start: str) -> Call:
    """A call whose `trigger(event)` takes it from state to state."""
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
