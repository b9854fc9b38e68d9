"""A difference as a call to play: what the caller does, and how dials, waits, the disk and chance come out."""

from __future__ import annotations

from ivr.model.nodes import SplitNode
from ivr.model.state import ENTERING
from ivr.proofs.classes import World
from ivr.proofs.diff.parting import Parting
from ivr.proofs.diff.walk import Edge, Walk
from ivr.proofs.fork import Answer
from ivr.proofs.ways import Doings, Script, disk_words, seed_for


def script_of(
    walk: Walk, way: list[tuple[int, Edge]], parting: Parting, world: World, facts: tuple[int, ...]
) -> Script:
    """The call that comes to a difference, as the new table has it. `dial` is a common index."""
    graph = walk.pair.new
    doings = Doings(graph)
    chosen: dict[str, int] = {}
    shares: dict[int, int] = {}
    steps = [(at, edge.event, edge.chosen) for at, edge in way] + [(parting.source, parting.event, parting.chosen)]
    for at, event, free in steps:
        state = walk.pairs[at][1]
        if state.part != ENTERING:
            doings.happens(state, event, False)
        _note(walk, free, chosen, shares)
    calamity = walk.fork.calamity_of(chosen.get("calamity", 0))
    return Script(
        dial=world.number, at=world.first, facts=facts, does=tuple(doings.does),
        dials=tuple((n, tuple(o)) for n, o in doings.dials.items()),
        queues=tuple((n, tuple(o)) for n, o in doings.queues.items()),
        disk=disk_words(doings.disk), anonymous=chosen.get("caller") == 0, calamity=calamity is not None,
        route="" if calamity is None else calamity.route, seed=seed_for(graph, shares),
    )  # fmt: skip


def _note(walk: Walk, free: tuple[Answer, ...], chosen: dict[str, int], shares: dict[int, int]) -> None:
    for (kind, index), answer in free:
        if kind != "share":
            chosen.setdefault(kind, answer)
            continue
        node = walk.pair.new.nodes[index]
        if isinstance(node, SplitNode):
            total = 0
            for place, share in enumerate(node.shares):
                total += share
                if answer < total:
                    shares.setdefault(index, place)
                    break
