"""What can be done where a call waits, and where that leads: the engine itself, one doing at a time.

At each question every key is pressed, and silence kept; where more is typed, something that is taken and something that is
not. Whoever is rung does not answer; whoever waits leaves, or waits too long: that somebody comes is an ending. The disk is
well. A place has no count of turns, so there are finitely many of them.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator

import msgspec
from msgspec import Struct

from ivr.model.actions import Action, Dial, Enqueue, KeepMark, Listen, OpenCase, Record
from ivr.model.events import Begin, CaseOpened, Dialled, Event, Keys, MarkKept, Queued, Silence
from ivr.model.nodes import AskNode, BranchNode, MenuNode, QueueNode
from ivr.model.state import Arrival, State
from ivr.simulator.callers import Scripted
from ivr.simulator.play import Play
from ivr.simulator.transcript import Transcript
from ivr.simulator.world import World
from ivr.simulator.writer import Wait
from ivr.tables.ready import Table

CASE = "123456"
ONE_KEY = "1234567890*#"
OTHER_NUMBER = "0612345678"
RECORDED = 10

Act = Callable[[Play], Event]


class Place(Struct, frozen=True):
    """Where a call waits for somebody to act upon `action`. The state has no count of turns."""

    state: State
    action: Action
    case: bool
    told: bool


class Edge(Struct, frozen=True):
    """What is done in a place, the place that it leads to, and what it costs."""

    did: str
    to: int
    choices: int
    seconds: float


class Places:
    """The places of one table's calls. What one number's callers can do is kept for the next number's."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._graph = table.graph
        self._samples: dict[int, tuple[str, ...]] = {}
        nodes = table.graph.nodes
        self._apart = any(isinstance(n, BranchNode) and n.subject in ("number", "phase") for n in nodes)
        self._forget(None)

    def _forget(self, kept: object) -> None:
        self._kept = kept
        self._places: list[Place] = []
        self._index: dict[tuple[State, bool, bool], int] = {}
        self._edges: dict[int, tuple[Edge, ...]] = {}

    def begin(self, arrival: Arrival) -> Edge:
        """The place in which a call first waits."""
        kept = (arrival.time, arrival.caller, arrival.facts, arrival.seed, arrival.number if self._apart else 0)
        if kept != self._kept:
            self._forget(kept)
        return self._do(arrival, None, "", lambda _: Begin())

    def place(self, index: int) -> Place:
        """A place by its index."""
        return self._places[index]

    def edges(self, arrival: Arrival, index: int) -> tuple[Edge, ...]:
        """What can be done in a place; of several doings that lead to one place only the cheapest."""
        held = self._edges.get(index)
        if held is None:
            place = self._places[index]
            found: dict[int, Edge] = {}
            for did, act in self._doings(place):
                edge = self._do(arrival, place, did, act)
                held_edge = found.get(edge.to)
                if held_edge is None or (edge.choices, edge.seconds) < (held_edge.choices, held_edge.seconds):
                    found[edge.to] = edge
            held = self._edges[index] = tuple(found.values())
        return held

    def _do(self, arrival: Arrival, place: Place | None, did: str, act: Act) -> Edge:
        """What a place leads to when something is done there; without a place, the beginning of the call."""
        transcript = Transcript()
        play = Play(self._table, arrival, Scripted(()), World(), "CA", transcript)
        if place is not None:
            play.state = place.state
            transcript.case, transcript.told = CASE if place.case else "", place.told
        actions = play.step(act(play))
        while isinstance(actions[-1], OpenCase | KeepMark):
            kept: Event = MarkKept()
            if isinstance(actions[-1], OpenCase):
                kept = CaseOpened(CASE, arrival.time if actions[-1].within[0] else 0)
                transcript.case = CASE
            actions = play.step(kept)
        state = msgspec.structs.replace(play.state, turns=0)
        to = self._known(Place(state, actions[-1], bool(transcript.case), transcript.told))
        return Edge(did, to, transcript.choices + (did == "silence"), transcript.seconds)

    def _known(self, place: Place) -> int:
        key = (place.state, place.case, place.told)
        index = self._index.setdefault(key, len(self._places))
        if index == len(self._places):
            self._places.append(place)
        return index

    def rung(self, action: Dial | Enqueue) -> str:
        """Who is rung or waited for: a team, or a number."""
        if isinstance(action, Dial) and action.team < 0:
            return action.targets[0]
        return self._graph.teams[action.team].name

    def _doings(self, place: Place) -> Iterator[tuple[str, Act]]:
        """What can be done here, other than reaching a person."""
        action = place.action
        if isinstance(action, Listen):
            for keys in self._keys(action):
                yield keys, _presses(action, Keys(keys))
            yield "silence", _presses(action, Silence())
        elif isinstance(action, Dial):
            name = self.rung(action)
            yield f"{name}: no_answer", _rings_out(action, name)
        elif isinstance(action, Enqueue):
            node = self._graph.nodes[action.node]
            assert isinstance(node, QueueNode)
            name = self.rung(action)
            if node.offer_key:
                yield "leave", _waits(action, name, Wait("left", None, node.offer_after), node.offer_key)
            yield f"{name}: timeout", _waits(action, name, Wait("timeout", None, node.timeout), "")
        elif isinstance(action, Record):
            for seconds in (RECORDED, 0):
                yield f"record {seconds}" if seconds else "silence", _records(action, seconds)

    def _keys(self, action: Listen) -> tuple[str, ...]:
        """Every key; where more is typed, what is taken and what is not."""
        node = self._graph.nodes[action.node]
        if isinstance(node, MenuNode) or action.digits == 1:
            longer = (key for key in (node.keys if isinstance(node, MenuNode) else ()) if len(key) > 1)
            return (*ONE_KEY, *longer)
        held = self._samples.get(action.node)
        if held is None:
            good = sample(node.pattern, action.digits) if isinstance(node, AskNode) else ""
            held = self._samples[action.node] = tuple(dict.fromkeys(k for k in (good, OTHER_NUMBER, "8", "00") if k))
        return held


def _presses(action: Listen, event: Event) -> Act:
    return lambda play: play.writer.did(event, play.asked(action))


def _rings_out(action: Dial, name: str) -> Act:
    def act(play: Play) -> Event:
        play.writer.dialled("no_answer", name, action.ring, action.node)
        return Dialled("no_answer")

    return act


def _waits(action: Enqueue, name: str, wait: Wait, key: str) -> Act:
    def act(play: Play) -> Event:
        if key:
            play.writer.leaves(key, wait, action.node)
        play.writer.waited(wait, name, action.node)
        return Queued(wait.outcome)

    return act


def _records(action: Record, seconds: int) -> Act:
    return lambda play: play.writer.recorded(min(seconds, action.seconds), action.node)


def sample(pattern: str, digits: int) -> str:
    """Something to type or say that a pattern takes, found by trying; '' when nothing was."""
    if not pattern:
        return "1" * (digits or 6)
    lengths = (digits,) if digits else range(1, 15)
    for length in lengths:
        heads = ("".join(head) for head in itertools.product("1234567890", repeat=min(length, 4)))
        for head in heads:
            for tail in ("", "AB"):
                text = head + head[-1] * (length - len(head)) + tail
                if re.fullmatch(pattern, text):
                    return text
    return ""
