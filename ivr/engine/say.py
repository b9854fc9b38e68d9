"""`say`: speaks, then goes on."""

from __future__ import annotations

from ivr.engine.way import Outcome, onward
from ivr.model.graph import Graph
from ivr.model.moment import Moment
from ivr.model.nodes import SayNode
from ivr.model.state import State


def enter(graph: Graph, node: SayNode, state: State, moment: Moment) -> Outcome:
    """Speak and move on."""
    return onward(graph, state, node.to), node.says[state.language]
