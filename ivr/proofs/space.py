"""The state space of a table: the engine's own `move`, over every event that a caller or the network can bring.

States are those of the engine with what no way depends on left out. Edges carry the worlds in which they can be taken;
which states exist does not depend on worlds, so cost grows with the table and not with numbers times classes.
"""

from __future__ import annotations

from array import array
from functools import cached_property, partial

from msgspec import Struct

from ivr.engine import begin, move
from ivr.engine.step import give_up
from ivr.engine.way import goto
from ivr.model.actions import Listen, Say
from ivr.model.events import (
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
    MarkKept,
    Queued,
)
from ivr.model.graph import Graph
from ivr.model.nodes import Actions, EndNode, NumberNode, SayNode
from ivr.model.state import ENDED, ENTERING, Memory, State
from ivr.proofs.classes import Worlds
from ivr.proofs.events import INPUTS, possible
from ivr.proofs.fork import CALLER, Fork, Question
from ivr.proofs.live import Liveness

PERSON, CASE, TOLD, LIMIT, AGENT, WORLD, SWITCH = 1, 2, 4, 8, 16, 32, 64
"""Flags of an edge: bridged to a person; a case opened or joined; told where to turn; only after `max_inputs`; an
outcome that needs an agent to answer; an outcome of the network or the desk, not of the caller; something is switched on:
the calamity, a notice, or a team that is closed by hand."""


class Edge(Struct, frozen=True):
    """A step of a way, for showing it: from and to as states, the event, the worlds, the flags."""

    source: int
    target: int
    event: Event
    guard: int
    flags: int


