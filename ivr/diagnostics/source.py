"""Where a thing is written: spans in files, and the map from what was compiled back to them."""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol

from msgspec import Struct


class Span(Struct, frozen=True, order=True):
    """A stretch of one file. Lines and columns count from 0, columns in characters; the end is exclusive."""

    file: int
    line: int
    column: int
    end_line: int
    end_column: int


NOWHERE = Span(-1, 0, 0, 0, 0)
"""The span of what is written nowhere, such as a section that no file has. It is shown as the first file."""


class Source(Struct, frozen=True):
    """A file as it was read: the path shown to people and its text.

    A file that cannot be read has no text and is `unread`; `damaged` is what can be shown of it to people.
    """

    path: str
    text: str
    unread: bool = False
    damaged: str = ""

    @property
    def lines(self) -> list[str]:
        """Its lines, without their ends. Lines break at LF, CR, NEL, LS and PS, as in YAML."""
        return _split(self.text or self.damaged)

    def line(self, number: int) -> str:
        """The text of a line, without its end; '' past the end."""
        lines = self.lines
        return lines[number] if 0 <= number < len(lines) else ""


@lru_cache(maxsize=8)
def _split(text: str) -> list[str]:
    """Split into lines. The last texts are remembered, since many findings come from few files."""
    return _unified(text).split("\n")


def _unified(text: str) -> str:
    """The text with every line ending in LF."""
    text = text.replace("\r\n", "\n")
    for end in "\r\x85\u2028\u2029":
        if end in text:
            text = text.replace(end, "\n")
    return text


def place_after(before: str, file: int) -> Span:
    """The one character that follows the text `before`, which stands at the beginning of a file."""
    unified = _unified(before)
    line = unified.count("\n")
    column = len(unified) - (unified.rfind("\n") + 1)
    return Span(file, line, column, line, column + 1)


class Sources(Struct, frozen=True):
    """The files of a table, in the order in which they were read."""

    files: tuple[Source, ...] = ()

    def where(self, span: Span) -> str:
        """`path:line:column`, counted from 1, as editors open it."""
        if span.file < 0 or span.file >= len(self.files):
            return self.files[0].path if self.files else "."
        return f"{self.files[span.file].path}:{span.line + 1}:{span.column + 1}"

    def path_line(self, span: Span) -> str:
        """`path:line`, for transcripts."""
        if span.file < 0 or span.file >= len(self.files):
            return "-"
        return f"{self.files[span.file].path}:{span.line + 1}"


class Located(Protocol):
    """A word or text that knows where it is written."""

    text: str

    @property
    def span(self) -> Span:
        """The whole of it."""

    def inside(self, start: int, end: int) -> Span:
        """Characters `start` to `end` of it."""


class Declared(Protocol):
    """A node as declared: its name, and the places of what is written in it."""

    @property
    def name(self) -> Located:
        """Its key."""

    def place(self, *path: str) -> Located:
        """The deepest place along a path of keys, `("options", "2", "to")`."""

    def key_of(self, section: str, *names: str) -> Located | None:
        """The key in a mapping of it that is written as one of `names`, None when there is none."""

    def written(self) -> object:
        """All that is written in it, less where: equal for two declarations that say the same."""


class Visit(Struct, frozen=True):
    """A flow put in the place of a visit: the visit, the flow's key, the first node and the one after the last, and
    the nodes among them that have an exit to the flow's `return`."""

    name: str
    decl: Declared
    flow: Located
    first: int
    last: int
    returning: frozenset[int]


class Spoken(Struct, frozen=True):
    """A text of the table, in one language, and what it is for: `say`, `menu`, `label`, `again`, `closed`."""

    at: Located
    language: int
    node: int
    role: str


class Place:
    """A declaration of which only the name is kept."""

    __slots__ = ("name",)

    def __init__(self, name: Located) -> None:
        self.name = name

    def place(self, *path: str) -> Located:
        """The name, whatever the path."""
        return self.name

    def key_of(self, section: str, *names: str) -> Located | None:
        """Nothing: what stood in the node is forgotten."""
        return None

    def written(self) -> object:
        """The name."""
        return self.name.text


class SourceMap:
    """Where what was compiled is written. It stands beside the graph, never in it.

    `nodes[i]` is the declaration of node i (None for a node that the compiler made), `numbers[i]` the key of number i.
    `missing` holds, by node and language, the texts that lack the language; `visits`, by the name of a visit, the name
    of its flow as it is written there; `expanded` holds the same visits with the nodes that stand in their place;
    `choices`, by language, how a menu words a choice, `{label}` and `{key}` in it.
    """

    __slots__ = (
        "calendars", "choices", "expanded", "missing", "nodes", "numbers", "opaque", "phrases", "prompts", "sources",
        "spoken", "table", "teams", "visits",
    )  # fmt: skip

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self.nodes: list[Declared | None] = []
        self.numbers: list[Declared] = []
        self.teams: list[Located] = []
        self.calendars: list[Declared] = []
        self.table: Declared | None = None
        self.spoken: list[Spoken] = []
        self.missing: dict[tuple[int, int], list[Located]] = {}
        self.choices: dict[int, str] = {}
        self.opaque = -1
        self.visits: dict[str, Located] = {}
        self.prompts: dict[str, Located] = {}
        self.phrases: dict[str, Located] = {}
        self.expanded: list[Visit] = []

    def visit(self, name: str) -> Visit | None:
        """A visit by its name, None when there is none of that name."""
        return next((held for held in self.expanded if held.name == name), None)

    def expansion(self, visit: str) -> Declared | None:
        """The declaration of a visit by its name, None when there is none of that name."""
        held = self.visit(visit)
        return None if held is None else held.decl

    def forget(self) -> None:
        """Keep of each node only where its name is written: for work on a large table that needs the memory."""
        held: dict[int, Declared] = {}
        self.nodes = [None if n is None else held.setdefault(id(n), Place(n.name)) for n in self.nodes]
        self.spoken, self.missing, self.expanded = [], {}, []

    def node(self, index: int) -> str:
        """`path:line` of a node."""
        declared = self.nodes[index] if 0 <= index < len(self.nodes) else None
        return "-" if declared is None else self.sources.path_line(declared.name.span)

    def span(self, node: int, *path: str) -> Span:
        """The place of something in a node."""
        declared = self.nodes[node]
        return NOWHERE if declared is None else declared.place(*path).span
