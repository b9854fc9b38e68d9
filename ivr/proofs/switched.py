"""What holds while something is switched: for each guarantee whether it was judged with everything that can be switched.

`always`, `never` and most built-in guarantees are: proofs take each calamity, notice and closed team as possible at every
moment. `can` says how near a way is while nothing is switched; so each single switch is looked at here by itself, as it
would be if it stayed on: what holds then, and what does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from ivr.model.graph import Graph
from ivr.model.guarantee import CAN, Guarantee
from ivr.model.nodes import CalamityNode, NoticeNode, QueueNode, TransferNode
from ivr.model.speaking import prompt_seconds
from ivr.model.state import ENTERING
from ivr.model.words import Hole, Words
from ivr.proofs.chance import nearest_for_all
from ivr.proofs.guarantees import before_of, goal_of, worlds_of
from ivr.proofs.search import Edges
from ivr.proofs.space import LIMIT, SWITCH, Space
from ivr.proofs.verdict import Verdict, bits

STILL = "must-still-reach"
"""The built-in guarantee that is judged while nothing is switched."""


class On(Struct, frozen=True):
    """One thing that is switched: `calamity` with a route or '', `notice` with its node, `closed` with its team."""

    kind: str
    name: str = ""


class Alone(Struct, frozen=True):
    """How a guarantee of `can` stands while one thing is switched on, and stays so: in how many worlds it is broken then, of
    so many of which it speaks."""

    on: On
    broken: int
    worlds: int


class Under(Struct, frozen=True):
    """A guarantee and what is switched.

    `holds` is its verdict. `whatever` says that it was judged with everything that can be switched, at any moment and
    together; if not, `alone` has what each switch by itself makes of it (empty for a built-in one). `spare` is how many
    seconds a text may take that is spoken to all callers, None where no bound of seconds is stated.
    """

    name: str
    claim: str
    holds: bool
    whatever: bool
    spare: float | None = None
    alone: tuple[Alone, ...] = ()


def switches(graph: Graph) -> Iterator[On]:
    """Everything that can be switched at a table."""
    nodes = graph.nodes
    calamities = [node for node in nodes if isinstance(node, CalamityNode)]
    if calamities:
        yield On("calamity")
        yield from (On("calamity", route) for route in dict.fromkeys(r for node in calamities for r in node.routes))
    yield from (On("notice", graph.names[i]) for i, node in enumerate(nodes) if isinstance(node, NoticeNode))
    rung = {node.team for node in nodes if isinstance(node, TransferNode | QueueNode)}
    yield from (On("closed", team.name) for index, team in enumerate(graph.teams) if index in rung)


def under(space: Space, verdicts: Iterable[Verdict], which: Iterable[On] | None = None) -> Iterator[Under]:
    """Every guarantee, with what each switch (all that there are, if not said) makes of it."""
    looked_at = tuple(switches(space.graph) if which is None else which)
    stated = {guarantee.name: guarantee for guarantee in space.graph.guarantees}
    cuts = {on: _contrary(space, on) for on in looked_at}
    for verdict in verdicts:
        guarantee = None if verdict.built_in else stated.get(verdict.name)
        if guarantee is None or guarantee.claim != CAN or verdict.vacuous:
            yield Under(verdict.name, verdict.claim, verdict.holds, verdict.name != STILL)
            continue
        bound, most = guarantee.seconds, verdict.seconds
        spare = max(0.0, bound - most) if bound is not None and most is not None else None
        alone = tuple(_alone(space, guarantee, on, cut) for on, cut in cuts.items())
        yield Under(verdict.name, verdict.claim, verdict.holds, False, spare, alone)


def _alone(space: Space, guarantee: Guarantee, on: On, cut: frozenset[int]) -> Alone:
    who = worlds_of(space, guarantee.who)
    seconds: float | None = guarantee.seconds
    if seconds is not None and on.kind != "closed":
        seconds += _stand_in(space)  # the words themselves are nobody's yet: `spare` says how long they may be
    missing = 0
    for language in guarantee.who.languages or (None,):
        goal = goal_of(space, guarantee, language)
        late = before_of(space, guarantee, goal)
        near, _ = nearest_for_all(space, who, goal, guarantee.choices, seconds, _either(cut, late), without=LIMIT)
        missing |= who & ~near.worlds
    return Alone(on, bits(missing), bits(who))


def _stand_in(space: Space) -> float:
    """Seconds that stand in for a text that is switched on, where ways are measured."""
    codes = tuple(language.code for language in space.graph.languages)
    holes = ("calamity", "notice")
    spoken = (
        prompt_seconds(prompt, codes)
        for prompt in space.graph.prompts
        if any(isinstance(p, Hole) and p.kind in holes for w in prompt.pieces if isinstance(w, Words) for p in w.parts)
    )
    return max(spoken, default=0.0)


def _either(cut: frozenset[int], late: Edges | None) -> Edges:
    if late is None:
        return lambda _, edge: edge in cut
    return lambda at, edge: edge in cut or late(at, edge)


def _contrary(space: Space, on: On) -> frozenset[int]:
    """The edges that nobody takes while this is on and nothing else is."""
    graph = space.graph
    routes = sorted({route for node in graph.nodes if isinstance(node, CalamityNode) for route in node.routes})
    out: set[int] = set()
    for at, state in enumerate(space.states):
        if state.part != ENTERING:
            continue
        node, edges = graph.nodes[state.at], space.out(at)
        if isinstance(node, CalamityNode):
            # a fork answers off, no route, each route; the last one first
            wanted = ["", *routes].index(on.name) + 1 if on.kind == "calamity" else 0
            out.update(edge for edge in edges if edges[-1] - edge != wanted)
        elif isinstance(node, NoticeNode):
            out |= _unlike(space, edges, on.kind == "notice" and graph.names[state.at] == on.name)
        elif isinstance(node, TransferNode | QueueNode) and node.team >= 0:
            out |= _unlike(space, edges, on.kind == "closed" and graph.teams[node.team].name == on.name)
    return frozenset(out)


def _unlike(space: Space, edges: range, on: bool) -> set[int]:
    return {edge for edge in edges if bool(space.flags[edge] & SWITCH) != on}
