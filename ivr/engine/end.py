"""`end`: says goodbye and hangs up."""

from __future__ import annotations

from ivr.engine.way import Outcome, waiting
from ivr.model.actions import Hangup
from ivr.model.graph import Graph
from ivr.model.moment import Moment
from ivr.model.nodes import EndNode
from ivr.model.state import ENDED, State


def enter(graph: Graph, node: EndNode, state: State, moment: Moment) -> Outcome:
    """Say goodbye."""
    return waiting(state, ENDED), (*node.says[state.language], Hangup(state.at))
