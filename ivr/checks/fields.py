"""Words with a hole that a call may not have filled: what a caller typed, their case, its day, the number to ring."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ivr.checks.links import LISTENING, Links
from ivr.diagnostics import Label, Located, Report, Span
from ivr.model.actions import Listen, Say
from ivr.model.nodes import (
    Actions,
    AskNode,
    CalamityNode,
    CallbackNode,
    CaseNode,
    EndNode,
    MenuNode,
    Node,
    NoticeNode,
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
    CaseNode: ("asks", "quiet", "wrong", "promised", "open", "confirms", "joins", "cancels", "overs"),
    CalamityNode: ("says",),
    NoticeNode: ("says",),
    EndNode: ("says",),
    NumberNode: ("helps", "goodbye"),
}
"""What is spoken in a node, by kind. What an ask node reads back is its own field, which is set by then."""
_SET_BY_THEN = frozenset(("offers", "confirms", "promises", "thanks", "promised", "open", "joins", "cancels", "overs"))
"""What is spoken once the number is known, or the case is on disk. What a table says first is spoken elsewhere too."""
_KEPT = ("case", "due", "number")
"""What a call remembers besides its fields; its bits come after theirs."""
_TAKEN = "a callback's 'taken:'"
_HELPS = {
    "case": f"say it only where {_TAKEN} or a voicemail's 'to:' leads",
    "due": f"say it only where {_TAKEN} leads",
    "number": f"say it only where {_TAKEN} or 'refused:' leads",
}
_Setting = dict[str, tuple[frozenset[str], frozenset[str]]]
"""Exit → what is set on it, and what is not set any more."""
_BY_CALLBACK: _Setting = {
    "taken": (frozenset(_KEPT), frozenset()),
    "refused": (frozenset(("number",)), frozenset()),
    "full": (frozenset(("number",)), frozenset()),
    "failed": (frozenset(), frozenset(("number",))),
}
"""An anonymous caller may give no number; then the callback has failed, and one that was known is forgotten."""
_BY_CASE: _Setting = {
    "joined": (frozenset(("case",)), frozenset(("due",))),
    "cancelled": (frozenset(), frozenset(("due",))),
    "failed": (frozenset(), frozenset(("due",))),
    "": (frozenset(), frozenset(("due",))),
}
"""A case may have no promise; '' is the way to the operator, whom a caller may ask for once it is found."""
_BY_VOICEMAIL: _Setting = {"to": (frozenset(("case",)), frozenset(("due",)))}

_SETTING: dict[type, _Setting] = {CallbackNode: _BY_CALLBACK, CaseNode: _BY_CASE, VoicemailNode: _BY_VOICEMAIL}


class _Names(NamedTuple):
    """The names of holes by their bits: the table's fields, then what else a call keeps."""

    fields: tuple[str, ...]
    all: tuple[str, ...]

    def message(self, bit: int) -> tuple[str, str, str]:
        """What is wrong, how to mend it, and what is so on a way that does not fill it."""
        name = self.all[bit]
        if bit < len(self.fields):
            return (
                f"'{{{name}}}' is spoken where the caller may not have given it",
                f"ask for '{name}' on every way that comes here, or take it out",
                f"on this way '{name}' may not have been asked",
            )
        what = {"case": "there may be no case", "due": "nothing may have been promised"}
        lacking = what.get(name, "no number to ring back may be known")
        return f"'{{{name}}}' is spoken where {lacking}", _HELPS[name], f"on this way {lacking}"


def check_fields(links: Links, report: Report) -> None:
    """IVR318: a field, case, day or number that is read where it may not be set, at the text that reads it."""
    names = _Names(links.graph.fields, (*links.graph.fields, *_KEPT))
    reading = _reading(links, names)
    readers = _readers(links, reading)
    if not readers:
        return
    asked = 0
    for reads in readers.values():
        asked |= reads
    unset = _may_be_unset(links, asked)
    _announced(links, names, reading, unset[links.graph.number_node], report)
    lacking = {at: reads & unset[at] for at, reads in readers.items() if reads & unset[at]}
    if not lacking:
        return
    places = _Places(links)
    blamed = _ways_without(links, lacking, unset)
    for at, held in lacking.items():
        for bit, name in enumerate(names.all):
            if held >> bit & 1 and links.source_map.nodes[at] is not None:
                way = blamed.get((at, bit))
                message, help, label = names.message(bit)
                labels = [Label(links.at_exit(*way), label)] if way else []
                report.add("IVR318", places.find(at, name), message, help, labels)


