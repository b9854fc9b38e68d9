"""`survey`: asks a mark from 1 to 10; whoever gives none goes on all the same."""

from __future__ import annotations

from ivr.engine.way import Outcome, asked_again, goto, part_with, waiting
from ivr.model.actions import KeepMark
from ivr.model.events import Event, Keys
from ivr.model.graph import Graph
from ivr.model.moment import Moment
from ivr.model.nodes import SurveyNode
from ivr.model.state import State

ASKING, KEEPING = 1, 2
MARKS = {str(mark): mark for mark in range(1, 11)}


def enter(graph: Graph, node: SurveyNode, state: State, moment: Moment) -> Outcome:
    """Ask."""
    return waiting(state, ASKING), node.asks[state.language]


def resume(graph: Graph, node: SurveyNode, state: State, event: Event, moment: Moment) -> Outcome:
    """Keep the mark; a wrong one is asked for once more, silence is respected."""
    if state.part == KEEPING or not isinstance(event, Keys) or not event.digits:
        return goto(graph, state, node.to), ()
    mark = MARKS.get(event.digits.rstrip("#"))
    if mark is not None:
        return part_with(state, KEEPING), (KeepMark(state.at, mark),)
    if state.no_match:
        return goto(graph, state, node.to), ()
    return asked_again(state, 0, 1), node.wrong[state.language]
