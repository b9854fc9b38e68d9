"""The answer for the day that something breaks: an apology and the operator, from memory alone."""

from __future__ import annotations

from twilio.twiml.voice_response import VoiceResponse

from ivr.calendars.moment import Almanac
from ivr.model.actions import Say
from ivr.model.graph import Graph
from ivr.model.moment import OPEN
from ivr.model.nodes import Actions, QueueNode, TransferNode
from ivr.model.words import Words

MOST_RUNG = 10
"""Targets that the provider rings at once (Twilio, "<Dial>")."""


def apology_document(graph: Graph, there: bool = True) -> bytes:
    """TwiML that says sorry and dials the operator; then, or when nobody is `there`, says where else to turn.

    The static document that the provider hosts knows no hours, so it always dials. It never puts anybody in a queue of
    ours: whoever would empty it is likely to be down too.
    """
    response = VoiceResponse()
    targets = apology_targets(graph) if there else ()
    if targets:
        _say(response, graph, graph.apology[0])
        dial = response.dial(timeout=_ring(graph), answer_on_bridge=True)
        for target in targets:
            dial.sip(target) if target.startswith("sip") else dial.number(target)
    _say(response, graph, graph.give_up[0])
    response.hangup()
    return str(response).encode()


def apology_targets(graph: Graph) -> tuple[str, ...]:
    """What the apology rings, all at once: the operator's own targets, else those of the team whose queue it is; at
    most MOST_RUNG. Empty when there is nothing to ring without our help."""
    operator = _operator(graph)
    if isinstance(operator, TransferNode):
        return tuple(target for dial in operator.dials[0] for target in dial.targets)[:MOST_RUNG]
    return graph.teams[operator.team].dial[:MOST_RUNG] if operator is not None else ()


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
    return node if isinstance(node, TransferNode | QueueNode) else None


def _ring(graph: Graph) -> int:
    """For how many seconds the operator is rung."""
    operator = _operator(graph)
    if isinstance(operator, TransferNode):
        return operator.dials[0][0].ring
    return graph.teams[operator.team].ring if operator is not None else 0


def _say(response: VoiceResponse, graph: Graph, actions: Actions) -> None:
    for action in actions:
        for piece in graph.prompts[action.prompt].pieces if isinstance(action, Say) else ():
            if isinstance(piece, Words) and piece.plain:
                language = graph.languages[piece.language]
                response.say(piece.plain, voice=language.voice or None, language=language.locale or None)
