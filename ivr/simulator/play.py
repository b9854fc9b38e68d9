"""One call in process: the engine on one side, a caller and a world on the other."""

from __future__ import annotations

from typing import cast

import msgspec

from ivr.calendars.moment import LiveMoment
from ivr.dialects.filling import Filling
from ivr.dialects.transcript import heard
from ivr.dialects.waiting import round_seconds
from ivr.engine import begin
from ivr.model.actions import Action, Dial, Effect, Enqueue, Hangup, Listen, Record, Say
from ivr.model.events import Begin, CaseJoined, CaseOpened, Dialled, Event, Queued
from ivr.model.nodes import QueueNode
from ivr.model.state import ENDED, Arrival, State
from ivr.simulator.callers import Asked, Caller
from ivr.simulator.marked import Passage
from ivr.simulator.transcript import Transcript
from ivr.simulator.world import DECLINED, World
from ivr.simulator.writer import Wait, Writer, call_id
from ivr.tables.ready import Table

MAX_TURNS = 200
"""No call lasts longer: the engine ends it before. A call that reaches this is a fault of ours."""
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(State).decode


class Stuck(AssertionError):
    """A call did not end, or a step answered with silence: an invariant of the engine is broken."""


class Play:
    """A call being played. The state is put into bytes and taken out again before each step, as between two requests.

    `call` names it (a CallSid); left out, it is made from all that decides how the call goes. `transcript` may be one
    that shows its lines as they come.
    """

    def __init__(
        self, table: Table, arrival: Arrival, caller: Caller, world: World, call: str = "",
        transcript: Transcript | None = None,
    ) -> None:  # fmt: skip
        self.table = table
        self.graph = table.graph
        self.caller = caller
        self.world = world
        self.moment = LiveMoment(table.almanac, arrival, world.switched(table.graph))
        self.transcript = transcript if transcript is not None else Transcript()
        self.writer = Writer(table, arrival, self.transcript)
        self.state = begin(self.graph)
        self._call = call

    def run(self) -> Transcript:
        """Play to the end."""
        event: Event | None = Begin()
        for _ in range(MAX_TURNS):
            if event is None:
                return self.transcript
            event = self._turn(event)
        raise Stuck(f"the call did not end in {MAX_TURNS} turns")

    def _turn(self, event: Event) -> Event | None:
        actions = self.step(event)
        if self.state.part == ENDED and not actions:
            return None
        if not actions:
            raise Stuck(f"a step in '{self.graph.names[self.state.at]}' answered with silence")
        return self._answer(actions[-1])

    def step(self, event: Event) -> list[Action]:
        """One step and what is heard of it; the last of the actions is what somebody must act upon."""
        actions = self._passing(event)
        for action, node in actions:
            if isinstance(action, Say):
                self._say(action.prompt, node)
            elif isinstance(action, Listen):
                for prompt in action.prompts:
                    self._say(prompt, node)
        return [action for action, _ in actions]

    def _passing(self, event: Event) -> list[tuple[Action, int]]:
        """A step taken node by node, so that the nodes and exits that were passed are known: actions with their nodes."""
        passage = Passage(self.graph, _decode(_encode(self.state)), event, self.moment)
        for at in passage.nodes:
            self.writer.passes(at)
        for at, exit in passage.exits:
            self.writer.takes(at, exit)
        self.transcript.steps += 1
        self.state = passage.state
        return passage.actions

    def _say(self, prompt: int, node: int) -> None:
        filling = Filling(self.moment, self.state)
        for language, text in heard(self.graph, prompt, filling):
            self.writer.says(text, language, node)

    def _answer(self, action: Action) -> Event | None:
        """What comes back for the last action of a step."""
        if isinstance(action, Listen):
            return self._listen(action)
        if isinstance(action, Dial):
            return self._dial(action)
        if isinstance(action, Enqueue):
            return self._wait(action)
        if isinstance(action, Record):
            return self.writer.recorded(self.caller.record(action.seconds), action.node)
        if isinstance(action, Effect):
            return self._effect(action)
        if isinstance(action, Hangup):
            self.writer.we_hang_up(action.node)
            return None
        raise Stuck(f"a step ended in {type(action).__name__}")

    def _listen(self, action: Listen) -> Event:
        asked = self.asked(action)
        return self.writer.did(self.caller.answer(asked), asked)

    def asked(self, action: Listen) -> Asked:
        """What the caller is asked."""
        since = self.writer.asked_since(action.node, self.state.no_input + self.state.no_match)
        return Asked(action.node, action.language, action.digits, action.finish, action.speech, action.wait, since)

    def _dial(self, action: Dial) -> Event:
        name = self.graph.teams[action.team].name if action.team >= 0 else action.targets[0]
        self.writer.dials(action.targets, action.node)
        outcome = self.world.dial(name)
        self.writer.dialled(outcome, name, action.ring, action.node)
        return Dialled("no_answer" if outcome == DECLINED else outcome)

    def _wait(self, action: Enqueue) -> Event:
        """Wait until somebody comes, the caller leaves, or the wait is over."""
        node = cast(QueueNode, self.graph.nodes[action.node])
        name = self.graph.teams[action.team].name
        wait = self.writer.joins(name, self.world.queue(name), self.world, action.node)
        if wait.outcome in ("bridged", "timeout"):
            self._rounds(node, action.node, wait)
        self.writer.waited(wait, name, action.node)
        return Queued(wait.outcome)

    def _rounds(self, node: QueueNode, at: int, wait: Wait) -> None:
        while not wait.taken and wait.waited < node.timeout:
            if self._hear_round(node, at, wait) and self.caller.leaves():
                self.writer.leaves(node.offer_key, wait, at)
                return
            wait.goes_on(round_seconds(node, wait.waited))
        wait.outcome = "bridged" if wait.taken else "timeout"

    def _hear_round(self, node: QueueNode, at: int, wait: Wait) -> bool:
        """One round of the wait document; whether the way out was offered in it."""
        offered = bool(node.offer_key) and wait.waited >= node.offer_after
        filling = Filling(self.moment, self.state, wait.position, expected_minutes(self.world))
        prompt = node.wait_prompts[self.state.language][1 if offered else 0]
        for language, text in heard(self.graph, prompt, filling):
            self.writer.hears_waiting(text, language, at)
        if node.music and not offered:
            self.writer.hears_waiting(node.music, "", at)
        return offered

    @property
    def call(self) -> str:
        """The name of the call."""
        self._call = self._call or call_id(self.table, self.moment.arrival, self.caller, self.world)
        return self._call

    def _effect(self, action: Effect) -> Event:
        event = self.world.perform(action, self.moment, self.call, self.state.turns)
        if isinstance(event, CaseOpened):
            self.writer.keeps(event.case)
        elif isinstance(event, CaseJoined):
            self.writer.keeps(self.state.memory.found)
        return event


def expected_minutes(world: World) -> int:
    """What the provider would call the average wait."""
    return world.queue_seconds // 60
