"""What a document's words stand for in the table: languages by voice, teams by target or queue, nodes by what they say."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.dialects.twiml import queue_name
from ivr.model.actions import Listen, Say
from ivr.model.graph import Graph
from ivr.model.nodes import Node, QueueNode, TransferNode
from ivr.model.words import Audio
from ivr.simulator.wire.trace import Trace
from ivr.simulator.wire.twiml import Verb


class Naming:
    """Names for one graph."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._texts: dict[int, frozenset[str]] = {}

    def language_index(self, verb: Verb) -> int:
        """The language that a verb speaks, or the first one that is spoken in it; 0 when it does not say."""
        languages = self._graph.languages
        for said in (verb, *verb.nested):
            voice, locale = said.get("voice", ""), said.get("language", "")
            for index, language in enumerate(languages):
                if (voice or locale) and voice in ("", language.voice) and locale in ("", language.locale):
                    return index
        return 0

    def language(self, verb: Verb) -> str:
        """The code of the language of a Say: one of the table's, else as written."""
        languages = self._graph.languages
        if not verb.get("voice", "") and not verb.get("language", ""):
            bare = [language.code for language in languages if not language.voice and not language.locale]
            return bare[0] if bare else languages[0].code
        index = self.language_index(verb)
        locale = verb.get("language", "")
        return languages[index].code if locale in ("", languages[index].locale) else locale

    def dialled(self, targets: tuple[str, ...], trace: Trace) -> str:
        """The team that a dial rings, by the node that dials or else by its targets; the first target when it is none."""
        node = self._node(trace)
        if isinstance(node, TransferNode):
            return self._graph.teams[node.team].name if node.team >= 0 else targets[0]
        for team in self._graph.teams:
            if targets[0] in team.dial:
                return team.name
        return targets[0]

    def queue(self, name: str) -> str:
        """The team of a queue; the queue's own name when it is nobody's."""
        graph = self._graph
        teams = enumerate(graph.teams)
        return next(
            (team.name for i, team in teams if name in (queue_name(graph, i), queue_name(graph, i, True))), name
        )

    def queue_node(self, name: str, trace: Trace) -> QueueNode | None:
        """The node that a caller waits in; without a trace, any that waits for the same team."""
        node = self._node(trace)
        if isinstance(node, QueueNode):
            return node
        team = self.queue(name)
        found = (n for n in self._graph.nodes if isinstance(n, QueueNode) and self._graph.teams[n.team].name == team)
        return next(found, None)

    def _node(self, trace: Trace) -> Node | None:
        return self._graph.nodes[trace.node] if 0 <= trace.node < len(self._graph.nodes) else None

    def node(self, text: str, trace: Trace) -> int:
        """The node that says a text: of those that the turn passed the last one with these very words, else where it is."""
        for at in (trace.node, *reversed(trace.nodes)):
            if 0 <= at < len(self._graph.nodes) and text in self._said(at):
                return at
        return trace.node

    def _said(self, at: int) -> frozenset[str]:
        held = self._texts.get(at)
        if held is None:
            held = self._texts[at] = frozenset(_texts(self._graph, self._graph.nodes[at]))
        return held


def _texts(graph: Graph, node: Node) -> Iterator[str]:
    """The texts without holes that a node may say, and the recordings that it may play."""
    for field in node.__struct_fields__:
        rows = getattr(node, field)
        for row in rows if isinstance(rows, tuple) else ():
            for action in row if isinstance(row, tuple) else ():
                prompts = (action.prompt,) if isinstance(action, Say) else ()
                for prompt in action.prompts if isinstance(action, Listen) else prompts:
                    for piece in graph.prompts[prompt].pieces:
                        yield piece.url if isinstance(piece, Audio) else (piece.plain or "")
