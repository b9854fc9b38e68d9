"""`ask`: collects digits or speech into a field, against a pattern, and reads it back."""

from __future__ import annotations

import re

from ivr.engine.way import Outcome, asked_again, goto, part_with, waiting, with_field
from ivr.model.events import Event, Keys, Speech
from ivr.model.graph import Graph
from ivr.model.moment import Moment
from ivr.model.nodes import AskNode
from ivr.model.patterns import fits
from ivr.model.state import State

ASKING, CONFIRMING = 1, 2
MAX_ANSWER = 64
"""Characters of an answer that are looked at."""


def enter(graph: Graph, node: AskNode, state: State, moment: Moment) -> Outcome:
    """Ask for the first time; what was kept from an earlier visit is forgotten."""
    memory = with_field(state.memory, node.field, "") if state.memory.fields[node.field] else None
    return waiting(state, ASKING, memory), node.asks[state.language]


def resume(graph: Graph, node: AskNode, state: State, event: Event, moment: Moment) -> Outcome:
    """Take the answer, read it back, or ask again."""
    if state.part == CONFIRMING:
        return _confirm(graph, node, state, event)
    answer = _answer(node, event)
    if answer is None:
        return _quiet(graph, node, state)
    if not answer or (node.pattern and not fits(node.pattern, answer)):
        return _wrong(graph, node, state)
    memory = with_field(state.memory, node.field, answer)
    if not node.confirms:
        return goto(graph, state, node.to, memory), ()
    return part_with(state, CONFIRMING, memory), node.confirms[state.language]


def _answer(node: AskNode, event: Event) -> str | None:
    """What was typed or said; None for nothing. Speech is compared without spaces, in upper case."""
    if isinstance(event, Keys):
        return event.digits.rstrip("#")[:MAX_ANSWER] or None
    if isinstance(event, Speech):
        text = event.text[:MAX_ANSWER].strip(" .,!?")
        return (re.sub(r"[\s.\-]", "", text).upper() if node.pattern else text) if node.speech else ""
    return None


def _confirm(graph: Graph, node: AskNode, state: State, event: Event) -> Outcome:
    key = event.digits if isinstance(event, Keys) else ""
    if key == "1":
        return goto(graph, state, node.to), ()
    if key == graph.operator_key:
        return goto(graph, state, graph.operator), ()
    if key == "2":
        fresh = part_with(state, ASKING, with_field(state.memory, node.field, ""))
        return fresh, node.asks[state.language]
    if key:
        return _again(
            graph, state, state.no_input, state.no_match + 1, node.no_match.ask_at_most, node.no_match.to, node
        )
    return _again(graph, state, state.no_input + 1, state.no_match, node.no_input.ask_at_most, node.no_input.to, node)


def _again(
    graph: Graph, state: State, no_input: int, no_match: int, most: int, to: int, node: AskNode
) -> Outcome:  # fmt: skip
    if max(no_input, no_match) >= most:
        return goto(graph, state, to), ()
    return asked_again(state, no_input, no_match), node.confirms[state.language]


def _quiet(graph: Graph, node: AskNode, state: State) -> Outcome:
    spent = state.no_input + 1
    if spent >= node.no_input.ask_at_most:
        return goto(graph, state, node.no_input.to), ()
    return asked_again(state, spent, state.no_match), node.quiet[state.language]


def _wrong(graph: Graph, node: AskNode, state: State) -> Outcome:
    spent = state.no_match + 1
    if spent >= node.no_match.ask_at_most:
        return goto(graph, state, node.no_match.to), ()
    return asked_again(state, state.no_input, spent), node.wrong[state.language]
