"""`transfer`: dials a team or a number; done only when the caller was bridged to a person."""

from __future__ import annotations

from ivr.engine.way import Outcome, goto, onward, part_with, waiting
from ivr.model.events import DIAL_OUTCOMES, Dialled, Event
from ivr.model.graph import Graph
from ivr.model.moment import OPEN, Moment
from ivr.model.nodes import TransferNode
from ivr.model.state import State

DIALLING = 1
"""The part while the first row of targets rings; the next rows follow in order."""
_CLOSED, _FAILED = DIAL_OUTCOMES.index("closed"), DIAL_OUTCOMES.index("failed")


def enter(graph: Graph, node: TransferNode, state: State, moment: Moment) -> Outcome:
    """Dial, unless the team is closed: a team is never dialled outside its hours, nor while it is closed by hand."""
    if node.calendar >= 0 and (moment.closed(node.team) or moment.calendar(node.calendar) != OPEN):
        return onward(graph, state, node.exits[_CLOSED]), ()
    dials = node.dials[state.language]
    if not dials or not dials[0].targets:
        return onward(graph, state, node.exits[_FAILED]), ()
    return waiting(state, DIALLING), (*node.says[state.language], dials[0])


def resume(graph: Graph, node: TransferNode, state: State, event: Event, moment: Moment) -> Outcome:
    """Take the exit of the outcome, or dial the next in order. What is no outcome counts as a failure."""
    outcome = DIAL_OUTCOMES.index(event.outcome) if isinstance(event, Dialled) else _FAILED
    dials = node.dials[state.language]
    if 0 < outcome != _CLOSED and state.part < len(dials):
        return part_with(state, state.part + 1), (dials[state.part],)
    return goto(graph, state, node.exits[outcome]), ()
