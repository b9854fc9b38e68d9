"""Who a caller is decides some ways: the share that they fall into, and whether their number can be rung back.

Nobody can choose these, so "there is a way" must be so for each of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import product

from ivr.model.nodes import CallbackNode, SplitNode
from ivr.model.state import ENTERING
from ivr.proofs.missing import Kind
from ivr.proofs.near import Nearest, nearest
from ivr.proofs.reach import reached
from ivr.proofs.search import Edges, settles
from ivr.proofs.space import LIMIT, SWITCH, Space

MANY_CALLERS = 64
"""Kinds of callers that are tried one by one; with more, each question is settled in each way while the others are free."""


def nearest_for_all(
    space: Space,
    worlds: int,
    goal: Edges,
    most_choices: int | None,
    most_seconds: float | None,
    cut: Edges | None,
    without: int = SWITCH | LIMIT,
) -> tuple[Nearest, Kind]:
    """Like `nearest`, for every kind of caller; and a kind for whom there is no such way, () where there is none.

    Most goals have a way on which nothing depends on the caller: it is looked for first.
    """
    chances = _chances(space)

    def search(whom: int, more: Edges | None) -> Nearest:
        both = cut if more is None else more if cut is None else _either(cut, more)
        return nearest(space, whom, goal, most_choices, most_seconds, both, without)

    if not chances:
        return search(worlds, None), ()
    sure = search(worlds, lambda _, edge: edge in chances)
    missing = worlds & ~sure.worlds
    if not missing:
        return sure, ()
    held, choices, seconds = missing, sure.choices, sure.seconds
    worst: Kind = ()
    for kind in _kinds(space, chances, reached(space, missing, without, goal)):
        near = search(missing, _contrary(chances, dict(kind)))
        if held & ~near.worlds:
            worst = kind
        held &= near.worlds
        choices, seconds = max(choices, near.choices), max(seconds, near.seconds)
    for one in worst:  # say no more of the caller than matters
        fewer = tuple(other for other in worst if other != one)
        if missing & ~search(missing, _contrary(chances, dict(fewer))).worlds:
            worst = fewer
    return Nearest(sure.worlds | held, choices, seconds), worst


def _contrary(chances: dict[int, tuple[int, int]], known: dict[int, int]) -> Edges:
    """Edges by which something else is settled than is known."""
    closed = {edge for edge, (key, value) in chances.items() if known.get(key, value) != value}
    return lambda _, edge: edge in closed


def contradicts(space: Space, kind: Kind) -> Edges:
    """Edges that a kind of caller cannot take."""
    known = dict(kind)

    def contrary(at: int, edge: int) -> bool:
        said = settles(space, at, edge)
        return said is not None and known.get(said[0], said[1]) != said[1]

    return contrary


def _either(one: Edges, other: Edges) -> Edges:
    return lambda at, edge: one(at, edge) or other(at, edge)


def _chances(space: Space) -> dict[int, tuple[int, int]]:
    """Edges that some callers take and others do not, with what they settle."""
    out: dict[int, tuple[int, int]] = {}
    special = {
        i
        for i, node in enumerate(space.graph.nodes)
        if isinstance(node, CallbackNode) or (isinstance(node, SplitNode) and sum(map(bool, node.shares)) > 1)
    }
    if special:
        for at, state in enumerate(space.states):
            if state.at in special and state.part == ENTERING:
                for edge in space.out(at):
                    said = settles(space, at, edge)
                    if said is not None:
                        out[edge] = said
    return out


def _kinds(space: Space, chances: dict[int, tuple[int, int]], found: list[int]) -> Iterator[Kind]:
    """Callers of every kind, as far as it can matter to them."""
    answers: dict[int, set[int]] = defaultdict(set)
    special = {key for key, _ in chances.values()}
    for at, state in enumerate(space.states):
        if (
            found[at]
            and state.part == ENTERING
            and (state.at in special or isinstance(space.graph.nodes[state.at], CallbackNode))
        ):
            for edge in space.out(at):
                if edge in chances:
                    answers[chances[edge][0]].add(chances[edge][1])
    rows = [[(key, value) for value in sorted(values)] for key, values in sorted(answers.items())]
    size = 1
    for row in rows:
        size *= len(row)
    if size <= MANY_CALLERS:
        yield from product(*rows)
    else:
        yield from ((one,) for row in rows for one in row)
