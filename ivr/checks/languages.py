"""IVR501: words that lack a language in which they can be heard."""

from __future__ import annotations

from collections import deque

from ivr.checks.links import LISTENING, Links
from ivr.diagnostics import Label, Report
from ivr.model.nodes import BranchNode, MenuNode, Node


def check_languages(links: Links, report: Report) -> None:
    """Report each text that lacks a language in which a call can come to it, once for each language."""
    missing = links.source_map.missing
    if not missing:
        return
    reach = languages_heard(links)
    said: set[tuple[int, int]] = set()
    codes = [language.code for language in links.graph.languages]
    switches = [_switch(links, language) for language in range(len(codes))]
    for (at, language), texts in missing.items():
        if not reach[at] >> language & 1:
            continue
        for text in texts:
            if (id(text), language) not in said:
                said.add((id(text), language))
                code = codes[language]
                report.add(
                    "IVR501", text.span, f"these words lack '{code}', in which callers can hear them",
                    f"add '{code}:' to them", switches[language],
                )  # fmt: skip


def languages_heard(links: Links) -> list[int]:
    """For each node the languages in which a call can come to it, as bits. A call begins in the first one."""
    graph = links.graph
    reach = [0] * len(graph.nodes)
    first = links.chain[0] if links.chain else graph.number_node
    reach[first] = 1
    row = deque([first])
    waiting = bytearray(len(reach))
    operator = graph.operator
    while row:
        at = row.popleft()
        waiting[at] = 0
        node = graph.nodes[at]
        held = reach[at]
        rule = _RULES.get(node.__class__)
        ways = links.ways[at] if rule is None else ()
        for to, bits in rule(links, at, node, held) if rule is not None else ((to, held) for _, to in ways):
            if bits & ~reach[to]:
                reach[to] |= bits
                if not waiting[to]:
                    waiting[to] = 1
                    row.append(to)
        if operator >= 0 and node.__class__ in LISTENING and held & ~reach[operator]:
            reach[operator] |= held
            if not waiting[operator]:
                waiting[operator] = 1
                row.append(operator)
    return reach


def _menu(links: Links, at: int, node: Node, held: int) -> list[tuple[int, int]]:
    """An option may set the language; the caller hears on in that one."""
    assert isinstance(node, MenuNode)
    switched = {option.key: 1 << option.language for option in node.options if option.language >= 0}
    return [(to, switched.get(name, held)) for name, to in links.ways[at]]


def _branch(links: Links, at: int, node: Node, held: int) -> list[tuple[int, int]]:
    """A branch on the language lets each language through where it has a case, and the others through `otherwise`."""
    assert isinstance(node, BranchNode)
    if node.subject != "language":
        return [(to, held) for _, to in links.ways[at]]
    ways = links.ways[at]
    cases = {name: 1 << int(name[1:]) for name, _ in ways if name.startswith("#")}
    rest = held & ~sum(cases.values())
    return [(to, cases[name] & held if name in cases else rest) for name, to in ways]


_RULES = {MenuNode: _menu, BranchNode: _branch}


def _switch(links: Links, language: int) -> list[Label]:
    """The first choice with which a call goes on in a language."""
    for at, node in enumerate(links.graph.nodes):
        declared = links.source_map.nodes[at]
        if isinstance(node, MenuNode) and declared is not None:
            for option in node.options:
                if option.language == language:
                    place = declared.place("options", option.key, "language")
                    return [Label(place.span, "here a call goes on in that language")]
    return []
