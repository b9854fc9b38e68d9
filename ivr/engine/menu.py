"""`menu`: keys and speech. No-input and no-match are counted apart (VoiceXML 2.1, section 5.2.2), afresh on each entry."""

from __future__ import annotations

from ivr.engine.way import Outcome, asked_again, goto, waiting
from ivr.model.events import Event, Keys, Speech
from ivr.model.graph import Graph
from ivr.model.moment import Moment
from ivr.model.nodes import CONTINUE, MenuNode, Option
from ivr.model.phrases import normalise
from ivr.model.state import ENTERING, Memory, State

LISTENING = 1
DOUBT = 0.3
"""Speech recognised with less confidence than this is taken as no match."""


def enter(graph: Graph, node: MenuNode, state: State, moment: Moment) -> Outcome:
    """Ask for the first time."""
    return waiting(state, LISTENING), node.asks[state.language]


def resume(graph: Graph, node: MenuNode, state: State, event: Event, moment: Moment) -> Outcome:
    """Take the choice, or ask again, or give up asking."""
    if event.__class__ is Keys:
        digits = event.digits
        chosen = node.keys.get(digits)
        if chosen is not None:
            return _take(graph, node.options[chosen], state), ()
        if digits:
            return _other_key(graph, node, state, digits)
    elif event.__class__ is Speech:
        return _speech(graph, node, state, event)
    spent = state.no_input + 1
    if spent >= node.no_input.ask_at_most:
        return goto(graph, state, node.no_input.to), ()
    return asked_again(state, spent, state.no_match), node.quiet[state.language]


def _take(graph: Graph, option: Option, state: State) -> State:
    language = option.language
    if language < 0 and not option.sets and option.to != CONTINUE:
        return State(option.to, ENTERING, state.language, state.chain, 0, 0, state.turns + 1, state.memory)
    memory = state.memory
    if option.sets:
        variables = list(memory.variables)
        for variable, value in option.sets:
            variables[variable] = value
        held = (memory.fields, memory.number, memory.case, memory.due, memory.found, memory.tries)
        memory = Memory(tuple(variables), *held)
    if language >= 0:
        state = State(state.at, state.part, language, state.chain, 0, 0, state.turns, memory)
    return goto(graph, state, option.to, memory)


def _other_key(graph: Graph, node: MenuNode, state: State, digits: str) -> Outcome:
    if digits == graph.operator_key:
        return goto(graph, state, graph.operator), ()
    if digits == graph.repeat_key:
        return asked_again(state, state.no_input, state.no_match), node.again[state.language]
    return _no_match(graph, node, state)


def _speech(graph: Graph, node: MenuNode, state: State, event: Speech) -> Outcome:
    if 0 < event.confidence < DOUBT:
        return _no_match(graph, node, state)
    said = event.text
    if said not in node.phrases[state.language]:  # they are normalised, so what is among them is so too
        said = normalise(said)
    if not said:
        return _no_match(graph, node, state)
    if said in node.keys:
        return _take(graph, node.options[node.keys[said]], state), ()
    chosen = spoken_choice(node.phrases[state.language], said)
    if chosen is not None:
        return _take(graph, node.options[chosen], state), ()
    if said in graph.operator_words[state.language]:
        return goto(graph, state, graph.operator), ()
    return _no_match(graph, node, state)


def spoken_choice(phrases: dict[str, int], said: str) -> int | None:
    """The option that what was said chooses: the phrase itself, or the one option whose phrases it contains."""
    exact = phrases.get(said)
    if exact is not None:
        return exact
    padded = f" {said} "
    found = {option for phrase, option in phrases.items() if f" {phrase} " in padded}
    return found.pop() if len(found) == 1 else None


def _no_match(graph: Graph, node: MenuNode, state: State) -> Outcome:
    spent = state.no_match + 1
    if spent >= node.no_match.ask_at_most:
        return goto(graph, state, node.no_match.to), ()
    return asked_again(state, state.no_input, spent), node.wrong[state.language]
