"""`callback`: a promise. The number is checked and confirmed, and nothing is promised before the case is on disk.

A caller who stays silent is not lost: with a number that can be rung the case is opened all the same; without one the
exit is `failed`, where a person or a voicemail follows.
"""

from __future__ import annotations

from ivr.engine.way import Outcome, asked_again, goto, part_with, waiting, with_case, with_number
from ivr.model.actions import OpenCase
from ivr.model.events import CaseOpened, CaseRefused, Event, Keys
from ivr.model.graph import Graph
from ivr.model.moment import Moment
from ivr.model.nodes import CallbackNode
from ivr.model.numbers import dialable
from ivr.model.state import State

OFFERING, TYPING, CONFIRMING, OPENING = 1, 2, 3, 4
ASK_AT_MOST = 2
"""Askings of each question before the silent or puzzled caller is helped in another way."""


def enter(graph: Graph, node: CallbackNode, state: State, moment: Moment) -> Outcome:
    """Offer the caller's own number, or ask for one."""
    caller = moment.caller()
    memory = with_number(state.memory, caller)
    if caller:
        return waiting(state, OFFERING, memory), node.offers[state.language]
    return waiting(state, TYPING, memory), node.asks[state.language]


def resume(graph: Graph, node: CallbackNode, state: State, event: Event, moment: Moment) -> Outcome:
    """Take the answer to the question that was put, or the outcome of opening the case."""
    if state.part == OPENING:
        return _opened(graph, node, state, event)
    key = event.digits if isinstance(event, Keys) else ""
    if state.part == TYPING:
        return _typed(graph, node, state, key)
    if key == "1":
        return _open(node, state)
    if key == "2":
        return part_with(state, TYPING), node.asks[state.language]
    if key == "3" and state.part == OFFERING:
        return goto(graph, state, node.refused), ()
    if key == graph.operator_key:
        return goto(graph, state, graph.operator), ()
    return _again(node, state, silent=not key)


def _again(node: CallbackNode, state: State, silent: bool) -> Outcome:
    no_input, no_match = state.no_input + silent, state.no_match + (not silent)
    if max(no_input, no_match) >= ASK_AT_MOST:
        return _open(node, state)
    asks = node.offers if state.part == OFFERING else node.confirms
    return asked_again(state, no_input, no_match), asks[state.language]


def _typed(graph: Graph, node: CallbackNode, state: State, typed: str) -> Outcome:
    number = dialable(typed.rstrip("#")) if 3 <= len(typed) <= 20 else ""
    if number:
        return part_with(state, CONFIRMING, with_number(state.memory, number)), node.confirms[state.language]
    no_input, no_match = state.no_input + (not typed), state.no_match + bool(typed)
    if no_input >= ASK_AT_MOST or no_match > ASK_AT_MOST:
        # a number that was known before is better than none
        return _open(node, state) if state.memory.number else (goto(graph, state, node.failed), ())
    asks = node.wrong if typed else node.asks
    return asked_again(state, no_input, no_match), asks[state.language]


def _open(node: CallbackNode, state: State) -> Outcome:
    effect = OpenCase(
        state.at,
        "callback",
        node.team,
        state.memory.number,
        node.within,
        node.per_day,
        reach=node.reach,
        part=node.part,
    )
    return part_with(state, OPENING), (effect,)


def _opened(graph: Graph, node: CallbackNode, state: State, event: Event) -> Outcome:
    if isinstance(event, CaseOpened):
        memory = with_case(state.memory, event.case, event.due)
        return goto(graph, state, node.taken, memory), node.promises[state.language]
    return goto(graph, state, node.full if isinstance(event, CaseRefused) else node.failed), ()
