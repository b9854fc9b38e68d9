"""Menus as they are heard: how many choices, which keys, how soon, how they are repeated."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ivr.checks.links import Links
from ivr.diagnostics import Declared, Label, Report, Span
from ivr.model.actions import Listen
from ivr.model.nodes import AskNode, MenuNode, Option
from ivr.model.phrases import normalise
from ivr.model.speaking import speaking_seconds
from ivr.model.words import Prompt, Words, as_text

MAX_CHOICES = 5
FIRST_CHOICE = 20
LEAST_WAIT = 5
_YES = frozenset(("true", "yes", "on"))


def check_menus(links: Links, report: Report) -> None:
    """IVR511, IVR512, IVR513, IVR517 and IVR518, for each menu as declared; of a flow the first visit is judged."""
    _table_wait(links, report)
    graph, source_map = links.graph, links.source_map
    met: set[int] = set()
    for at, node in enumerate(graph.nodes):
        if node.__class__ is not MenuNode and node.__class__ is not AskNode:
            continue
        declared = source_map.nodes[at]
        if declared is None or id(declared) in met:
            continue
        met.add(id(declared))
        assert isinstance(node, MenuNode | AskNode)
        _wait(links, declared, node, report)
        _copies(links, declared, report)
        if isinstance(node, MenuNode):
            spoken = spoken_choices(declared, node)
            if len(spoken) > MAX_CHOICES:
                _many(declared, spoken, report)
            _gaps(links, declared, node, spoken, report)
            _first_choice(links, declared, node, spoken, report)


def spoken_choices(declared: Declared, node: MenuNode) -> list[Option]:
    """The options that are spoken as a choice: with a label, not silent; a switch of language is not counted."""
    return [option for option in node.options if option.language < 0 and is_spoken(declared, option.key)]


def is_spoken(declared: Declared, key: str) -> bool:
    """Whether the option of a key has a label that callers hear."""
    label, silent = declared.place("options", key, "label"), declared.place("options", key, "silent")
    return label.text != key and (silent.text == key or silent.text not in _YES)


def _many(declared: Declared, spoken: list[Option], report: Report) -> None:
    report.add(
        "IVR511", declared.place("options", spoken[MAX_CHOICES].key).span,
        f"this menu speaks {len(spoken)} choices; callers remember {MAX_CHOICES}",
        "put the rarer ones into a menu of their own",
    )  # fmt: skip


def _gaps(links: Links, declared: Declared, node: MenuNode, spoken: list[Option], report: Report) -> None:
    """Keys are expected to count on from 1; keys that switch the language or reach a person may stand in between."""
    keys = [option.key for option in spoken if option.key in "123456789"]
    held = {*keys, *(option.key for option in node.options if option.language >= 0), links.graph.operator_key}
    for key in sorted(keys):
        lacking = [other for other in "123456789"[: int(key) - 1] if other not in held]
        if lacking:
            what = f"key {lacking[0]} chooses" if len(lacking) == 1 else f"the keys {', '.join(lacking)} choose"
            report.add(
                "IVR512", declared.place("options", key).span, f"before key {key}, {what} nothing that is spoken",
                "number the choices 1, 2, 3 … without a gap",
            )  # fmt: skip
            return


def _first_choice(links: Links, declared: Declared, node: MenuNode, spoken: list[Option], report: Report) -> None:
    if not spoken:
        return
    graph = links.graph
    for language, row in enumerate(node.asks):
        for action in row:
            if not isinstance(action, Listen):
                continue
            code = graph.languages[language].code
            prompt = graph.prompts[action.prompts[0]]
            if sum(len(part) for part in _literal(prompt)) < FIRST_CHOICE * 10:
                continue  # soon enough, however slowly it is spoken
            label = declared.place("options", spoken[0].key, "label", code).text
            seconds = speaking_seconds(_until_choice(prompt, label, spoken[0].key), code)
            if seconds > FIRST_CHOICE:
                place = declared.place("say", code)
                span = declared.place("options").span if place is declared.name else place.span
                report.add(
                    "IVR513", span,
                    f"the first choice is spoken only after about {seconds:.0f} seconds; {FIRST_CHOICE} at most",
                    "say less before the choices",
                )  # fmt: skip


def _literal(prompt: Prompt) -> Iterator[str]:
    for piece in prompt.pieces:
        if isinstance(piece, Words):
            yield from (part for part in piece.parts if isinstance(part, str))


def _until_choice(prompt: Prompt, label: str, key: str) -> str:
    """The words of a menu up to the end of the sentence in which its first choice and its key are both named."""
    text = as_text(prompt)
    end = len(text)
    at = text.find(label)
    while at >= 0:
        stop = re.compile(r"[.!?](?:\s|$)").search(text, at + len(label))
        end = stop.end() if stop is not None else len(text)
        begin = max(text.rfind(mark, 0, at) for mark in ".!?")
        if re.search(rf"(?<!\w){re.escape(key)}(?!\w)", text[begin + 1 : end]):
            break
        at = text.find(label, at + 1)
    return text[:end]


def _table_wait(links: Links, report: Report) -> None:
    if links.graph.wait < LEAST_WAIT:
        _short(links.graph.wait, links.at_table("wait"), report)


def _wait(links: Links, declared: Declared, node: MenuNode | AskNode, report: Report) -> None:
    listen = node.asks[0][-1] if node.asks and node.asks[0] else None
    if isinstance(listen, Listen) and listen.wait < LEAST_WAIT:
        place = declared.place("wait")
        if place is not declared.name:
            _short(listen.wait, place.span, report)


def _short(seconds: int, span: Span, report: Report) -> None:
    report.add(
        "IVR517", span, f"callers have {seconds} seconds to find a key; with less than {LEAST_WAIT} many do not",
        "give them 8 seconds: a relay operator needs as much, so does grandmother",
    )  # fmt: skip


def _copies(links: Links, declared: Declared, report: Report) -> None:
    """`again` is there to be fuller: who did not understand the words will not understand them the second time."""
    if declared.place("again") is declared.name:
        return
    copies: list[tuple[Span, Label]] = []
    for language in links.graph.languages:
        first, again = declared.place("say", language.code), declared.place("again", language.code)
        if first.span != again.span and normalise(first.text) == normalise(again.text) and normalise(first.text):
            copies.append((again.span, Label(first.span, "the first asking")))
    for span, label in copies[:1]:
        others = [Label(other, "a copy too") for other, _ in copies[1:3]]
        what, help = "the repeat is a copy of the first asking", "say it in other, fuller words"
        report.add("IVR518", span, what, help, [label, *others])
