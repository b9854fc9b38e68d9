"""`case`: a caller who has a case number hears its promise, joins it or cancels it.

Only who types the number hears anything, and three numbers are taken in a call: a number of a case must be hard to guess.
A caller who stays silent or puzzled once the case is found is not lost: the case is joined and stays as it is.
"""

from __future__ import annotations

from ivr.engine.way import Outcome, asked_again, goto, onward, part_with, waiting, with_case, with_found, with_try
from ivr.model.actions import CancelCase, FindCase, JoinCase
from ivr.model.events import CaseCancelled, CaseFound, CaseJoined, CaseUnknown, Event, Keys
from ivr.model.graph import Graph
from ivr.model.moment import Moment
from ivr.model.nodes import Actions, CaseNode
from ivr.model.state import Memory, State

ASKING, FINDING, PROMISED, OPEN, CONFIRMING, JOINING, CANCELLING = range(1, 8)
TRIES = 3
"""Numbers that are taken in a whole call, however often its caller comes back here."""
ASK_AT_MOST = 3
"""Askings of each question: who answers through a relay service needs half a minute."""
DIGITS = 6


def enter(graph: Graph, node: CaseNode, state: State, moment: Moment) -> Outcome:
    """Ask for the number, unless the call has used up its tries."""
    if state.memory.tries >= TRIES:
        return onward(graph, state, node.unknown), ()
    return waiting(state, ASKING), node.asks[state.language]


def resume(graph: Graph, node: CaseNode, state: State, event: Event, moment: Moment) -> Outcome:
    """Take the number, the caller's wish, or the outcome of an effect."""
    if state.part == ASKING:
        return _typed(graph, node, state, event)
    if state.part == FINDING:
        return _found(graph, node, state, event)
    if state.part in (JOINING, CANCELLING):
        return _settled(graph, node, state, event)
    return _wish(graph, node, state, event)


def _typed(graph: Graph, node: CaseNode, state: State, event: Event) -> Outcome:
    typed = event.digits.rstrip("#") if isinstance(event, Keys) else ""
    if not typed:
        if state.no_input + 1 >= ASK_AT_MOST:
            return goto(graph, state, node.no_input), ()
        return asked_again(state, state.no_input + 1, 0), node.quiet[state.language]
    if typed == graph.operator_key:
        return goto(graph, state, graph.operator), ()
    memory = with_try(state.memory)
    if len(typed) == DIGITS and typed.isdecimal():
        return part_with(state, FINDING, memory), (FindCase(state.at, typed),)
    return _unknown(graph, node, state, memory)


def _unknown(graph: Graph, node: CaseNode, state: State, memory: Memory) -> Outcome:
    if memory.tries >= TRIES:
        return goto(graph, state, node.unknown, memory), ()
    return part_with(state, ASKING, memory), node.wrong[state.language]


def _found(graph: Graph, node: CaseNode, state: State, event: Event) -> Outcome:
    if isinstance(event, CaseUnknown):
        return _unknown(graph, node, state, state.memory)
    if not isinstance(event, CaseFound):
        return goto(graph, state, node.failed), ()
    if event.state == "over":
        return goto(graph, state, node.over), node.overs[state.language]
    memory = with_found(state.memory, event.case, event.due)
    part = PROMISED if event.state == "promised" else OPEN
    return part_with(state, part, memory), _offer(node, part)[state.language]


def _offer(node: CaseNode, part: int) -> tuple[Actions, ...]:
    return node.promised if part == PROMISED else node.open if part == OPEN else node.confirms


def _wish(graph: Graph, node: CaseNode, state: State, event: Event) -> Outcome:
    """1 leaves the case as it is; 2 cancels it, and is asked for once more. In that question 1 cancels and 2 does not."""
    key = event.digits if isinstance(event, Keys) else ""
    if key == graph.operator_key:
        return goto(graph, state, graph.operator, with_found(state.memory, "", 0)), ()
    confirming = state.part == CONFIRMING
    if key == "1" and confirming:
        return part_with(state, CANCELLING), (CancelCase(state.at, state.memory.found),)
    if key == "2" and not confirming:
        return part_with(state, CONFIRMING), node.confirms[state.language]
    no_input, no_match = state.no_input + (not key), state.no_match + bool(key)
    if key in ("1", "2") or max(no_input, no_match) >= ASK_AT_MOST:
        return part_with(state, JOINING), (JoinCase(state.at, state.memory.found),)
    return asked_again(state, no_input, no_match), _offer(node, state.part)[state.language]


def _settled(graph: Graph, node: CaseNode, state: State, event: Event) -> Outcome:
    memory = state.memory
    if isinstance(event, CaseJoined) and state.part == JOINING:
        return goto(graph, state, node.joined, with_case(memory, memory.found, memory.due)), node.joins[state.language]
    left = with_found(memory, "", 0)
    if isinstance(event, CaseCancelled) and state.part == CANCELLING:
        return goto(graph, state, node.cancelled, left), node.cancels[state.language]
    return goto(graph, state, node.failed, left), ()
