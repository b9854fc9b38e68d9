"""Settings of the table that callers feel without any step that shows them: limits, lines, what is said when all fails."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.model.actions import Say
from ivr.model.graph import Graph
from ivr.model.nodes import Actions
from ivr.model.numbers import NumberFault, read_number
from ivr.model.words import as_text

Setting = tuple[str, str, str, bool]
"""The setting as it is written in the table section, what it was and is, and whether it is only wording."""


def settings(old: Graph, new: Graph) -> Iterator[Setting]:
    """Each setting that differs."""
    rows = (
        ("main_number", *_digits(old.main_number, new.main_number)),
        ("from_abroad", *_digits(old.from_abroad, new.from_abroad)),
        ("caller_id", *_digits(old.caller_id, new.caller_id)),
        ("timezone", old.timezone, new.timezone),
        ("languages", f"{old.languages[0].code} first", f"{new.languages[0].code} first"),
        ("wait", f"{old.wait} s for a key", f"{new.wait} s for a key"),
        ("max_inputs", f"{old.max_turns} answers, then a person", f"{new.max_turns} answers, then a person"),
    )
    for what, was, now in rows:
        if was != now:
            yield what, was or "none", now or "none", False
    codes = {held.code: index for index, held in enumerate(old.languages)}
    for index, language in enumerate(new.languages):
        before = codes.get(language.code)
        if before is None:
            continue
        heard = old.languages[before].locale, language.locale
        if heard[0] != heard[1]:
            yield f"languages/{language.code}/locale", *heard, False
        voices = old.languages[before].voice, language.voice
        if voices[0] != voices[1]:
            yield f"languages/{language.code}/voice", *voices, True
        for what, words in (("words when a call cannot go on", "give_up"), ("words when we fail", "apology")):
            said = _text(old, getattr(old, words)[before]), _text(new, getattr(new, words)[index])
            if said[0] != said[1]:
                yield f"{what} ({language.code})", *said, True


def _digits(old: str, new: str) -> tuple[str, str]:
    """Two numbers as written; alike when they are the same number."""
    read = read_number(old), read_number(new)
    same = read[0] == read[1] and not isinstance(read[0], NumberFault)
    return (new, new) if same or old.replace(" ", "") == new.replace(" ", "") else (old, new)


def _text(graph: Graph, actions: Actions) -> str:
    return " ".join(as_text(graph.prompts[action.prompt]) for action in actions if isinstance(action, Say))
