"""What is asked now: the keys and words that a node takes, with the words that its table has for them."""

from __future__ import annotations

from msgspec.structs import replace

from ivr.engine import callback, case
from ivr.engine.ask import CONFIRMING
from ivr.model.graph import Graph
from ivr.model.nodes import AskNode, CallbackNode, CaseNode, MenuNode, Node, NumberNode, QueueNode
from ivr.model.state import State
from ivr.pages.phone.call import Choice, Question, Texts
from ivr.simulator.callers import Asked
from ivr.tables.ready import Table

MOST_SAID = 24
"""Known words that are shown."""


def asked_of(
    table: Table, state: State, kind: str, team: str = "", most: int = 0, asked: Asked | None = None
) -> Question:
    """The question of a state; `asked` is what the caller is asked, if it is one of them."""
    graph = table.graph
    node = graph.nodes[state.at]
    language = graph.languages[state.language].code
    question = Question(
        kind=kind, asks=kind_of(node), node=graph.names[state.at],
        language=language, team=team, titles=titles(graph, team), most=most,
    )  # fmt: skip
    if kind == "leave" and isinstance(node, QueueNode):
        return replace(question, choices=(Choice(node.offer_key, "", "leave"),))
    if asked is None:
        return question
    said: tuple[str, ...] = ()
    if isinstance(node, MenuNode) and asked.speech:
        said = tuple(sorted(node.phrases[state.language]))[:MOST_SAID]
    return replace(
        question, digits=asked.digits, finish=asked.finish, speech=asked.speech, pause=asked.wait, said=said,
        choices=_choices(table, node, state),
    )  # fmt: skip


def kind_of(node: Node) -> str:
    """The kind of a node as in YAML; `number` for the one that the compiler made."""
    return str(node.__struct_config__.tag)


def titles(graph: Graph, team: str) -> Texts:
    """What a team is called, in each language of the table; nothing for what is no team."""
    held = next((one for one in graph.teams if one.name == team), None)
    if held is None:
        return ()
    return tuple((language.code, title) for language, title in zip(graph.languages, held.titles, strict=True))


def _choices(table: Table, node: Node, state: State) -> tuple[Choice, ...]:
    graph = table.graph
    if isinstance(node, MenuNode):
        options = tuple(_option(table, node, state, at) for at in range(len(node.options)))
        bound = {option.key for option in options}
        ways = ((graph.operator_key, "operator"), (graph.repeat_key, "repeat"))
        return (*options, *(Choice(key, "", role) for key, role in ways if key and key not in bound))
    if isinstance(node, NumberNode):  # any key is a call for help; the one that is spoken stands for all
        return (Choice(graph.operator_key or "1", "", "help"),)
    roles = _roles(node, state)
    operator = (Choice(graph.operator_key, "", "operator"),) if graph.operator_key and _to_operator(node, state) else ()
    return (*(Choice(str(n), "", role) for n, role in enumerate(roles, 1)), *operator)


def _roles(node: Node, state: State) -> tuple[str, ...]:
    """What the keys 1, 2, 3 do in the questions that the engine itself puts."""
    part = state.part
    if isinstance(node, AskNode):
        return ("right", "wrong") if part == CONFIRMING else ()
    if isinstance(node, CallbackNode):
        held = {callback.OFFERING: ("this_number", "other_number", "refuse"), callback.CONFIRMING: ("right", "wrong")}
        return held.get(part, ())
    if isinstance(node, CaseNode):
        held = {case.PROMISED: ("case_stays", "case_stops"), case.OPEN: ("case_stays", "case_stops")}
        return held.get(part, ("right", "wrong") if part == case.CONFIRMING else ())
    return ()


def _to_operator(node: Node, state: State) -> bool:
    """Whether the operator's key is taken as such in a question that the engine itself puts."""
    if isinstance(node, AskNode):
        return state.part == CONFIRMING
    if isinstance(node, CallbackNode):
        return state.part in (callback.OFFERING, callback.CONFIRMING)
    return isinstance(node, CaseNode)


def _option(table: Table, node: MenuNode, state: State, at: int) -> Choice:
    option = node.options[at]
    label = label_of(table, state.at, option.key, state.language)
    if label:
        return Choice(option.key, label)
    if option.language >= 0:
        return Choice(option.key, table.graph.languages[option.language].code, "language")
    said = sorted(phrase for phrase, chosen in node.phrases[state.language].items() if chosen == at)
    return Choice(option.key, said[0] if said else table.graph.names[option.to])


def label_of(table: Table, node: int, key: str, language: int) -> str:
    """The words of an option as written, in a language or else in the first that has them; '' for none."""
    declared = table.source_map.nodes[node]
    if declared is None:
        return ""
    label = declared.place("options", key, "label")
    if label is declared.place("options", key):
        return ""
    languages = table.graph.languages
    for code in (languages[language].code, *(one.code for one in languages)):
        text = declared.place("options", key, "label", code)
        if text is not label:
            return text.text
    return ""
