"""The shortest way of one caller, in one world, to a place in the state space; and what a simulator needs to replay it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from msgspec import Struct

from ivr.calendars.moment import drawn_share
from ivr.engine.callback import TYPING
from ivr.model.events import CaseRefused, Dialled, EffectFailed, Event, Keys, Queued, Recorded, Silence, Speech
from ivr.model.nodes import CalamityNode, CallbackNode, MenuNode, QueueNode, SplitNode, TransferNode
from ivr.model.state import ENTERING
from ivr.proofs.classes import World
from ivr.proofs.space import LIMIT, SWITCH, Space


class Way(Struct, frozen=True):
    """A way through the state space: the world it is in, and the edges in order as (state, edge)."""

    world: World
    facts: tuple[int, ...]
    steps: tuple[tuple[int, int], ...]


class Script(Struct, frozen=True):
    """A way as a simulator replays it: what the caller does, and how dials, waits and the disk come out."""

    dial: int
    at: int
    facts: tuple[int, ...]
    does: tuple[str, ...]
    dials: tuple[tuple[str, tuple[str, ...]], ...]
    queues: tuple[tuple[str, tuple[str, ...]], ...]
    disk: str
    anonymous: bool
    calamity: bool
    route: str
    seed: int | None = None


def shortest(
    space: Space,
    worlds: int,
    goal: Callable[[int, int], bool],
    without: int = 0,
    cut: Callable[[int, int], bool] | None = None,
) -> Way | None:
    """The shortest way (fewest edges) in the first world of `worlds` along edges without the flags `without` and not
    `cut`, that ends with an edge for which goal(state, edge) is true.

    Ways with the calamity switch off and without the limit of inputs come first.
    """
    bit = worlds & -worlds
    for forbidden in (without | LIMIT | SWITCH, without | LIMIT, without):
        steps = _search(space, bit, goal, forbidden, cut)
        if steps is not None:
            world, facts = space.worlds.any_of(bit)
            return Way(world, facts, steps)
    return None


def _search(
    space: Space, bit: int, goal: Callable[[int, int], bool], without: int, cut: Callable[[int, int], bool] | None
) -> tuple[tuple[int, int], ...] | None:
    came: dict[int, tuple[int, int]] = {0: (-1, -1)}
    waiting = deque([0])
    while waiting:
        at = waiting.popleft()
        for edge in space.out(at):
            if space.flags[edge] & without or not space.guard(edge) & bit or (cut is not None and cut(at, edge)):
                continue
            if goal(at, edge):
                return _trace(came, at, edge)
            to = space.targets[edge]
            if to not in came:
                came[to] = (at, edge)
                waiting.append(to)
    return None


def _trace(came: dict[int, tuple[int, int]], at: int, edge: int) -> tuple[tuple[int, int], ...]:
    steps = [(at, edge)]
    while came[at][0] >= 0:
        at, edge = came[at]
        steps.append((at, edge))
    return tuple(reversed(steps))


def script(space: Space, way: Way) -> Script:
    """What a simulator needs to replay a way."""
    graph = space.graph
    does: list[str] = []
    dials: dict[str, list[str]] = {}
    queues: dict[str, list[str]] = {}
    disk, anonymous, calamity, route, turns = "well", False, False, "", 0
    drawn: list[tuple[str, tuple[int, ...], int]] = []
    for at, edge in way.steps:
        state = space.states[at]
        node = graph.nodes[state.at]
        event = space.event(edge)
        flags = space.flags[edge]
        if flags & LIMIT:
            again = graph.repeat_key if isinstance(node, MenuNode) else "*"
            does += [again] * max(1, graph.max_turns + 1 - turns)
            turns = graph.max_turns + 1
            continue
        if state.part == ENTERING:
            target = space.states[space.targets[edge]]
            if isinstance(node, CallbackNode):
                anonymous = anonymous or target.part == TYPING
            elif isinstance(node, SplitNode):
                drawn.append((graph.names[state.at], node.shares, node.exits.index(target.at)))
            elif isinstance(node, CalamityNode) and flags & SWITCH:
                calamity = True
                route = next((r for r, to in zip(node.routes, node.exits, strict=True) if to == target.at), route)
            continue
        turns += 1
        if isinstance(event, Dialled) and isinstance(node, TransferNode):
            name = graph.teams[node.team].name if node.team >= 0 else node.dials[0][0].targets[0]
            dials.setdefault(name, []).append(event.outcome)
        elif isinstance(event, Queued) and isinstance(node, QueueNode):
            queues.setdefault(graph.teams[node.team].name, []).append(
                "bridged" if event.outcome == "left" else event.outcome
            )
            if event.outcome == "left":
                does.append("leave")
        elif isinstance(event, CaseRefused):
            disk = "full"
        elif isinstance(event, EffectFailed):
            disk = "failed"
        else:
            does += _word(event)
    return Script(
        dial=way.world.number, at=way.world.first, facts=way.facts, does=tuple(does),
        dials=tuple((n, tuple(o)) for n, o in dials.items()), queues=tuple((n, tuple(o)) for n, o in queues.items()),
        disk=disk, anonymous=anonymous, calamity=calamity, route=route,
        seed=_seed(drawn),
    )  # fmt: skip


def _seed(drawn: list[tuple[str, tuple[int, ...], int]]) -> int | None:
    """A seed that falls into the wanted share at each split; None when there is no split, or no such caller."""
    if not drawn:
        return None
    seeds = range(10_000)
    return next((s for s in seeds if all(drawn_share(name, s, shares) == i for name, shares, i in drawn)), None)


def _word(event: Event) -> list[str]:
    if isinstance(event, Keys):
        return [event.digits]
    if isinstance(event, Speech):
        return [":" + event.text]
    if isinstance(event, Silence):
        return ["silence"]
    if isinstance(event, Recorded):
        return [f"record {event.seconds}" if event.seconds else "silence"]
    return []
