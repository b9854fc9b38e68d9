"""Who can use up all turns of a call, so that it is ended: turn by turn, since only the count of them tells."""

from __future__ import annotations

from ivr.engine.step import GRACE
from ivr.model.state import ENDED, ENTERING
from ivr.proofs.events import INPUTS
from ivr.proofs.reach import Sets
from ivr.proofs.space import LIMIT, SWITCH, Space


def given_up(space: Space) -> dict[int, int]:
    """The worlds in which a call can come to its last turn, by the language that is spoken then. Nothing is
    switched."""
    sets = Sets(space.guards)
    layer = {0: sets.number(space.worlds.all)}
    most = space.graph.max_turns
    for turn in range(most + GRACE + 1):
        waiting = _moved(space, sets, layer)
        if turn == most + GRACE:
            layer = waiting
            break
        layer = {}
        for at, held in waiting.items():
            limited = turn == most and isinstance(space.graph.nodes[space.states[at].at], INPUTS)
            for edge in space.out(at):
                over = space.states[space.targets[edge]].part == ENDED
                if not over and bool(space.flags[edge] & LIMIT) == limited:
                    _add(sets, layer, space.targets[edge], sets.meet(held, space.guard_of[edge]))
    out: dict[int, int] = {}
    for at, held in layer.items():
        language = space.states[at].language
        out[language] = out.get(language, 0) | sets.masks[held]
    return out


def _moved(space: Space, sets: Sets, layer: dict[int, int]) -> dict[int, int]:
    """Where calls wait, after they went through all that moves by itself."""
    out: dict[int, int] = {}
    moving: dict[int, int] = {}
    work = list(layer.items())
    while work:
        at, held = work.pop()
        here = moving if space.states[at].part == ENTERING else out
        if not _add(sets, here, at, held) or here is out:
            continue
        for edge in space.out(at):
            to = space.targets[edge]
            mask = sets.meet(moving[at], space.guard_of[edge])
            if mask and not space.flags[edge] & SWITCH and space.states[to].part != ENDED:
                work.append((to, mask))
    return out


def _add(sets: Sets, held: dict[int, int], at: int, mask: int) -> bool:
    """Add worlds to a state's; whether any of them is new."""
    joined = sets.join(held.get(at, 0), mask)
    fresh = joined != held.get(at, 0)
    if joined:
        held[at] = joined
    return fresh
