"""A way that a proof found, as a simulator replays it: what the caller does, and how dials, waits and the disk come out."""

from __future__ import annotations

from msgspec import Struct

from ivr.calendars.moment import drawn_share
from ivr.model.events import (
    CASE_STATES,
    CaseCancelled,
    CaseFound,
    CaseJoined,
    CaseOpened,
    CaseRefused,
    CaseUnknown,
    Dialled,
    EffectFailed,
    Event,
    Keys,
    MarkKept,
    Queued,
    Recorded,
    Silence,
    Speech,
)
from ivr.model.graph import Graph
from ivr.model.nodes import CalamityNode, MenuNode, QueueNode, TransferNode, VoicemailNode
from ivr.model.state import ENTERING, State
from ivr.proofs.events import INPUTS
from ivr.proofs.missing import Example
from ivr.proofs.search import CALLER_ID, Way, settles
from ivr.proofs.space import LIMIT, SWITCH, Space


class Script(Struct, frozen=True):
    """A call to replay. `dial` is the number (-1 the main line), `at` the instant, `facts` their values as indices.

    `dials` and `queues` are outcomes in order by team; `disk` how effects come out in order, parted by commas, the last one
    for ever: `failed,well`. `route` is where the calamity switch leads, if it is on; `seed` decides the shares. `cases` says
    how each case number that is typed is found. `notices` are the nodes that have a notice to say, `closed` the teams that
    are closed by hand, all the while.
    """

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
    cases: tuple[tuple[str, str], ...] = ()
    notices: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()


def script(space: Space, way: Way) -> Script:
    """What a simulator needs to replay a way."""
    held = Doings(space.graph)
    settled: dict[int, int] = {}
    calamity, route = False, ""
    notices: dict[str, None] = {}
    closed: dict[str, None] = {}
    for at, edge in way.steps:
        state = space.states[at]
        node = space.graph.nodes[state.at]
        if state.part != ENTERING:
            held.happens(state, space.event(edge), bool(space.flags[edge] & LIMIT))
        elif space.flags[edge] & SWITCH:
            if isinstance(node, CalamityNode):
                target = space.states[space.targets[edge]].at
                calamity = True
                route = next((r for r, to in zip(node.routes, node.exits, strict=True) if to == target), route)
            elif isinstance(node, TransferNode | QueueNode):
                closed[space.graph.teams[node.team].name] = None
            else:
                notices[space.graph.names[state.at]] = None
        else:
            said = settles(space, at, edge)
            if said is not None:
                settled.setdefault(*said)
    anonymous = bool(settled.pop(CALLER_ID, 0))
    return Script(
        dial=way.world.number, at=way.world.first, facts=way.facts, does=tuple(held.does),
        dials=tuple((n, tuple(o)) for n, o in held.dials.items()),
        queues=tuple((n, tuple(o)) for n, o in held.queues.items()),
        disk=disk_words(held.disk), anonymous=anonymous, calamity=calamity, route=route, seed=seed_for(space.graph, settled),
        cases=tuple(held.cases.items()), notices=tuple(notices), closed=tuple(closed),
    )  # fmt: skip


def opening(space: Space, one: Example) -> Script:
    """The call of an example, in which nothing has been done yet."""
    settled = dict(one.kind)
    anonymous = bool(settled.pop(CALLER_ID, 0))
    return Script(
        dial=one.world.number, at=one.world.first, facts=one.facts, does=(), dials=(), queues=(), disk="well",
        anonymous=anonymous, calamity=False, route="", seed=seed_for(space.graph, settled),
    )  # fmt: skip


class Doings:
    """What is done on a way, gathered step by step."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.does: list[str] = []
        self.dials: dict[str, list[str]] = {}
        self.queues: dict[str, list[str]] = {}
        self.disk: list[str] = []
        self.cases: dict[str, str] = {}

    def happens(self, state: State, event: Event, limit: bool) -> None:
        """One event in a state that waits; at the limit of turns anything may happen, and it makes no difference."""
        graph = self.graph
        node = graph.nodes[state.at]
        if isinstance(node, TransferNode):
            name = graph.teams[node.team].name if node.team >= 0 else node.dials[state.language][0].targets[0]
            self.dials.setdefault(name, []).append(event.outcome if isinstance(event, Dialled) else "no_answer")
        elif isinstance(node, QueueNode):
            left = isinstance(event, Queued) and event.outcome == "left"
            outcome = event.outcome if isinstance(event, Queued) and not left else "timeout"
            self.queues.setdefault(graph.teams[node.team].name, []).append(outcome)
            self.does += ["leave"] if left else []
        elif isinstance(event, _EFFECTS):
            self.disk.append(_DISK.get(type(event), "well"))
            if isinstance(event, CaseFound | CaseUnknown):
                self._number(event.state if isinstance(event, CaseFound) else "")
        elif not limit:
            self.does += _word(event)
        elif isinstance(node, INPUTS):
            self.does.append(graph.repeat_key if isinstance(node, MenuNode) else "*")
        elif isinstance(node, VoicemailNode):
            self.does.append("record 10")

    def _number(self, state: str) -> None:
        """The number that was typed last is one that finds such a case, or none."""
        self.does[-1] = NUMBERS[state]
        if state:
            self.cases[NUMBERS[state]] = state


NUMBERS = {"": "100000", **{state: str(100_001 + i) for i, state in enumerate(CASE_STATES)}}
"""A case number for each way in which a case can be found; '' is one that nobody has."""
_EFFECTS = (
    CaseOpened, CaseRefused, CaseFound, CaseUnknown, CaseJoined, CaseCancelled, MarkKept, EffectFailed,
)  # fmt: skip
_DISK: dict[type, str] = {CaseRefused: "full", EffectFailed: "failed"}


def disk_words(outcomes: list[str]) -> str:
    """Outcomes of effects in order, less what the last one repeats."""
    while len(outcomes) > 1 and outcomes[-1] == outcomes[-2]:
        outcomes = outcomes[:-1]
    return ",".join(outcomes) or "well"


def seed_for(graph: Graph, drawn: dict[int, int]) -> int | None:
    """A seed that falls into the wanted share at each split; None when there is no split, or no such caller."""
    if not drawn:
        return None
    wanted = [(graph.names[at], graph.nodes[at].shares, share) for at, share in drawn.items()]  # type: ignore[union-attr]  # splits
    return next((s for s in range(10_000) if all(drawn_share(n, s, sh) == i for n, sh, i in wanted)), None)


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
