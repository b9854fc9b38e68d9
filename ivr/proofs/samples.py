"""A text that fits a pattern: the language of patterns is finite, so one can always be written down."""

from __future__ import annotations

import re
from functools import lru_cache

# the grammar of patterns is closed (authoring/kinds/ask.py); Python's own parser reads it
from re import _constants as ops  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

MOST = 64
"""Texts that are tried for a pattern."""


@lru_cache(maxsize=1024)
def sample(pattern: str) -> str:
    """The shortest text that fits, digits where any such text is of digits alone; never empty. '' when there is none."""
    fit = [text for text in _row(parser.parse(pattern)) if text and re.fullmatch(pattern, text)]
    return min(fit, key=lambda text: (not text.isdigit(), len(text), text), default="")


def _row(tokens: Any) -> list[str]:
    """Some texts of a sequence: each way through its choices, as far as MOST goes."""
    texts = [""]
    for op, value in tokens:
        texts = list(dict.fromkeys(text + more for text in texts for more in _token(op, value)))[:MOST]
    return texts


def _token(op: Any, value: Any) -> list[str]:
    if op is ops.LITERAL:
        return [chr(value)]
    if op is ops.IN:
        return _one_of(value)
    if op in (ops.MAX_REPEAT, ops.MIN_REPEAT):
        least, most, inner = value
        once = _row(inner)
        return [text * times for times in sorted({least, min(least + 1, most)}) for text in once]
    if op is ops.SUBPATTERN:
        return _row(value[-1])
    if op is ops.BRANCH:
        return [text for branch in value[1] for text in _row(branch)]
    return ["1"]


def _one_of(members: Any) -> list[str]:
    """A digit and another character, of those that a set allows; a digit first."""
    found = []
    for op, value in members:
        if op is ops.RANGE:
            found += [chr(value[0]), *(d for d in "01" if value[0] <= ord(d) <= value[1])]
        elif op is ops.LITERAL:
            found.append(chr(value))
        else:
            found.append("1")
    return sorted(dict.fromkeys(found), key=lambda c: not c.isdigit())[:3]
