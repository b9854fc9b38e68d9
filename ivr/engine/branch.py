"""`branch`: branches on a variable, a fact, the number, its phase, or the language."""

from __future__ import annotations

from ivr.engine.way import Outcome, onward
from ivr.model.graph import Graph
from ivr.model.moment import Moment
from ivr.model.nodes import NO_CASE, BranchNode
from ivr.model.state import State


def enter(graph: Graph, node: BranchNode, state: State, moment: Moment) -> Outcome:
    """Take the exit of the value, or `otherwise` when it has none."""
    value = _value(node, state, moment)
    to = node.exits[value] if 0 <= value < len(node.exits) else NO_CASE
    return onward(graph, state, node.otherwise if to == NO_CASE else to), ()


def _value(node: BranchNode, state: State, moment: Moment) -> int:
    match node.subject:
        case "variable":
            return state.memory.variables[node.index]
        case "fact":
            return moment.fact(node.index)
        case "phase":
            return moment.phase()
        case "language":
            return state.language
        case _:
            return moment.number()
