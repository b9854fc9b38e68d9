"""Calls played through the real engine by callers who do what people do; each way is kept, to be taken again by others."""

from __future__ import annotations

import random

import msgspec
from msgspec import Struct

from ivr.calendars.calendar import Calendar
from ivr.model.actions import Action, Dial, Effect, Enqueue, KeepMark, OpenCase
from ivr.model.events import CaseOpened, Dialled, Event, HungUp, Keys, Queued, Recorded, Silence, Speech
from ivr.model.graph import Graph
from ivr.model.moment import OPEN
from ivr.model.nodes import CallbackNode, CaseNode, MenuNode, SurveyNode
from ivr.model.state import ENDED, Arrival
from ivr.simulator.callers import Asked
from ivr.simulator.play import Play
from ivr.simulator.world import World
from ivr.tables.ready import Table

MARKS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
HOW_OFTEN = (2, 1, 2, 3, 5, 11, 26, 31, 12, 7)
OPENS = (60, 40)
"""How often the same way is taken again rather than a new one played: ways kept for the main number, and for another."""
Key = tuple[int, int, bool]
"""Number, four weeks, and whether the contact centre is there."""


class Turn(Struct, frozen=True):
    """One turn of a call, as the recorder writes it: seconds from its begin, and whether somebody was put through in it."""

    at: float
    event: str
    node: str
    language: str
    told: bool
    over: bool
    topic: dict[str, str]
    team: str = ""
    queue: bool = False
    outcome: str = ""
    recorded: int = -1
    turns: int = 0


class Way(Struct, frozen=True):
    """A call as it went."""

    turns: tuple[Turn, ...]
    seconds: float
    opened: tuple[tuple[int, OpenCase], ...]
    marks: tuple[tuple[int, int], ...]
    fields: dict[str, str]


class Citizen:
    """Somebody who rings with a question: takes the first options most, hesitates, gives up."""

    def __init__(self, graph: Graph, chance: random.Random) -> None:
        self._graph, self._chance = graph, chance

    def answer(self, asked: Asked) -> Event:
        """What they do when they are asked something."""
        chance, node = self._chance, self._graph.nodes[asked.node]
        drawn = chance.random()
        if drawn < 0.025:
            return HungUp()
        if drawn < 0.06:
            return Silence()
        if isinstance(node, SurveyNode):
            return Keys(str(chance.choices(MARKS, HOW_OFTEN)[0])) if drawn < 0.6 else Silence()
        if isinstance(node, MenuNode) and node.options:
            return self._chosen(node, asked, drawn)
        if asked.digits == 1:
            return Keys("1" if drawn < 0.85 else "2")
        if isinstance(node, CallbackNode):
            return Keys("0" + made_up_number(chance)[3:])
        if isinstance(node, CaseNode):
            return Keys(chance.choice(("123456", "234567", "999999")))
        return Keys("".join(chance.choice("0123456789") for _ in range(asked.digits or 4)))

    def _chosen(self, node: MenuNode, asked: Asked, drawn: float) -> Event:
        """One of the options; now and then a word, the operator, or a key that means nothing."""
        chance = self._chance
        phrases = sorted(node.phrases[asked.language]) if asked.speech else []
        if drawn > 0.97:
            return Keys(chance.choice("0123456789#"))
        if drawn > 0.93:
            return Keys(self._graph.operator_key or "0")
        if phrases and drawn > 0.8:
            return Speech(chance.choice(phrases), 0.9)
        own = [option for option in node.options if option.language < 0] or list(node.options)
        if len(own) < len(node.options) and chance.random() < 0.04:
            own = [option for option in node.options if option.language >= 0]
        weights = [1 / (1 + place + (asked.node * 7 + place * 3) % 4) for place in range(len(own))]
        weights = [
            each * (0.15 if self._about_a_case(option.to) else 1) for each, option in zip(weights, own, strict=True)
        ]
        return Keys(chance.choices(own, weights)[0].key)

    def _about_a_case(self, target: int) -> bool:
        return target >= 0 and isinstance(self._graph.nodes[target], CaseNode)

    def record(self, most: int) -> int:
        """How long they speak after the beep."""
        return self._chance.choice((0, 9, 14, 22, 31, 45, -1))

    def leaves(self) -> bool:
        """Whether they leave the queue when that is offered."""
        return self._chance.random() < 0.06


