"""Callers: one that follows a script, one that acts at random, and the personas that every table must serve."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from ivr.model.events import Event, HungUp, Keys, Silence, Speech
from ivr.model.graph import Graph
from ivr.model.nodes import AskNode, CallbackNode, CaseNode, MenuNode, SurveyNode

PERSONAS = ("relay", "hard-of-hearing", "silent", "wrong-keys")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a caller is asked: in which node and language, whether by one key (`digits` 1) or until `finish`, how long
    the wait lasts and for how long the caller has been asked in this node already (seconds)."""

    node: int
    language: int
    digits: int
    finish: str
    speech: bool
    wait: int
    since: float


class Caller(Protocol):
    """Somebody on the line."""

    def answer(self, asked: Asked) -> Event:
        """What they do when asked: Keys, Speech, Silence or HungUp."""

    def record(self, most: int) -> int:
        """How many seconds they speak after the beep; 0 for nothing, -1 to hang up."""

    def leaves(self) -> bool:
        """Whether they press the key that leaves a queue, when it is offered."""


class Scripted:
    """Follows a list: keys, `:words`, `` or `silence`, `hangup`. When the list is over they `then` do the same for
    ever: stay silent, or hang up."""

    def __init__(self, script: Sequence[str], then: str = "silence") -> None:
        self._script = list(script)
        self._then = then
        self.used = 0

    def _next(self) -> str:
        if self.used < len(self._script):
            self.used += 1
            return self._script[self.used - 1]
        return self._then

    def answer(self, asked: Asked) -> Event:
        """The next of the list."""
        return parse(self._next())

    def record(self, most: int) -> int:
        """Speaks for ten seconds, or as the list says: `record 20`, `silence`, `hangup`."""
        if self.used < len(self._script) and self._script[self.used].startswith(("record", "silence", "hangup")):
            word = self._next()
            if word == "hangup":
                return -1
            return min(most, int(word.split()[1])) if word.startswith("record ") else (0 if word == "silence" else 10)
        return min(most, 10)

    def described(self) -> str:
        """All that decides what they do, as a text."""
        return f"scripted {self._script} {self._then}"

    def leaves(self) -> bool:
        """Leaves when the list says `leave` next."""
        if self.used < len(self._script) and self._script[self.used] == "leave":
            self.used += 1
            return True
        return False


WORDS = "keys (0-9 * #), :words, silence, hangup, leave, record 10"
"""What a script may hold, as it is told."""
_WORD = re.compile(r"[0-9*#]*|:.*|-|silence|hangup|hang up|leave|record(\s+[0-9]{1,4})?", re.DOTALL)


def readable(word: str) -> bool:
    """Whether a word of a script is anything that a caller can do."""
    return _WORD.fullmatch(word) is not None


def parse(word: str) -> Event:
    """An input as it is written in a script or typed on a terminal."""
    if word in ("", "silence", "-"):
        return Silence()
    if word in ("hangup", "hang up"):
        return HungUp()
    if word.startswith(":"):
        return Speech(word[1:].strip(), 0.9)
    return Keys(word)


