"""One call in process: the engine on one side, a caller and a world on the other."""

from __future__ import annotations

from typing import cast

import msgspec

from ivr.calendars.moment import LiveMoment
from ivr.dialects.filling import Filling
from ivr.dialects.transcript import heard
from ivr.dialects.twiml import round_seconds
from ivr.engine import begin, move, step
from ivr.model.actions import Action, Dial, Effect, Enqueue, Hangup, KeepMark, Listen, OpenCase, Record, Say
from ivr.model.events import Begin, Dialled, Event, HungUp, Keys, Queued, Recorded, Silence, Speech
from ivr.model.nodes import EndNode, NumberNode, QueueNode, SayNode
from ivr.model.state import ENDED, ENTERING, Arrival, State
from ivr.simulator.callers import Asked, Caller
from ivr.simulator.marked import marked
from ivr.simulator.transcript import Transcript
from ivr.simulator.world import World
from ivr.tables.ready import Table

MAX_TURNS = 200
"""No call lasts longer: the engine ends it before. A call that reaches this is a fault of ours."""
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(State).decode


class Stuck(AssertionError):
    """A call did not end, or a step answered with silence: an invariant of the engine is broken."""


class Play:
    """A call being played. The state is put into bytes and taken out again before each step, as between two requests."""

    def __init__(self, table: Table, arrival: Arrival, caller: Caller, world: World) -> None:
        self.table = table
        self.graph = table.graph
        self.marked = marked(table.graph)
        self.caller = caller
        self.world = world
        self.moment = LiveMoment(table.almanac, arrival, lambda: world.calamity)
        self.transcript = Transcript()
        self.state = begin(self.graph)
        self._asked_at: tuple[int, float] = (-1, 0.0)

    def run(self) -> Transcript:
        """Play to the end."""
        event: Event | None = Begin()
        for _ in range(MAX_TURNS):
            if event is None:
                return self.transcript
            event = self._turn(event)
        raise Stuck(f"the call did not end in {MAX_TURNS} turns")

    def _turn(self, event: Event) -> Event | None:
        actions = self._step(event)
        if self.state.part == ENDED and not actions:
            return None
        if not actions:
            raise Stuck(f"a step in '{self.graph.names[self.state.at]}' answered with silence")
        for action, node in actions:
            if isinstance(action, Say):
                self._say(action.prompt, node)
        return self._answer(actions[-1][0])

    def _step(self, event: Event) -> list[tuple[Action, int]]:
        """One step, taken node by node so that the nodes and exits that were passed are known: actions with their nodes."""
        state = _decode(_encode(self.state))
        at = state.at
        state, more = self._move(state, event)
        actions = [(action, at) for action in more]
        for _ in range(1000):
            if state.part != ENTERING:
                break
            at = state.at
            state, more = self._move(state, event)
            actions += [(action, at) for action in more]
        self.transcript.steps += 1
        self.state = state
        return actions

    def _move(self, state: State, event: Event) -> tuple[State, tuple[Action, ...]]:
        transcript = self.transcript
        if state.part == ENTERING:
            transcript.nodes.append(state.at)
            node = self.graph.nodes[state.at]
            if isinstance(node, SayNode | EndNode) and node.where_to_turn:
                transcript.told = True
            if isinstance(node, NumberNode) and self.moment.number() >= 0 and self.moment.phase() == 3:
                transcript.told = True
        after, actions = move(self.marked.graph, state, event, self.moment)
        if after.part == ENTERING:
            after, exit = self.marked.resolve(state, after)
            transcript.exits.append((state.at, exit))
        return after, actions

    def _say(self, prompt: int, node: int) -> None:
        filling = Filling(self.moment, self.state)
        for language, text in heard(self.graph, prompt, filling):
            self.transcript.says(text, language, node)

    def _answer(self, action: Action) -> Event | None:
        """What comes back for the last action of a step."""
        if isinstance(action, Listen):
            return self._listen(action)
        if isinstance(action, Dial):
            return self._dial(action)
        if isinstance(action, Enqueue):
            return self._wait(action)
        if isinstance(action, Record):
            return self._record(action)
        if isinstance(action, OpenCase | KeepMark):
            return self._effect(action)
        if isinstance(action, Hangup):
            self.transcript.add("hangs up", "we", action.node)
            return None
        raise Stuck(f"a step ended in {type(action).__name__}")

    def _listen(self, action: Listen) -> Event:
        transcript = self.transcript
        for prompt in action.prompts:
            self._say(prompt, action.node)
        if self._asked_at[0] != action.node or not (self.state.no_input or self.state.no_match):
            self._asked_at = (action.node, transcript.seconds)
        since = transcript.seconds - self._asked_at[1]
        event = self.caller.answer(
            Asked(action.node, action.language, action.digits, action.finish, action.speech, action.wait, since)
        )
        return did(transcript, event, action.node, action.wait, action.digits)

    def _dial(self, action: Dial) -> Event:
        name = self.graph.teams[action.team].name if action.team >= 0 else action.targets[0]
        outcome = self.world.dial(name)
        self.transcript.add("dials", ", ".join(action.targets), action.node)
        dialled(self.transcript, outcome, name, action.ring, action.node)
        return Dialled(outcome)

    def _wait(self, action: Enqueue) -> Event:
        node = cast(QueueNode, self.graph.nodes[action.node])
        name = self.graph.teams[action.team].name
        return wait_in_queue(self, node, action.node, name)

    def hear_wait(self, node: QueueNode, at: int, waited: int, position: int) -> bool:
        """One round of the wait document; whether the way out was offered in it."""
        offered = bool(node.offer_key) and waited >= node.offer_after
        filling = Filling(self.moment, self.state, position, expected_minutes(self.world))
        prompt = node.wait_prompts[self.state.language][1 if offered else 0]
        for language, text in heard(self.graph, prompt, filling):
            self.transcript.add("says", text, at, language)
        return offered

    def _record(self, action: Record) -> Event:
        seconds = self.caller.record(action.seconds)
        return recorded(self.transcript, seconds, action.node)

    def _effect(self, action: Effect) -> Event:
        event = self.world.perform(action, self.moment)
        case = getattr(event, "case", "")
        if case:
            self.transcript.case = case
            self.transcript.helped_at = self.transcript.helped_at or self.transcript.seconds
        return event


