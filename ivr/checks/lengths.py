"""How long what is spoken in one go becomes once it is put together: prompts, the welcome, whole documents."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.checks.links import SELF_ACTING, Links
from ivr.checks.words import MAX_SAY, MAX_SECONDS, text_seconds
from ivr.diagnostics import Report
from ivr.model.actions import Listen, Say
from ivr.model.nodes import MenuNode, Node, SayNode
from ivr.model.speaking import HOLE_CHARACTERS, RATES, prompt_seconds
from ivr.model.words import Audio, Prompt

MAX_DOCUMENT = 64 * 1024
"""Bytes of one TwiML document (Twilio's reference of TwiML)."""
MAX_WELCOME = 8
_TAGS = 80
"""Bytes of a `<Say>` with voice and language, or of a `<Play>`."""
_ROWS = ("says", "asks", "quiet", "wrong", "again", "confirms", "offers", "promises", "thanks", "helps", "goodbye")
_LONG = int(MAX_SECONDS * min(RATES.values())) // 2


def check_lengths(links: Links, report: Report) -> None:
    """IVR505, IVR514 and IVR515 for what is put together from several texts."""
    _welcome(links, report)
    graph = links.graph
    sizes = [_size(prompt) for prompt in graph.prompts]
    if any(size > _LONG for size in sizes):
        _prompts(links, sizes, report)
    _documents(links, sizes, report)


def _size(prompt: Prompt) -> int:
    """Bytes of a prompt, tags aside; for a text that is ASCII its characters."""
    size = 0
    for piece in prompt.pieces:
        if piece.__class__ is Audio:
            continue
        for part in piece.parts:  # type: ignore[union-attr]  # the class was just asked
            if part.__class__ is str:
                size += len(part) if part.isascii() else len(part.encode("utf-8", "replace"))
            else:
                size += HOLE_CHARACTERS
    return size


def prompts_of(node: Node) -> Iterator[tuple[int, int]]:
    """The prompts of a node, as (language, prompt)."""
    for name in _ROWS:
        for language, row in enumerate(getattr(node, name, ())):
            for action in row:
                if isinstance(action, Say):
                    yield language, action.prompt
                elif isinstance(action, Listen):
                    for prompt in action.prompts:
                        yield language, prompt


def _welcome(links: Links, report: Report) -> None:
    graph = links.graph
    codes = tuple(language.code for language in graph.languages)
    for at in links.chain:
        node = graph.nodes[at]
        if not isinstance(node, SayNode):
            continue
        declared = links.source_map.nodes[at]
        for language, prompt in prompts_of(node):
            seconds = prompt_seconds(graph.prompts[prompt], codes)
            if seconds > MAX_WELCOME and declared is not None:
                report.add(
                    "IVR514", declared.place("say", codes[language]).span,
                    f"every caller hears this first, for about {seconds:.0f} seconds; a welcome takes {MAX_WELCOME} at most",
                    "say who answers, and leave the rest to the menu",
                )  # fmt: skip


def _prompts(links: Links, sizes: list[int], report: Report) -> None:
    """Prompts made of several texts that are each short enough. A menu's choices may be interrupted and are judged by
    their number, so of a menu only what the provider refuses is reported."""
    graph = links.graph
    codes = tuple(language.code for language in graph.languages)
    told = _told(links, codes)
    seen: set[tuple[int, str]] = set()
    for at, node in enumerate(graph.nodes):
        declared = links.source_map.nodes[at]
        if declared is None:
            continue
        for language, number in prompts_of(node):
            if sizes[number] <= _LONG:
                continue
            prompt = graph.prompts[number]
            characters = max(_characters(prompt), default=0)
            if characters > MAX_SAY and ("IVR505", at) not in told and (id(declared), "IVR505") not in seen:
                seen.add((id(declared), "IVR505"))
                report.add(
                    "IVR505", declared.place("say").span,
                    f"what is spoken here in one go has {characters:,} characters; Twilio speaks {MAX_SAY:,} at most",
                    "part it over several nodes, or say less",
                )  # fmt: skip
            seconds = prompt_seconds(prompt, codes)
            short = isinstance(node, MenuNode) or seconds <= MAX_SECONDS
            if not short and ("IVR515", at) not in told and (id(declared), codes[language]) not in seen:
                seen.add((id(declared), codes[language]))
                report.add(
                    "IVR515", declared.place("say", codes[language]).span,
                    f"this prompt takes about {seconds:.0f} seconds; callers stop listening after {MAX_SECONDS}",
                    "say less, or let the caller choose in between",
                )  # fmt: skip


def _told(links: Links, codes: tuple[str, ...]) -> set[tuple[str, int]]:
    """Codes and nodes of which a single text is at fault already."""
    out: set[tuple[str, int]] = set()
    for spoken in links.source_map.spoken:
        if len(spoken.at.text) > _LONG:
            if len(spoken.at.text) > MAX_SAY:
                out.add(("IVR505", spoken.node))
            if text_seconds(spoken.at.text, codes[spoken.language]) > MAX_SECONDS:
                out.add(("IVR515", spoken.node))
    return out


def _characters(prompt: Prompt) -> Iterator[int]:
    for piece in prompt.pieces:
        if not isinstance(piece, Audio):
            yield sum(len(part) if isinstance(part, str) else HOLE_CHARACTERS for part in piece.parts)


def _documents(links: Links, sizes: list[int], report: Report) -> None:
    """A document speaks everything up to where somebody must act: nodes that act by themselves add up."""
    nodes = links.graph.nodes
    own = [_own(node, sizes) for node in nodes]
    if sum(own) <= MAX_DOCUMENT:
        return
    total: list[int] = [-1] * len(nodes)
    rounds = bytearray(len(nodes))  # comes to a loop, which has a code of its own
    for start in range(len(nodes)):
        stack = [start] if total[start] < 0 else []
        while stack:
            at = stack[-1]
            ways = links.ways[at] if nodes[at].__class__ in SELF_ACTING else ()
            if total[at] < 0:
                total[at] = 0
                rounds[at] = 1  # until it is left: whoever comes back here meanwhile is in a loop
                todo = [to for _, to in ways if total[to] < 0]
                if todo:
                    stack += todo
                    continue
            stack.pop()
            if total[at]:
                continue  # it was put on the stack twice
            after = max((total[to] for _, to in ways), default=0)
            total[at] = own[at] + after + 1
            rounds[at] = any(rounds[to] for _, to in ways)
            declared = links.source_map.nodes[at]
            if total[at] > MAX_DOCUMENT >= after and not rounds[at] and declared is not None:
                report.add(
                    "IVR505", declared.name.span,
                    f"from here on {total[at]:,} bytes are spoken before anybody acts; Twilio reads {MAX_DOCUMENT:,}",
                    "let the caller choose in between, or say less",
                )  # fmt: skip


def _own(node: Node, sizes: list[int]) -> int:
    """The bytes that a node adds to a document, in the language in which they are most."""
    by_language: dict[int, int] = {}
    rows = ("says",) if node.__class__ in SELF_ACTING else _ROWS
    for name in rows:
        for language, row in enumerate(getattr(node, name, ())):
            for action in row:
                prompts = (action.prompt,) if action.__class__ is Say else getattr(action, "prompts", ())
                size = sum(sizes[prompt] + _TAGS for prompt in prompts)
                by_language[language] = max(by_language.get(language, 0), size)
    return max(by_language.values(), default=0)
