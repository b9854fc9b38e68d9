"""What libyaml complains of → a finding in our words, at the place where the mend belongs.

libyaml marks where it gave up, which is often past the fault: of an open brace or quote it is the opening that is
pointed at, and where reading stopped is the second place (for braces) or not shown at all (for quotes).
"""

from __future__ import annotations

import re

import yaml
from msgspec import Struct

from ivr.diagnostics import Label, Report, Source, Span, place_after

_NEIGHBOURS = "indent it like its neighbours: one key a line, all keys of a mapping at the same column"
_QUOTE = "put the whole value in quotes"
_CLOSING = {"flow mapping": ("{", "}"), "flow sequence": ("[", "]")}


class _Fault(Struct, frozen=True):
    """A fault in our words. `second` is another place and what is to be seen there."""

    span: Span
    message: str
    help: str
    second: tuple[Span, str] | None = None


def report_broken(error: yaml.MarkedYAMLError, text: str, file: int, report: Report) -> None:
    """Report why the parser stopped."""
    complaint = _Complaint(error, text, file)
    if "tag handle" in complaint.problem:
        tag = complaint.word()
        report.add(
            "IVR103", tag, "a tag is not part of the language", "take it out: every value is read as its key needs"
        )
        return
    fault = complaint.fault()
    labels = [Label(*fault.second)] if fault.second is not None else []
    report.add("IVR101", fault.span, f"this is not YAML: {fault.message}", fault.help, labels)


def report_unprintable(error: yaml.reader.ReaderError, text: str, file: int, report: Report) -> None:
    """Report a character that YAML cannot hold. The parser counts bytes of UTF-8."""
    position = error.position if isinstance(error.position, int) else 0
    before = text.encode("utf-8", "replace")[:position].decode("utf-8", "ignore")
    _bad_character(_code(text, len(before)), place_after(before, file), report)


def report_surrogate(error: UnicodeEncodeError, text: str, file: int, report: Report) -> None:
    """Report half a character, which a text in memory may hold and a file cannot."""
    _bad_character(_code(text, error.start), place_after(text[: error.start], file), report)


def _bad_character(code: int, span: Span, report: Report) -> None:
    what = f"this is not YAML: the character U+{code:04X} cannot stand in it"
    report.add("IVR101", span, what, "take the character out; is this a text file?")


def _code(text: str, position: int) -> int:
    return ord(text[position]) if position < len(text) else 0


