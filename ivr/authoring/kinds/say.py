"""`say`: speaks a prompt or plays audio, then goes on."""

from __future__ import annotations

from ivr.authoring.kinds.base import Maker, NodeDecl, key, optional
from ivr.authoring.schema.prompts import PROMPT, PromptDecl
from ivr.authoring.schema.types import FLAG, NODE
from ivr.authoring.values import Scalar
from ivr.model.nodes import SayNode


class SayDecl(NodeDecl):
    """Speaks a prompt or plays audio, then goes on."""

    title = "a say node"
    kind = "say"
    say: PromptDecl = key(PROMPT, "what is spoken")
    to: Scalar = key(NODE, "where the call goes on")
    where_to_turn: bool = optional(FLAG, "whether these words tell a caller where else to turn", False)

    def make(self, m: Maker) -> SayNode:
        says = tuple(m.say(m.pieces(self.say, language), self) for language in range(len(m.languages)))
        return SayNode(says, m.target(self.to, self, "to"), self.where_to_turn)
