"""How long what is spoken in one go becomes once it is put together: prompts, the welcome, whole documents."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from ivr.checks.links import SELF_ACTING, Links
from ivr.checks.words import MAX_SAY, MAX_SECONDS, PLACE, text_seconds
from ivr.diagnostics import Report
from ivr.model.actions import Listen, Say
from ivr.model.nodes import MenuNode, Node, SayNode
from ivr.model.speaking import HOLE_CHARACTERS, RATES, prompt_seconds
from ivr.model.words import Audio, Prompt, Words, as_text

MAX_DOCUMENT = 64 * 1024
"""Bytes of one TwiML document (Twilio's reference of TwiML)."""
MAX_WELCOME = 8
_TAGS = 80
"""Bytes of a `<Say>` with voice and language, or of a `<Play>`."""
_ROWS = (
    "says",
    "asks",
    "quiet",
    "wrong",
    "again",
    "confirms",
    "offers",
    "promises",
    "thanks",
    "helps",
    "goodbye",
    "promised",
    "open",
    "joins",
    "cancels",
    "overs",
)
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
        if piece.__class__ is Words:
            for part in piece.parts:
                if part.__class__ is str:
                    size += len(part) if part.isascii() else len(part.encode("utf-8", "replace"))
                else:
                    size += HOLE_CHARACTERS
    return size


@cache
def _rows(kind: type) -> tuple[str, ...]:
    """What a kind of node speaks."""
    return tuple(name for name in _ROWS if hasattr(kind, name))


def prompts_of(node: Node) -> Iterator[tuple[int, int]]:
    """The prompts of a node, as (language, prompt)."""
    for name in _rows(node.__class__):
        for language, row in enumerate(getattr(node, name)):
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
                words = declared.place("say", codes[language])
                if len(words.text) > MAX_SAY:
                    continue  # IVR505 says enough
                report.add(
                    "IVR514", words.span,
                    f"every caller hears this first, for about {seconds:.0f} seconds; a welcome takes {MAX_WELCOME} at most",
                    "say who answers, and leave the rest to the menu",
                )  # fmt: skip


def _prompts(links: Links, sizes: list[int], report: Report) -> None:
    """Prompts made of several texts that are each short enough. A menu's choices may be interrupted and are judged by
    their number, so of a menu only what the provider refuses is reported."""
    graph = links.graph
    codes = tuple(language.code for language in graph.languages)
    long = {number for number, size in enumerate(sizes) if size > _LONG}
    if all(sizes[number] <= MAX_SAY for number in long):
        long -= _only_in_menus(links)
    over = _over(links, long, codes)
    seen: set[tuple[int, int]] = set()
    for at, node in enumerate(graph.nodes if over else ()):
        declared = links.source_map.nodes[at]
        if declared is None:
            continue
        for language, number in prompts_of(node):
            if number not in over or (id(declared), language) in seen:
                continue
            characters = max(_characters(graph.prompts[number]), default=0)
            if characters > MAX_SAY:
                seen.add((id(declared), language))
                report.add(
                    "IVR505", declared.place("say", codes[language]).span,
                    f"what is spoken here in one go has {characters:,} characters; Twilio speaks {MAX_SAY:,} at most",
                    "part it over several nodes, or say less",
                )  # fmt: skip
            elif not isinstance(node, MenuNode):
                seen.add((id(declared), language))
                report.add(
                    "IVR515", declared.place("say", codes[language]).span,
                    f"this prompt takes about {over[number]:.0f} seconds; callers stop listening after {MAX_SECONDS}",
                    "say less, or let the caller choose in between",
                )  # fmt: skip


def _only_in_menus(links: Links) -> set[int]:
    """The prompts that menus make of their choices: each is one menu's own."""
    menus = [node for node in links.graph.nodes if isinstance(node, MenuNode)]
    return {
        action.prompts[-1]
        for node in menus
        for row in (*node.asks, *node.again)
        for action in row
        if isinstance(action, Listen)
    }


def _over(links: Links, long: set[int], codes: tuple[str, ...]) -> dict[int, float]:
    """Of long prompts those that are too long, and their seconds, less those of which a single text is at fault already."""
    prompts = links.graph.prompts
    timed = {number: prompt_seconds(prompts[number], codes) for number in sorted(long)}
    over = {number: seconds for number, seconds in timed.items() if seconds > MAX_SECONDS}
    if not over:
        return {}
    told = set()
    for spoken in links.source_map.spoken:
        text = spoken.at.text
        if len(text) > _LONG and text_seconds(text, codes[spoken.language]) > MAX_SECONDS:
            told.add(max(PLACE.split(text), key=len))
    return {number: seconds for number, seconds in over.items() if not told or not _has(prompts[number], told)}


def _has(prompt: Prompt, texts: set[str]) -> bool:
    words = as_text(prompt)
    return any(text in words for text in texts)


def _characters(prompt: Prompt) -> Iterator[int]:
    for piece in prompt.pieces:
        if not isinstance(piece, Audio):
            yield sum(len(part) if isinstance(part, str) else HOLE_CHARACTERS for part in piece.parts)


def _documents(links: Links, sizes: list[int], report: Report) -> None:
    """A document speaks everything up to where somebody must act: nodes that act by themselves add up."""
    nodes = links.graph.nodes
    tail = 3 * (max(sizes, default=0) + _TAGS)  # what the node where somebody acts speaks at most
    own = [_own(node, sizes) if node.__class__ in SELF_ACTING else 0 for node in nodes]
    if sum(own) + tail <= MAX_DOCUMENT:
        return
    total, rounds = _added(links, own)
    if max(total) + tail <= MAX_DOCUMENT:
        return
    own = [_own(node, sizes) for node in nodes]
    total, rounds = _added(links, own)
    for at, size in enumerate(total):
        declared = links.source_map.nodes[at]
        if size <= MAX_DOCUMENT or rounds[at] or declared is None:
            continue
        if any(sizes[prompt] > MAX_SAY for _, prompt in prompts_of(nodes[at])):
            continue  # told already, and with it the length of this
        acting = nodes[at].__class__ in SELF_ACTING
        if all(total[to] <= MAX_DOCUMENT for _, to in (links.ways[at] if acting else ())):
            report.add(
                "IVR505", declared.name.span,
                f"from here on {size:,} bytes are spoken before anybody acts; Twilio reads {MAX_DOCUMENT:,}",
                "let the caller choose in between, or say less",
            )  # fmt: skip


def _added(links: Links, own: list[int]) -> tuple[list[int], bytearray]:
    """For each node the bytes from it to where somebody acts, on the longest way; and whether a loop is on it, which
    has a code of its own."""
    nodes, ways = links.graph.nodes, links.ways
    total = list(own)
    rounds = bytearray(len(nodes))
    done = bytearray(node.__class__ not in SELF_ACTING for node in nodes)
    for start, already in enumerate(done):
        stack = [] if already else [start]
        while stack:
            at = stack[-1]
            if done[at]:
                stack.pop()
                continue
            if not rounds[at]:
                rounds[at] = 1  # until it is left: whoever comes back here meanwhile is in a loop
                todo = [to for _, to in ways[at] if not done[to] and not rounds[to]]
                if todo:
                    stack += todo
                    continue
            stack.pop()
            done[at] = 1
            total[at] += max((total[to] for _, to in ways[at] if done[to]), default=0)
            rounds[at] = any(rounds[to] for _, to in ways[at])
    return total, rounds


def _own(node: Node, sizes: list[int]) -> int:
    """The bytes that a node adds to a document, in the language in which they are most."""
    most = 0
    for name in ("says",) if node.__class__ in SELF_ACTING else _rows(node.__class__):
        for row in getattr(node, name, ()):
            for action in row:
                prompts = (action.prompt,) if action.__class__ is Say else getattr(action, "prompts", ())
                most = max(most, sum([sizes[prompt] + _TAGS for prompt in prompts]))
    return most
