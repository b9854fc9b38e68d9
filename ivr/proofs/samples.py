"""A text that fits a pattern: the language of patterns is finite, so one can always be written down."""

from __future__ import annotations

import re
from functools import lru_cache

# the grammar of patterns is closed (authoring/kinds/ask.py); Python's own parser reads it
from re import _constants as ops  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any


@lru_cache(maxsize=1024)
def sample(pattern: str) -> str:
    """The shortest text that fits, digits where there is a choice; '' for an empty pattern."""
    if not pattern:
        return ""
    text = "".join(_row(parser.parse(pattern)))
    return text if re.fullmatch(pattern, text) else ""


def _row(tokens: Any) -> list[str]:
    return [_token(op, value) for op, value in tokens]


def _token(op: Any, value: Any) -> str:
    if op is ops.LITERAL:
        return chr(value)
    if op is ops.IN:
        return _one_of(value)
    if op in (ops.MAX_REPEAT, ops.MIN_REPEAT):
        least, _, inner = value
        return "".join("".join(_row(inner)) for _ in range(least))
    if op is ops.SUBPATTERN:
        return "".join(_row(value[-1]))
    if op is ops.BRANCH:
        return min(("".join(_row(branch)) for branch in value[1]), key=len)
    return "1"


def _one_of(members: Any) -> str:
    for op, value in members:
        if op is ops.RANGE:
            return chr(value[0])
        if op is ops.LITERAL:
            return chr(value)
        if op is ops.CATEGORY:
            return "1"
    return "1"
