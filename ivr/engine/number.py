"""After the entry chain: each number's callers go where its phase of life takes them."""

from __future__ import annotations

from ivr.engine.way import Outcome, asked_again, goto, onward, part_with, waiting
from ivr.model.actions import Hangup
from ivr.model.events import Event, Keys, Speech
from ivr.model.graph import Graph, Number
from ivr.model.moment import ANNOUNCE, BEFORE, OVER, REDIRECT, RETURNED, Moment
from ivr.model.nodes import Actions, NumberNode
from ivr.model.state import ENDED, State

HELPING = 1
ASK_AT_MOST = 3
"""How often help is offered before a redirected call ends: who answers through a relay service needs half a minute."""


def enter(graph: Graph, node: NumberNode, state: State, moment: Moment) -> Outcome:
    """Route, announce and route, or redirect with help offered."""
    index = moment.number()
    phase = moment.phase() if index >= 0 else RETURNED
    if phase == RETURNED:
        return onward(graph, state, graph.start), ()
    number = graph.numbers[index]
    if phase in (BEFORE, OVER):
        return onward(graph, state, number.then), ()
    if phase == REDIRECT:
        return waiting(state, HELPING), (*_told(number, state.language), *node.helps[state.language])
    says = number.announce[state.language] if number.announce and phase == ANNOUNCE else ()
    return onward(graph, state, number.to), says


def _told(number: Number, language: int) -> Actions:
    """What a redirected number says. Nobody has chosen a language yet in the default one, and the call may end here, so
    it is said in each."""
    rows = number.announce if language == 0 else number.announce[language : language + 1]
    return tuple(action for row in rows for action in row)


def resume(graph: Graph, node: NumberNode, state: State, event: Event, moment: Moment) -> Outcome:
    """Whoever asks for help gets it, by any key; who stays silent is asked again, and was told where to turn."""
    if isinstance(event, Keys | Speech) and (not isinstance(event, Keys) or event.digits):
        return goto(graph, state, graph.operator), ()
    if state.no_input + 1 < ASK_AT_MOST:
        return asked_again(state, state.no_input + 1, 0), node.helps[state.language]
    return part_with(state, ENDED), (*node.goodbye[state.language], Hangup(state.at))
