"""Where things with keys that are no nodes are written: the table itself, calendars, numbers."""

from __future__ import annotations

from ivr.authoring.kinds.base import NodeDecl
from ivr.authoring.schema.sections import TableDecl
from ivr.authoring.values import Mapping, Scalar, plain


class At:
    """The place of something with keys that is no node: a calendar, a number."""

    __slots__ = ("at", "name")

    def __init__(self, name: Scalar, at: Mapping) -> None:
        self.name = name
        self.at = at

    def place(self, *path: str) -> Scalar:
        """The deepest place along a path of keys."""
        return NodeDecl.place(self, *path)  # type: ignore[arg-type]  # it asks for `name` and `at` only

    def key_of(self, section: str, *names: str) -> Scalar | None:
        """The key in a mapping of it that is written as one of `names`."""
        return NodeDecl.key_of(self, section, *names)  # type: ignore[arg-type]  # it asks for `at` only

    def written(self) -> object:
        """All that is written in it, less where."""
        return plain(self.at)


def table_place(table: TableDecl) -> At:
    """The place of the table section."""
    first = next(iter(table.at.entries.values()))[0]
    return At(first, table.at)
