"""The guarantees that a table states, judged over its state space."""

from __future__ import annotations

from msgspec.structs import replace

from ivr.model.graph import Graph
from ivr.model.guarantee import ALWAYS, CAN, Guarantee, Who
from ivr.model.nodes import QueueNode, SplitNode, TransferNode
from ivr.model.state import ENDED, ENTERING
from ivr.proofs.chance import contradicts, nearest_for_all
from ivr.proofs.missing import Kind, example
from ivr.proofs.reach import reached
from ivr.proofs.search import CALLER_ID, Edges, shortest
from ivr.proofs.space import CASE, LIMIT, PERSON, SWITCH, TOLD, Space
from ivr.proofs.verdict import Verdict, bits

ENDINGS = {"person": PERSON, "case": CASE, "told where to turn": TOLD, "article": 0}


def prove(space: Space, guarantee: Guarantee) -> Verdict:
    """Judge one guarantee."""
    who = worlds_of(space, guarantee.who)
    claim = describe(space, guarantee)
    why = _unclear(guarantee) or _nobody(space, guarantee, who)
    if why:
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


def _unclear(guarantee: Guarantee) -> str:
    """Why nothing can be judged as it is written; '' when it can."""
    reaches = bool(guarantee.open_team or guarantee.teams or guarantee.nodes)
    things = reaches + bool(guarantee.hears) + bool(guarantee.ends_in)
    if things != 1:
        many = "it claims several things at once: write a guarantee for each of them"
        return many if things else "it claims nothing: say what is reached, heard, or how calls end"
    if guarantee.claim != CAN and not (guarantee.choices is None and guarantee.seconds is None):
        return "'within' says how near a way is: write it under 'can'"
    return ""


def _nobody(space: Space, guarantee: Guarantee, who: int) -> str:
    """Why a guarantee is true of nobody; '' when it speaks of somebody."""
    if not who:
        return "it speaks of no caller: no number and moment is meant by its 'for'"
    languages = guarantee.who.languages
    if languages is not None and guarantee.claim != CAN:
        found = reached(space, who)
        if not any(here and state.language in languages for here, state in zip(found, space.states, strict=True)):
            return "it speaks of no caller: none of them can come to speak such a language"
    return ""


def _can(space: Space, guarantee: Guarantee, who: int, claim: str) -> Verdict:
    """There is a way: in each language that is named, for each world and each kind of caller."""
    choices, seconds = 0, 0.0
    for language in guarantee.who.languages or (None,):
        goal = goal_of(space, guarantee, language)
        cut = before_of(space, guarantee, goal)
        near, kind = nearest_for_all(space, who, goal, guarantee.choices, guarantee.seconds, cut)
        missing = who & ~near.worlds
        if missing:
            code = "" if language is None else f" in '{space.graph.languages[language].code}'"
            return _lacking(space, guarantee, Verdict(guarantee.name, claim, False, False, worlds=bits(who)),
                            missing, kind, goal, cut, code)  # fmt: skip
        choices, seconds = max(choices, near.choices), max(seconds, near.seconds)
    goal = goal_of(space, guarantee, None)
    way = shortest(space, who, goal, SWITCH | LIMIT, before_of(space, guarantee, goal))
    return Verdict(
        guarantee.name, claim, False, True, worlds=bits(who), way=way, choices=choices, seconds=seconds
    )  # fmt: skip


def _lacking(
    space: Space, guarantee: Guarantee, verdict: Verdict, missing: int, kind: Kind, goal: Edges, cut: Edges | None, code: str
) -> Verdict:  # fmt: skip
    """The verdict on a `can` that is broken: those who have no way at all, with one of them, and those whose way is too
    long, with the shortest way. `kind` is a caller of them all; `code` says in which language."""
    none, none_kind = missing, kind
    if guarantee.choices is not None or guarantee.seconds is not None:
        any_, none_kind = nearest_for_all(space, missing, goal, None, None, cut)
        none = missing & ~any_.worlds
    far = missing & ~none
    if far and none and kind:
        kind = nearest_for_all(space, far, goal, guarantee.choices, guarantee.seconds, cut)[1]
    way = shortest(space, far, goal, SWITCH | LIMIT, _less(space, cut, kind)) if far else None
    if way is None:  # sets of worlds carried along edges are too kind: no call can go there
        none, none_kind, far = missing, (none_kind if none else kind), 0
    why = []
    if none:
        why.append(
            f"there is no way at all{code}{_whom(space, none_kind)}" + (f" in {bits(none):,} of them" if far else "")
        )
    if far:
        more = f", in {bits(far):,} of them" if none else ""
        why.append(f"the shortest way{code}{_whom(space, kind)} is longer than that{more}")
    return replace(
        verdict, broken=bits(missing), why="; ".join(why), way=way, no_way=bits(none), too_far=bits(far),
        example=example(space, none, none_kind) if none else None,
    )  # fmt: skip


