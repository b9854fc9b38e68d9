"""All callers of a small table, played one by one to the end through the engine: nothing of `ivr.proofs` is used."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import product
from typing import TypeVar

import msgspec

from ivr.calendars.moment import LiveMoment, drawn_share, phase_at
from ivr.engine import begin, move
from ivr.model.actions import (
    Action,
    CancelCase,
    Dial,
    Enqueue,
    FindCase,
    JoinCase,
    KeepMark,
    Listen,
    OpenCase,
    Record,
    Say,
)
from ivr.model.events import (
    CASE_STATES,
    DIAL_OUTCOMES,
    QUEUE_OUTCOMES,
    Begin,
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
from ivr.model.moment import Calamity, Switched
from ivr.model.nodes import (
    CalamityNode,
    CaseNode,
    EndNode,
    MenuNode,
    NoticeNode,
    NumberNode,
    QueueNode,
    SayNode,
    SplitNode,
    TransferNode,
)
from ivr.model.state import ENDED, ENTERING, Arrival, State
from ivr.tables.ready import Table

CALLER = "+31612345678"
MOST_MOVES = 60_000
"""Moves after which a table counts as too large to be played out."""


T = TypeVar("T")


class TooLarge(Exception):
    """There are too many calls to play them all."""


class Move(msgspec.Struct, frozen=True):
    """One move of a call: from a state, with an event, to a state, with what is said and asked."""

    before: State
    event: Event
    after: State
    actions: tuple[Action, ...]


Judge = Callable[[Move], bool]


class Recorder(LiveMoment):
    """A live moment that writes down what it was asked and what it answered."""

    def __init__(self, table: Table, arrival: Arrival, calamity: Calamity | None) -> None:
        super().__init__(table.almanac, arrival, Switched(calamity))
        self.asked: dict[tuple[str, int], object] = {}
        self.by_hand = False
        """What people switch at any moment, a notice or a closed team: set for each move."""

    def _note(self, question: str, index: int, answer: object) -> None:
        self.asked[question, index] = answer

    def calendar(self, calendar: int) -> int:
        self._note("calendar", calendar, super().calendar(calendar))
        return super().calendar(calendar)

    def phase(self) -> int:
        self._note("phase", 0, super().phase())
        return super().phase()

    def number(self) -> int:
        self._note("number", 0, super().number())
        return super().number()

    def fact(self, fact: int) -> int:
        self._note("fact", fact, super().fact(fact))
        return super().fact(fact)

    def share(self, node: int, shares: tuple[int, ...]) -> int:
        self._note("share", node, super().share(node, shares))
        return super().share(node, shares)

    def caller(self) -> str:
        self._note("caller", 0, super().caller())
        return super().caller()

    def calamity(self) -> Calamity | None:
        self._note("calamity", 0, super().calamity())
        return super().calamity()

    def notice(self, node: int) -> tuple[str, ...] | None:
        return ("x",) * len(self.graph.languages) if self.by_hand else None

    def closed(self, team: int) -> bool:
        return self.by_hand

    def answers(self, asked: dict[tuple[str, int], object]) -> bool:
        """Whether it answers as another did."""
        return all(self._answer(*question) == answer for question, answer in asked.items())

    def _answer(self, question: str, index: int) -> object:
        if question == "share":
            node = self.graph.nodes[index]
            assert isinstance(node, SplitNode)
            return LiveMoment.share(self, index, node.shares)
        held = getattr(LiveMoment, question)
        return held(self, index) if question in ("calendar", "fact") else held(self)


class Callers:
    """Everybody who can call a table in the days from an instant on."""

    def __init__(self, table: Table, start: int, days: int) -> None:
        self.table = table
        self.graph: Graph = table.graph
        self.start = start
        self.days = days
        self.switching = True

    def everybody(self, calamities: bool = True) -> Iterator[Recorder]:
        """One caller of each sort: number, class of time, facts, shown or withheld, share, calamity."""
        graph = self.graph
        facts = list(product(*(range(len(values)) for _, values in graph.facts)))
        routes = {r for node in graph.nodes if isinstance(node, CalamityNode) for r in node.routes}
        texts = ("x",) * len(graph.languages)
        switch: list[Calamity | None] = [None]
        if calamities and any(isinstance(node, CalamityNode) for node in graph.nodes):
            switch += [Calamity(texts, r) for r in ("", *sorted(routes))]
        for number in range(-1, len(graph.numbers)):
            for at in self._instants(number):
                for held, caller, seed, calamity in product(facts, (CALLER, ""), self._seeds, switch):
                    yield Recorder(self.table, Arrival(at, number, "x", caller, held, seed), calamity)

    def _instants(self, number: int) -> list[int]:
        """An instant of each class: every half hour is looked at."""
        found: dict[object, int] = {}
        for at in range(self.start + 900, self.start + self.days * 86_400, 1800):
            phase = phase_at(self.graph.numbers[number], at) if number >= 0 else -1
            found.setdefault((phase, *(c.at(at) for c in self.table.almanac.calendars)), at)
        return list(found.values())

    @cached_property
    def _seeds(self) -> list[int]:
        """A seed for each combination of shares."""
        splits = [(i, node.shares) for i, node in enumerate(self.graph.nodes) if isinstance(node, SplitNode)]
        found: dict[object, int] = {}
        for seed in range(400):
            found.setdefault(tuple(drawn_share(self.graph.names[i], seed, s) for i, s in splits), seed)
        return list(found.values())

    def some(self, judge: Callable[[Recorder], T], calamities: bool = True) -> Iterator[T]:
        """The judgement on each caller; those who were asked the same and answered the same are judged once."""
        known: list[dict[tuple[str, int], object]] = []
        for moment in self.everybody(calamities):
            if not any(moment.answers(asked) for asked in known):
                yield judge(moment)
                known.append(moment.asked)

    def can_happen(self, bad: Judge, saved: Judge) -> bool:
        """Whether a move that is `bad` can come to any caller before one that is `saved`."""
        return any(self.some(lambda moment: self._happens(moment, bad, saved)))

    def _happens(self, moment: Recorder, bad: Judge, saved: Judge) -> bool:
        first = begin(self.graph)
        seen = {first}
        todo: list[tuple[State, Action | None]] = [(first, None)]
        moves = 0
        while todo:
            state, last = todo.pop()
            for made in self.moves(moment, state, last):
                moves += 1
                if moves > MOST_MOVES:
                    raise TooLarge
                if saved(made):
                    continue
                if bad(made):
                    return True
                if made.after not in seen and made.after.part != ENDED:
                    seen.add(made.after)
                    todo.append((made.after, made.actions[-1] if made.actions else None))
        return False

    def goes_round(self) -> bool:
        """Whether any caller comes to where the call moves on by itself for ever."""
        return any(self.some(self._round))

    def _round(self, moment: Recorder) -> bool:
        first = begin(self.graph)
        seen = {first}
        todo: list[tuple[State, Action | None, int]] = [(first, None, 0)]
        while todo:
            state, last, alone = todo.pop()
            for made in self.moves(moment, state, last):
                count = alone + 1 if made.after.part == ENTERING else 0
                if count > 4 * len(self.graph.nodes):
                    return True
                if len(seen) > MOST_MOVES:
                    raise TooLarge
                after = msgspec.structs.replace(made.after, turns=0)
                if after.part != ENDED and (count or after not in seen):
                    seen.add(after)
                    todo.append((after, made.actions[-1] if made.actions else None, count))
        return False

    def fewest_choices(self, goal: Judge, most: int) -> int:
        """The most choices that any caller needs at least, nothing being switched; `most` + 1 where they do not do."""
        self.switching = False
        return max(self.some(lambda moment: self._fewest(moment, goal, most), calamities=False))

    def _fewest(self, moment: Recorder, goal: Judge, most: int) -> int:
        first = begin(self.graph)
        heap: list[tuple[int, int, State, Action | None]] = [(0, 0, first, None)]
        seen: set[State] = set()
        count = 0
        while heap:
            made_so_far, _, state, last = heapq.heappop(heap)
            if state in seen:
                continue
            seen.add(state)
            for made in self.moves(moment, state, last):
                left = isinstance(made.event, Queued) and made.event.outcome == "left"
                choices = made_so_far + (isinstance(made.event, Keys | Speech) or left)
                if choices > most:
                    continue
                if goal(made):
                    return choices
                count += 1
                if count > MOST_MOVES:
                    raise TooLarge
                after = msgspec.structs.replace(made.after, turns=0)
                if after.part != ENDED:
                    heapq.heappush(heap, (choices, count, after, made.actions[-1] if made.actions else None))
        return most + 1

    def moves(self, moment: Recorder, state: State, last: Action | None) -> Iterator[Move]:
        """Every move out of a state; `last` is the action that somebody must act upon."""
        events = (Begin(),) if state.part == ENTERING else self._events(state, last)
        asks = state.part == ENTERING and isinstance(self.graph.nodes[state.at], TransferNode | QueueNode | NoticeNode)
        for event, by_hand in product(events, (False, True) if asks and self.switching else (False,)):
            moment.by_hand = by_hand
            after, actions = move(self.graph, state, event, moment)
            yield Move(state, event, after, actions)

    def _events(self, state: State, last: Action | None) -> tuple[Event, ...]:
        """Everything that can be done or can come of the last action."""
        graph = self.graph
        node = graph.nodes[state.at]
        if isinstance(last, Dial):
            return tuple(Dialled(o) for o in DIAL_OUTCOMES)
        if isinstance(last, Enqueue):
            assert isinstance(node, QueueNode)
            return tuple(Queued(o) for o in QUEUE_OUTCOMES if o != "left" or node.offer_key)
        if isinstance(last, Record):
            return (Recorded("https://api.example/1", 9), Recorded("", 0))
        if isinstance(last, OpenCase):
            full = (CaseRefused(),) if last.kind == "callback" else ()
            return (CaseOpened("1", 1_800_000_000), EffectFailed(), *full)
        if isinstance(last, KeepMark):
            return (MarkKept(), EffectFailed())
        if isinstance(last, FindCase):
            return (*(CaseFound("1", 0, state) for state in CASE_STATES), CaseUnknown(), EffectFailed())
        if isinstance(last, JoinCase | CancelCase):
            return (CaseJoined() if isinstance(last, JoinCase) else CaseCancelled(), EffectFailed())
        assert isinstance(last, Listen)
        keys = [o.key for o in node.options] if isinstance(node, MenuNode) else ["1", "2", "3"]
        if not isinstance(node, MenuNode) and last.digits != 1:
            keys = ["123456", "12"] if isinstance(node, CaseNode) else ["9123", "0612345678", "12", "8"]
        return (*(Keys(k) for k in dict.fromkeys([*keys, "0", "*", "7"])), Silence(), Speech("medewerker", 0.9))


def person(made: Move) -> bool:
    """Bridged to somebody."""
    return isinstance(made.event, Dialled | Queued) and made.event.outcome == "bridged"


def case(made: Move) -> bool:
    """A case is on disk, or joined."""
    return isinstance(made.event, CaseOpened | CaseJoined)


def ended(made: Move) -> bool:
    """The call is over."""
    return made.after.part == ENDED


class Told:
    """Whether a move tells where to turn."""

    def __init__(self, graph: Graph) -> None:
        says: list[Action] = []
        for node in graph.nodes:
            if isinstance(node, SayNode | EndNode) and node.where_to_turn:
                says += [action for row in node.says for action in row]
            elif isinstance(node, NumberNode):
                says += [action for row in node.helps for action in row]
        says += [action for row in graph.give_up for action in row]
        self._ids = {id(action) for action in says}

    def __call__(self, made: Move) -> bool:
        return any(id(action) in self._ids for action in made.actions)


def enters(nodes: set[int]) -> Judge:
    """A node of these is about to be entered, or is where the call begins."""
    return lambda made: (
        (made.after.part == ENTERING and made.after.at in nodes)
        or (
            made.before.part == ENTERING
            and made.before.chain == 0
            and made.before.turns == 0
            and made.before.at in nodes
        )
    )


def hears(graph: Graph, name: str) -> Judge:
    """A prompt of this name is spoken."""
    named = {i for i, prompt in enumerate(graph.prompts) if name in prompt.names}

    def judge(made: Move) -> bool:
        spoken: set[int] = set()
        for action in made.actions:
            spoken |= {action.prompt} if isinstance(action, Say) else set(getattr(action, "prompts", ()))
        return bool(spoken & named)

    return judge


def bridged_by(graph: Graph) -> Judge:
    """Bridged to a team."""
    teams = {i for i, n in enumerate(graph.nodes) if isinstance(n, TransferNode | QueueNode) and n.team >= 0}
    return lambda made: person(made) and made.before.at in teams
