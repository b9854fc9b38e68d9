"""Which guarantees and which scenarios touch a node, for people."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from ivr.pages.map.played import Passing
from ivr.pages.map.proved import BREAKS, PASSES, SAYS, WAY, Proved, Touch

MOST = 60
"""Scenarios that are listed."""
_ORDER = (BREAKS, SAYS, WAY)


class Held(Struct, frozen=True):
    """A guarantee that speaks of a node, and how it does: `says`, `way`, `breaks`; '' when it is only about callers who come
    there."""

    guarantee: Touch
    how: str


class Touching(Struct, frozen=True):
    """What touches a node: guarantees that speak of it first, then those about its callers. `scenarios` is None where there
    are none to look at; `hidden` counts those that are not listed. `seconds` as in Proved; `reached`: some caller can pass
    the node."""

    near: tuple[Held, ...]
    about: tuple[Touch, ...]
    scenarios: tuple[Passing, ...] | None
    hidden: int
    seconds: float | None
    reached: bool


def touching(node: int, proofs: Proved, passing: Sequence[Passing] | None) -> Touching:
    """What touches a node (by index)."""
    near: list[Held] = []
    about: list[Touch] = []
    for touch in proofs.guarantees:
        how = next((kind for kind in _ORDER if node in touch.touches.get(kind, ())), "")
        if how:
            near.append(Held(touch, how))
        elif node in touch.touches.get(PASSES, ()):
            about.append(touch)
    passed = None if passing is None else tuple(one for one in passing if node in one.nodes)
    listed = None if passed is None else tuple(sorted(passed, key=lambda one: one.passed))[:MOST]
    return Touching(
        tuple(near), tuple(about), listed, len(passed or ()) - len(listed or ()), proofs.nodes.get(node),
        node in proofs.nodes,
    )  # fmt: skip
