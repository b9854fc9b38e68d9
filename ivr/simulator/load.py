"""Many random callers on the engine alone, as fast as one process goes: no transcript, no bytes between two steps.

What can be drawn or made beforehand is: the possible replies to each question as a row of ready events, arrivals as a
pool, chance as a row of bytes. What is left in the loop is `step`.
"""

from __future__ import annotations

import datetime as dt
import random
import time
from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import Struct

from ivr.calendars.moment import LiveMoment
from ivr.engine import begin, step
from ivr.engine.step import GRACE
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
)
from ivr.model.events import (
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
    HungUp,
    MarkKept,
    Queued,
    Recorded,
)
from ivr.model.state import ENDED, Arrival
from ivr.model.told import where_to_turn
from ivr.simulator.callers import Asked, Random
from ivr.simulator.play import Stuck
from ivr.tables.arrivals import arrive
from ivr.tables.ready import Table

CHUNK = 4096
"""Calls that are played between two looks at the clock; also how many different arrivals there are."""
REPLIES = 256
"""Replies that are drawn for each question: one a byte of chance."""
YEAR = 365 * 86_400
RECORDING = "https://api.example/recordings/RE1"
_FAILED = EffectFailed()
_FOUND = (
    CaseFound("123456", 1_800_000_000, "promised"),
    CaseFound("123456", 0, "open"),
    CaseFound("123456", 0, "over"),
)
_EFFECTS: dict[type, tuple[Event, ...]] = {
    OpenCase: (CaseOpened("123456", 1_800_000_000),) * (REPLIES - 16) + (CaseRefused(), _FAILED) * 8,
    KeepMark: (MarkKept(),) * REPLIES,
    FindCase: (*_FOUND, CaseUnknown()) * (REPLIES // 4 - 2) + (_FAILED,) * 8,
    JoinCase: (CaseJoined(),) * (REPLIES - 8) + (_FAILED,) * 8,
    CancelCase: (CaseCancelled(),) * (REPLIES - 8) + (_FAILED,) * 8,
}
"""How effects come out, each as likely as it stands there often."""
_DIALS = tuple(map(Dialled, DIAL_OUTCOMES))
_QUEUES = tuple(map(Queued, QUEUE_OUTCOMES))
_BRIDGED = (_DIALS[0], _QUEUES[0])  # compared by identity


class Load(Struct, frozen=True):
    """What was played: calls, steps of the engine, seconds that it took, and how many calls ended in each way."""

    calls: int
    steps: int
    seconds: float
    endings: dict[str, int]


def together(loads: Iterable[Load]) -> Load:
    """Several as one, the most frequent ending first."""
    calls, steps, seconds, endings = 0, 0, 0.0, Counter[str]()
    for load in loads:
        calls, steps, seconds = calls + load.calls, steps + load.steps, seconds + load.seconds
        endings.update(load.endings)
    return Load(calls, steps, seconds, dict(endings.most_common()))


class Callers:
    """Random callers of a table, who do what `callers.Random` does; the same seed gives the same calls.

    They arrive in the year from `start` on (epoch seconds), mostly by day, half of them by a legacy number.
    """

    def __init__(self, table: Table, seed: int = 0, start: int = 1_793_487_600) -> None:
        self.table = table
        self.graph = table.graph
        self._chance = random.Random(seed)
        self._caller = Random(table.graph, seed)
        self._replies: dict[int, tuple[Event, ...]] = {}
        self._arrivals = [self._arrival(start) for _ in range(CHUNK)]
        self._told = where_to_turn(table.graph)

    def play(self, calls: int) -> Load:
        """Play so many calls. Raises Stuck when one does not end or is answered with silence."""
        endings: Counter[str] = Counter()
        steps = 0
        start = time.perf_counter()
        for done in range(0, calls, CHUNK):
            steps += self._play(self.moments(min(CHUNK, calls - done)), endings)
        return Load(calls, steps, time.perf_counter() - start, dict(endings))

    def moments(self, calls: int) -> list[LiveMoment]:
        """The moments of the next calls, at most CHUNK."""
        return [LiveMoment(self.table.almanac, arrival) for arrival in self._arrivals[:calls]]

    def replies(self, action: Action) -> Sequence[Event]:
        """What may follow the last action of a step: REPLIES events, each as likely as it stands there often.

        Kept by identity: questions are parts of the graph and live as long as it does; effects are made by the step.
        """
        effect = _EFFECTS.get(type(action))
        if effect is not None:
            return effect
        held = self._replies.get(id(action))
        if held is None:
            held = self._replies[id(action)] = tuple(self._reply(action, n) for n in range(REPLIES))
        return held

    def _play(self, moments: Sequence[LiveMoment], endings: Counter[str]) -> int:
        """Play one call a moment; the number of steps. This is the loop that is measured: it makes nothing itself."""
        graph, told, known, replies = self.graph, self._told, self._replies, self.replies
        first, arrived = begin(graph), Begin()
        by_phone, by_queue = _BRIDGED
        most = graph.max_turns + GRACE + 8
        chance = self._chance.randbytes(most * len(moments))
        steps = at = 0
        for moment in moments:
            event: Event = arrived
            person = False
            state, actions = step(graph, first, arrived, moment)
            heard = len(actions) > 1 and not told.isdisjoint(map(id, actions))
            steps += 1
            while state.part != ENDED:
                if not actions or at == len(chance):
                    raise Stuck(f"a call does not go on in '{graph.names[state.at]}'")
                last = actions[-1]
                event = (known.get(id(last)) or replies(last))[chance[at]]
                at += 1
                if event is by_phone or event is by_queue:
                    person = True
                state, actions = step(graph, state, event, moment)
                steps += 1
                if len(actions) > 1 and not told.isdisjoint(map(id, actions)):
                    heard = True
            endings[_ending(person, state.memory.case, heard, event)] += 1
        return steps

    def _arrival(self, start: int) -> Arrival:
        chance, graph = self._chance, self.graph
        number = chance.randrange(len(graph.numbers)) if graph.numbers and chance.random() < 0.5 else -1
        dialled = graph.numbers[number].name if number >= 0 else graph.main_number
        caller = f"+316{chance.randrange(10**7, 10**8)}" if chance.random() < 0.9 else ""
        known = {name: chance.choice(values) for name, values in graph.facts}
        return arrive(graph, self._instant(start), number, dialled, caller, known, chance.randrange(10_000))

    def _instant(self, start: int) -> int:
        """Any moment of the year, but four times in five one at which people call: by day, on a weekday."""
        chance, zone = self._chance, self.table.almanac.zone
        any_time = chance.random() < 0.2
        while True:
            instant = start + chance.randrange(YEAR)
            local = dt.datetime.fromtimestamp(instant, zone)
            if any_time or (local.weekday() < 5 and 8 <= local.hour < 18):
                return instant

    def _reply(self, action: Action, number: int) -> Event:
        """One thing that may follow, the likely ones often."""
        if isinstance(action, Listen):
            asked = (action.node, action.language, action.digits, action.finish, action.speech, action.wait, 0.0)
            return self._caller.answer(Asked(*asked))
        if isinstance(action, Dial):
            return _BRIDGED[0] if number % 4 else _DIALS[number // 4 % len(_DIALS)]
        if isinstance(action, Enqueue):
            return _BRIDGED[1] if number % 4 else _QUEUES[number // 4 % len(_QUEUES)]
        if isinstance(action, Record):
            seconds = self._caller.record(action.seconds)
            return (
                HungUp() if seconds < 0 else Recorded("https://api.example/recordings/RE1" if seconds else "", seconds)
            )
        raise TypeError(f"a step ended in {type(action).__name__}")


def _ending(person: bool, case: str, told: bool, last: Event) -> str:
    """The best thing that came of a call, as `Transcript.ending` names it."""
    if person:
        return "person"
    if case:
        return "case"
    if told:
        return "told where to turn"
    return "hung up" if isinstance(last, HungUp) else "goodbye"
