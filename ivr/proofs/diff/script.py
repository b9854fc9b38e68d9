"""A difference as a call to play: what the caller does, and how dials, waits, the disk and chance come out."""

from __future__ import annotations

from itertools import pairwise

from ivr.calendars.moment import drawn_share
from ivr.model.state import ENTERING
from ivr.proofs.classes import World
from ivr.proofs.diff.both import NEW
from ivr.proofs.diff.parting import Parting
from ivr.proofs.diff.walk import Edge, Walk
from ivr.proofs.ways import Doings, Script, disk_words


def script_of(
    walk: Walk, way: list[tuple[int, Edge]], parting: Parting, world: World, facts: tuple[int, ...]
) -> Script:
    """The call that comes to a difference, as the new table has it. `dial` is a common index."""
    graph = walk.pair.new
    doings = Doings(graph)
    chosen: dict[str, int] = {}
    notices: dict[int, None] = {}
    cuts: dict[int, int] = {}
    steps = [(at, edge.event, edge.chosen) for at, edge in way] + [(parting.source, parting.event, parting.chosen)]
    for at, event, free in steps:
        state = walk.pairs[at][1]
        if state.part != ENTERING:
            doings.happens(state, event, False)
        for (kind, index), answer in free:
            if kind == "share":
                cuts.setdefault(index, answer)
            elif kind == "notice":
                notices |= {index: None} if answer else {}
            else:
                chosen.setdefault(kind, answer)
    if doings.disk and parting.met[NEW].answer[:1] in (("case",), ("mark",), ("find",), ("join",), ("cancel",)):
        doings.disk.append("well")  # so that what is put on disk at last is told
    calamity = walk.fork.calamity_of(chosen.get("calamity", 0))
    return Script(
        dial=world.number, at=world.first, facts=facts, does=tuple(doings.does),
        dials=tuple((n, tuple(o)) for n, o in doings.dials.items()),
        queues=tuple((n, tuple(o)) for n, o in doings.queues.items()),
        disk=disk_words(doings.disk), anonymous=chosen.get("caller") == 0, calamity=calamity is not None,
        route="" if calamity is None else calamity.route, seed=_seed(walk, cuts),
        cases=tuple(doings.cases.items()), notices=tuple(graph.names[at] for at in notices if graph.names[at]),
    )  # fmt: skip


def _seed(walk: Walk, cuts: dict[int, int]) -> int | None:
    """A seed that draws what was drawn at each split, in both tables; None when there is no split, or no such caller."""
    if not cuts:
        return None
    wanted = []
    for node, cut in cuts.items():
        ends = [*walk.fork.cuts(node), 100]
        widths = tuple(b - a for a, b in pairwise(ends))
        names = {walk.pair.old.names[node], walk.pair.new.names[node]} - {""}
        wanted += [(name, widths, ends.index(cut)) for name in names]
    return next((s for s in range(10_000) if all(drawn_share(n, s, w) == i for n, w, i in wanted)), None)
