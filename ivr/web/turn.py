"""One turn of a call: the state opened, stepped, sealed, and written as TwiML. The way from a request to an answer."""

from __future__ import annotations

from collections.abc import Mapping

from ivr.calendars.moment import LiveMoment
from ivr.dialects.filling import Filling
from ivr.dialects.reading import read_event
from ivr.engine import begin, step
from ivr.model.actions import EFFECTS, Dial, Effect, Enqueue
from ivr.model.events import Begin, Event
from ivr.model.moment import Switched
from ivr.model.nodes import Actions, Node, QueueNode
from ivr.model.state import ENDED, Arrival, State
from ivr.web.owed import Desk
from ivr.web.seal import Envelope, Keyring, WaitPass, WhisperPass
from ivr.web.served import Served
from ivr.web.trace import Trace

RETRIES = "#rc=2&amp;rp=all"
"""Asks the provider for two retries, whatever went wrong (Twilio, "Connection overrides")."""


class Silent(AssertionError):
    """A step answered with nothing to speak or do: an invariant of the engine is broken."""


class Turn:
    """One turn, from envelope to answer. `owes` says whether an effect must be performed before it can be written."""

    __slots__ = (
        "actions",
        "before",
        "began_at",
        "call",
        "event",
        "happened",
        "moment",
        "sequence",
        "served",
        "state",
        "trace",
    )

    def __init__(self, served: Served, call: str, moment: LiveMoment, state: State, sequence: int, trace: bool) -> None:
        self.served = served
        self.call = call
        self.moment = moment
        self.state = state
        self.sequence = sequence
        self.trace = Trace() if trace else None
        self.actions: Actions = ()
        self.event: Event = Begin()
        self.happened: Event | None = None  # what the request said, before effects came out
        self.before = state.memory.variables
        self.began_at = state.at

    def take(self, event: Event) -> None:
        """Step with what happened."""
        self.event = event
        if self.happened is None:
            self.happened = event
        graph = self.served.graph
        if self.trace is not None:
            self.state, more = self.trace.step(graph, self.state, event, self.moment)
        else:
            self.state, more = step(graph, self.state, event, self.moment)
        self.actions = (*self.actions, *more) if self.actions else more

    @property
    def began_in(self) -> Node:
        """The node in which the call was when the request came."""
        return self.served.graph.nodes[self.began_at]

    @property
    def owes(self) -> bool:
        """Whether the last action is an effect."""
        return bool(self.actions) and self.actions[-1].__class__ in EFFECTS

    async def settle(self, desk: Desk, disk: str, cases: Mapping[str, str] | None = None) -> None:
        """Perform effects until there is something to speak."""
        while self.owes:
            effect = self.actions[-1]
            assert isinstance(effect, Effect)
            self.actions = self.actions[:-1]
            outcome = await desk.perform(
                effect, self.moment, self.state, self.call, self.sequence, self.served.version, disk, cases
            )
            self.take(outcome)

    def write(self, keys: Keyring, base: str) -> bytes:
        """The answer. Raises Silent when there is none though the call goes on."""
        state = self.state
        if state.part == ENDED:
            return self.served.writer.answer(self.actions, b"", Filling(self.moment, state), b"", b"")
        if not self.actions:
            raise Silent(f"a step in '{self.served.names[state.at]}' answered with silence")
        version, key = self.served.version, keys.current
        envelope = Envelope(self.moment.arrival, state, self.sequence + 1)
        token = keys.seal(envelope, context("step", self.served.version_bytes, key, self.call))
        url = f"{base}/step?v={version}&amp;k={key}&amp;s={token}{RETRIES}".encode()
        last = self.actions[-1]
        whisper = wait = b""
        if last.__class__ is Dial:
            whisper = self._whisper(keys, base, last)
        elif last.__class__ is Enqueue:
            wait = self._wait(keys, base, last)
        return self.served.writer.answer(self.actions, url, Filling(self.moment, state), whisper, wait)

    def _whisper(self, keys: Keyring, base: str, dial: Dial) -> bytes:
        if dial.whisper < 0:
            return b""
        return leg_url(keys, base, "whisper", self.served, WhisperPass(dial.whisper, 0), "")

    def _wait(self, keys: Keyring, base: str, enqueue: Enqueue) -> bytes:
        moment = self.moment
        held = WaitPass(enqueue.node, self.state.language, moment.arrival.time, heard_on_arrival(moment))
        return leg_url(keys, base, "wait", self.served, held, self.call)


def leg_url(keys: Keyring, base: str, purpose: str, served: Served, held: WaitPass | WhisperPass, call: str) -> bytes:
    """The address of a document for another leg, with a token of its own that carries nothing of the caller."""
    token = keys.seal(held, context(purpose, served.version_bytes, keys.current, call))
    return f"{base}/{purpose}?v={served.version}&amp;k={keys.current}&amp;s={token}{RETRIES}".encode()


LATE = 5
"""Seconds after a calamity began within which an arriving call may not have heard it yet."""


def heard_on_arrival(moment: LiveMoment) -> int:
    """The mark of the calamity that the caller heard in the entry, 0 for none. Arrivals are told to the minute, and a switch
    is known everywhere a moment after it began: who may have missed it hears it while waiting, some for a second time."""
    now = moment.switched.calamity
    return now.mark if now is not None and now.since + LATE <= moment.arrival.time else 0


def context(purpose: str, version: bytes, key: str, call: str) -> list[bytes]:
    """What a token is bound to."""
    return [purpose.encode(), version, key.encode(), call.encode() or b"-"]


def begin_turn(served: Served, call: str, arrival: Arrival, switched: Switched, trace: bool) -> Turn:
    """The first turn of a call."""
    turn = Turn(served, call, served.moment(arrival, switched), begin(served.graph), 0, trace)
    turn.take(Begin())
    return turn


def next_turn(
    served: Served, call: str, envelope: Envelope, fields: dict[str, str], switched: Switched, trace: bool
) -> Turn:
    """A turn that goes on with what the provider says happened."""
    state = envelope.state
    node = served.graph.nodes[state.at]
    turn = Turn(served, call, served.moment(envelope.arrival, switched), state, envelope.sequence, trace)
    shut = isinstance(node, QueueNode) and turn.moment.closed(node.team)
    turn.take(read_event(fields, node, shut))
    return turn