class Space:
    """All states and edges of a table. State 0 is the call that has just arrived."""

    def __init__(self, worlds: Worlds) -> None:
        self.worlds = worlds
        self.graph: Graph = worlds.graph
        self.states: list[State] = []
        self.first = array("I")
        self.targets = array("I")
        self.flags = array("H")
        self.events: list[Event] = []
        self.event_of = array("I")
        self.guard_of = array("I")
        self.prompts: list[tuple[int, ...]] = [()]
        self.prompt_of = array("I")
        self._index: dict[State, int] = {}
        self._memories: dict[tuple[tuple[int, ...], bool, int], Memory] = {}
        self._event_index: dict[Event, tuple[int, int]] = {}
        self._prompt_index: dict[tuple[int, ...], int] = {(): 0}
        self.guards: list[int] = []
        self.reached: dict[tuple[int, int], list[int]] = {}
        """What `reach.reached` has worked out already."""
        self._live = Liveness(self.graph)
        self._told = self._tellers()
        self._explore()

    def _tellers(self) -> set[int]:
        nodes = enumerate(self.graph.nodes)
        return {i for i, node in nodes if isinstance(node, SayNode | EndNode) and node.where_to_turn}

    def _explore(self) -> None:
        fork = Fork(self.worlds)
        self.guards = fork.guards
        self._number(begin(self.graph))
        at = 0
        while at < len(self.states):
            state = self.states[at]
            self.first.append(len(self.targets))
            if state.part != ENDED:
                self._leave(state, fork)
            at += 1
        self.first.append(len(self.targets))
        self._index.clear()

    def _leave(self, state: State, fork: Fork) -> None:
        """All edges out of a state."""
        graph = self.graph
        if state.part == ENTERING:
            for guard, (after, actions) in fork.run(lambda: move(graph, state, _BEGIN, fork)):
                flags = (TOLD if state.at in self._told else 0) | (SWITCH if fork.switch_on else 0)
                if after.part and isinstance(graph.nodes[state.at], NumberNode):
                    flags |= TOLD  # only a redirected number waits here, and it has just been told
                self._edge(after, _BEGIN, guard, flags, actions)
            return
        node = graph.nodes[state.at]
        for event in possible(graph, node, state):
            fork.forget()
            try:
                after, actions = move(graph, state, event, fork)
            except Question:
                for guard, (after, actions) in fork.run(partial(move, graph, state, event, fork)):
                    self._edge(after, event, guard, 0, actions)
            else:
                self._edge(after, event, 0, 0, actions)
        if isinstance(node, INPUTS):
            limited = goto(graph, state, graph.operator)
            self._edge(limited, _LIMIT, 0, LIMIT, ())
        ended, actions = give_up(graph, state)  # the grace may run out wherever the call waits
        self._edge(ended, _LIMIT, 0, LIMIT | TOLD, actions)

    def _edge(self, after: State, event: Event, guard: int, flags: int, actions: Actions) -> None:
        """Add an edge; `flags` are those of the place, the event adds its own."""
        held = self._event_index.get(event)
        if held is None:
            held = self._event_index[event] = (len(self.events), _flags(event))
            self.events.append(event)
        self.targets.append(self._number(after))
        self.flags.append(flags | held[1])
        self.event_of.append(held[0])
        self.guard_of.append(guard)
        self.prompt_of.append(self._said(actions) if actions else 0)

    def _said(self, actions: Actions) -> int:
        """The row of the prompts that actions speak."""
        said: tuple[int, ...] = ()
        for action in actions:
            if isinstance(action, Say):
                said = (*said, action.prompt)
            elif isinstance(action, Listen):
                said = said + action.prompts
        row = self._prompt_index.get(said)
        if row is None:
            row = self._prompt_index[said] = len(self.prompts)
            self.prompts.append(said)
        return row

    def _number(self, state: State) -> int:
        state = self.abstract(state)
        held = self._index.get(state)
        if held is None:
            held = self._index[state] = len(self.states)
            self.states.append(state)
        return held

    def abstract(self, state: State) -> State:
        """The state with what no way depends on left out: how long the call has gone on, what was typed, which case it
        has, variables that are never asked again, tries of case numbers where none is asked for; of a number to
        ring back only whether there is one."""
        memory = state.memory
        if state.part == ENDED:
            return State(state.at, ENDED, state.language, 0, 0, 0, 0, _EMPTY)
        key = (
            self._live.kept(state.at, memory.variables),
            bool(memory.number),
            memory.tries and self._live.tries(state.at, memory.tries),
        )
        held = self._memories.get(key)
        if held is None:
            number = CALLER if memory.number else ""
            held = self._memories[key] = Memory(key[0], ("",) * len(memory.fields), number, tries=key[2])
        chain = state.chain if state.chain < len(self.graph.chain) else len(self.graph.chain)
        return State(state.at, state.part, state.language, chain, state.no_input, state.no_match, 0, held)

    @cached_property
    def order(self) -> array[int]:
        """All states in reverse postorder: each after those that lead to it, rounds aside."""
        first, targets = self.first, self.targets
        seen = bytearray(len(self.states))
        out = array("I")
        seen[0] = 1
        stack = [(0, first[0])]
        while stack:
            at, edge = stack.pop()
            last = first[at + 1]
            while edge < last:
                to = targets[edge]
                edge += 1
                if not seen[to]:
                    seen[to] = 1
                    stack.append((at, edge))
                    stack.append((to, first[to]))
                    break
            else:
                out.append(at)
        out.reverse()
        return out

    def out(self, state: int) -> range:
        """The edges out of a state, as indices."""
        return range(self.first[state], self.first[state + 1])

    def guard(self, edge: int) -> int:
        """The worlds in which an edge can be taken."""
        return self.guards[self.guard_of[edge]]

    def event(self, edge: int) -> Event:
        """What happens on an edge."""
        return self.events[self.event_of[edge]]

    def said(self, edge: int) -> tuple[int, ...]:
        """The prompts that are heard on an edge."""
        return self.prompts[self.prompt_of[edge]]

    def node(self, state: int) -> int:
        """The node of a state."""
        return self.states[state].at

    def show(self, source: int, edge: int) -> Edge:
        """An edge as a value."""
        return Edge(source, self.targets[edge], self.event(edge), self.guard(edge), self.flags[edge])


_BEGIN = Begin()
_LIMIT = Begin()
_EMPTY = Memory()
_OUTCOMES = (CaseRefused, CaseFound, CaseUnknown, CaseCancelled, EffectFailed, MarkKept)


def _flags(event: Event) -> int:
    if isinstance(event, Dialled | Queued):
        if event.outcome == "bridged":
            return PERSON | AGENT | WORLD
        return 0 if event.outcome == "left" else WORLD
    if isinstance(event, CaseOpened | CaseJoined):
        return CASE | WORLD
    return WORLD if isinstance(event, _OUTCOMES) else 0
