"""What can happen while a node waits: one event for each way in which the engine can tell answers apart."""

from __future__ import annotations

from functools import lru_cache

from ivr.engine import ask, callback, case, survey, voicemail
from ivr.engine.menu import spoken_choice
from ivr.model.events import (
    CASE_STATES,
    DIAL_OUTCOMES,
    QUEUE_OUTCOMES,
    CaseCancelled,
    CaseFound,
    CaseJoined,
    CaseOpened,
    CaseRefused,
    CaseUnknown,
    Dialled,
    EffectFailed,
    Event,
    Keys,
    MarkKept,
    Queued,
    Recorded,
    Silence,
    Speech,
)
from ivr.model.graph import Graph
from ivr.model.nodes import (
    AskNode,
    CallbackNode,
    CaseNode,
    MenuNode,
    Node,
    NumberNode,
    QueueNode,
    SurveyNode,
    TransferNode,
    VoicemailNode,
)
from ivr.model.patterns import sample
from ivr.model.state import State

INPUTS = (MenuNode, AskNode, CallbackNode, SurveyNode, CaseNode, NumberNode)
"""Nodes in which a caller's inputs are counted, so that the limit of inputs can be reached there."""
SILENCE = Silence()
OPENED = CaseOpened("1", 1)
_ALL_KEYS = "987654321#*0"


def possible(graph: Graph, node: Node, state: State) -> tuple[Event, ...]:
    """The events that can come while a state waits in a node, hanging up aside."""
    if isinstance(node, MenuNode):
        return _menu(graph, node, state.language)
    if isinstance(node, TransferNode):
        return _DIALS if node.team >= 0 else _NUMBER_DIALS
    if isinstance(node, QueueNode):
        return _QUEUES if node.offer_key else tuple(e for e in _QUEUES if e.outcome != "left")
    if isinstance(node, AskNode):
        return _ask(node, state.part, graph.operator_key)
    if isinstance(node, CallbackNode):
        return _callback(state.part, graph.operator_key)
    if isinstance(node, VoicemailNode):
        return _RECORDED if state.part == voicemail.RECORDING else (OPENED, EffectFailed())
    if isinstance(node, SurveyNode):
        return _SURVEY if state.part == survey.ASKING else (MarkKept(), EffectFailed())
    if isinstance(node, CaseNode):
        return _case(state.part, graph.operator_key)
    return (Keys(graph.operator_key), SILENCE)  # a redirected number takes any key, and names this one


_DIALS = tuple(Dialled(outcome) for outcome in DIAL_OUTCOMES)
_NUMBER_DIALS = tuple(Dialled(outcome) for outcome in DIAL_OUTCOMES if outcome != "closed")
_QUEUES = tuple(Queued(outcome) for outcome in QUEUE_OUTCOMES)
_RECORDED = (Recorded("https://api.example/RE", 10), Recorded("", 0))
_SURVEY = (Keys("8"), Keys("99"), SILENCE)


def _menu(graph: Graph, node: MenuNode, language: int) -> tuple[Event, ...]:
    keys = [option.key for option in node.options]
    more = [k for k in (graph.operator_key, graph.repeat_key) if k not in node.keys]
    unbound = next((k for k in _ALL_KEYS if k not in node.keys and k not in more), "")
    events: list[Event] = [Keys(k) for k in (*keys, *more)]
    events.append(Keys(unbound) if unbound else Speech("?", 0.9))
    events.append(SILENCE)
    if graph.operator_key in node.keys:  # then only words lead to the operator of the table
        words = sorted(graph.operator_words[language])
        events += [Speech(said, 0.9) for said in words if spoken_choice(node.phrases[language], said) is None][:1]
    return tuple(events)


@lru_cache(maxsize=1024)
def _ask(node: AskNode, part: int, operator_key: str) -> tuple[Event, ...]:
    if part == ask.CONFIRMING:
        return (Keys("1"), Keys("2"), Keys(operator_key), _other(operator_key), SILENCE)
    good = sample(node.pattern) if node.pattern else "iets" if node.speech else "1"
    fits: Event = Keys(good) if good.isdigit() else Speech(good, 0.9)
    wrong: Event = Keys("*" * 33)
    return (fits, wrong, SILENCE)


def _other(operator_key: str) -> Keys:
    """A key that means nothing where 1, 2, 3 and the operator's key mean something."""
    return Keys("9" if operator_key != "9" else "8")


def _callback(part: int, operator_key: str) -> tuple[Event, ...]:
    if part == callback.OPENING:
        return (OPENED, CaseRefused(), EffectFailed())
    if part == callback.TYPING:
        return (Keys("0612345678"), Keys("12"), SILENCE)
    offered = (Keys("3"),) if part == callback.OFFERING else ()
    return (Keys("1"), Keys("2"), *offered, Keys(operator_key), _other(operator_key), SILENCE)


FOUND = tuple(CaseFound("1", 1 if state == "promised" else 0, state) for state in CASE_STATES)
_CASE_OUTCOMES: dict[int, tuple[Event, ...]] = {
    case.FINDING: (*FOUND, CaseUnknown(), EffectFailed()),
    case.JOINING: (CaseJoined(), EffectFailed()),
    case.CANCELLING: (CaseCancelled(), EffectFailed()),
}


def _case(part: int, operator_key: str) -> tuple[Event, ...]:
    outcomes = _CASE_OUTCOMES.get(part)
    if outcomes is not None:
        return outcomes
    if part == case.ASKING:
        return (Keys("123456"), Keys("12"), Keys(operator_key), SILENCE)
    return (Keys("1"), Keys("2"), Keys(operator_key), _other(operator_key), SILENCE)