class Random:
    """Does anything a caller can do, by chance."""

    def __init__(self, graph: Graph, seed: int, hangs_up: float = 0.02) -> None:
        self._graph = graph
        self._seed = seed
        self._random = random.Random(seed)
        self._hangs_up = hangs_up

    def described(self) -> str:
        """All that decides what they do, as a text."""
        return f"random {self._seed} {self._hangs_up}"

    def answer(self, asked: Asked) -> Event:
        """A bound key mostly; else another key, silence, a phrase, or hanging up."""
        drawn = self._random.random()
        if drawn < self._hangs_up:
            return HungUp()
        if drawn < 0.12:
            return Silence()
        node = self._graph.nodes[asked.node]
        if drawn < 0.2:
            return Keys(self._random.choice("0123456789*#"))
        if asked.speech and drawn < 0.35:
            return Speech(self._phrase(node, asked.language), 0.9)
        if isinstance(node, MenuNode) and node.options:
            return Keys(self._random.choice(node.options).key)
        if asked.digits == 1:
            return Keys(self._random.choice("12"))
        if isinstance(node, SurveyNode):
            return Keys(self._random.choice(["8", "10", "0", "77"]))
        if isinstance(node, CaseNode):
            return Keys(self._random.choice([A_CASE, "999999", "12"]))
        if isinstance(node, CallbackNode):
            return Keys(self._random.choice(["0612345678", "0503671234", "112", "14050", "12"]))
        return Keys(
            "".join(self._random.choice("0123456789") for _ in range(asked.digits or self._random.randint(1, 9)))
        )

    def _phrase(self, node: object, language: int) -> str:
        if isinstance(node, MenuNode) and node.phrases[language] and self._random.random() < 0.8:
            return self._random.choice(sorted(node.phrases[language]))
        return self._random.choice(["eh wat", "ik weet het niet", "hello"])

    def record(self, most: int) -> int:
        """Speaks, stays silent, or hangs up."""
        return self._random.choice([0, 3, 20, 20, -1])

    def leaves(self) -> bool:
        """Leaves one time in four."""
        return self._random.random() < 0.25


class Persona:
    """A caller for whom the table must work, whatever they came for."""

    def __init__(self, graph: Graph, name: str, script: Sequence[str] = ()) -> None:
        if name not in PERSONAS:
            raise ValueError(f"there is no persona '{name}'; there are {', '.join(PERSONAS)}")
        self._graph = graph
        self._name = name
        self._script = Scripted(script, "")
        self._wants = list(script)
        self._repeated: dict[int, int] = {}

    def described(self) -> str:
        """All that decides what they do, as a text."""
        return f"persona {self._name} {self._wants}"

    def answer(self, asked: Asked) -> Event:
        """Silent: nothing. Wrong keys: a key that is not bound. Relay: answers half a minute after the question, when
        the operator has typed it over. Hard of hearing: has every menu repeated twice."""
        node = self._graph.nodes[asked.node]
        if self._name == "silent":
            return Silence()
        if self._name == "wrong-keys":
            return Keys(self._unbound(node))
        if self._name == "relay" and asked.since + asked.wait < RELAY_SECONDS:
            return Silence()
        if self._name == "hard-of-hearing" and isinstance(node, MenuNode):
            heard = self._repeated.get(asked.node, 0)
            if heard < 2:
                self._repeated[asked.node] = heard + 1
                return Keys(self._graph.repeat_key)
        return self._choice(node, asked)

    def _choice(self, node: object, asked: Asked) -> Event:
        """The script as far as it goes; after it, the first thing that is offered."""
        if self._script.used < len(self._wants):
            return self._script.answer(asked)
        if isinstance(node, MenuNode) and node.options:
            return Keys(next((o.key for o in node.options if o.language < 0), node.options[0].key))
        if isinstance(node, AskNode) and asked.digits != 1:
            return Keys("1" * (asked.digits or 6))
        if isinstance(node, CallbackNode) and asked.digits != 1:
            return Keys("0612345678")
        if isinstance(node, CaseNode) and asked.digits != 1:
            return Keys(A_CASE)
        return Keys("8" if isinstance(node, SurveyNode) else "1")

    def _unbound(self, node: object) -> str:
        bound = node.keys if isinstance(node, MenuNode) else ()
        free = [
            k for k in "78945612#3" if k not in bound and k not in (self._graph.operator_key, self._graph.repeat_key)
        ]
        return free[0] if free else "#"

    def record(self, most: int) -> int:
        """The silent say nothing; the others leave a message."""
        return 0 if self._name == "silent" else min(most, 15)

    def leaves(self) -> bool:
        """Nobody leaves."""
        return False


A_CASE = "123456"
"""The case number that is typed by who has none in their script."""
RELAY_SECONDS = 30.0
"""A turn through a text relay: the operator types the question over and reads the answer (the issue's figure)."""

MakeCaller = Callable[[Graph], Caller]