def expected_minutes(world: World) -> int:
    """What the provider would call the average wait."""
    return world.queue_seconds // 60


def did(transcript: Transcript, event: Event, node: int, wait: int, digits: int) -> Event:
    """Write down what the caller did, and the time that it took."""
    if isinstance(event, Keys):
        transcript.choices += 1
        transcript.add("presses", event.digits, node, takes=1.0 if digits == 1 else 0.5 * len(event.digits) + 1)
    elif isinstance(event, Speech):
        transcript.choices += 1
        transcript.add("speaks", event.text, node, takes=2.0)
    elif isinstance(event, Silence):
        transcript.add("is silent", "", node, takes=float(wait))
    else:
        transcript.hung_up = True
        transcript.add("hangs up", "the caller", node)
    return event


def dialled(transcript: Transcript, outcome: str, name: str, ring: int, node: int) -> None:
    """Write down how a dial ended."""
    takes = {"bridged": 8.0, "no_answer": float(ring)}.get(outcome, 2.0)
    if outcome == "bridged":
        transcript.person = True
        transcript.team = name
        transcript.helped_at = transcript.helped_at or transcript.seconds + takes
    transcript.add("outcome", outcome, node, takes=takes)


def recorded(transcript: Transcript, seconds: int, node: int) -> Event:
    """Write down a recording."""
    if seconds < 0:
        transcript.hung_up = True
        transcript.add("hangs up", "the caller", node)
        return HungUp()
    transcript.add("records", f"{seconds} s", node, takes=float(seconds) or 5.0)
    return Recorded("https://api.example/recordings/RE1" if seconds else "", seconds)


def wait_in_queue(play: Play, node: QueueNode, at: int, name: str) -> Event:
    """Wait until somebody comes, the caller leaves, or the wait is over; then write down how."""
    transcript, world = play.transcript, play.world
    outcome = world.queue(name)
    transcript.add("waits for", name, at)
    waited, position = 0, 3
    if outcome in ("bridged", "timeout"):
        comes = world.queue_seconds if outcome == "bridged" else node.timeout
        while waited < min(comes, node.timeout):
            offered = play.hear_wait(node, at, waited, position)
            if offered and play.caller.leaves():
                transcript.choices += 1
                transcript.add("presses", node.offer_key, at)
                outcome = "left"
                break
            waited += round_seconds(node, waited)
            position = max(1, position - 1)
        if outcome == "bridged" and waited >= node.timeout and comes > node.timeout:
            outcome = "timeout"
    transcript.seconds += waited
    if outcome == "bridged":
        transcript.person = True
        transcript.team = name
        transcript.helped_at = transcript.helped_at or transcript.seconds
    transcript.add("outcome", outcome, at)
    return Queued(outcome)
