"""Settings of the table that callers feel without any step that shows them: limits, lines, what is said when all fails."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.model.actions import Say
from ivr.model.graph import Graph
from ivr.model.nodes import Actions
from ivr.model.words import as_text


def settings(old: Graph, new: Graph) -> Iterator[tuple[str, str, str, bool]]:
    """(what, was, now, whether it is only wording) for each that differs."""
    rows = (
        ("main number", old.main_number, new.main_number),
        ("number from abroad", old.from_abroad, new.from_abroad),
        ("number that we show", old.caller_id, new.caller_id),
        ("time zone", old.timezone, new.timezone),
        ("first language", old.languages[0].code, new.languages[0].code),
        ("answers before the operator is rung", str(old.max_turns), str(new.max_turns)),
    )
    for what, was, now in rows:
        if was != now:
            yield what, was or "none", now or "none", False
    codes = {held.code: index for index, held in enumerate(old.languages)}
    for index, language in enumerate(new.languages):
        before = codes.get(language.code)
        if before is None:
            continue
        voices = old.languages[before].voice, language.voice
        if voices[0] != voices[1]:
            yield f"voice ({language.code})", *voices, True
        for what, words in (("words when a call cannot go on", "give_up"), ("words when we fail", "apology")):
            said = _text(old, getattr(old, words)[before]), _text(new, getattr(new, words)[index])
            if said[0] != said[1]:
                yield f"{what} ({language.code})", *said, True


def _text(graph: Graph, actions: Actions) -> str:
    return " ".join(as_text(graph.prompts[action.prompt]) for action in actions if isinstance(action, Say))
