"""`queue`: waits for a team, until somebody takes the call, the caller leaves by key, or the wait is over."""

from __future__ import annotations

from ivr.engine.way import Outcome, goto, onward, waiting
from ivr.model.events import QUEUE_OUTCOMES, Event, Queued
from ivr.model.graph import Graph
from ivr.model.moment import OPEN, Moment
from ivr.model.nodes import QueueNode
from ivr.model.state import State

WAITING = 1
_CLOSED, _FAILED = QUEUE_OUTCOMES.index("closed"), QUEUE_OUTCOMES.index("failed")


def enter(graph: Graph, node: QueueNode, state: State, moment: Moment) -> Outcome:
    """Join the queue, unless the team is closed, by its hours or by hand."""
    if node.calendar >= 0 and (moment.closed(node.team) or moment.calendar(node.calendar) != OPEN):
        return onward(graph, state, node.exits[_CLOSED]), ()
    return waiting(state, WAITING), (*node.says[state.language], node.enqueue)


def resume(graph: Graph, node: QueueNode, state: State, event: Event, moment: Moment) -> Outcome:
    """Take the exit of the outcome. What is no outcome counts as a failure."""
    outcome = QUEUE_OUTCOMES.index(event.outcome) if isinstance(event, Queued) else _FAILED
    return goto(graph, state, node.exits[outcome]), ()
