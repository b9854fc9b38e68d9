"""A finding: what is wrong, where, and how to mend it; and the report that gathers them without cascades."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from msgspec import Struct

from ivr.diagnostics.codes import CODES, Severity
from ivr.diagnostics.source import Span

MAX_FINDINGS = 1000
"""How many findings are kept; what comes after is only counted. A hostile file could otherwise fill the memory."""


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


class Report:
    """Gathers findings. The same code at the same place is kept once."""

    __slots__ = ("_findings", "_muted", "_seen", "dropped")

    def __init__(self) -> None:
        self._findings: list[Finding] = []
        self._seen: set[tuple[str, Span, str]] = set()
        self._muted: frozenset[str] = frozenset()
        self.dropped = 0

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
            return
        self._seen.add(key)
        self._findings.append(Finding(code, message, span, help, tuple(labels)))

    def sorted(self) -> tuple[Finding, ...]:
        """The findings in file order."""
        return tuple(sorted(self._findings, key=lambda f: (f.span, f.code)))

    @property
    def errors(self) -> int:
        """How many findings are errors."""
        return sum(1 for f in self._findings if f.severity is Severity.ERROR)

    def __len__(self) -> int:
        return len(self._findings)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`did you mean 'waste'?` for the nearest known word, else ''. At most 2,000 words are compared."""
    pool = [k for k in known if abs(len(k) - len(word)) <= 4][:2000]
    near = difflib.get_close_matches(word[:80], pool, n=1, cutoff=0.66)
    return f"did you mean '{near[0]}'?" if near else ""
