"""`hours`: branches on a calendar as it was at arrival."""

from __future__ import annotations

from ivr.engine.way import Outcome, onward
from ivr.model.graph import Graph
from ivr.model.moment import Moment
from ivr.model.nodes import HoursNode
from ivr.model.state import State


def enter(graph: Graph, node: HoursNode, state: State, moment: Moment) -> Outcome:
    """Take the exit of what the calendar says."""
    return onward(graph, state, node.exits[moment.calendar(node.calendar)]), ()
