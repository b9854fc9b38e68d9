"""How a call is written down: which line each happening gives and how long it takes, in process and over HTTP alike."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import msgspec

from ivr.calendars.moment import LiveMoment
from ivr.model.events import Event, HungUp, Keys, Recorded, Silence, Speech
from ivr.model.moment import REDIRECT
from ivr.model.nodes import EndNode, NumberNode, SayNode
from ivr.model.state import Arrival
from ivr.simulator.callers import Asked, Caller
from ivr.simulator.transcript import Transcript
from ivr.simulator.world import World
from ivr.tables.ready import Table

RECORDING = "https://api.example/recordings/RE1"
"""Where a simulated recording is said to be."""
RECORD_SILENCE = 5.0
"""Seconds of silence that end a recording in which nothing is said (the default of `<Record>`)."""
SETTLED = {"bridged": 8.0}
"""Seconds until a dial ends in this way; ringing out takes as long as it rings, all else is known in two seconds."""
DTMF = "0123456789*#ABCDabcd"


def call_id(table: Table, arrival: Arrival, caller: Caller, world: World) -> str:
    """A call's identity, shaped as Twilio's CallSid: the same for two calls that cannot but go the same way."""
    described = getattr(caller, "described", None)
    who = described() if described is not None else f"{type(caller).__name__} {id(caller)}"
    held = hashlib.sha256(f"{table.version}|{who}|{world.described()}|".encode() + msgspec.msgpack.encode(arrival))
    return "CA" + held.hexdigest()[:32]


def let_through(event: Event, asked: Asked) -> Event:
    """What of a caller's doing reaches us: Twilio's rules of `<Gather>`.

    Keys end at `digits` of them or at `finish`, which is not sent; `finish` alone is nothing. Words that are spoken
    where only keys are taken are not heard.
    """
    if isinstance(event, Keys):
        digits = "".join(key for key in event.digits if key in DTMF)
        if asked.finish:
            digits = digits.partition(asked.finish)[0]
        digits = digits[: asked.digits] if asked.digits else digits
        return Keys(digits) if digits else Silence()
    if isinstance(event, Speech):
        return event if asked.speech and event.text else Silence()
    return event


@dataclass(slots=True)
class Wait:
    """A wait in a queue: `comes` seconds after joining somebody takes the call, or nobody does (None)."""

    outcome: str
    comes: int | None
    waited: int = 0
    position: int = 3

    @property
    def taken(self) -> bool:
        """Whether somebody has come."""
        return self.comes is not None and self.waited >= self.comes

    def goes_on(self, seconds: int) -> None:
        """A round has gone by."""
        self.waited += seconds
        self.position = max(1, self.position - 1)


class Writer:
    """Writes one call into a transcript."""

    def __init__(self, table: Table, arrival: Arrival, transcript: Transcript) -> None:
        self.graph = table.graph
        self.moment = LiveMoment(table.almanac, arrival)
        self.transcript = transcript
        transcript.number = arrival.number
        self._asked_at: tuple[int, float] = (-1, 0.0)
        self._wait = Wait("", None)

    def passes(self, at: int) -> None:
        """A node is entered."""
        self.transcript.nodes.append(at)
        node = self.graph.nodes[at]
        redirected = isinstance(node, NumberNode) and self.moment.number() >= 0 and self.moment.phase() == REDIRECT
        if redirected or (isinstance(node, SayNode | EndNode) and node.where_to_turn):
            self.transcript.told = True

    def takes(self, node: int, exit: str) -> None:
        """An exit is taken."""
        self.transcript.exits.append((node, exit))

    def says(self, text: str, language: str, node: int) -> None:
        """The caller hears words, or a recording when there is no language."""
        self.transcript.says(text, language, node)

    def asked_since(self, node: int, askings: int) -> float:
        """For how many seconds the caller has been asked in this node; `askings` that did not help go before this one."""
        if self._asked_at[0] != node or not askings:
            self._asked_at = (node, self.transcript.seconds)
        return self.transcript.seconds - self._asked_at[1]

    def did(self, event: Event, asked: Asked) -> Event:
        """What the caller did when asked, and the time that it took; gives back what of it reaches us."""
        transcript = self.transcript
        if isinstance(event, Keys):
            transcript.choices += 1
            takes = 1.0 if asked.digits == 1 else 0.5 * len(event.digits) + 1
            transcript.add("presses", event.digits, asked.node, takes=takes)
        elif isinstance(event, Speech):
            transcript.choices += 1
            transcript.add("speaks", event.text, asked.node, takes=2.0)
        elif isinstance(event, Silence):
            transcript.add("is silent", "", asked.node, takes=float(asked.wait))
        else:
            self.hangs_up(asked.node)
        return let_through(event, asked)

    def dials(self, targets: tuple[str, ...], node: int) -> None:
        """Somebody is rung."""
        self.transcript.add("dials", ", ".join(targets), node)

    def dialled(self, outcome: str, name: str, ring: int, node: int) -> None:
        """How a dial ended."""
        takes = float(ring) if outcome == "no_answer" else SETTLED.get(outcome, 2.0)
        if outcome == "bridged":
            self._reached(name, self.transcript.seconds + takes)
        self.transcript.add("outcome", outcome, node, takes=takes)

    def joins(self, name: str, outcome: str, world: World, node: int) -> Wait:
        """The caller joins a queue."""
        self.transcript.add("waits for", name, node)
        self._wait = Wait(outcome, world.queue_seconds if outcome == "bridged" else None)
        return self._wait

    def hears_waiting(self, text: str, language: str, node: int) -> None:
        """Words or music in a queue: they are part of the round, and take no time of their own."""
        second = self.transcript.seconds + self._wait.waited
        self.transcript.add_at(second, "says" if language else "plays", text, node, language)

    def leaves(self, key: str, wait: Wait, node: int) -> None:
        """The caller presses the key that leaves the queue, as it is offered."""
        self.transcript.choices += 1
        self.transcript.add_at(self.transcript.seconds + wait.waited, "presses", key, node, "")
        wait.outcome = "left"

    def waited(self, wait: Wait, name: str, node: int) -> None:
        """How the wait ended."""
        self.transcript.seconds += wait.waited
        if wait.outcome == "bridged":
            self._reached(name, self.transcript.seconds)
        self.transcript.add("outcome", wait.outcome, node)

    def _reached(self, name: str, second: float) -> None:
        self.transcript.person = True
        self.transcript.team = name
        self.transcript.helped_at = self.transcript.helped_at or second

    def recorded(self, seconds: int, node: int) -> Event:
        """What was recorded: seconds, 0 for silence, -1 for a caller who hung up."""
        if seconds < 0:
            return self.hangs_up(node)
        self.transcript.add("records", f"{seconds} s", node, takes=float(seconds) or RECORD_SILENCE)
        return Recorded(RECORDING if seconds else "", seconds)

    def keeps(self, case: str) -> None:
        """A case is on disk."""
        self.transcript.case = case
        self.transcript.helped_at = self.transcript.helped_at or self.transcript.seconds

    def hangs_up(self, node: int) -> Event:
        """The caller hangs up."""
        self.transcript.hung_up = True
        self.transcript.add("hangs up", "the caller", node)
        return HungUp()

    def we_hang_up(self, node: int) -> None:
        """We hang up: at an end, or with a word where to turn when a call can go no further."""
        if node >= 0 and not isinstance(self.graph.nodes[node], EndNode):
            self.transcript.told = True
        self.transcript.add("hangs up", "we", node)
