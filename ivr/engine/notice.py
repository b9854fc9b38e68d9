"""`notice`: speaks the notices that are switched on for it."""

from __future__ import annotations

from ivr.engine.way import Outcome, onward
from ivr.model.graph import Graph
from ivr.model.moment import Moment
from ivr.model.nodes import NoticeNode
from ivr.model.state import State


def enter(graph: Graph, node: NoticeNode, state: State, moment: Moment) -> Outcome:
    """Pass by when there is nothing to say."""
    says = () if moment.notice(state.at) is None else node.says[state.language]
    return onward(graph, state, node.then), says
