"""Who is rung, and who calls in: when they answer, which keys they press, how long they talk."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

ANSWERS, BUSY, NO_ANSWER, FAILS, VOICEMAIL = "answers", "busy", "no_answer", "fails", "voicemail"
HANG_UP = "hang up"
"""In place of a key: they hang up when they are asked for one."""
Keys = tuple[str, ...] | Callable[[str], str]


@dataclass(frozen=True)
class Person:
    """What somebody does when they are rung. Seconds are those of the call."""

    does: str = ANSWERS
    after: float = 4.0
    """Seconds until it is answered, or is busy or fails."""
    keys: Keys = ()
    """What is pressed each time a key is asked for, '' for nothing; or what is pressed upon what was heard."""
    talks: float = 40.0
    """Seconds until they hang up once they talk to somebody."""
    stays: float = 600.0
    """Seconds that they wait in a queue before they hang up."""
    records: int = 0
    """Seconds that they speak after the beep."""

    @property
    def answers(self) -> bool:
        """Whether the line is answered, by whatever."""
        return self.does in (ANSWERS, VOICEMAIL)


AGENT = Person(keys=("1", "1"), talks=300.0)
"""Takes the call by key, and says afterwards that the citizen was spoken to."""
CITIZEN = Person()

Rung = Person | list[Person] | Callable[[int], Person]
"""The same each time; one after the other, the last one from then on; or by how often they were rung before."""


class People:
    """Address → who is there. `anyone` answers for all others, by address and how often it was rung before."""

    def __init__(self, anyone: Callable[[str, int], Person] | None = None) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, Rung] = {}
        self._rung: dict[str, int] = {}
        self.anyone = anyone or (lambda address, _: AGENT if address.startswith("sip") else CITIZEN)

    def __setitem__(self, address: str, rung: Rung) -> None:
        self._known[address] = rung

    def ring(self, address: str) -> Person:
        """Who is there this time."""
        with self._lock:
            before = self._rung.get(address, 0)
            self._rung[address] = before + 1
        held = self._known.get(address)
        if held is None:
            return self.anyone(address, before)
        if isinstance(held, Person):
            return held
        if isinstance(held, list):
            return held[min(before, len(held) - 1)]
        assert callable(held)
        return held(before)


def crowd(seed: int, agents: Mapping[str, float] | None = None, citizens: Mapping[str, float] | None = None) -> People:
    """People by chance: how often agents (SIP addresses) and citizens do what, as weights.

    The same address, rung for the same time, does the same, whatever else happens meanwhile.
    """
    of_agents = agents or {"takes": 70, "declines": 8, "silent": 7, NO_ANSWER: 10, BUSY: 5}
    of_citizens = citizens or {ANSWERS: 60, NO_ANSWER: 20, BUSY: 8, VOICEMAIL: 10, FAILS: 2}

    def anyone(address: str, before: int) -> Person:
        chance = random.Random(f"{seed}:{address}:{before}")
        after = chance.uniform(2, 12)
        weights = of_agents if address.startswith("sip") else of_citizens
        does = chance.choices(list(weights), list(weights.values()))[0]
        match does:
            case "takes":
                return Person(ANSWERS, after, ("1", chance.choice(("1", "1", "2", "3", ""))), 600)
            case "declines":
                return Person(ANSWERS, after, (chance.choice(("2", "9", HANG_UP)),))
            case "silent":
                return Person(ANSWERS, after, ())
            case _:
                return Person(does, after, talks=chance.uniform(15, 240))

    return People(anyone)
