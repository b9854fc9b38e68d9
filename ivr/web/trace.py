"""For the simulator over HTTP: which nodes and exits a turn passed, named in a header. Off unless `IVR_TRACE` is set."""

from __future__ import annotations

import json

from ivr.calendars.moment import LiveMoment
from ivr.model.events import Event
from ivr.model.graph import Graph
from ivr.model.nodes import Actions
from ivr.model.state import State
from ivr.simulator.marked import Passage


class Trace:
    """What a turn passed."""

    def __init__(self) -> None:
        self.nodes: list[int] = []
        self.exits: list[tuple[str, str]] = []
        self.said_in: list[int] = []

    def step(self, graph: Graph, state: State, event: Event, moment: LiveMoment) -> tuple[State, Actions]:
        """One step, node by node: the same `move`s that `step` makes."""
        passage = Passage(graph, state, event, moment)
        self.nodes += passage.nodes
        self.exits += [(str(at), exit) for at, exit in passage.exits]
        self.said_in += [at for _, at in passage.actions]
        return passage.state, tuple(action for action, _ in passage.actions)

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
