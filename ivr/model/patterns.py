"""Patterns of answers: a finite language, matched by sets of positions, so that no answer can make it run away.

    alternative   := sequence ("|" sequence)*
    sequence      := (atom quantifier?)*
    atom          := letter | digit | space | "-" | "." (any character) | "\\d" | "[" ranges "]" | "(" alternative ")"
    quantifier    := "?" | "{n}" | "{n,m}"

Unrolled, a pattern has at most `MAX_SIZE` characters to match; each costs one pass over the positions that are reached,
so a match takes at most MAX_SIZE × the answer's length steps, whatever is typed.
"""

from __future__ import annotations

from functools import lru_cache

from msgspec import Struct

MAX_SIZE = 400
"""Characters of a pattern with its repeats written out."""
MAX_REPEAT = 99
MAX_TEXTS = 64
"""Texts that are tried for a sample."""
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -")
_MEMBERS = _PLAIN | {"*"}
"""Between brackets the key * may stand too: outside them it looks like the repeat that the language does not have."""
DIGITS = frozenset("0123456789")
KEYS = DIGITS | {"*"}
"""What can be typed into an answer: # ends it."""


class PatternFault(ValueError):
    """What is wrong with a pattern, and at which character."""

    def __init__(self, reason: str, at: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.at = at


class One(Struct, frozen=True):
    """One character out of a set; None for any."""

    of: frozenset[str] | None


class Row(Struct, frozen=True):
    """Parts one after another."""

    parts: tuple[Part, ...]


class Either(Struct, frozen=True):
    """One of several."""

    ways: tuple[Part, ...]


class Times(Struct, frozen=True):
    """A part from `least` to `most` times."""

    part: Part
    least: int
    most: int


Part = One | Row | Either | Times


@lru_cache(maxsize=1024)
def read_pattern(text: str) -> Part:
    """The pattern that a text is. Raises PatternFault."""
    reader = _Reader(text)
    part = reader.either()
    if reader.at < len(text):
        raise PatternFault(f"'{text[reader.at]}' stands where nothing can", reader.at)
    if size(part) > MAX_SIZE:
        raise PatternFault(f"written out it has more than {MAX_SIZE} characters", 0)
    return part


def fits(text: str, answer: str) -> bool:
    """Whether a whole answer fits the pattern that a text is."""
    return len(answer) in _reached(read_pattern(text), answer, frozenset((0,)))


def _reached(part: Part, answer: str, starts: frozenset[int]) -> frozenset[int]:
    """The positions at which a part can end, of those at which it begins."""
    if not starts:
        return starts
    if isinstance(part, One):
        end, of = len(answer), part.of
        return frozenset(at + 1 for at in starts if at < end and (of is None or answer[at] in of))
    if isinstance(part, Row):
        for inner in part.parts:
            starts = _reached(inner, answer, starts)
        return starts
    if isinstance(part, Either):
        return frozenset().union(*(_reached(way, answer, starts) for way in part.ways))
    out = starts if part.least == 0 else frozenset()
    for count in range(1, part.most + 1):
        starts = _reached(part.part, answer, starts)
        if not starts:
            break
        if count >= part.least:
            out |= starts
    return out


def size(part: Part) -> int:
    """How many characters a part has with its repeats written out; counting stops beyond MAX_SIZE."""
    if isinstance(part, One):
        return 1
    if isinstance(part, Times):
        return min(MAX_SIZE + 1, max(1, size(part.part)) * max(1, part.most))
    inner = part.parts if isinstance(part, Row) else part.ways
    return min(MAX_SIZE + 1, sum(size(p) for p in inner))


def lengths(part: Part) -> tuple[int, int]:
    """The shortest and the longest answer that fits."""
    if isinstance(part, One):
        return 1, 1
    if isinstance(part, Times):
        least, most = lengths(part.part)
        return least * part.least, most * part.most
    if isinstance(part, Row):
        rows = [lengths(p) for p in part.parts]
        return sum(a for a, _ in rows), sum(b for _, b in rows)
    rows = [lengths(p) for p in part.ways]
    return min(a for a, _ in rows), max(b for _, b in rows)


def key_lengths(part: Part, most: int) -> frozenset[int]:
    """How many keys the answers that fit may have, up to `most`, when they are typed: 0 to 9 and *."""
    if isinstance(part, One):
        return frozenset((1,)) if part.of is None or part.of & KEYS else frozenset()
    if isinstance(part, Either):
        return frozenset().union(*(key_lengths(way, most) for way in part.ways))
    if isinstance(part, Row):
        found = frozenset((0,))
        for inner in part.parts:
            found = _sums(found, key_lengths(inner, most), most)
        return found
    once, so_far, out = key_lengths(part.part, most), frozenset((0,)), frozenset[int]()
    for count in range(part.most + 1):
        if count >= part.least:
            out |= so_far
        so_far = _sums(so_far, once, most)
    return out


def _sums(some: frozenset[int], others: frozenset[int], most: int) -> frozenset[int]:
    return frozenset(a + b for a in some for b in others if a + b <= most)


@lru_cache(maxsize=1024)
def sample(text: str) -> str:
    """The shortest answer that fits, of digits alone where any such is; never empty. '' when there is none."""
    found = [answer for answer in _some(read_pattern(text)) if answer]
    return min(found, key=lambda answer: (not answer.isdigit(), len(answer), answer), default="")


def _some(part: Part) -> list[str]:
    """Some texts that fit, as far as MAX_TEXTS goes."""
    if isinstance(part, One):
        if part.of is None:
            return ["1"]
        return sorted(part.of, key=lambda c: (c not in DIGITS, c))[:3]
    if isinstance(part, Either):
        return list(dict.fromkeys(text for way in part.ways for text in _some(way)))[:MAX_TEXTS]
    if isinstance(part, Times):
        once = _some(part.part)
        counts = sorted({part.least, min(part.least + 1, part.most)})
        return [text * count for count in counts for text in once][:MAX_TEXTS]
    texts = [""]
    for inner in part.parts:
        more = _some(inner)
        texts = list(dict.fromkeys(text + end for text in texts for end in more))[:MAX_TEXTS]
    return texts


class _Reader:
    """Reads a pattern by descending; parentheses nest at most as deep as the text is long, which is bounded by YAML."""

    def __init__(self, text: str) -> None:
        if len(text) > 200:
            raise PatternFault("it is longer than 200 characters", 0)
        self.text = text
        self.at = 0

    def _next(self) -> str:
        return self.text[self.at] if self.at < len(self.text) else ""

    def either(self) -> Part:
        ways = [self.row()]
        while self._next() == "|":
            self.at += 1
            ways.append(self.row())
        return ways[0] if len(ways) == 1 else Either(tuple(ways))

    def row(self) -> Part:
        parts: list[Part] = []
        while self._next() not in ("", "|", ")"):
            parts.append(self.times(self.atom()))
        return parts[0] if len(parts) == 1 else Row(tuple(parts))

    def atom(self) -> Part:
        start, character = self.at, self._next()
        self.at += 1
        if character in _PLAIN:
            return One(frozenset(character))
        if character == ".":
            return One(None)
        if character == "\\" and self._next() == "d":
            self.at += 1
            return One(DIGITS)
        if character == "[":
            return self.members(start)
        if character == "(":
            inner = self.either()
            if self._next() != ")":
                raise PatternFault("this '(' is not closed", start)
            self.at += 1
            return inner
        raise PatternFault(f"'{character}' is not part of the language", start)

    def members(self, start: int) -> Part:
        found: set[str] = set()
        while self._next() not in ("", "]"):
            first = self._next()
            if first not in _MEMBERS:
                raise PatternFault(f"'{first}' cannot stand between brackets", self.at)
            self.at += 1
            if self._next() == "-" and self.text[self.at + 1 : self.at + 2] not in ("", "]"):
                last = self.text[self.at + 1]
                if last not in _MEMBERS or last < first:
                    raise PatternFault(f"'{first}-{last}' is no range", self.at - 1)
                found.update(c for c in map(chr, range(ord(first), ord(last) + 1)) if c in _PLAIN)
                self.at += 2
            else:
                found.add(first)
        if self._next() != "]" or not found:
            raise PatternFault(
                "these brackets hold nothing" if self._next() == "]" else "this '[' is not closed", start
            )
        self.at += 1
        return One(frozenset(found))

    def times(self, part: Part) -> Part:
        if self._next() == "?":
            self.at += 1
            return Times(part, 0, 1)
        if self._next() != "{":
            return part
        start = self.at
        inside, closed, _ = self.text[start + 1 :].partition("}")
        low, comma, high = inside.partition(",")
        if not closed or not low.isdigit() or not low.isascii() or (comma and not (high.isdigit() and high.isascii())):
            raise PatternFault("a count is written {3} or {2,4}", start)
        least, most = int(low[:6]), int((high or low)[:6])
        if most > MAX_REPEAT or least > most:
            raise PatternFault(f"a count goes from the smaller to the larger, at most {MAX_REPEAT}", start)
        self.at = start + len(inside) + 2
        return Times(part, least, most)
