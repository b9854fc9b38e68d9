"""What a caller typed, spoken where they may not have typed it: fields read on a way that does not set them."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.checks.links import LISTENING, Links
from ivr.diagnostics import Label, Located, Report, Span
from ivr.model.actions import Listen, Say
from ivr.model.nodes import (
    Actions,
    AskNode,
    CalamityNode,
    CallbackNode,
    EndNode,
    MenuNode,
    Node,
    NumberNode,
    QueueNode,
    SayNode,
    SurveyNode,
    TransferNode,
    VoicemailNode,
)
from ivr.model.words import Hole, Words

HEARD: dict[type, tuple[str, ...]] = {
    SayNode: ("says",),
    MenuNode: ("asks", "quiet", "wrong", "again"),
    AskNode: ("asks", "quiet", "wrong"),
    TransferNode: ("says",),
    QueueNode: ("says",),
    CallbackNode: ("offers", "asks", "wrong", "confirms", "promises"),
    VoicemailNode: ("says", "thanks"),
    SurveyNode: ("asks", "wrong"),
    CalamityNode: ("says",),
    EndNode: ("says",),
    NumberNode: ("helps", "goodbye"),
}
"""What is spoken in a node, by kind. What an ask node reads back is its own field, which is set by then."""


def check_fields(links: Links, report: Report) -> None:
    """IVR318: a field that is read where it may not be set, at the text that reads it."""
    readers = _readers(links)
    if not readers:
        return
    asked = 0
    for reads in readers.values():
        asked |= reads
    unset = _may_be_unset(links, asked)
    lacking = {at: reads & unset[at] for at, reads in readers.items() if reads & unset[at]}
    if not lacking:
        return
    places = _Places(links)
    blamed = _ways_without(links, lacking, unset)
    for at, fields in lacking.items():
        for field, name in enumerate(links.graph.fields):
            if fields >> field & 1 and links.source_map.nodes[at] is not None:
                way = blamed.get((at, field))
                labels = [Label(links.at_exit(*way), f"on this way '{name}' may not have been asked")] if way else []
                report.add(
                    "IVR318", places.find(at, name), f"'{{{name}}}' is spoken where the caller may not have given it",
                    f"ask for '{name}' on every way that comes here, or take it out", labels,
                )  # fmt: skip


def _readers(links: Links) -> dict[int, int]:
    """The nodes whose words read fields, with the fields as bits."""
    graph = links.graph
    if not graph.fields:
        return {}
    reading: dict[int, int] = {}
    for number, prompt in enumerate(graph.prompts):
        for piece in prompt.pieces:
            if isinstance(piece, Words) and piece.plain is None:
                for part in piece.parts:
                    if isinstance(part, Hole) and part.kind == "field":
                        reading[number] = reading.get(number, 0) | 1 << part.argument
    for node in graph.nodes:
        if isinstance(node, AskNode):
            for row in node.confirms:
                for prompt_id in _spoken(row):
                    reading.pop(prompt_id, None)
    out: dict[int, int] = {}
    if reading:
        for at, node in enumerate(graph.nodes):
            reads = 0
            for prompt_id in _heard(node):
                reads |= reading.get(prompt_id, 0)
            if reads:
                out[at] = reads
    return out


def _heard(node: Node) -> Iterator[int]:
    """The prompts that are spoken in a node."""
    for name in HEARD.get(node.__class__, ()):
        for actions in getattr(node, name):
            yield from _spoken(actions)
    if isinstance(node, QueueNode):
        for pair in node.wait_prompts:
            yield from pair


def _spoken(actions: Actions) -> Iterator[int]:
    for action in actions:
        if isinstance(action, Say):
            yield action.prompt
        elif isinstance(action, Listen):
            yield from action.prompts


def _may_be_unset(links: Links, asked: int) -> list[int]:
    """For each node, as bits, the fields that may be unset when a call is in it; only bits of `asked` count.

    What an ask node holds from an earlier visit is forgotten when it is entered, and set by its exit `to`.
    """
    graph = links.graph
    out = [0] * len(graph.nodes)
    row = []
    for start in {*links.chain[:1], graph.number_node}:
        out[start] = asked
        row.append(start)
    for at in row:
        for exit, to in _ways(links, at):
            now = _after(links, at, exit, out[at])
            if now & ~out[to]:
                out[to] |= now
                row.append(to)
    for at, node in enumerate(graph.nodes):
        if isinstance(node, AskNode):
            out[at] |= asked & 1 << node.field
    return out


def _after(links: Links, at: int, exit: str, unset: int) -> int:
    node = links.graph.nodes[at]
    if not isinstance(node, AskNode):
        return unset
    bit = 1 << node.field
    return unset & ~bit if exit == "to" else unset | bit


def _ways(links: Links, at: int) -> Iterator[tuple[str, int]]:
    yield from links.ways[at]
    if links.graph.nodes[at].__class__ in LISTENING and links.graph.operator >= 0:
        yield "", links.graph.operator


def _ways_without(links: Links, lacking: dict[int, int], unset: list[int]) -> dict[tuple[int, int], tuple[int, str]]:
    """For each node and field that it lacks, the first written way that comes there without the field."""
    out: dict[tuple[int, int], tuple[int, str]] = {}
    for before, row in enumerate(links.ways):
        for exit, to in row:
            if to in lacking and to != before and links.source_map.nodes[before] is not None:
                without = lacking[to] & _after(links, before, exit, unset[before])
                while without:
                    bit = without & -without
                    out.setdefault((to, bit.bit_length() - 1), (before, exit))
                    without ^= bit
    return out


class _Places:
    """Where placeholders are written."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self._texts: dict[int, list[Located]] = {}
        source_map = links.source_map
        for spoken in source_map.spoken:
            if "{" in spoken.at.text and 0 <= spoken.node < len(source_map.nodes):
                self._texts.setdefault(id(source_map.nodes[spoken.node]), []).append(spoken.at)

    def find(self, at: int, name: str) -> Span:
        """The placeholder in a text of the node; for a prompt with a name, the name where the node uses it."""
        declared = self._links.source_map.nodes[at]
        assert declared is not None
        written = "{" + name + "}"
        for text in self._texts.get(id(declared), ()):
            start = text.text.find(written)
            if start >= 0:
                return text.inside(start, start + len(written))
        for key in ("say", "again", "waiting"):
            place = declared.place(key)
            if place is not declared.name:
                return place.span
        return declared.name.span
