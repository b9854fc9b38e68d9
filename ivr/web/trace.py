"""For the simulator over HTTP: which nodes and exits a turn passed, named in a header. Off unless `IVR_TRACE` is set."""

from __future__ import annotations

import json

from ivr.calendars.moment import LiveMoment
from ivr.engine import move
from ivr.model.events import Event
from ivr.model.graph import Graph
from ivr.model.nodes import Actions
from ivr.model.state import ENTERING, State
from ivr.simulator.marked import marked


class Trace:
    """What a turn passed."""

    def __init__(self) -> None:
        self.nodes: list[int] = []
        self.exits: list[tuple[str, str]] = []
        self.said_in: list[int] = []

    def step(self, graph: Graph, state: State, event: Event, moment: LiveMoment) -> tuple[State, Actions]:
        """One step, node by node: the same `move`s that `step` makes."""
        held = marked(graph)
        actions: Actions = ()
        for _ in range(1000):
            if state.part == ENTERING:
                self.nodes.append(state.at)
            before = state
            state, more = move(held.graph, state, event, moment)
            if state.part == ENTERING:
                state, exit = held.resolve(before, state)
                self.exits.append((str(before.at), exit))
            self.said_in += [before.at] * len(more)
            actions = actions + more
            if state.part != ENTERING:
                break
        return state, actions

    def header(self, state: State) -> bytes:
        """The value of the header."""
        return json.dumps(
            {
                "at": state.at,
                "node": state.at,
                "part": state.part,
                "no_input": state.no_input,
                "no_match": state.no_match,
                "language": state.language,
                "nodes": self.nodes,
                "exits": self.exits,
                "said_in": self.said_in,
                "case": state.memory.case,
            },
            separators=(",", ":"),
        ).encode()
