"""What the templates of the phone show: a call in the words of the page."""

from __future__ import annotations

from urllib.parse import urlencode

from ivr.pages.look.words import has_word, word
from ivr.pages.phone.apart import Broken, Played
from ivr.pages.phone.call import Texts
from ivr.pages.phone.setting import Setting, pairs_of
from ivr.pictures.words import AUTONYMS, EXITS, words_of
from ivr.simulator.world import DIAL_WORDS, QUEUE_WORDS

KEYS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#")
"""The key pad, as it lies on every telephone."""


def shown(held: Played | Broken, setting: Setting, language: str) -> dict[str, object]:
    """The values of the templates for a visitor's language. `query` is the link of the call, with the inputs that fitted."""
    call = held.call if isinstance(held, Played) else None
    pairs = pairs_of(setting)
    if call is not None:
        given = [(name, value) for name, value in pairs if name not in ("do", "at")]
        pairs = [("at", call.written), *given, *(("do", word) for word in setting.does[: call.used])]
    kind, _, name = setting.source.partition(":")
    exits = EXITS[words_of(language)]

    def title(texts: Texts, other: str) -> str:
        known = dict(texts)
        return known.get(language) or next(iter(known.values()), other)

    def exit_words(exit: str) -> str:
        own = f"phone.exit_{exit}"
        return word(language, own) if has_word(own) else exits.get(exit, exit)

    def autonym(code: str) -> str:
        return AUTONYMS.get(code, code)

    return {
        "played": held if isinstance(held, Played) else None,
        "broken": held if isinstance(held, Broken) else None,
        "call": call,
        "table_path": f"/table/drafts/{name}" if kind == "draft" else f"/table/versions/{call.version if call else ''}",
        "map_of": {kind: name, "table": setting.table} if name else {"table": setting.table},
        "facts": dict(setting.facts),
        "says": dict(setting.says),
        "notices": dict(setting.notices),
        "query": urlencode(pairs),
        "title": title,
        "exit_words": exit_words,
        "autonym": autonym,
        "pad": KEYS,
        "dial_words": DIAL_WORDS,
        "queue_words": QUEUE_WORDS,
    }
