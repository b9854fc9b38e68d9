"""One caller, of many, by whom it is shown that something is missing: the most ordinary of them."""

from __future__ import annotations

from msgspec import Struct

from ivr.model.facts import default_fact
from ivr.proofs.classes import World
from ivr.proofs.fork import CALLER
from ivr.proofs.relevant import asked_facts
from ivr.proofs.search import CALLER_ID
from ivr.proofs.space import Space

Kind = tuple[tuple[int, int], ...]
"""What is settled of a caller, as `search.settles` says it."""


class Example(Struct, frozen=True):
    """A caller: number and moment as a world, a value for each fact (by index), and what else is settled of them."""

    world: World
    facts: tuple[int, ...]
    kind: Kind = ()


def example(space: Space, worlds: int, kind: Kind = ()) -> Example:
    """The example of a set of worlds, which is not empty: the number and moment that lasts longest, of these the caller of
    whom nobody knows anything as far as can be, of these the first number. A world has its first instant."""
    held = space.worlds
    shown = "" if dict(kind).get(CALLER_ID) else CALLER
    usual = tuple(default_fact(name, values, shown) for name, values in space.graph.facts)
    asked = () if held.free_facts else tuple(asked_facts(space.graph))
    odd = [sum(row[i] != usual[i] for i in asked) for row in held.facts]
    digits = f"{worlds:b}"[::-1]
    best: tuple[int, int, int, int] | None = None
    for index, world in enumerate(held.list):
        row = digits[index * held.width : (index + 1) * held.width]
        if "1" in row:
            fact = min((f for f, digit in enumerate(row) if digit == "1"), key=lambda f: odd[f])
            key = (-world.seconds, odd[fact], index, fact)
            best = key if best is None else min(best, key)
    assert best is not None
    values = {i: held.facts[best[3]][i] for i in asked}
    return Example(held.list[best[2]], tuple(values.get(i, value) for i, value in enumerate(usual)), kind)