def _less(space: Space, cut: Edges | None, kind: Kind) -> Edges | None:
    """Edges that are cut, or that a kind of caller cannot take."""
    if not kind:
        return cut
    contrary = contradicts(space, kind)
    return lambda at, edge: (cut is not None and cut(at, edge)) or contrary(at, edge)


def _whom(space: Space, kind: Kind) -> str:
    """Of which callers it is not true, as words."""
    shown = ("whose number is shown", "whose number is withheld")
    words = [shown[value] if key == CALLER_ID else _share(space.graph, key, value) for key, value in kind]
    return " for callers " + " and ".join(words) if words else ""


def _share(graph: Graph, at: int, share: int) -> str:
    node = graph.nodes[at]
    assert isinstance(node, SplitNode)
    return f"in share '{node.names[share]}' of '{graph.names[at]}'"


def before_of(space: Space, guarantee: Guarantee, goal: Edges) -> Edges | None:
    """The edges that come to a `before` node, the goal not met on them: past them it is too late."""
    if not guarantee.before:
        return None
    before = frozenset(guarantee.before)

    def late(at: int, edge: int) -> bool:
        target = space.states[space.targets[edge]]
        if at == 0 and space.states[0].at in before:
            return True
        return target.part == ENTERING and target.at in before and not goal(at, edge)

    return late


def _always(space: Space, guarantee: Guarantee, who: int, claim: str) -> Verdict:
    """Whatever the caller and the network do: no call ends, or comes to a `before` node, without it."""
    good = _any(ENDINGS[e] for e in guarantee.ends_in)
    met = None if guarantee.ends_in else goal_of(space, guarantee, None)
    before = frozenset(guarantee.before)
    languages = guarantee.who.languages
    if space.states[0].at in before:  # the call begins there: nothing can come before
        way = shortest(space, who, lambda *_: True)
        return Verdict(guarantee.name, claim, False, False, worlds=bits(who), broken=bits(who), way=way)

    def bad(at: int, edge: int) -> bool:
        target = space.states[space.targets[edge]]
        if space.flags[edge] & good or (met is not None and met(at, edge)):
            return False
        if languages is not None and target.language not in languages:
            return False
        return (target.part == ENTERING and target.at in before) if before else target.part == ENDED

    return _no_way_to(space, guarantee.name, claim, who, bad, good, met)


def _never(space: Space, guarantee: Guarantee, who: int, claim: str) -> Verdict:
    """In no way, in none of the languages."""
    goal = goal_of(space, guarantee, None)
    languages = guarantee.who.languages

    def bad(at: int, edge: int) -> bool:
        return goal(at, edge) and (languages is None or space.states[at].language in languages)

    return _no_way_to(space, guarantee.name, claim, who, bad, 0, before_of(space, guarantee, goal))


def _no_way_to(space: Space, name: str, claim: str, who: int, bad: Edges, without: int, cut: Edges | None) -> Verdict:
    """Nothing bad can be reached by edges without the flags `without` that are not `cut`.

    Sets of worlds carried along edges say so at once when nothing can; where they say that something might, one call is
    looked for that can really go there.
    """
    broken = reached_badly(space, who, bad, without, cut)
    way = shortest(space, broken, bad, without, cut) if broken else None
    if way is None:
        return Verdict(name, claim, False, True, worlds=bits(who))
    return Verdict(name, claim, False, False, worlds=bits(who), broken=bits(broken), way=way)


def reached_badly(space: Space, who: int, bad: Edges, without: int, cut: Edges | None) -> int:
    """The worlds in which something bad can be reached."""
    found = reached(space, who, without, cut)
    first, flags = space.first, space.flags
    broken = 0
    for at, here in enumerate(found):
        if here:
            for edge in range(first[at], first[at + 1]):
                if not flags[edge] & without and (cut is None or not cut(at, edge)) and bad(at, edge):
                    broken |= here & space.guard(edge)
    return broken


def goal_of(space: Space, guarantee: Guarantee, language: int | None) -> Edges:
    """What a guarantee is about: a person, a node, a prompt, an ending."""
    graph = space.graph
    if guarantee.hears:
        holds = [guarantee.hears in prompt.names for prompt in graph.prompts]
        rows = [any(holds[p] for p in row) for row in space.prompts]
        return lambda at, edge: rows[space.prompt_of[edge]] and _speaks(space, at, language)
    if guarantee.ends_in:
        wanted = _any(ENDINGS[e] for e in guarantee.ends_in)
        return lambda at, edge: bool(space.flags[edge] & wanted) and _speaks(space, at, language)
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
