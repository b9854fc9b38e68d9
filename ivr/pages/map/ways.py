"""Which lines callers can take: of one number, in one language, at one moment. What the filters of the map leave bright.

Looked at are the graph and the calendars, not what callers chose before: a line that stays bright may still be closed to
many (that is what proofs are for), but one that fades is closed to all who are meant.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from ivr.calendars.moment import phase_at
from ivr.model.exits import exits
from ivr.model.moment import ANNOUNCE, BEFORE, CLOSED, HOLIDAY, OPEN, OVER, PARALLEL, REDIRECT, RETURNED
from ivr.model.nodes import (
    CONTINUE,
    BranchNode,
    CallbackNode,
    HoursNode,
    MenuNode,
    Node,
    NumberNode,
    QueueNode,
    TransferNode,
    VoicemailNode,
)
from ivr.pages.map.data import ENTRY, OPERATOR, TASK, TEAM, Map
from ivr.tables.ready import Table

ASKS_OPERATOR = "(operator)"
_HOURS = {OPEN: "open", CLOSED: "closed", HOLIDAY: "holiday"}
_NOT_WHEN_OPEN = frozenset({"closed"})
_REDIRECTED = ("redirected key", "redirected")


class Asked(Struct, frozen=True):
    """Of whom: a number (index, -1 the main one, None all), a language (index, None all), a moment (epoch seconds, None
    any)."""

    number: int | None = None
    language: int | None = None
    at: int | None = None


class Bright(Struct, frozen=True):
    """Boxes and lines of a map, by index, that callers can come to."""

    items: tuple[int, ...]
    lines: tuple[int, ...]


class _Walk:
    """All places (node, language, place in the entry chain) that callers can come to, and the ways between them."""

    def __init__(self, table: Table, asked: Asked) -> None:
        self.graph = table.graph
        self.asked = asked
        self.calendars = table.almanac.at(asked.at) if asked.at is not None else None
        self.numbers = range(-1, len(self.graph.numbers)) if asked.number is None else (asked.number,)
        self.phases = {number: self._phases(number) for number in self.numbers}
        self.nodes: set[int] = set()
        self.ways: set[tuple[int, str, int]] = set()
        self._walk()

    def _walk(self) -> None:
        """Walk from the first node; what is kept of a way is only where its caller hears the language that is asked for."""
        graph, wanted = self.graph, self.asked.language
        chain = (*graph.chain, graph.number_node)
        seen = {(chain[0], 0, 0)}
        todo = list(seen)
        while todo:
            at, language, place = todo.pop()
            counts = wanted is None or language == wanted
            if counts:
                self.nodes.add(at)
            for exit, target, speaks in self._ways(at, language):
                onward = place
                if target == CONTINUE:
                    onward = min(place + 1, len(chain) - 1)
                    target = chain[onward]
                if counts:
                    self.ways.add((at, exit, target))
                if target >= 0 and (target, speaks, onward) not in seen:
                    seen.add((target, speaks, onward))
                    todo.append((target, speaks, onward))

    def _phases(self, number: int) -> frozenset[int]:
        """In which phases a number can be."""
        if number < 0:
            return frozenset((RETURNED,))  # callers of the main number go where those of a number given back go
        held = self.graph.numbers[number]
        if self.asked.at is not None:
            return frozenset((phase_at(held, self.asked.at),))
        first = held.phases[0][0] if held.phases else 1
        return frozenset(phase for _, phase in held.phases) | (frozenset((PARALLEL,)) if first > 0 else frozenset())

    def _ways(self, at: int, language: int) -> Iterator[tuple[str, int, int]]:
        """(exit, target, language after it) of each exit that can be taken."""
        node = self.graph.nodes[at]
        if isinstance(node, NumberNode):
            yield from ((exit, target, language) for exit, target in self._numbers())
            return
        allowed = self._allowed(node, language)
        if isinstance(node, MenuNode):
            changes = {option.key: option.language for option in node.options if option.language >= 0}
            for exit, target in exits(node):
                yield exit, target, changes.get(exit, language)
            yield ASKS_OPERATOR, self.graph.operator, language
            return
        for exit, target in exits(node):
            if allowed is None or exit in allowed:
                yield exit, target, language

    def _allowed(self, node: Node, language: int) -> frozenset[str] | None:
        """The exits that can be taken at the moment; None for all."""
        if isinstance(node, BranchNode):
            return self._cases(node, language)
        if self.calendars is None:
            return None
        if isinstance(node, HoursNode) and node.calendar >= 0:
            return frozenset((_HOURS[self.calendars[node.calendar]],))
        if isinstance(node, TransferNode | QueueNode) and node.calendar >= 0:
            names = frozenset(name for name, _ in exits(node))
            return names - _NOT_WHEN_OPEN if self.is_open(node) else names & _NOT_WHEN_OPEN
        return None

    def is_open(self, node: TransferNode | QueueNode) -> bool:
        """Whether whom it connects to is there at the moment."""
        return self.calendars is None or node.calendar < 0 or self.calendars[node.calendar] == OPEN

    def _cases(self, node: BranchNode, language: int) -> frozenset[str] | None:
        """The cases of a branch that the filters decide; None where they do not."""
        if node.subject == "language":
            values = {language}
        elif node.subject == "number" and self.asked.number is not None:
            values = {self.asked.number}
        elif node.subject == "phase" and (self.asked.number is not None or self.asked.at is not None):
            values = {PARALLEL if number < 0 else phase for number in self.numbers for phase in self.phases[number]}
        else:
            return None
        named = {name for name, _ in exits(node)}
        return frozenset(f"#{value}" if f"#{value}" in named else "otherwise" for value in values)

    def _numbers(self) -> Iterator[tuple[str, int]]:
        """Where callers go after the entry."""
        graph = self.graph
        for number in self.numbers:
            phases = self.phases[number]
            if number < 0:
                yield "to", graph.start
                continue
            held = graph.numbers[number]
            if phases & {PARALLEL, ANNOUNCE}:
                yield "to", held.to
            if phases & {BEFORE, OVER}:
                yield "then", held.then
            if REDIRECT in phases:
                yield _REDIRECTED[0], graph.operator
            if RETURNED in phases:
                yield "returned", graph.start


def bright(table: Table, map_: Map, asked: Asked) -> Bright:
    """What of a map stays bright."""
    walk = _Walk(table, asked)
    ids = {item.id: place for place, item in enumerate(map_.items)}
    items = {ids[f"n{node}"] for node in walk.nodes if f"n{node}" in ids}
    lines: set[int] = set()
    for place, line in enumerate(map_.lines):
        source, target = map_.items[line.source], map_.items[line.target]
        if line.kind == ENTRY:
            if any(number in walk.numbers for number in _members(map_, line.source, table)):
                lines.add(place)
                items.add(line.source)
        elif line.source in items and _taken(walk, line.kind, int(source.id[1:]), target.id, line.exits):
            lines.add(place)
            if target.kind == "team":
                items.add(line.target)
    return Bright(tuple(sorted(items)), tuple(sorted(lines)))


def _taken(walk: _Walk, kind: str, source: int, target: str, names: tuple[str, ...]) -> bool:
    node = walk.graph.nodes[source]
    if kind == TEAM:
        return not isinstance(node, TransferNode | QueueNode) or walk.is_open(node)
    if kind == TASK:
        return isinstance(node, CallbackNode | VoicemailNode)
    exits = (ASKS_OPERATOR, *names) if kind == OPERATOR else names
    return any((source, exit, int(target[1:])) in walk.ways for exit in exits)


def _members(map_: Map, item: int, table: Table) -> list[int]:
    """The numbers of a group, by index."""
    names = {number.name: index for index, number in enumerate(table.graph.numbers)}
    return [names.get(called.name, -1) for called in map_.items[item].numbers]
