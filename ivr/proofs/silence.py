"""How long those who stay silent wait at worst: nobody answers, queues run out, the disk may fail."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.engine.step import GRACE
from ivr.model.events import (
    CaseOpened,
    CaseRefused,
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
from ivr.model.nodes import QueueNode, TransferNode
from ivr.model.state import ENDED, ENTERING
from ivr.proofs.events import INPUTS
from ivr.proofs.near import Costs
from ivr.proofs.space import CASE, LIMIT, PERSON, SWITCH, TOLD, Space

RECORD_SILENCE = 5.0
"""Seconds of silence that end a recording in which nothing is said (the default of `<Record>`)."""
KNOWN = 2.0
"""Seconds until it is known that a dial fails, other than by ringing out."""


def patience(space: Space, language: int) -> list[tuple[float, int]]:
    """The worst wait in each world for a case or a word where to turn: (seconds, worlds), disjoint sets. Infinite when the
    call may end without either.

    Callers say nothing but the choice of the language; those who hear another one are left out. Nothing is
    switched.
    """
    return _Waiting(space, language).run()


class _Waiting:
    """The longest ways, a layer for each turn: turns are bounded, so there is a longest one even where menus repeat."""

    def __init__(self, space: Space, language: int) -> None:
        self.space = space
        self.language = language
        self.costs = Costs(space)
        self.ends: dict[float, int] = {}

    def run(self) -> list[tuple[float, int]]:
        """All layers, first to last."""
        layer: dict[int, dict[float, int]] = {0: {0.0: self.space.worlds.all}}
        for turn in range(self.space.graph.max_turns + GRACE + 2):
            after: dict[int, dict[float, int]] = {}
            for at, held in self._settled(layer).items():
                for seconds, mask in held.items():
                    self._leave(at, seconds, mask, turn, after)
            layer = after
            if not layer:
                break
        return sorted(self.ends.items())

    def _settled(self, layer: dict[int, dict[float, int]]) -> dict[int, dict[float, int]]:
        """Where calls wait, after they went through all that moves by itself."""
        space = self.space
        out: dict[int, dict[float, int]] = {}
        work = [(at, s, m, 0) for at, held in layer.items() for s, m in held.items()]
        moved: dict[int, dict[float, int]] = {}
        while work:
            at, seconds, mask, hops = work.pop()
            if space.states[at].part != ENTERING:
                _longest(out.setdefault(at, {}), seconds, mask)
                continue
            fresh = _longest(moved.setdefault(at, {}), seconds, mask)
            if not fresh:
                continue
            if hops > len(space.graph.nodes):  # it goes round by itself: no table that passes the checks does
                _longest(self.ends, float("inf"), fresh)
                continue
            for edge in space.out(at):
                here = fresh & space.guard(edge)
                if here and not space.flags[edge] & (SWITCH | LIMIT):
                    self._arrive(at, edge, seconds, here, work, hops + 1)
        return out

    def _arrive(
        self, at: int, edge: int, seconds: float, mask: int, work: list[tuple[int, float, int, int]], hops: int
    ) -> None:
        """Go along an edge: to the end of the wait, or on."""
        space = self.space
        target = space.targets[edge]
        later = seconds + self.costs.spoken[space.prompt_of[edge]]
        flags = space.flags[edge]
        helped = flags & (PERSON | CASE | TOLD)
        if helped or space.states[target].part == ENDED:
            if space.states[target].language == self.language:
                when = later if helped & TOLD else seconds
                _longest(self.ends, when if helped else float("inf"), mask)
            return
        work.append((target, later, mask, hops))

    def _leave(self, at: int, seconds: float, mask: int, turn: int, after: dict[int, dict[float, int]]) -> None:
        """All that can happen to a silent caller where a call waits."""
        for edge in self._edges(at, turn):
            here = mask & self.space.guard(edge)
            if here:
                work: list[tuple[int, float, int, int]] = []
                self._arrive(at, edge, seconds + self._took(at, edge), here, work, 0)
                for target, later, onward, _ in work:
                    _longest(after.setdefault(target, {}), later, onward)

    def _edges(self, at: int, turn: int) -> Iterator[int]:
        space = self.space
        most = space.graph.max_turns
        asked = isinstance(space.graph.nodes[space.states[at].at], INPUTS)
        for edge in space.out(at):
            if space.flags[edge] & LIMIT:
                over = space.states[space.targets[edge]].part == ENDED
                if (over and turn >= most + GRACE) or (not over and asked and turn == most):
                    yield edge
            elif turn < most + GRACE and not (asked and turn == most) and self._silent(at, edge):
                yield edge

    def _silent(self, at: int, edge: int) -> bool:
        event = self.space.event(edge)
        if isinstance(event, Keys | Speech):
            mine = self.language
            return self.space.states[at].language != mine == self.space.states[self.space.targets[edge]].language
        return _unheard(event)

    def _took(self, at: int, edge: int) -> float:
        space = self.space
        if space.flags[edge] & LIMIT:
            return 0.0
        event, state = space.event(edge), space.states[at]
        node = space.graph.nodes[state.at]
        if isinstance(event, Dialled) and isinstance(node, TransferNode):
            return float(node.dials[state.language][state.part - 1].ring) if event.outcome == "no_answer" else KNOWN
        if isinstance(event, Queued) and isinstance(node, QueueNode):
            return float(node.timeout) if event.outcome == "timeout" else 0.0
        return RECORD_SILENCE if isinstance(event, Recorded) else self.costs.took[space.event_of[edge]]


def _unheard(event: Event) -> bool:
    """Whether it can happen to somebody who says nothing when nobody answers."""
    if isinstance(event, Dialled | Queued):
        return event.outcome not in ("bridged", "left")
    if isinstance(event, Recorded):
        return not event.seconds
    return isinstance(event, Silence | CaseOpened | CaseRefused | EffectFailed | MarkKept)


def _longest(held: dict[float, int], seconds: float, mask: int) -> int:
    """Keep the longest wait of each world; gives the worlds for which this one is the longest so far."""
    for other, known in list(held.items()):
        if other >= seconds:
            mask &= ~known
        elif known & mask:
            left = known & ~mask
            if left:
                held[other] = left
            else:
                del held[other]
    if mask:
        held[seconds] = held.get(seconds, 0) | mask
    return mask
