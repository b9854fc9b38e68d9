"""Two tables walked at once: pairs of states that callers can be in, the ways between them, and where the ways part.

Where both tables are in the same node with the same content, only one of them is run; and what cannot come to a changed
node is not walked at all. So a small edit of a large table costs little.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from ivr.engine import begin, move
from ivr.engine.menu import spoken_choice
from ivr.model.events import Begin, Event, Keys, Speech
from ivr.model.graph import Graph
from ivr.model.nodes import AskNode, MenuNode, NumberNode
from ivr.model.pattern_apart import tell_apart
from ivr.model.state import ENDED, ENTERING, Memory, State
from ivr.proofs.diff.align import Pair
from ivr.proofs.diff.blame import Blaming
from ivr.proofs.diff.both import NEW, OLD, Both, BothWorlds
from ivr.proofs.diff.chance import Decided
from ivr.proofs.diff.heard import DETAIL, OTHER, WORDS, Trail, compare, heard, take
from ivr.proofs.diff.parting import Blame, Parting
from ivr.proofs.events import possible
from ivr.proofs.fork import CALLER, Answer, Question
from ivr.proofs.live import Liveness

States = tuple[State, State]
_BEGIN = Begin()
MOST_PAIRS = 3_000_000
"""Pairs of states beyond which the walk gives up: the tables have too little in common."""


class TooFarApart(Exception):
    """The two tables have so little in common that they cannot be walked together."""


class Edge(NamedTuple):
    """A way from a pair to a pair, in the worlds of a guard; `chosen` are the free answers that it takes."""

    target: int
    guard: int
    event: Event
    chosen: tuple[Answer, ...]


class Walk:
    """The pairs that calls can be in. Pair 0 is the call that has just arrived.

    `origin[p]` is the edit by which two tables went apart without the caller having met anything else so far, None while
    both are in the same place.
    """

    def __init__(self, pair: Pair, worlds: BothWorlds, blaming: Blaming, words: bool = False) -> None:
        self.pair = pair
        self.worlds = worlds
        self.blaming = blaming
        self.changes = blaming.changes
        self.words = words
        self.fork = Both(worlds)
        self.pairs: list[States] = []
        self.origin: list[Blame | None] = []
        self.known: list[tuple[Answer, ...]] = []
        """What chance has decided since the tables went apart: the one that comes to it later finds it decided."""
        self.edges: list[list[Edge]] = []
        self.partings: list[Parting] = []
        self._index: dict[tuple[States, Blame | None, tuple[Answer, ...]], int] = {}
        self._decided = Decided(pair)
        self._live = Liveness(pair.old), Liveness(pair.new)
        self._walk()

    def _walk(self) -> None:
        self._number((begin(self.pair.old), begin(self.pair.new)), None)
        at = 0
        while at < len(self.pairs):
            if at > MOST_PAIRS:
                raise TooFarApart(f"more than {MOST_PAIRS:,} pairs of states")
            self.edges.append([])
            self._leave(at, *self.pairs[at])
            at += 1
        self._index.clear()

    def _leave(self, at: int, old: State, new: State) -> None:
        """All ways out of a pair."""
        if old.part == ENDED or new.part == ENDED:
            return
        alike = self._alike(old, new)
        if alike and old.at not in self.changes.ahead:
            return
        if alike and old.at not in self.changes.nodes:
            self._together(at, old, new)
        elif alike and old.part == ENTERING and isinstance(self.pair.old.nodes[old.at], NumberNode):
            same = self.pair.old.nodes[old.at] == self.pair.new.nodes[new.at]
            self._apart(at, old, new, _BEGIN, self.changes.callers if same else None)
        else:
            for event in self._events(old, new):
                self._apart(at, old, new, event, None)

    def _alike(self, old: State, new: State) -> bool:
        """Whether both are in the same node and remember the same. The entry may have another length so far."""
        same = old.at == new.at and old.part == new.part and old.language == new.language
        if not same or old.memory != new.memory or (old.no_input, old.no_match) != (new.no_input, new.no_match):
            return False
        return old.chain == new.chain or self.changes.same_rest(old.chain, new.chain)

    def _together(self, at: int, old: State, new: State) -> None:
        """In a node that is the same in both tables one of them is run for both."""
        graph, fork, known = self.pair.old, self.fork, self.known[at]

        def go(after: State, event: Event, guard: int, chosen: tuple[Answer, ...]) -> None:
            twin = self._twin(after, new.chain - old.chain)
            kept = self._decided.kept(chosen, (after.at, after.at), alike=True)
            target = self._number((after, twin), self.origin[at], kept)
            self.edges[at].append(Edge(target, guard, event, chosen))

        events = (_BEGIN,) if old.part == ENTERING else possible(graph, graph.nodes[old.at], old)
        for event in events:
            fork.forget()
            try:
                after, _ = move(graph, old, event, fork)
            except Question:
                asking = partial(move, graph, old, event, fork)
                for guard, (then, _) in fork.run(asking, known):
                    go(then, event, guard, fork.chosen())
                continue
            if self.changes.operator_differs and after.at == graph.operator and event is not _BEGIN and not after.part:
                self._apart(at, old, new, event, None)
            else:
                go(after, event, 0, known)

    def _apart(self, at: int, old: State, new: State, event: Event, callers: set[int] | None) -> None:
        """Run both tables; of `callers` only, if given: all others go together.

        A move in which nothing is heard is a way of its own, so that what follows is worked out once for all who come.
        """
        fork, pair = self.fork, self.pair

        def both() -> tuple[Trail, Trail]:
            fork.side = OLD
            if callers is not None and fork.caller_number() not in callers:
                after, actions = move(pair.old, old, event, fork)
                alone = Trail(after, (old.at,), (actions,))
                return alone, Trail(self._twin(after, new.chain - old.chain), (old.at,), (actions,))
            before = move(pair.old, old, event, fork)
            fork.side = NEW
            after_ = move(pair.new, new, event, fork)
            if before[0].part == after_[0].part == ENTERING and not before[1] and not after_[1]:
                return Trail(before[0], (old.at,), ((),)), Trail(after_[0], (new.at,), ((),))
            fork.side = OLD
            trail = take(pair.old, old.at, before, fork)
            fork.side = NEW
            return self._cut(trail, take(pair.new, new.at, after_, fork))

        fork.forget()
        for guard, trails in fork.run(both, self.known[at]):
            self._meet(at, event, guard, trails)

    def _cut(self, old: Trail, new: Trail) -> tuple[Trail, Trail]:
        """Both steps as far as the first place in which they come together again: what follows is a step of its own, so
        that each difference is led back to its own edit."""
        ends = sorted((i + j, i, j) for i in range(len(old.entered)) for j in range(len(new.entered)))
        for _, i, j in ends:
            if old.entered[i].at == new.entered[j].at and self._alike(old.entered[i], new.entered[j]):
                return old.until(i + 1), new.until(j + 1)
        return old, new

    @staticmethod
    def _twin(after: State, offset: int) -> State:
        return State(
            after.at, after.part, after.language, after.chain + offset, after.no_input, after.no_match, 0, after.memory
        )

    def _meet(self, at: int, event: Event, guard: int, trails: tuple[Trail, Trail]) -> None:
        """What both let the caller meet, compared; the walk goes on where that makes sense."""
        before, after = trails
        met = heard(self.pair.old, before), heard(self.pair.new, after)
        level = compare(self.pair.common.prompts, *met)
        caller = self.fork.answered(("number", 0), -1)
        chosen = self.fork.chosen()
        parting = Parting(at, guard, event, trails, met, level, caller, chosen, self.origin[at])
        if level >= DETAIL or (level == WORDS and self.words):
            self.partings.append(parting)
        states = self._abstract(before.after, after.after)
        alike = self._alike(*states)
        if level == OTHER or (level == DETAIL and not alike):
            return
        origin = None if alike else self.blaming.of(parting)
        known = self._decided.kept(chosen, (states[0].at, states[1].at), alike)
        self.edges[at].append(Edge(self._number(states, origin, known, ready=True), guard, event, chosen))

    def _number(self, states: States, origin: Blame | None, known: tuple[Answer, ...] = (), ready: bool = False) -> int:
        if not ready:
            states = self._abstract(*states)
        held = self._index.get((states, origin, known))
        if held is None:
            held = self._index[states, origin, known] = len(self.pairs)
            self.known.append(known)
            self.pairs.append(states)
            self.origin.append(origin)
        return held

    def _abstract(self, old: State, new: State) -> States:
        """Both with what no way depends on left out; a variable is kept while either of them may ask it."""
        live_old, live_new = self._live
        memories = []
        for state in (old, new):
            kept = tuple(
                a if a >= 0 else b
                for a, b in zip(
                    live_old.kept(old.at, state.memory.variables),
                    live_new.kept(new.at, state.memory.variables),
                    strict=True,
                )
            )
            fields = ("",) * len(state.memory.fields)
            tries = state.memory.tries
            tries = tries and (live_old.tries(old.at, tries) or live_new.tries(new.at, tries))
            memories.append(
                Memory((-1,) * len(kept), fields)
                if state.part == ENDED
                else Memory(kept, fields, CALLER if state.memory.number else "", tries=tries)
            )
        return _bare(self.pair.old, old, memories[0]), _bare(self.pair.new, new, memories[1])

    def _events(self, old: State, new: State) -> Iterator[Event]:
        """What can happen where the tables may differ: all that either of them can tell apart."""
        if old.part == ENTERING:
            yield _BEGIN
            return
        before, after = self.pair.old, self.pair.new
        was, now = before.nodes[old.at], after.nodes[new.at]
        found = dict.fromkeys((*possible(before, was, old), *possible(after, now, new)))
        if isinstance(was, MenuNode) and isinstance(now, MenuNode):
            free = [k for k in "987654321#*0" if k not in was.keys and k not in now.keys]
            special = {before.operator_key, before.repeat_key, after.operator_key, after.repeat_key}
            found |= dict.fromkeys(Keys(k) for k in [k for k in free if k not in special][:1])
            found |= dict.fromkeys(_spoken(before, after, was, now, old.language))
        if isinstance(was, AskNode) and isinstance(now, AskNode) and was.pattern and now.pattern:
            answer = tell_apart(was.pattern, now.pattern)
            if answer:
                found |= {Keys(answer) if answer.isdigit() else Speech(answer, 0.9): None}
        yield from found


def _bare(graph: Graph, state: State, memory: Memory) -> State:
    chain = min(state.chain, len(graph.chain))
    return State(state.at, state.part, state.language, chain, state.no_input, state.no_match, 0, memory)


def _spoken(before: Graph, after: Graph, was: MenuNode, now: MenuNode, language: int) -> Iterator[Event]:
    """Words that choose by another key in one table than in the other."""
    rows = was.phrases[language], now.phrases[language]
    words = {*rows[0], *rows[1], *(before.operator_words[language] ^ after.operator_words[language])}
    for said in sorted(words):
        chosen = [spoken_choice(row, said) for row in rows]
        keys = [None if c is None else menu.options[c].key for c, menu in zip(chosen, (was, now), strict=True)]
        if keys[0] != keys[1] or (said not in rows[0] and said not in rows[1]):
            yield Speech(said, 0.9)
