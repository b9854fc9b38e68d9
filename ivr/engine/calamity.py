"""`calamity`: speaks what the calamity switch holds, and takes its route if that is declared."""

from __future__ import annotations

from ivr.engine.way import Outcome, onward
from ivr.model.graph import Graph
from ivr.model.moment import Moment
from ivr.model.nodes import CalamityNode
from ivr.model.state import State


def enter(graph: Graph, node: CalamityNode, state: State, moment: Moment) -> Outcome:
    """Pass by when the switch is off."""
    now = moment.calamity()
    if now is None:
        return onward(graph, state, node.then), ()
    to = node.exits[node.routes.index(now.route)] if now.route in node.routes else node.then
    says = node.says[state.language] if any(now.texts) else ()
    return onward(graph, state, to), says
