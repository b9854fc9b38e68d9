"""IVR506: words that tell callers to press another key than the one that works."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from ivr.checks.carets import caret
from ivr.checks.links import Links
from ivr.diagnostics import Label, Report, Spoken
from ivr.model.nodes import MenuNode, QueueNode, SurveyNode
from ivr.model.phrases import PHRASES

_NUMBERS = {
    "nul": "0", "een": "1", "één": "1", "twee": "2", "drie": "3", "vier": "4", "vijf": "5", "zes": "6", "zeven": "7",
    "acht": "8", "negen": "9", "sterretje": "*", "ster": "*", "hekje": "#",
    "zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "eight": "8", "nine": "9", "star": "*", "hash": "#", "pound": "#",
}  # fmt: skip
_WORDS = "|".join(sorted(_NUMBERS, key=len, reverse=True))
_FIGURE = r"[\"'‘“]?(?P<figure>(?<!\w)[0-9*#](?![\w.,:/-]*\d))"
_KEY = rf"(?:{_FIGURE}|(?P<word>{_WORDS})\b)"
_FILLERS = r"(?:(?:u|je|dan|nu|then|now|op|on|de|het|een|the|number|key|digit|nummer|cijfer|toets)\s+){0,5}"
_NAMES = re.compile(
    rf"\b(?:toetst?|drukt?|kiest?|press|push|dial|hit|choose)(?:\s*:\s*|\s+){_FILLERS}{_KEY}", re.IGNORECASE
)
_PRESSED = r"(?:in)?(?:toetst|drukt|kiest)|(?:in\s+)?te\s+(?:toetsen|drukken|kiezen)|in(?:toetsen|drukken)"
_AFTER = re.compile(rf"{_FIGURE}[\"'’”]?\s+(?:{_PRESSED})\b", re.IGNORECASE)
"""`als u 4 toetst`, `door 4 in te drukken`: with the key in figures, since `twee toetsen` are two keys."""
_MORE = re.compile(rf"[\"'’”]?\s*(?:,|\bof\b|\ben\b|\bor\b|\band\b)\s*{_KEY}", re.IGNORECASE)
_ARTICLE = {
    "een": re.compile(r"\s+(?!(?:voor|als|om|of|en)\b)\w"),
    "one": re.compile(r"\s+(?!(?:for|to|if|or|and)\b)\w"),
}
"""What follows `een` or `one` when it is no key: `toets een nummer in`, `press one of the keys`."""
_VERBS = ("toets", "druk", "kies", "kiez", "press", "push", "dial", "hit", "choose")
_CLAUSE = re.compile(r"[^\w\s'’-]+")
_ROLES: dict[type, tuple[str, ...]] = {
    MenuNode: ("menu", "again", "label"), QueueNode: ("say", "queue"), SurveyNode: ("say",)
}  # fmt: skip
"""By kind of node, the words in it that may name a key."""
_Named = tuple[str, int, int]
"""A key, and the characters that name it."""


def check_named_keys(links: Links, report: Report) -> None:
    """Free words of a menu that name a key which nothing is bound to, labels that name another key than theirs, and words
    of a queue or survey that name a key which does nothing there."""
    graph, source_map = links.graph, links.source_map
    met: set[tuple[int, int]] = set()
    always = {graph.operator_key, graph.repeat_key}
    own = {language: _own_verb(graph.languages[language].code, text) for language, text in source_map.choices.items()}
    for spoken in source_map.spoken:
        node = graph.nodes[spoken.node] if spoken.node >= 0 else None
        if spoken.role not in _ROLES.get(node.__class__, ()) or (id(spoken.at), spoken.node) in met:
            continue
        met.add((id(spoken.at), spoken.node))
        pattern = own.get(spoken.language)
        text = spoken.at.text.casefold()
        if pattern is None and not any(verb in text for verb in _VERBS):
            continue
        for named in _named(spoken.at.text, pattern):
            if not isinstance(node, MenuNode):
                works = node.offer_key if isinstance(node, QueueNode) else "123456789#"
                if named[0] not in works:
                    _idle(links, spoken, named, report)
            elif spoken.role == "label":
                _label(links, spoken, node, named, report)
            elif named[0] not in node.keys and named[0] not in always:
                _other(links, spoken, node, named, report)


def named_keys(text: str) -> Iterator[_Named]:
    """The keys that a Dutch or English text tells callers to press, and the characters that name them."""
    for pattern in (_NAMES, _AFTER):
        for first in pattern.finditer(text):
            found: re.Match[str] | None = first
            while found is not None:
                name = "figure" if found["figure"] else "word"
                word = found[name].casefold()
                after = found.end(name)
                if word in _ARTICLE and _ARTICLE[word].match(text, after):
                    break
                yield _NUMBERS.get(word, word), found.start(name), found.end(name)
                found = _MORE.match(text, after) if pattern is _NAMES else None


def _named(text: str, own: re.Pattern[str] | None) -> Iterator[_Named]:
    yield from named_keys(text)
    if own is not None:
        yield from ((found["figure"], found.start("figure"), found.end("figure")) for found in own.finditer(text))


@lru_cache(maxsize=256)
def _own_verb(code: str, choice: str) -> re.Pattern[str] | None:
    """How a language in which we have no words, or a table that words its choices otherwise, says to press a key.

    The words before `{key}` in the phrase `choice` say so, from the last comma or stop on: `Für {label}, drücken Sie
    {key}.` Where the key is followed by words up to the end, they do: `{label} için {key} tuşuna basın.`
    """
    if PHRASES.get(code, {}).get("choice") == choice:
        return None
    before, _, after = choice.partition("{key}")
    behind = _CLAUSE.split(after)[0].split() if "{label}" not in after else []
    if behind:
        return re.compile(rf"{_FIGURE}[\"'’”]?\s+{_spaced(behind)}(?!\w)", re.IGNORECASE)
    verb = _CLAUSE.split(before.rpartition("{label}")[2])[-1].split()
    return re.compile(rf"(?<!\w){_spaced(verb)}\s+(?:\w{{1,4}}\s+)?{_FIGURE}", re.IGNORECASE) if verb else None


def _spaced(words: list[str]) -> str:
    return r"\s+".join(map(re.escape, words))


def _label(links: Links, spoken: Spoken, node: MenuNode, named: _Named, report: Report) -> None:
    """A label is spoken with its own key behind it."""
    declared, code = links.source_map.nodes[spoken.node], links.graph.languages[spoken.language].code
    if declared is None:
        return
    key, start, end = named
    for bound in node.keys:
        if bound != key and declared.place("options", bound, "label", code) is spoken.at:
            report.add(
                "IVR506", caret(links.source_map, spoken.at, start, end),
                f"the words name key {key}, and the choice is bound to key {bound}",
                "leave the key to the menu: each choice is spoken with its key",
                [Label(declared.place("options", bound).span, "the key of the choice")],
            )  # fmt: skip


def _idle(links: Links, spoken: Spoken, named: _Named, report: Report) -> None:
    """A key that does nothing in a queue, where only the one that leaves it works, or that is no mark of a survey."""
    key, start, end = named
    queue = isinstance(links.graph.nodes[spoken.node], QueueNode)
    report.add(
        "IVR506", caret(links.source_map, spoken.at, start, end),
        f"the words name key {key}, which does nothing " + ("while callers wait here" if queue else "in a survey"),
        "name the key of 'offer_after:', or none: it is offered by itself" if queue else "name the marks and # only",
    )  # fmt: skip


def _other(links: Links, spoken: Spoken, node: MenuNode, named: _Named, report: Report) -> None:
    key, start, end = named
    declared = links.source_map.nodes[spoken.node]
    labels = [Label(declared.place("options").span, f"its keys are {', '.join(node.keys)}")] if declared else []
    report.add(
        "IVR506", caret(links.source_map, spoken.at, start, end), f"the words name key {key}, which this menu does not have",
        "leave the keys to the options: each is spoken with its key", labels,
    )  # fmt: skip
