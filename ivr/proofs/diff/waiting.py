"""The table's own waiting time, taken out of two tables before they are walked: it differs everywhere or nowhere."""

from __future__ import annotations

from msgspec.structs import replace

from ivr.model.actions import Listen
from ivr.model.graph import Graph
from ivr.model.nodes import Actions, Node

_FIELDS = ("asks", "quiet", "wrong", "again", "confirms", "offers", "helps", "promised", "open")
"""The fields of nodes in which somebody is listened to."""


def waiting_alike(old: Graph, new: Graph) -> Graph:
    """The new table, waiting as long as the old one wherever both wait as long as their table says."""
    if old.wait == new.wait:
        return new
    nodes = tuple(
        _waiting(node, new.wait, old.wait) if type(was) is type(node) and _waits(was, old.wait) else node
        for was, node in zip(old.nodes, new.nodes, strict=True)
    )
    return replace(new, nodes=nodes)


def _waits(node: Node, wait: int) -> bool:
    """Whether a node waits so long."""
    return any(isinstance(a, Listen) and a.wait == wait for _, rows in _listening(node) for row in rows for a in row)


def _waiting(node: Node, wait: int, other: int) -> Node:
    """A node that waits another time wherever it waits so long."""
    changes = {
        field: tuple(
            tuple(replace(a, wait=other) if isinstance(a, Listen) and a.wait == wait else a for a in row)
            for row in rows
        )
        for field, rows in _listening(node)
    }
    return replace(node, **changes) if changes else node


def _listening(node: Node) -> list[tuple[str, tuple[Actions, ...]]]:
    return [(field, rows) for field in _FIELDS if (rows := getattr(node, field, ()))]
