"""IVR519: a line that is closed says when it opens."""

from __future__ import annotations

import re

from ivr.checks.links import Links
from ivr.diagnostics import Label, Report, Span
from ivr.model.actions import Listen, Say
from ivr.model.moment import CLOSED, HOLIDAY, OPEN
from ivr.model.nodes import (
    CONTINUE,
    Actions,
    AskNode,
    BranchNode,
    CalamityNode,
    EndNode,
    HoursNode,
    MenuNode,
    Node,
    NumberNode,
    SayNode,
    SplitNode,
    SurveyNode,
    VoicemailNode,
)
from ivr.model.words import Audio

_FAR = 200
"""Nodes after a closed exit that are followed; a line that has not spoken of it by then is let be."""
_SILENT: frozenset[type] = frozenset((HoursNode, BranchNode, SplitNode, CalamityNode))
_SPEAKING: frozenset[type] = frozenset((SayNode, EndNode, MenuNode, AskNode, VoicemailNode, SurveyNode))
_TIME = re.compile(
    r"\b(?:(?:maan|dins|woens|donder|vrij|zater|zon|werk)dag(?:en)?|(?:mon|tues|wednes|thurs|fri|satur|sun|week)days?"
    r"|(?<!goede )(?<!goeden )morgen|tomorrow|noon|half (?:een|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf)"
    r"|\d{1,2}[:.]\d{2}|(?:\d{1,2}|een|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf) uur"
    r"|\d{1,2} ?[ap]\.?m\b|o'clock)\b|\b\d{1,2} ?[ap]\.m\.",
    re.IGNORECASE,
)
_Step = tuple[int, bool]
"""A node, and whether something was spoken on the way to it."""


class _Lines:
    """What closed lines say. What is known of a node is kept, so that each is followed once."""

    def __init__(self, links: Links) -> None:
        self.links = links
        self.tells: dict[tuple[int, int], bool] = {}
        self.fine: set[tuple[int, bool, int]] = set()

    def untold(self, start: int, language: int) -> int:
        """The first speaking node of a way on which callers are not told when it opens; -1 when all are told.

        A way ends well where it goes on in the entry without a word, at a person, or at a promise, which names its day.
        """
        graph = self.links.graph
        row: list[tuple[int, bool, int]] = [(start, False, -1)]
        seen: set[_Step] = {(start, False)}
        for at, spoke, first in row:
            if at == CONTINUE or at == graph.number_node:
                if spoke:
                    return first
                continue
            if len(row) > _FAR or at == self.links.opaque or (at, spoke, language) in self.fine:
                continue
            node = graph.nodes[at]
            if node.__class__ in _SPEAKING:
                if self._tells(at, node, language):
                    continue
                first = at if first < 0 else first
                spoke = True
                if not isinstance(node, SayNode):
                    return first
            elif node.__class__ not in _SILENT:
                continue
            for _, to in self.links.stated[at]:
                if (to, spoke) not in seen:
                    seen.add((to, spoke))
                    row.append((to, spoke, first))
        self.fine.update((at, spoke, language) for at, spoke in seen)
        return -1

    def first_words(self, start: int) -> set[int]:
        """Where a way first speaks, or leaves for the rest of the entry."""
        row, out = [start], set()
        for at in row:
            if at >= 0 and self.links.graph.nodes[at].__class__ in _SILENT and len(row) < _FAR:
                row += [to for _, to in self.links.stated[at] if to not in row]
            else:
                out.add(at)
        return out

    def _tells(self, at: int, node: Node, language: int) -> bool:
        held = self.tells.get((at, language))
        if held is None:
            held = self.tells[at, language] = any(self._names_time(prompt) for prompt in _heard(node, language))
        return held

    def _names_time(self, prompt: int) -> bool:
        for piece in self.links.graph.prompts[prompt].pieces:
            if isinstance(piece, Audio):
                return True  # nobody knows what a recording says
            if any(not isinstance(part, str) and part.kind == "opens" for part in piece.parts):
                return True
            if any(isinstance(part, str) and _TIME.search(part) for part in piece.parts):
                return True
        return False


def _heard(node: Node, language: int) -> list[int]:
    """The prompts that are heard on entering a node."""
    rows: tuple[Actions, ...] = getattr(node, "says", ()) or getattr(node, "asks", ())
    out: list[int] = []
    for action in rows[language] if language < len(rows) else ():
        if isinstance(action, Say):
            out.append(action.prompt)
        elif isinstance(action, Listen):
            out += action.prompts
    return out


def check_closed(links: Links, report: Report) -> None:
    """Follow the closed and holiday exits of each hours node, in each language. Where callers are hung up on by a fault
    that was told, a goodbye without a time is no second one."""
    hung_up = report.has("IVR304", "IVR305", "IVR306")
    lines = _Lines(links)
    graph = links.graph
    met: set[int] = set()
    for at, node in enumerate(graph.nodes):
        if not isinstance(node, HoursNode) or node.calendar < 0 or links.source_map.nodes[at] is None:
            continue
        seen: set[int] = set()
        for which, exit in ((CLOSED, "closed"), (HOLIDAY, "holiday")):
            to = node.exits[which]
            if to in seen or to == node.exits[OPEN]:
                continue
            seen.add(to)
            silent = next((i for i in range(len(graph.languages)) if lines.untold(to, i) >= 0), -1)
            if silent < 0 or lines.first_words(to) <= lines.first_words(node.exits[OPEN]):
                continue
            speaker = lines.untold(to, silent)
            if speaker not in met and not (hung_up and isinstance(graph.nodes[speaker], EndNode)):
                met.add(speaker)
                _report(links, at, exit, speaker, silent, report)


def _report(links: Links, at: int, exit: str, speaker: int, language: int, report: Report) -> None:
    graph = links.graph
    node = graph.nodes[at]
    assert isinstance(node, HoursNode)
    calendar = graph.calendars[node.calendar].name
    code = graph.languages[language].code
    here = links.at_exit(at, exit)
    words = _words(links, speaker, code)
    in_language = "" if language == 0 else f", in '{code}'"
    report.add(
        "IVR519", words or here, f"callers who come when '{calendar}' is closed are not told when it opens{in_language}",
        f"say '{{opens:{calendar}}}'", [Label(here, "they come from here")] if words and words != here else [],
    )  # fmt: skip


def _words(links: Links, at: int, code: str) -> Span | None:
    """Where the words of a node are written, if they are."""
    declared = links.source_map.nodes[at]
    if declared is None or isinstance(links.graph.nodes[at], NumberNode):
        return None
    place = declared.place("say", code)
    return declared.name.span if place is declared.name else place.span
