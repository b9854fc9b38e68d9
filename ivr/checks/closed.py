"""IVR519: a line that is closed says when it opens."""

from __future__ import annotations

import re
from collections.abc import Iterable

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
    CaseNode,
    EndNode,
    HoursNode,
    MenuNode,
    Node,
    NoticeNode,
    NumberNode,
    SayNode,
    SplitNode,
    SurveyNode,
    VoicemailNode,
)
from ivr.model.words import Audio

_NEAR = 30
"""Silent nodes that are followed to see whether two exits come to the same words."""
_SILENT: frozenset[type] = frozenset((HoursNode, BranchNode, SplitNode, CalamityNode, NoticeNode))
_SPEAKING: frozenset[type] = frozenset((SayNode, EndNode, MenuNode, AskNode, VoicemailNode, SurveyNode, CaseNode))
_TIME = re.compile(
    r"\b(?:(?:maan|dins|woens|donder|vrij|zater|zon|werk)dag(?:en)?|(?:mon|tues|wednes|thurs|fri|satur|sun|week)days?"
    r"|(?<!goede )(?<!goeden )morgen|tomorrow|noon|half (?:een|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf)"
    r"|\d{1,2}[:.]\d{2}|(?:\d{1,2}|een|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf) uur"
    r"|\d{1,2} ?[ap]\.?m\b|o'clock)\b|\b\d{1,2} ?[ap]\.m\.",
    re.IGNORECASE,
)
_Step = tuple[int, bool]
"""A node, and whether something was spoken on the way to it."""


def untold(links: Links, starts: Iterable[int], language: int) -> dict[int, int]:
    """Those starts from which there is a way on which callers are not told when it opens, each with the first node that
    speaks on such a way.

    A way ends well where it goes on in the entry without a word, at a person, or at a promise, which names its day.
    """
    nodes = links.graph.nodes
    row: list[_Step] = [(start, False) for start in dict.fromkeys(starts)]
    seen = set(row)
    before: dict[_Step, list[_Step]] = {}
    ends: list[_Step] = []
    for step in row:
        at, spoke = step
        kind = nodes[at].__class__
        if at == CONTINUE or kind is NumberNode:
            if spoke:
                ends.append(step)
            continue
        if at == links.opaque or (kind not in _SILENT and kind not in _SPEAKING):
            continue
        if kind in _SPEAKING:
            if _tells(links, nodes[at], language):
                continue
            if kind is not SayNode:
                ends.append(step)
                continue
            spoke = True
        for _, to in links.stated[at]:
            before.setdefault((to, spoke), []).append(step)
            if (to, spoke) not in seen:
                seen.add((to, spoke))
                row.append((to, spoke))
    speaker = {step: step[0] for step in ends}
    for step in ends:
        for previous in before.get(step, ()):
            if previous not in speaker:
                at = previous[0]
                speaker[previous] = at if nodes[at].__class__ is SayNode else speaker[step]
                ends.append(previous)
    return {start: speaker[start, False] for start in starts if (start, False) in speaker}


def _tells(links: Links, node: Node, language: int) -> bool:
    """Whether a node says when it opens. Nobody knows what a recording says."""
    for prompt in _heard(node, language):
        for piece in links.graph.prompts[prompt].pieces:
            if isinstance(piece, Audio):
                return True
            if any(_TIME.search(part) if isinstance(part, str) else part.kind == "opens" for part in piece.parts):
                return True
    return False


def _first_words(links: Links, start: int) -> set[int]:
    """Where a way first speaks, or leaves for the rest of the entry."""
    row, seen, out = [start], {start}, set()
    for at in row:
        if at >= 0 and links.graph.nodes[at].__class__ in _SILENT and len(row) < _NEAR:
            new = [to for _, to in links.stated[at][:_NEAR] if to not in seen]
            seen.update(new)
            row += new
        else:
            out.add(at)
    return out


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
    nodes = links.graph.nodes
    ways: dict[int, list[tuple[int, str]]] = {}  # where closed exits lead, and which: all that lead there are one fault
    for at, node in enumerate(nodes):
        if isinstance(node, HoursNode) and node.calendar >= 0 and links.source_map.nodes[at] is not None:
            for which, exit in ((CLOSED, "closed"), (HOLIDAY, "holiday")):
                to = node.exits[which]
                if to != node.exits[OPEN]:
                    ways.setdefault(to, []).append((at, exit))
    hung_up = report.has("IVR304", "IVR305", "IVR306")
    met: set[int] = set()
    for language in range(len(links.graph.languages)):
        for to, speaker in untold(links, ways, language).items():
            if speaker in met or (hung_up and isinstance(nodes[speaker], EndNode)):
                continue
            for at, exit in ways[to]:
                if not _same_words(links, at, to):
                    met.add(speaker)
                    _report(links, at, exit, speaker, language, report)
                    break


def _same_words(links: Links, at: int, to: int) -> bool:
    """Whether a closed exit comes to the words that the open one comes to: such hours only gate something silent."""
    node = links.graph.nodes[at]
    assert isinstance(node, HoursNode)
    return _first_words(links, to) == _first_words(links, node.exits[OPEN])


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
