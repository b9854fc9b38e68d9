"""`voicemail`: records a message into a case; the caller is thanked only when the case is on disk."""

from __future__ import annotations

from ivr.engine.way import Outcome, goto, part_with, waiting, with_case
from ivr.model.actions import OpenCase
from ivr.model.events import CaseOpened, Event, Recorded
from ivr.model.graph import Graph
from ivr.model.moment import Moment
from ivr.model.nodes import VoicemailNode
from ivr.model.state import State

RECORDING, OPENING = 1, 2


def enter(graph: Graph, node: VoicemailNode, state: State, moment: Moment) -> Outcome:
    """Say what follows, and record."""
    return waiting(state, RECORDING), (*node.says[state.language], node.record)


def resume(graph: Graph, node: VoicemailNode, state: State, event: Event, moment: Moment) -> Outcome:
    """Keep the message, or go on when there is none."""
    if state.part == RECORDING:
        if not isinstance(event, Recorded) or not event.url or event.seconds <= 0:
            return goto(graph, state, node.no_input), ()
        effect = OpenCase(
            state.at, "voicemail", node.team, moment.caller(), (0, ""), recording=event.url, seconds=event.seconds
        )
        return part_with(state, OPENING), (effect,)
    if isinstance(event, CaseOpened):
        memory = with_case(state.memory, event.case, event.due)
        return goto(graph, state, node.to, memory), node.thanks[state.language]
    return goto(graph, state, node.failed), ()
