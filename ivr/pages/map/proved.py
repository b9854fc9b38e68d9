"""What proofs say of each node: the most seconds to a person, and the guarantees that speak of it. Runs in the workshop's
child process."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator

from msgspec import Struct

from ivr.diagnostics import Sources
from ivr.model.guarantee import Guarantee
from ivr.model.nodes import QueueNode, TransferNode
from ivr.pages.map.kept import table_of
from ivr.proofs.built_in import built_in
from ivr.proofs.guarantees import prove, worlds_of
from ivr.proofs.homeward import farthest, homeward
from ivr.proofs.prover import explore
from ivr.proofs.reach import reached
from ivr.proofs.search import Way
from ivr.proofs.space import LIMIT, PERSON, SWITCH, Space
from ivr.tables.ready import Table

SAYS, WAY, BREAKS, PASSES = "says", "way", "breaks", "passes"
"""How a guarantee touches a node: it names it, its team or its prompt; its shortest way, or the call that breaks it, goes
through it; or callers of whom it speaks can come there."""
MOST_KEPT = 4


class Touch(Struct, frozen=True):
    """A guarantee, how it stands, and the nodes (by index) that it touches, by how it does."""

    name: str
    claim: str
    built_in: bool
    holds: bool
    why: str
    touches: dict[str, tuple[int, ...]]


class Proved(Struct, frozen=True):
    """Of a table: by node the most seconds to a person of those who can come to one (None: nobody can), nodes that no
    caller can pass left out; the same by number (-1 the main one); its guarantees."""

    nodes: dict[int, float | None]
    numbers: dict[int, float | None]
    guarantees: tuple[Touch, ...]


def proved(sources: Sources, version: str, start: int) -> Proved:
    """What is proved of the table that these sources are, for calls from `start` (epoch seconds) on."""
    held = _kept.get((version, start))
    if held is None:
        held = _kept[version, start] = prove_table(table_of(sources, version), start)
        if len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return held


_kept: OrderedDict[tuple[str, int], Proved] = OrderedDict()


def prove_table(table: Table, start: int) -> Proved:
    """The same, of a table."""
    space = explore(table.almanac, start)
    persons = [(at, edge) for at in range(len(space.states)) for edge in space.out(at) if space.flags[edge] & PERSON]
    return Proved(_by_node(space, persons), _by_number(space, persons), tuple(_guarantees(space)))


def _by_node(space: Space, persons: list[tuple[int, int]]) -> dict[int, float | None]:
    here = reached(space, space.worlds.all, LIMIT | SWITCH)
    out: dict[int, float | None] = {space.node(at): None for at, mask in enumerate(here) if mask}
    for at, millis in farthest(space, persons).items():
        node = space.node(at)
        out[node] = max(out.get(node) or 0.0, millis / 1000)
    return out


def _by_number(space: Space, persons: list[tuple[int, int]]) -> dict[int, float | None]:
    pieces = homeward(space, persons, hurry=True)
    out: dict[int, float | None] = {}
    for number in range(-1, len(space.graph.numbers)):
        mine = space.worlds.number(number)
        out[number] = max((millis / 1000 for _, millis, mask in pieces if mask & mine), default=None)
    return out


def _guarantees(space: Space) -> Iterator[Touch]:
    for verdict in built_in(space):
        way = BREAKS if not verdict.holds else WAY
        passed = _passed(space, verdict.way)
        yield Touch(verdict.name, verdict.claim, True, verdict.holds, verdict.why, {way: passed, PASSES: _all(space)})
    for guarantee in space.graph.guarantees:
        verdict = prove(space, guarantee)
        way = BREAKS if not verdict.holds else WAY
        touches = {
            SAYS: tuple(sorted(_named(space, guarantee))),
            way: _passed(space, verdict.way),
            PASSES: _meant(space, guarantee),
        }
        yield Touch(guarantee.name, verdict.claim, False, verdict.holds, verdict.why, touches)


def _passed(space: Space, way: Way | None) -> tuple[int, ...]:
    """The nodes of a way, in order, each once."""
    if way is None or not way.steps:
        return ()
    states = [at for at, _ in way.steps] + [space.targets[way.steps[-1][1]]]
    return tuple(dict.fromkeys(space.node(at) for at in states))


def _all(space: Space) -> tuple[int, ...]:
    return tuple(sorted({state.at for state in space.states}))


def _meant(space: Space, guarantee: Guarantee) -> tuple[int, ...]:
    """The nodes that callers of whom it speaks can come to."""
    languages = guarantee.who.languages
    here = reached(space, worlds_of(space, guarantee.who))
    held = zip(here, space.states, strict=True)
    return tuple(sorted({s.at for mask, s in held if mask and (languages is None or s.language in languages)}))


def _named(space: Space, guarantee: Guarantee) -> set[int]:
    """The nodes that it names, those that connect to its team, and those that speak its prompt."""
    graph = space.graph
    out = {*guarantee.nodes, *guarantee.before}
    for index, node in enumerate(graph.nodes):
        if isinstance(node, TransferNode | QueueNode) and node.team in guarantee.teams:
            out.add(index)
    if guarantee.hears:
        holds = [guarantee.hears in prompt.names for prompt in graph.prompts]
        out |= {
            space.node(at)
            for at in range(len(space.states))
            for edge in space.out(at)
            if any(holds[prompt] for prompt in space.said(edge))
        }
    return out
