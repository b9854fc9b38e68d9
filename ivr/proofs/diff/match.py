"""Which nodes of two tables are the same node: by name, then by what leads to them, then by what they say.

A wrong match costs time and may blame another line; it never makes a difference appear or disappear, since the walk
compares what callers experience.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from ivr.model.actions import Action, Listen, Say
from ivr.model.exits import exits
from ivr.model.graph import Graph
from ivr.model.nodes import Node
from ivr.model.words import as_text


def same_nodes(old: Graph, new: Graph) -> list[int]:
    """For each node of the new table the node of the old one that it is, -1 for a node that is new."""
    place = {name: index for index, name in enumerate(old.names)}
    held = [place.get(name, -1) for name in new.names]
    if len(set(held) - {-1}) == len(old.names) == len(new.names):
        return held
    taken = set(held)
    _by_ways(old, new, held, taken)
    _by_words(old, new, held, taken)
    return held


def _by_ways(old: Graph, new: Graph, held: list[int], taken: set[int]) -> None:
    """What the same exit of the same node leads to is the same node, when it is of the same kind."""
    queue = deque((before, after) for after, before in enumerate(held) if before >= 0)
    for before, after in _roots(old, new):
        if _may_be(old, new, before, after, held, taken):
            queue.append((before, after))
    while queue:
        before, after = queue.popleft()
        ways = dict(exits(old.nodes[before]))
        for name, to in exits(new.nodes[after]):
            was = ways.get(name, -1)
            if _may_be(old, new, was, to, held, taken):
                queue.append((was, to))


def _may_be(old: Graph, new: Graph, before: int, after: int, held: list[int], taken: set[int]) -> bool:
    """Make a match of two nodes that have none yet, if they are of one kind."""
    if before < 0 or after < 0 or held[after] >= 0 or before in taken:
        return False
    if type(old.nodes[before]) is not type(new.nodes[after]):
        return False
    held[after] = before
    taken.add(before)
    return True


def _roots(old: Graph, new: Graph) -> Iterator[tuple[int, int]]:
    """Where calls come in."""
    yield from zip(old.chain, new.chain, strict=False)
    yield old.start, new.start
    yield old.operator, new.operator
    numbers = {number.name: number for number in old.numbers}
    for number in new.numbers:
        was = numbers.get(number.name)
        if was is not None:
            yield was.to, number.to
            yield was.then, number.then


def _by_words(old: Graph, new: Graph, held: list[int], taken: set[int]) -> None:
    """Of what is left, nodes of one kind that say the same, when only one of each table does."""
    rows: dict[tuple[str, str], tuple[list[int], list[int]]] = {}
    for index, node in enumerate(old.nodes):
        if index not in taken:
            rows.setdefault(_print(old, node), ([], []))[0].append(index)
    for index, node in enumerate(new.nodes):
        if held[index] < 0:
            rows.setdefault(_print(new, node), ([], []))[1].append(index)
    for (_, said), (before, after) in rows.items():
        if said and len(before) == len(after) == 1:
            held[after[0]] = before[0]
            taken.add(before[0])


def _print(graph: Graph, node: Node) -> tuple[str, str]:
    """The kind of a node and what it says in the first language."""
    said = [as_text(graph.prompts[prompt]) for prompt in _prompts(_first_words(node))]
    return type(node).__name__, " ".join(said)


def _first_words(node: Node) -> tuple[Action, ...]:
    for field in ("says", "asks", "offers"):
        rows = getattr(node, field, ())
        if rows:
            return tuple(rows[0])
    return ()


def _prompts(actions: tuple[Action, ...]) -> Iterator[int]:
    for action in actions:
        if isinstance(action, Say):
            yield action.prompt
        elif isinstance(action, Listen):
            yield from action.prompts
