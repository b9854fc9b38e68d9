"""The exits of a node by name, and a node with its exits led elsewhere. One rule a kind; everything else asks here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from ivr.model.events import DIAL_OUTCOMES
from ivr.model.graph import Graph
from ivr.model.moment import PHASES
from ivr.model.nodes import (
    NO_CASE,
    AskNode,
    BranchNode,
    CalamityNode,
    CallbackNode,
    CaseNode,
    HoursNode,
    MenuNode,
    Node,
    NoticeNode,
    QueueNode,
    Retry,
    SayNode,
    SplitNode,
    SurveyNode,
    TransferNode,
    VoicemailNode,
)

Exit = tuple[str, int]
"""(name as in YAML, target)."""

_QUEUE = ("when_done", "offer_after", "timeout", "full", "closed", "failed")
_TRANSFER = ("when_done", *DIAL_OUTCOMES[1:])
_replace = msgspec.structs.replace


def exits(node: Node) -> tuple[Exit, ...]:
    """Name and target of each exit, in the order of the YAML. A branch's value is named by its index, `#0`."""
    kind = node.__class__
    rule = _EXITS.get(kind)
    return rule(node) if rule is not None else ()


def retarget(node: Node, to: Callable[[str, int], int]) -> Node:
    """The node with each exit led to `to(name, target)`."""
    rule = _RETARGET.get(node.__class__)
    return rule(node, to) if rule is not None else node


def exit_label(graph: Graph, index: int, name: str) -> str:
    """The name of an exit as an admin knows it: a branch's value in place of its index."""
    node = graph.nodes[index]
    if not isinstance(node, BranchNode) or not name.startswith("#"):
        return name
    value = int(name[1:])
    match node.subject:
        case "variable":
            return graph.variables[node.index][1][value]
        case "fact":
            return graph.facts[node.index][1][value]
        case "number":
            return graph.numbers[value].name
        case "language":
            return graph.languages[value].code
        case _:
            return PHASES[value]


def _menu(node: MenuNode) -> tuple[Exit, ...]:
    options = tuple((option.key, option.to) for option in node.options)
    return (*options, ("no_input", node.no_input.to), ("no_match", node.no_match.to))


def _menu_to(node: MenuNode, to: Callable[[str, int], int]) -> MenuNode:
    options = tuple(_replace(option, to=to(option.key, option.to)) for option in node.options)
    return _replace(node, options=options, **_retries(node, to))


def _ask(node: AskNode) -> tuple[Exit, ...]:
    return (("to", node.to), ("no_input", node.no_input.to), ("no_match", node.no_match.to))


def _ask_to(node: AskNode, to: Callable[[str, int], int]) -> AskNode:
    return _replace(node, to=to("to", node.to), **_retries(node, to))


def _retries(node: MenuNode | AskNode, to: Callable[[str, int], int]) -> dict[str, Retry]:
    return {
        "no_input": Retry(node.no_input.ask_at_most, to("no_input", node.no_input.to)),
        "no_match": Retry(node.no_match.ask_at_most, to("no_match", node.no_match.to)),
    }


def _branch(node: BranchNode) -> tuple[Exit, ...]:
    cases = tuple((f"#{value}", target) for value, target in enumerate(node.exits) if target != NO_CASE)
    return cases if node.otherwise == NO_CASE else (*cases, ("otherwise", node.otherwise))


def _branch_to(node: BranchNode, to: Callable[[str, int], int]) -> BranchNode:
    cases = tuple(t if t == NO_CASE else to(f"#{value}", t) for value, t in enumerate(node.exits))
    otherwise = node.otherwise if node.otherwise == NO_CASE else to("otherwise", node.otherwise)
    return _replace(node, exits=cases, otherwise=otherwise)


def _named(names: tuple[str, ...]) -> Callable[[Any], tuple[Exit, ...]]:
    """A rule for nodes whose `exits` is a tuple in the order of `names`."""
    return lambda node: tuple(zip(names, node.exits, strict=True))


def _named_to(names: tuple[str, ...]) -> Callable[[Any, Callable[[str, int], int]], Node]:
    return lambda node, to: _replace(
        node, exits=tuple(to(name, target) for name, target in zip(names, node.exits, strict=True))
    )


def _keys(*names: str) -> Callable[[Any], tuple[Exit, ...]]:
    """A rule for nodes whose exits are attributes."""
    return lambda node: tuple((name, getattr(node, name)) for name in names)


def _keys_to(*names: str) -> Callable[[Any, Callable[[str, int], int]], Node]:
    return lambda node, to: _replace(node, **{name: to(name, getattr(node, name)) for name in names})


def _calamity(node: CalamityNode) -> tuple[Exit, ...]:
    return (("then", node.then), *zip(node.routes, node.exits, strict=True))


def _calamity_to(node: CalamityNode, to: Callable[[str, int], int]) -> CalamityNode:
    routes = tuple(to(name, target) for name, target in zip(node.routes, node.exits, strict=True))
    return _replace(node, then=to("then", node.then), exits=routes)


def _split(node: SplitNode) -> tuple[Exit, ...]:
    return tuple(zip(node.names, node.exits, strict=True))


def _split_to(node: SplitNode, to: Callable[[str, int], int]) -> SplitNode:
    return _replace(node, exits=tuple(to(name, target) for name, target in zip(node.names, node.exits, strict=True)))


_HOURS = ("open", "closed", "holiday")
_CALLBACK = ("taken", "refused", "full", "failed")
_CASE = ("joined", "cancelled", "over", "unknown", "no_input", "failed")
_VOICEMAIL = ("to", "no_input", "failed")

_EXITS: dict[type, Callable[[Any], tuple[Exit, ...]]] = {
    SayNode: _keys("to"),
    MenuNode: _menu,
    AskNode: _ask,
    HoursNode: _named(_HOURS),
    BranchNode: _branch,
    SplitNode: _split,
    TransferNode: _named(_TRANSFER),
    QueueNode: _named(_QUEUE),
    CallbackNode: _keys(*_CALLBACK),
    VoicemailNode: _keys(*_VOICEMAIL),
    SurveyNode: _keys("to"),
    CaseNode: _keys(*_CASE),
    CalamityNode: _calamity,
    NoticeNode: _keys("then"),
}
_RETARGET: dict[type, Callable[[Any, Callable[[str, int], int]], Node]] = {
    SayNode: _keys_to("to"),
    MenuNode: _menu_to,
    AskNode: _ask_to,
    HoursNode: _named_to(_HOURS),
    BranchNode: _branch_to,
    SplitNode: _split_to,
    TransferNode: _named_to(_TRANSFER),
    QueueNode: _named_to(_QUEUE),
    CallbackNode: _keys_to(*_CALLBACK),
    VoicemailNode: _keys_to(*_VOICEMAIL),
    SurveyNode: _keys_to("to"),
    CaseNode: _keys_to(*_CASE),
    CalamityNode: _calamity_to,
    NoticeNode: _keys_to("then"),
}