def _announced(links: Links, names: _Names, reading: dict[int, int], unset: int, report: Report) -> None:
    """What is said of a number when its callers have just passed the entry."""
    for number, declared in zip(links.graph.numbers, links.source_map.numbers, strict=True):
        lacking = 0
        for row in number.announce:
            for prompt_id in _spoken(row):
                lacking |= reading.get(prompt_id, 0) & unset
        for bit in range(len(names.all)):
            if lacking >> bit & 1:
                message, help, _ = names.message(bit)
                texts = (declared.place("announce", language.code) for language in links.graph.languages)
                report.add("IVR318", _within(texts, names.all[bit], declared.place("announce").span), message, help)


def _reading(links: Links, names: _Names) -> dict[int, int]:
    """The prompts that read fields and what else a call keeps, as bits."""
    graph = links.graph
    kept = tuple("{" + name + "}" for name in _KEPT)
    texts = (spoken.at.text for spoken in links.source_map.spoken if spoken.role != "phrase")
    if not graph.fields and not any("{" in text and any(name in text for name in kept) for text in texts):
        return {}
    bits = {name: 1 << at for at, name in enumerate(names.all) if at >= len(graph.fields)}
    reading: dict[int, int] = {}
    for number, prompt in enumerate(graph.prompts):
        for piece in prompt.pieces:
            if isinstance(piece, Words) and piece.plain is None:
                for part in piece.parts:
                    if isinstance(part, Hole):
                        bit = 1 << part.argument if part.kind == "field" else bits.get(part.kind, 0)
                        if bit:
                            reading[number] = reading.get(number, 0) | bit
    for node in graph.nodes:
        if isinstance(node, AskNode):
            for row in node.confirms:
                for prompt_id in _spoken(row):
                    reading.pop(prompt_id, None)
    return reading


def _readers(links: Links, reading: dict[int, int]) -> dict[int, int]:
    """The nodes whose words read fields and what else a call keeps, as bits."""
    graph = links.graph
    out: dict[int, int] = {}
    if reading:
        for number in graph.numbers:
            for row in number.announce:
                for prompt_id in _spoken(row):
                    if prompt_id in reading:
                        out[graph.number_node] = out.get(graph.number_node, 0) | reading[prompt_id]
        for at, node in enumerate(graph.nodes):
            reads = 0
            for prompt_id in _heard(node):
                reads |= reading.get(prompt_id, 0)
            if reads:
                out[at] = out.get(at, 0) | reads
    return out


def _heard(node: Node) -> Iterator[int]:
    """The prompts that are spoken in a node."""
    for name in HEARD.get(node.__class__, ()):
        if name not in _SET_BY_THEN:
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
            now = asked & _after(links, at, exit, out[at])
            if now & ~out[to]:
                out[to] |= now
                row.append(to)
    for at, node in enumerate(graph.nodes):
        if isinstance(node, AskNode):
            out[at] |= asked & 1 << node.field
    return out


def _after(links: Links, at: int, exit: str, unset: int) -> int:
    node = links.graph.nodes[at]
    if isinstance(node, AskNode):
        bit = 1 << node.field
        return unset & ~bit if exit == "to" else unset | bit
    setting = _SETTING.get(node.__class__)
    if setting is not None:
        now, lost = setting.get(exit, (frozenset(), frozenset()))
        for place, name in enumerate(_KEPT, len(links.graph.fields)):
            if name in now:
                unset &= ~(1 << place)
            elif name in lost:
                unset |= 1 << place
    return unset


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
        for key in ("say", "again", "waiting"):
            place = declared.place(key)
            if place is not declared.name:
                return _within(self._texts.get(id(declared), ()), name, place.span)
        return _within(self._texts.get(id(declared), ()), name, declared.name.span)


def _within(texts: Iterable[Located], name: str, other: Span) -> Span:
    """Where a placeholder stands in the first of some texts that has it, else another place."""
    written = "{" + name + "}"
    for text in texts:
        start = text.text.find(written)
        if start >= 0:
            return text.inside(start, start + len(written))
    return other
