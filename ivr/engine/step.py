"""`move` goes through one node; `step` moves until somebody else must act. No step ever answers with silence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ivr.engine import (
    ask,
    branch,
    calamity,
    callback,
    case,
    end,
    hours,
    menu,
    notice,
    number,
    queue,
    say,
    split,
    survey,
    transfer,
    voicemail,
)
from ivr.engine.way import Outcome, goto
from ivr.model.actions import Hangup
from ivr.model.events import Event, HungUp, Keys, Silence, Speech
from ivr.model.graph import Graph
from ivr.model.moment import Moment
from ivr.model.nodes import (
    Actions,
    AskNode,
    BranchNode,
    CalamityNode,
    CallbackNode,
    CaseNode,
    EndNode,
    HoursNode,
    MenuNode,
    NoticeNode,
    NumberNode,
    QueueNode,
    SayNode,
    SplitNode,
    SurveyNode,
    TransferNode,
    VoicemailNode,
)
from ivr.model.state import ENDED, ENTERING, Memory, State

GRACE = 12
"""Answers that are left to a call after it was sent to the operator for having used up `max_inputs`."""
MAX_MOVES = 500
"""Nodes that one step may go through without anybody acting; the checks find such loops before."""
_MOVES = range(MAX_MOVES)

Enter = Callable[[Graph, Any, State, Moment], Outcome]  # each takes its own kind of node
Resume = Callable[[Graph, Any, State, Event, Moment], Outcome]

ENTER: dict[type, Enter] = {
    SayNode: say.enter,
    MenuNode: menu.enter,
    AskNode: ask.enter,
    HoursNode: hours.enter,
    BranchNode: branch.enter,
    SplitNode: split.enter,
    TransferNode: transfer.enter,
    QueueNode: queue.enter,
    CallbackNode: callback.enter,
    VoicemailNode: voicemail.enter,
    SurveyNode: survey.enter,
    CaseNode: case.enter,
    CalamityNode: calamity.enter,
    NoticeNode: notice.enter,
    EndNode: end.enter,
    NumberNode: number.enter,
}
RESUME: dict[type, Resume] = {
    MenuNode: menu.resume,
    AskNode: ask.resume,
    TransferNode: transfer.resume,
    QueueNode: queue.resume,
    CallbackNode: callback.resume,
    VoicemailNode: voicemail.resume,
    SurveyNode: survey.resume,
    CaseNode: case.resume,
    NumberNode: number.resume,
}
_INPUTS = (Keys, Speech, Silence)


def begin(graph: Graph) -> State:
    """The state of a call that has just arrived: before the first node of the entry chain."""
    at = graph.chain[0] if graph.chain else graph.number_node
    memory = Memory((-1,) * len(graph.variables), ("",) * len(graph.fields))
    return State(at, ENTERING, 0, 0, 0, 0, 0, memory)


def move(graph: Graph, state: State, event: Event, moment: Moment) -> Outcome:
    """Go through one node: enter it, or go on in it with what happened."""
    if state.part == ENTERING:
        node = graph.nodes[state.at]
        return ENTER[node.__class__](graph, node, state, moment)
    return _go_on(graph, state, event, moment)


def step(graph: Graph, state: State, event: Event, moment: Moment) -> Outcome:
    """Move until somebody else must act. The last action is what they must act upon, or an effect to perform."""
    actions: Actions = ()
    if state.part != ENTERING:
        if state.part == ENDED:
            return state, ()
        state, actions = _go_on(graph, state, event, moment)
        if state.part:
            return state, actions
    nodes = graph.nodes
    for _ in _MOVES:
        node = nodes[state.at]
        state, more = ENTER[node.__class__](graph, node, state, moment)
        if more:
            actions = actions + more if actions else more
        if state.part:
            return state, actions
    return give_up(graph, state)


def _go_on(graph: Graph, state: State, event: Event, moment: Moment) -> Outcome:
    """Go on in a node that waited, with what happened."""
    if event.__class__ is HungUp:
        return State(state.at, ENDED, state.language, state.chain, 0, 0, state.turns, state.memory), ()
    if state.turns >= graph.max_turns:
        spent = _spent(graph, state, event)
        if spent is not None:
            return spent
    node = graph.nodes[state.at]
    return RESUME[node.__class__](graph, node, state, event, moment)


def _spent(graph: Graph, state: State, event: Event) -> Outcome | None:
    """Inputs are bounded: at the limit the call goes to the operator, and after some grace it ends with a word."""
    if state.turns >= graph.max_turns + GRACE:
        return give_up(graph, state)
    if state.turns == graph.max_turns and isinstance(event, _INPUTS):
        return goto(graph, state, graph.operator), ()
    return None


def give_up(graph: Graph, state: State) -> Outcome:
    """The end of a call that can go no further: it is told where to turn, and hung up."""
    ended = State(state.at, ENDED, state.language, state.chain, 0, 0, state.turns, state.memory)
    return ended, (*graph.give_up[state.language], Hangup(state.at))