class _Complaint:
    """What libyaml says, with the lines that it speaks of."""

    def __init__(self, error: yaml.MarkedYAMLError, text: str, file: int) -> None:
        self.problem = error.problem or ""
        self.context = error.context or ""
        self.file = file
        self.source = Source("", text)
        mark, context = error.problem_mark, error.context_mark
        self.at = (mark.line, mark.column) if mark is not None else (0, 0)
        self.began = (context.line, context.column) if context is not None else self.at
        self.line = self.source.line(self.at[0])
        self.char = self.line[self.at[1] : self.at[1] + 1]
        self.before = self.line[: self.at[1]]

    def fault(self) -> _Fault:
        """The fault in our words."""
        problem, context = self.problem, self.context
        for name, (opening, closing) in _CLOSING.items():
            if name in context and "','" in problem:
                return self._unclosed(opening, closing)
        if "quoted scalar" in context and "end of stream" in problem:
            return _Fault(self._span(self.began), "this quote is never closed", "close the quote")
        if "quoted scalar" in context and "document indicator" in problem:
            return _Fault(self._span(self.began), "this quote is not closed before '---' or '...'", "close the quote")
        if "escape" in problem or "octal" in problem or "hexdecimal" in problem:
            return _Fault(
                self._span(self.at),
                "a backslash in double quotes begins an escape, and this is none",
                "use single quotes, or write \\\\",
            )
        if "tab character" in problem or (self.char == "\t" and "cannot start" in problem):
            return self._tab()
        if "cannot start any token" in problem:
            return _Fault(self._span(self.at), f"a value cannot begin with '{self.char}'", _QUOTE)
        if "mapping values are not allowed" in problem or "unexpected ':'" in problem:
            return self._colon()
        if "could not find expected ':'" in problem:
            return _Fault(self._rest(self.began), "a ':' is missing after this key", "write 'key: value'")
        if "block mapping" in context:
            return self._no_key()
        if "block collection" in context:
            return _Fault(
                self._rest(self.at),
                "this stands among the items of a list and is none", "begin it with '- ', or indent it otherwise",
                (self._span(self.began), "the list begins here"),
            )  # fmt: skip
        return self._other()

    def _unclosed(self, opening: str, closing: str) -> _Fault:
        """On another line the bracket was forgotten; on the same line it is as likely to be a comma."""
        began = self._span(self.began)
        span = self._span(self.at)
        if self.char == ":" and ":" in re.split(r"[,{\[]", self.before)[-1]:
            return _Fault(
                span, "a second ': ' in one entry", "put the whole value in quotes, or a comma before this key"
            )
        if self.at[0] == self.began[0]:
            return _Fault(
                span, f"a ',' or '{closing}' is missing before this",
                f"put a comma between the entries, or close with '{closing}'",
                (began, f"this '{opening}' is still open"),
            )  # fmt: skip
        stopped = (self._span(self.at), "reading stopped here") if self.line.strip() else None
        return _Fault(
            began, f"this '{opening}' is not closed", f"close it with '{closing}', or look for a missing comma", stopped
        )

    def _tab(self) -> _Fault:
        column = self.line.find("\t")
        at = (self.at[0], max(column, 0))
        return _Fault(self._span(at), "a tab stands where a line is indented", "indent with spaces")

    def _colon(self) -> _Fault:
        """A second colon on a line is part of a text; a first one belongs to a line that stands too deep."""
        if ":" in self.before:
            return _Fault(
                self._span(self.at), "a second ': ' on the same line", f"{_QUOTE}, or begin a new line for this key"
            )
        start = len(self.before) - len(self.before.lstrip())
        above = self.source.line(self.at[0] - 1)
        second = None
        if above.strip():
            shift = len(above) - len(above.lstrip())
            second = (
                Span(self.file, self.at[0] - 1, shift, self.at[0] - 1, len(above.rstrip())),
                "the line above goes on here",
            )
        span = Span(self.file, self.at[0], start, self.at[0], max(self.at[1], start + 1))
        return _Fault(span, "no key can stand here", f"{_NEIGHBOURS}; is a ':' missing above?", second)

    def _no_key(self) -> _Fault:
        began = (self._span(self.began), "the mapping begins here") if self.began != self.at else None
        if self.char and self.char in "}]":
            return _Fault(self._span(self.at), f"a '{self.char}' that closes nothing", "take it out, or open it before")
        quote = self.before.rstrip()[-1:]
        if quote in ("'", '"') and self.before.count(quote) % 2:
            span = Span(self.file, self.at[0], self.before.rindex(quote), self.at[0], self.before.rindex(quote) + 1)
            return _Fault(
                span,
                "this closes a quote that a line above opened, and words follow",
                "close the quote where the text ends",
            )
        if quote in ("'", '"'):
            return _Fault(
                self._rest(self.at),
                "words after a closing quote",
                f'{_QUOTE}; a quote within is doubled in single quotes, \\" in double ones',
            )
        if self.char == "-" and not self.before.strip():
            return _Fault(
                self._rest(self.at), "an item of a list stands among keys", "give the list a key of its own", began
            )
        if self.char == ":":
            return _Fault(self._span(self.at), "a ':' without a key before it", "write 'key: value'")
        return _Fault(self._rest(self.at), "this line stands at the column of no key above it", _NEIGHBOURS, began)

    def _other(self) -> _Fault:
        problem, context = self.problem, self.context
        if "anchor" in context or "alias" in context:
            mark = self.source.line(self.began[0])[self.began[1] : self.began[1] + 1]
            return _Fault(self._span(self.began), f"a value cannot begin with '{mark}'", f'put it in quotes: "{mark}"')
        if "block scalar" in context:
            return _Fault(self._rest(self.at), "words after '|' or '>'", "begin the text on the next line, indented")
        if "directive" in context or "YAML document" in problem or "directive" in problem:
            return _Fault(
                self._rest((self.at[0], 0)), "a directive, which a routing table does not have", "take the line out"
            )
        if "<document start>" in problem:
            return _Fault(self._rest(self.at), "words after the end of the document", "put them in a file of their own")
        if "node content" in problem and self.char:
            return _Fault(self._span(self.at), f"a value cannot begin with '{self.char}'", _QUOTE)
        if "node content" in problem:
            return _Fault(self._last(), "the file ends in the middle of a value", "close the braces and brackets")
        if "are not allowed in this context" in problem:
            what = "an item of a list" if "sequence" in problem else "a key"
            return _Fault(self._rest(self.at), f"{what} cannot stand here", "begin a new line for it")
        return _Fault(self._span(self.at), problem or "it cannot be read", "see the line above it too")

    def word(self) -> Span:
        """The word at which reading stopped."""
        end = self.at[1]
        while end < len(self.line) and not self.line[end].isspace() and self.line[end] not in ",[]{}":
            end += 1
        return Span(self.file, self.at[0], self.at[1], self.at[0], max(end, self.at[1] + 1))

    def _span(self, at: tuple[int, int]) -> Span:
        return Span(self.file, at[0], at[1], at[0], at[1] + 1)

    def _rest(self, at: tuple[int, int]) -> Span:
        """From a place to the end of its line, a trailing comment and blanks aside."""
        line = self.source.line(at[0]).split(" #")[0].rstrip()
        return Span(self.file, at[0], at[1], at[0], max(len(line), at[1] + 1))

    def _last(self) -> Span:
        """The last character that is written before the place."""
        row = min(self.at[0], len(self.source.lines) - 1)
        while row > 0 and not self.source.line(row).strip():
            row -= 1
        column = max(len(self.source.line(row).rstrip()) - 1, 0)
        return Span(self.file, row, column, row, column + 1)
