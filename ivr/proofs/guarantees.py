"""The guarantees that a table states, judged over its state space."""

from __future__ import annotations

from collections.abc import Callable

from ivr.model.guarantee import ALWAYS, CAN, Guarantee, Who
from ivr.model.nodes import QueueNode, TransferNode
from ivr.model.state import ENDED, ENTERING
from ivr.proofs.near import nearest
from ivr.proofs.reach import reached
from ivr.proofs.space import CASE, PERSON, SWITCH, TOLD, Space
from ivr.proofs.verdict import Verdict, bits
from ivr.proofs.ways import shortest

Goal = Callable[[int, int], bool]
"""Whether a state and an edge out of it are what is looked for."""
ENDINGS = {"person": PERSON, "case": CASE, "told where to turn": TOLD, "article": 0}


def prove(space: Space, guarantee: Guarantee) -> Verdict:
    """Judge one guarantee."""
    who = worlds_of(space, guarantee.who)
    claim = describe(space, guarantee)
    if not who:
        why = "it speaks of no caller: no number and moment is meant by its 'for'"
        return Verdict(guarantee.name, claim, False, holds=False, vacuous=True, why=why)
    if guarantee.claim == CAN:
        return _can(space, guarantee, who, claim)
    if guarantee.claim == ALWAYS:
        return _always(space, guarantee, who, claim)
    return _never(space, guarantee, who, claim)


def worlds_of(space: Space, who: Who) -> int:
    """The worlds that a guarantee speaks of."""
    worlds = space.worlds
    mask = worlds.all
    if who.numbers is not None:
        mask &= _any(worlds.number(n) for n in who.numbers)
    for calendar, states in who.arriving:
        mask &= _any(worlds.calendar(calendar, state) for state in states)
    for fact, values in who.facts:
        mask &= _any(worlds.fact(fact, value) for value in values)
    return mask


def _any(masks: object) -> int:
    out = 0
    for mask in masks:  # type: ignore[attr-defined]  # any iterable of ints
        out |= mask
    return out


def _can(space: Space, guarantee: Guarantee, who: int, claim: str) -> Verdict:
    """There is a way: in each language that is named, for each world."""
    choices, seconds = 0, 0.0
    for language in guarantee.who.languages or (None,):
        goal = _goal(space, guarantee, language)
        near = nearest(space, who, goal, guarantee.choices, guarantee.seconds)
        missing = who & ~near.worlds
        if missing:
            way = shortest(space, missing, goal, without=SWITCH)
            code = "" if language is None else f" in '{space.graph.languages[language].code}'"
            why = f"there is no way at all{code}" if way is None else f"the shortest way{code} is longer than that"
            return Verdict(
                guarantee.name, claim, False, False, worlds=bits(who), broken=bits(missing), why=why, way=way
            )
        choices, seconds = max(choices, near.choices), max(seconds, near.seconds)
    way = shortest(space, who, _goal(space, guarantee, None), without=SWITCH)
    return Verdict(
        guarantee.name, claim, False, True, worlds=bits(who), way=way, choices=choices, seconds=seconds
    )  # fmt: skip


def _always(space: Space, guarantee: Guarantee, who: int, claim: str) -> Verdict:
    """Whatever the caller and the network do: no call ends, or comes to a `before` node, without it."""
    good = _any(ENDINGS[e] for e in guarantee.ends_in)
    met = None if guarantee.ends_in else _goal(space, guarantee, None)
    before = frozenset(guarantee.before)
    languages = guarantee.who.languages

    def bad(at: int, edge: int) -> bool:
        target = space.states[space.targets[edge]]
        if space.flags[edge] & good or (met is not None and met(at, edge)):
            return False
        if languages is not None and target.language not in languages:
            return False
        return (target.part == ENTERING and target.at in before) if before else target.part == ENDED

    return _no_way_to(space, guarantee.name, claim, who, bad, good, met)


def _never(space: Space, guarantee: Guarantee, who: int, claim: str) -> Verdict:
    """In no way."""
    wanted = _any(ENDINGS[e] for e in guarantee.ends_in)
    goal = _goal(space, guarantee, None)

    def bad(at: int, edge: int) -> bool:
        return bool(space.flags[edge] & wanted) if wanted else goal(at, edge)

    return _no_way_to(space, guarantee.name, claim, who, bad, 0, None)


def _no_way_to(space: Space, name: str, claim: str, who: int, bad: Goal, without: int, cut: Goal | None) -> Verdict:
    """Nothing bad can be reached by edges without the flags `without` that are not `cut`."""
    broken = reached_badly(space, who, bad, without, cut)
    if not broken:
        return Verdict(name, claim, False, True, worlds=bits(who))
    way = shortest(space, broken, bad, without, cut)
    return Verdict(name, claim, False, False, worlds=bits(who), broken=bits(broken), way=way)


def reached_badly(space: Space, who: int, bad: Goal, without: int, cut: Goal | None) -> int:
    """The worlds in which something bad can be reached."""
    found = reached(space, who, without, cut)
    first, flags = space.first, space.flags
    broken = 0
    for at, here in enumerate(found):
        if here:
            for edge in range(first[at], first[at + 1]):
                if not flags[edge] & without and bad(at, edge):
                    broken |= here & space.guard(edge)
    return broken


def _goal(space: Space, guarantee: Guarantee, language: int | None) -> Goal:
    """What a guarantee is about: a person, a node, a prompt, an ending."""
    graph = space.graph
    if guarantee.hears:
        holds = [guarantee.hears in prompt.names for prompt in graph.prompts]
        rows = [any(holds[p] for p in row) for row in space.prompts]
        return lambda _, edge: rows[space.prompt_of[edge]]
    if guarantee.ends_in:
        wanted = _any(ENDINGS[e] for e in guarantee.ends_in)
        return lambda _, edge: bool(space.flags[edge] & wanted)
    if guarantee.nodes:
        nodes = frozenset(guarantee.nodes)
        return lambda at, _: space.states[at].at in nodes and _speaks(space, at, language)
    teams = frozenset(guarantee.teams)

    def person(at: int, edge: int) -> bool:
        if not space.flags[edge] & PERSON or not _speaks(space, at, language):
            return False
        node = graph.nodes[space.states[at].at]
        if not isinstance(node, TransferNode | QueueNode):
            return False
        return node.team in teams if teams else node.team >= 0

    return person


def _speaks(space: Space, at: int, language: int | None) -> bool:
    return language is None or space.states[at].language == language


def describe(space: Space, guarantee: Guarantee) -> str:
    """What a guarantee claims, as a sentence."""
    graph = space.graph
    if guarantee.hears:
        what = f"hear '{guarantee.hears}'"
    elif guarantee.ends_in:
        what = "end in " + ", ".join(guarantee.ends_in)
    elif guarantee.open_team:
        what = "reach an open team"
    else:
        names = [graph.teams[t].name for t in guarantee.teams] + [graph.names[n] for n in guarantee.nodes[:3]]
        what = "reach " + ", ".join(names)
    if guarantee.before:
        what += " before " + ", ".join(graph.names[n] for n in guarantee.before[:4])
    bounds = []
    if guarantee.choices is not None:
        bounds.append(f"{guarantee.choices} choices")
    if guarantee.seconds is not None:
        bounds.append(f"{guarantee.seconds} seconds")
    if bounds:
        what += " within " + " and ".join(bounds)
    return f"{guarantee.claim}: {what}"
