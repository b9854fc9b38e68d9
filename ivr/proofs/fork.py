"""A moment that answers each question in every possible way, and keeps the worlds in which that answer holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from ivr.model.moment import Calamity
from ivr.model.nodes import CalamityNode
from ivr.proofs.classes import Worlds

T = TypeVar("T")
CALLER = "+31612345678"
"""What stands for any number that can be rung."""

Key = tuple[str, int]
Answer = tuple[Key, int]


SWITCHED = ("calamity", "notice", "closed")
"""Questions that people answer by what they switch."""
FREE = (*SWITCHED, "share", "caller")
"""Questions whose every answer is possible in every world."""


class Question(Exception):
    """A question that has no answer yet in this run. Most moves ask nothing: they are tried without an answer first."""

    def __init__(self, key: Key) -> None:
        super().__init__(key)
        self.key = key


class Fork:
    """Runs a function once for each way in which its questions can be answered.

    Hours, phases, numbers and facts are answered by splitting the worlds. What is switched (calamity, notices, closed
    teams), the share of a split and whether the caller's number can be rung are free: each is possible in every world.
    """

    def __init__(self, worlds: Worlds) -> None:
        self.worlds = worlds
        graph = worlds.graph
        routes = {route for node in graph.nodes if isinstance(node, CalamityNode) for route in node.routes}
        texts = ("…",) * len(graph.languages)
        self._calamities: list[Calamity | None] = [None, *(Calamity(texts, r) for r in ("", *sorted(routes)))]
        self._script: dict[Key, int] = {}
        self.guards: list[int] = [worlds.all]
        self._places: dict[int, int] = {worlds.all: 0}
        self._index: dict[tuple[Answer, ...], int] = {(): 0}
        self._next: dict[tuple[tuple[Answer, ...], Key], list[tuple[Answer, ...]]] = {}

    def forget(self) -> None:
        """Let the next questions have no answer."""
        self._script = {}

    def run(self, function: Callable[[], T], given: tuple[Answer, ...] = ()) -> Iterator[tuple[int, T]]:
        """(guard, result) for each way in which the questions can be answered and some world agrees.

        A guard is an index into `guards`, the sets of worlds; ways with the same answers have the same guard. Free
        questions that were answered before may be `given`.
        """
        self._index.setdefault(given, 0)
        stack: list[tuple[Answer, ...]] = [given]
        while stack:
            way = stack.pop()
            self._script = dict(way)
            try:
                result = function()
            except Question as question:
                stack += self._answered(way, question.key)
            else:
                yield self._index[way], result

    def _answered(self, way: tuple[Answer, ...], key: Key) -> list[tuple[Answer, ...]]:
        """The ways that go on from one, with one more question answered; those that no world agrees with are left out."""
        held = self._next.get((way, key))
        if held is None:
            held = []
            before = self.guards[self._index[way]]
            for answer, where in self._answers(key):
                mask = before & where
                if mask:
                    longer = (*way, (key, answer))
                    self._index[longer] = self._place(mask)
                    held.append(longer)
            self._next[way, key] = held
        return held

    def _place(self, mask: int) -> int:
        held = self._places.get(mask)
        if held is None:
            held = self._places[mask] = len(self.guards)
            self.guards.append(mask)
        return held

    def answered(self, key: Key, otherwise: int) -> int:
        """What a question was answered in the run that just ended; `otherwise` when it was not asked."""
        return self._script.get(key, otherwise)

    def chosen(self) -> tuple[Answer, ...]:
        """The answers of the run that just ended that are free in every world: switches, shares, the caller's number."""
        if not self._script:
            return ()
        return tuple(answer for answer in self._script.items() if answer[0][0] in FREE)

    def calamity_of(self, answer: int) -> Calamity | None:
        """What the switch says by an answer."""
        return self._calamities[answer]

    @property
    def switch_on(self) -> bool:
        """Whether the run that just ended was told that something is switched on, or a team closed."""
        script = self._script
        return bool(script) and any(answer > 0 for (kind, _), answer in script.items() if kind in SWITCHED)

    def _answers(self, key: Key) -> Iterator[tuple[int, int]]:
        kind, index = key
        worlds, graph = self.worlds, self.worlds.graph
        if kind == "calendar":
            yield from ((state, worlds.calendar(index, state)) for state in range(3))
        elif kind == "phase":
            yield from ((phase, worlds.phase(phase)) for phase in range(6))
        elif kind == "number":
            yield from ((n, worlds.number(n)) for n in range(-1, len(graph.numbers)))
        elif kind == "fact":
            yield from ((value, worlds.fact(index, value)) for value in range(len(graph.facts[index][1])))
        elif kind == "share":
            shares = graph.nodes[index].shares  # type: ignore[union-attr]  # only a split asks
            yield from ((i, worlds.all) for i, share in enumerate(shares) if share)
        elif kind == "calamity":
            yield from ((i, worlds.all) for i in range(len(self._calamities)))
        elif kind in SWITCHED:
            yield from ((on, worlds.all) for on in (1, 0))
        else:
            yield from ((known, worlds.all) for known in (1, 0))

    def _ask(self, kind: str, index: int = 0) -> int:
        held = self._script.get((kind, index))
        if held is None:
            raise Question((kind, index))
        return held

    def calendar(self, calendar: int) -> int:
        """OPEN, CLOSED or HOLIDAY."""
        return self._ask("calendar", calendar)

    def phase(self) -> int:
        """A phase."""
        return self._ask("phase")

    def number(self) -> int:
        """A number."""
        return self._ask("number")

    def fact(self, fact: int) -> int:
        """A value of a fact."""
        return self._ask("fact", fact)

    def share(self, node: int, shares: tuple[int, ...]) -> int:
        """A share that somebody falls into."""
        return self._ask("share", node)

    def caller(self) -> str:
        """A number that can be rung, or none."""
        return CALLER if self._ask("caller") else ""

    def calamity(self) -> Calamity | None:
        """What the switch may say."""
        return self._calamities[self._ask("calamity")]

    def notice(self, node: int) -> tuple[str, ...] | None:
        """What a notice may say."""
        return ("…",) if self._ask("notice", node) else None

    def closed(self, team: int) -> bool:
        """Whether the team is closed by hand. A run asks of one team at most, so that all of them are one question."""
        return bool(self._ask("closed"))
