"""`split`: a stable share of callers goes each way."""

from __future__ import annotations

from ivr.engine.way import Outcome, onward
from ivr.model.graph import Graph
from ivr.model.moment import Moment
from ivr.model.nodes import SplitNode
from ivr.model.state import State


def enter(graph: Graph, node: SplitNode, state: State, moment: Moment) -> Outcome:
    """Take the exit of the caller's share."""
    return onward(graph, state, node.exits[moment.share(state.at, node.shares)]), ()
