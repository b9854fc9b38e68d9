"""Which part of a table is drawn: all of it, the part of one number, or the part from one node."""

from __future__ import annotations

from msgspec import Struct

from ivr.calendars.moment import phase_at
from ivr.model.exits import exits
from ivr.model.graph import Graph
from ivr.model.moment import BEFORE, OVER, REDIRECT, RETURNED
from ivr.model.nodes import CONTINUE, MenuNode


class Part(Struct, frozen=True):
    """Nodes, numbers and teams by index, ascending; whether callers come in here; and what it begins with ('': all)."""

    nodes: tuple[int, ...]
    numbers: tuple[int, ...]
    teams: tuple[int, ...]
    entry: bool
    begins: str = ""


def whole(graph: Graph, unknown: bool) -> Part:
    """All of a table; `unknown` tells whether the node that stands for what nothing could be made of is used."""
    nodes = range(len(graph.nodes) if unknown else len(graph.nodes) - 1)
    return Part(tuple(nodes), tuple(range(len(graph.numbers))), tuple(range(len(graph.teams))), True)


def of_number(graph: Graph, number: int, now: int) -> Part:
    """The part that callers of a legacy number pass (-1: of the main number) until it is given back; of one that is
    (at `now`, epoch seconds) what those of the main number pass."""
    if number < 0 or phase_at(graph.numbers[number], now) == RETURNED:
        targets = {graph.start}
    else:
        targets = {target for name, target in number_targets(graph, number).items() if name != "returned"}
    name = graph.main_number if number < 0 else graph.numbers[number].name
    nodes = _reached(graph, {*graph.chain, *targets}) | {graph.number_node}
    return Part(tuple(sorted(nodes)), () if number < 0 else (number,), _teams(graph, nodes), True, name)


def of_node(graph: Graph, name: str) -> Part | None:
    """The part that a caller in a node, or in a visit, can still pass; None when there is none of that name."""
    begin = {i for i, held in enumerate(graph.names[:-2]) if held == name or held.startswith(name + "/")}
    nodes = _reached(graph, begin)
    return Part(tuple(sorted(nodes)), (), _teams(graph, nodes), False, name) if begin else None


def number_targets(graph: Graph, index: int) -> dict[str, int]:
    """Where a number's callers go in its life: `to`, and `then`, `returned`, `help` in phases that it has."""
    number = graph.numbers[index]
    phases = {phase for _, phase in number.phases}
    out = {"to": number.to}
    if phases & {BEFORE, OVER}:
        out["then"] = number.then
    if REDIRECT in phases:
        out["help"] = graph.operator
    if RETURNED in phases:
        out["returned"] = graph.start
    return out


def _reached(graph: Graph, begin: set[int]) -> set[int]:
    """All nodes that can be reached; who may continue in the entry reaches what the main number's callers do."""
    seen: set[int] = set()
    todo = sorted(begin, reverse=True)
    while todo:
        at = todo.pop()
        if at in seen or at < 0:
            continue
        seen.add(at)
        for _, target in exits(graph.nodes[at]):
            todo.append(target if target != CONTINUE else -1)
        if isinstance(graph.nodes[at], MenuNode):
            todo.append(graph.operator)
    return seen


def _teams(graph: Graph, nodes: set[int]) -> tuple[int, ...]:
    held = {getattr(graph.nodes[at], "team", -1) for at in nodes}
    return tuple(sorted(team for team in held if team >= 0))
