"""A finding: what is wrong, where, and how to mend it; and the report that gathers them without cascades."""

from __future__ import annotations

import difflib
import string
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain

from msgspec import Struct

from ivr.diagnostics.codes import CODES, Severity
from ivr.diagnostics.source import Span

MAX_FINDINGS = 1000
"""How many findings are kept; what comes after is only counted. A hostile file could otherwise fill the memory."""
MAX_COUNTED = 2000
"""How many are counted. A table with more of them is not judged to its end: nobody waits a minute to read that."""
FEW = 250
"""Among how many words each is compared with a misspelt one."""
_LETTERS = string.ascii_lowercase + string.digits + "-_ "


class Label(Struct, frozen=True, order=True):
    """A second place that explains a finding, and what is to be seen there."""

    span: Span
    text: str


class Finding(Struct, frozen=True):
    """One fault: `message` states it, `help` states the mend."""

    code: str
    message: str
    span: Span
    help: str = ""
    labels: tuple[Label, ...] = ()

    @property
    def severity(self) -> Severity:
        """Error or warning, as the code's."""
        return CODES[self.code].severity


class _Full(Exception):
    """More findings than anybody would count."""


class Report:
    """Gathers findings. The same code at the same place is kept once."""

    __slots__ = ("_bounded", "_findings", "_muted", "_seen", "dropped")

    def __init__(self) -> None:
        self._findings: list[Finding] = []
        self._seen: set[tuple[str, Span, str]] = set()
        self._muted: frozenset[str] = frozenset()
        self._bounded = False
        self.dropped = 0

    @contextmanager
    def bounded(self) -> Iterator[None]:
        """What is done within ends early when there are more than MAX_COUNTED findings."""
        self._bounded = True
        try:
            yield
        except _Full:
            pass
        finally:
            self._bounded = False

    def mute(self, codes: Iterable[str]) -> None:
        """Report these codes no more: from here on they would only follow from a fault that is already told."""
        self._muted = self._muted.union(codes)

    def add(self, code: str, span: Span, message: str, help: str = "", labels: Iterable[Label] = ()) -> None:
        """Report a fault. The code must be one of CODES."""
        assert code in CODES, code
        key = (code, span, message)
        if code in self._muted or key in self._seen:
            return
        if len(self._findings) >= MAX_FINDINGS:
            self.dropped += 1
            if self._bounded and len(self._findings) + self.dropped >= MAX_COUNTED:
                raise _Full
            return
        self._seen.add(key)
        self._findings.append(Finding(code, message, span, help, tuple(labels)))

    def sorted(self) -> tuple[Finding, ...]:
        """The findings in file order."""
        return tuple(sorted(self._findings, key=lambda f: (f.span, f.code)))

    def has(self, *codes: str) -> bool:
        """Whether any of these codes was reported."""
        return any(f.code in codes for f in self._findings)

    @property
    def errors(self) -> int:
        """How many findings are errors."""
        return sum(1 for f in self._findings if f.severity is Severity.ERROR)

    def __len__(self) -> int:
        return len(self._findings)


LIKE = 0.66
"""How like a word must be (difflib's ratio) to be offered for another."""
VERY_LIKE = 0.7


def did_you_mean(word: str, *known: Collection[str], like: float = LIKE) -> str:
    """`did you mean 'waste'?` for the nearest known word, else ''."""
    near = nearest(word, *known, like=like)
    return f"did you mean '{near}'?" if near else ""


def nearest(word: str, *known: Collection[str], like: float = LIKE) -> str:
    """The known word that was probably meant, else ''.

    Among few words all are compared. Among many, where that would take 40 ms a word, only what one slip of the pen
    away is looked up: a letter missing, one too many, another one, or two swapped.
    """
    near = _one_slip(word, known)
    if not near and sum(map(len, known)) <= FEW:
        near = next(iter(difflib.get_close_matches(word[:80], chain(*known), n=1, cutoff=like)), "")
    return near


def _one_slip(word: str, known: tuple[Collection[str], ...]) -> str:
    if not 2 <= len(word) <= 60:
        return ""
    pools = [p if len(p) < 5 or isinstance(p, (dict, set, frozenset)) else frozenset(p) for p in known]
    return next((slip for slip in _slips(word) if any(slip in pool for pool in pools)), "")


def _slips(word: str) -> Iterator[str]:
    """All words one slip away: letters swapped, one missing, one too many, another one."""
    cuts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    for head, tail in cuts:
        if tail[1:2] != tail[:1]:
            yield head + tail[1:2] + tail[:1] + tail[2:]
    for letter in _LETTERS:
        for head, tail in cuts:
            yield head + letter + tail
    for head, tail in cuts[:-1]:
        yield head + tail[1:]
    for letter in _LETTERS:
        for head, tail in cuts[:-1]:
            yield head + letter + tail[1:]
