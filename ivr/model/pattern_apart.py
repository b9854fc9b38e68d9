"""Whether two patterns take the same answers, and the shortest answer that only one of them takes.

Patterns are finite, so their derivatives are too: taking one character away from both until only one may end (Brzozowski
1964). No answer that fits is longer than the longest of either.
"""

from __future__ import annotations

from functools import lru_cache

from ivr.model.patterns import DIGITS, Either, One, Part, Row, Times, read_pattern

MOST = 20_000
"""Pairs of patterns beyond which two patterns count as different."""
_END: Part = Row(())
_NEVER: Part = Either(())


@lru_cache(maxsize=1024)
def tell_apart(one: str, other: str) -> str | None:
    """The shortest answer that one of two patterns takes and the other does not, digits where they do; None for no such.

    An empty answer fits nothing (engine/ask.py), so '' means that the patterns are too large to be told apart.
    """
    if one == other:
        return None
    start = (_plain(read_pattern(one)), _plain(read_pattern(other)))
    alphabet = sorted(_characters(start[0]) | _characters(start[1]), key=lambda c: (c not in DIGITS, c))
    seen = {start}
    layer = [(start, "")]
    while layer:
        following = []
        for (a, b), answer in layer:
            if answer and _may_end(a) != _may_end(b):
                return answer
            for character in alphabet:
                pair = (_after(a, character), _after(b, character))
                if pair[0] == pair[1] or pair in seen:
                    continue
                seen.add(pair)
                following.append((pair, answer + character))
        if len(seen) > MOST:
            return ""
        layer = following
    return None


def _characters(part: Part) -> set[str]:
    """The characters that a pattern tells apart, and one that stands for all others."""
    if isinstance(part, One):
        return {"#"} if part.of is None else set(part.of)
    inner = (part.part,) if isinstance(part, Times) else part.parts if isinstance(part, Row) else part.ways
    return set().union(*map(_characters, inner)) if inner else set()


def _plain(part: Part) -> Part:
    """The part with rows and choices in one shape."""
    if isinstance(part, Times):
        return _times(_plain(part.part), part.least, part.most)
    if isinstance(part, Row):
        return _row(tuple(map(_plain, part.parts)))
    return _either(tuple(map(_plain, part.ways))) if isinstance(part, Either) else part


def _row(parts: tuple[Part, ...]) -> Part:
    out: list[Part] = []
    for part in parts:
        if part == _NEVER:
            return _NEVER
        out += part.parts if isinstance(part, Row) else (part,)
    return out[0] if len(out) == 1 else Row(tuple(out))


def _either(ways: tuple[Part, ...]) -> Part:
    found: dict[Part, None] = {}
    for way in ways:
        found |= dict.fromkeys(way.ways if isinstance(way, Either) else (way,))
    kept = sorted(found, key=repr)
    return kept[0] if len(kept) == 1 else Either(tuple(kept))


def _times(part: Part, least: int, most: int) -> Part:
    if most == 0:
        return _END
    return part if least == most == 1 else Times(part, least, most)


@lru_cache(maxsize=65_536)
def _may_end(part: Part) -> bool:
    """Whether the empty answer fits."""
    if isinstance(part, One):
        return False
    if isinstance(part, Times):
        return part.least == 0 or _may_end(part.part)
    return all(map(_may_end, part.parts)) if isinstance(part, Row) else any(map(_may_end, part.ways))


@lru_cache(maxsize=65_536)
def _after(part: Part, character: str) -> Part:
    """What may follow a first character."""
    if isinstance(part, One):
        return _END if part.of is None or character in part.of else _NEVER
    if isinstance(part, Times):
        if part.most == 0:
            return _NEVER
        return _row((_after(part.part, character), _times(part.part, max(0, part.least - 1), part.most - 1)))
    if isinstance(part, Either):
        return _either(tuple(_after(way, character) for way in part.ways))
    ways: list[Part] = []
    for index, inner in enumerate(part.parts):
        ways.append(_row((_after(inner, character), *part.parts[index + 1 :])))
        if not _may_end(inner):
            break
    return _either(tuple(ways))