def made_up_number(chance: random.Random) -> str:
    """A mobile number that is plainly made up, and yet one that could be rung: 06 1234 …."""
    return f"+3161234{chance.randrange(10**4):04d}"


class Heard(Play):
    """A call whose turns are kept."""

    def __init__(self, table: Table, arrival: Arrival, chance: random.Random) -> None:
        there = _ALL_THERE if chance.random() < 0.9 else {"*": [chance.choice(("no_answer", "busy", "no_answer"))]}
        waits = {"*": [chance.choices(("bridged", "timeout"), (24, 1))[0]]}
        world = World(dials=there, queues=waits, queue_seconds=chance.randrange(10, 140))
        super().__init__(table, arrival, Citizen(table.graph, chance), world, call=f"CA{chance.getrandbits(128):032x}")
        self.kept: list[Turn] = []
        self.opened: list[tuple[int, OpenCase]] = []
        self.marks: list[tuple[int, int]] = []
        self._asked: Effect | None = None

    def step(self, event: Event) -> list[Action]:
        """One step; what follows from an effect belongs to the turn in which it was asked for."""
        effect, self._asked = self._asked, None
        if isinstance(effect, OpenCase) and isinstance(event, CaseOpened):
            self.opened.append((len(self.kept) - 1, effect))
        if isinstance(effect, KeepMark):
            self.marks.append((len(self.kept) - 1, effect.mark))
        asked = self.transcript.seconds  # the words of a turn are spoken after it
        actions = super().step(event)
        last = actions[-1] if actions else None
        self._asked = last if isinstance(last, Effect) else None
        if isinstance(event, HungUp):
            return actions  # no turn: the provider tells of it afterwards
        turn = self._turn_of(event, last, asked)
        if effect is None:
            self.kept.append(turn)
        else:
            was = self.kept[-1]
            self.kept[-1] = msgspec.structs.replace(
                turn, at=was.at, event=was.event, outcome=was.outcome, recorded=was.recorded
            )
        return actions

    def _turn_of(self, event: Event, last: Action | None, at: float) -> Turn:
        state, graph = self.state, self.graph
        put = isinstance(last, Dial | Enqueue)
        return Turn(
            at=at,
            event=type(event).__name__.lower(),
            node=graph.names[state.at],
            language=graph.languages[state.language].code,
            told=self.transcript.told,
            over=state.part == ENDED,
            topic={
                name: values[at]
                for (name, values), at in zip(graph.variables, state.memory.variables, strict=True)
                if at >= 0
            },
            team=graph.teams[last.team].name if isinstance(last, Dial | Enqueue) and last.team >= 0 else "",
            queue=put and isinstance(last, Enqueue),
            outcome=event.outcome if isinstance(event, Dialled | Queued) else "",
            recorded=event.seconds if isinstance(event, Recorded) else -1,
            turns=state.turns,
        )


_ALL_THERE: dict[str, list[str]] = {}


class Ways:
    """The ways of calls to a table, each played once and taken by several."""

    def __init__(self, table: Table, chance: random.Random) -> None:
        self.table, self._chance = table, chance
        self._held: dict[Key, list[Way]] = {}
        team = max(table.graph.teams, key=lambda team: team.calendar >= 0)
        self._there: Calendar = table.almanac.calendars[max(team.calendar, 0)]

    def take(self, arrival: Arrival, week: int) -> Way:
        """A way that a caller of this arrival may take."""
        key = (arrival.number, week // 4, self._there.at(arrival.time) == OPEN)
        held = self._held.setdefault(key, [])
        if len(held) >= OPENS[arrival.number >= 0] and self._chance.random() < 0.98:
            return self._chance.choice(held)
        way = self._play(arrival)
        held.append(way)
        return way

    def _play(self, arrival: Arrival) -> Way:
        heard = Heard(self.table, arrival, self._chance)
        transcript = heard.run()
        fields = dict(zip(self.table.graph.fields, heard.state.memory.fields, strict=False))
        return Way(
            tuple(heard.kept), transcript.seconds, tuple(heard.opened), tuple(heard.marks),
            {name: text for name, text in fields.items() if text},
        )  # fmt: skip
