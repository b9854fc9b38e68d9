"""The answer for the day that something breaks: an apology and the operator, from memory alone."""

from __future__ import annotations

from twilio.twiml.voice_response import VoiceResponse

from ivr.calendars.moment import Almanac
from ivr.dialects.twiml import queue_name
from ivr.model.actions import Say
from ivr.model.graph import Graph
from ivr.model.moment import OPEN
from ivr.model.nodes import Actions, QueueNode, TransferNode
from ivr.model.words import Words


def apology_document(graph: Graph, there: bool = True) -> bytes:
    """TwiML that says sorry and dials the operator; then, or when nobody is `there`, says where else to turn.

    The static document that the provider hosts knows no hours, so it always dials.
    """
    response = VoiceResponse()
    operator = _operator(graph)
    if there and isinstance(operator, TransferNode):
        _say(response, graph, graph.apology[0])
        dial = response.dial(timeout=operator.dials[0][0].ring, answer_on_bridge=True)
        for target in operator.dials[0][0].targets:
            dial.sip(target) if target.startswith("sip") else dial.number(target)
    elif there and isinstance(operator, QueueNode):
        _say(response, graph, graph.apology[0])
        response.enqueue(queue_name(graph, operator.team))
    _say(response, graph, graph.give_up[0])
    response.hangup()
    return str(response).encode()


class Apology:
    """The apology of a table, made at load: when something breaks there may be nothing to make it with."""

    def __init__(self, graph: Graph, almanac: Almanac) -> None:
        self._there = apology_document(graph, True)
        self._closed = apology_document(graph, False)
        operator = _operator(graph)
        self._calendar = (
            almanac.calendars[operator.calendar] if operator is not None and operator.calendar >= 0 else None
        )

    def now(self, instant: int) -> bytes:
        """The document for an instant: the operator is dialled while it is open."""
        if self._calendar is None or self._calendar.at(instant) == OPEN:
            return self._there
        return self._closed


def _operator(graph: Graph) -> TransferNode | QueueNode | None:
    """The transfer or queue that the operator node is."""
    node = graph.nodes[graph.operator]
    if isinstance(node, TransferNode) and node.dials and node.dials[0] and node.dials[0][0].targets:
        return node
    return node if isinstance(node, QueueNode) else None


def _say(response: VoiceResponse, graph: Graph, actions: Actions) -> None:
    for action in actions:
        for piece in graph.prompts[action.prompt].pieces if isinstance(action, Say) else ():
            if isinstance(piece, Words) and piece.plain:
                language = graph.languages[piece.language]
                response.say(piece.plain, voice=language.voice or None, language=language.locale or None)
