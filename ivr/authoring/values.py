"""YAML values that know where they are written. Every scalar keeps its source text; nothing is typed yet.

A large table has half a million of them: they are structs because those are made in C, and are alike only to themselves.
"""

from __future__ import annotations

from msgspec import Struct, field

from ivr.diagnostics import Span


class Scalar(Struct, eq=False, gc=False):
    """A word or text, as written. `quoted` is the quote or block mark, '' for a plain scalar."""

    text: str
    file: int
    line: int
    column: int
    end_line: int
    end_column: int
    quoted: str = ""

    @property
    def span(self) -> Span:
        """The whole scalar, quotes included."""
        return Span(self.file, self.line, self.column, self.end_line, self.end_column)

    def inside(self, start: int, end: int) -> Span:
        """The span of characters `start` to `end` of the text, where they stand on one line; else the whole scalar."""
        shift = 1 if self.quoted in ("'", '"') else 0
        written = self.end_column - self.column - 2 * shift
        if self.line != self.end_line or self.quoted in ("|", ">") or written != len(self.text):
            return self.span
        first = self.column + shift + start
        return Span(self.file, self.line, first, self.line, max(first + 1, self.column + shift + end))


def plain(value: Value | None) -> object:
    """What is written, less where it stands: equal for two values that say the same."""
    if isinstance(value, Scalar):
        return value.text
    if isinstance(value, Mapping):
        return tuple(sorted((name, repr(plain(held))) for name, (_, held) in value.entries.items()))
    return tuple(plain(item) for item in value.items) if isinstance(value, Sequence) else None


class Lost(Scalar, eq=False, gc=False):
    """What stands for a value that cannot be used, after that was reported. Every type refuses it without a word."""


class Mapping(Struct, eq=False):
    """Keys in the order written. Of a duplicate key the first stands. The end is known when all of it is read.

    `key` is the key that it is the value of; `partial` says that some of its keys could not be read.
    """

    file: int
    line: int
    column: int
    end_line: int = 0
    end_column: int = 0
    entries: dict[str, tuple[Scalar, Value]] = field(default_factory=dict)
    key: Scalar | None = None
    partial: bool = False

    @property
    def span(self) -> Span:
        """The first key, or the braces: a caret under a whole mapping helps nobody."""
        for key, _ in self.entries.values():
            return key.span
        return Span(self.file, self.line, self.column, self.end_line, self.end_column)

    @property
    def named(self) -> Span:
        """The key that it is the value of, the place to say that something is missing in it."""
        return self.span if self.key is None else self.key.span

    def get(self, key: str) -> Value | None:
        """The value of a key, or None."""
        found = self.entries.get(key)
        return None if found is None else found[1]


class Sequence(Struct, eq=False):
    """A list. The end is known when all of it is read."""

    file: int
    line: int
    column: int
    end_line: int = 0
    end_column: int = 0
    items: list[Value] = field(default_factory=list)

    @property
    def span(self) -> Span:
        """The list when it stands on one line, else its first character."""
        if self.line == self.end_line:
            return Span(self.file, self.line, self.column, self.end_line, self.end_column)
        return Span(self.file, self.line, self.column, self.line, self.column + 1)


Value = Scalar | Mapping | Sequence


def describe(value: Value) -> str:
    """What a value is, for a message."""
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, Sequence):
        return "a list"
    return "nothing" if value.text == "" and not value.quoted else f"'{shorten(value.text)}'"


def shorten(text: str, most: int = 40) -> str:
    """A text fit for a message: one line, at most `most` characters, control characters shown as escapes."""
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text[: most + 1])
    return shown if len(shown) <= most else shown[: most - 1] + "…"
