"""Every word on a page, in Dutch and English, read from words/<page>.yaml: `key: {nl: …, en: …}`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

LANGUAGES = ("nl", "en")
"""The languages of the pages; the first is the usual one."""
HERE = Path(__file__).parent.parent / "words"


@cache
def all_words() -> dict[str, dict[str, str]]:
    """`page.key` → language → words. Raises ValueError for a key that lacks a language."""
    out: dict[str, dict[str, str]] = {}
    for path in sorted(HERE.glob("*.yaml")):
        held: Any = (
            yaml.load(path.read_text("utf-8"), yaml.BaseLoader) or {}
        )  # ours, all of it text: "off" is a word here
        for key, texts in held.items():
            if not isinstance(texts, dict) or set(texts) != set(LANGUAGES):
                raise ValueError(f"{path.name}: '{key}' is not told in exactly {', '.join(LANGUAGES)}")
            out[f"{path.stem}.{key}"] = {code: str(text) for code, text in texts.items()}
    return out


def word(language: str, key: str, /, **holes: object) -> str:
    """The words of a key in a language; `{name}` in them is filled from `holes`. Raises KeyError for an unknown key."""
    text = all_words()[key][language if language in LANGUAGES else LANGUAGES[0]]
    return text.format(**holes) if holes else text


def has_word(key: str) -> bool:
    """Whether there are words for a key."""
    return key in all_words()


def best_language(wanted: str) -> str:
    """The language of the pages that a browser's Accept-Language header likes best (RFC 9110, 12.5.4)."""
    ranked: list[tuple[float, int, str]] = []
    for place, part in enumerate(wanted[:200].split(",")):
        name, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            continue
        if (code := name[:2].lower()) in LANGUAGES:
            ranked.append((-weight, place, code))
    return min(ranked)[2] if ranked else LANGUAGES[0]
