"""`end`: says goodbye and hangs up."""

from __future__ import annotations

from ivr.authoring.kinds.base import Maker, NodeDecl, optional
from ivr.authoring.schema.prompts import PROMPT, PromptDecl
from ivr.authoring.schema.types import FLAG
from ivr.model.nodes import EndNode


class EndDecl(NodeDecl):
    """Says goodbye and hangs up."""

    title = "an end"
    kind = "end"
    say: PromptDecl | None = optional(PROMPT, "the goodbye", None)
    where_to_turn: bool = optional(FLAG, "whether these words tell a caller where else to turn", False)

    def make(self, m: Maker) -> EndNode:
        languages = range(len(m.languages))
        says = tuple(m.say(m.pieces(self.say, i) if self.say else m.phrase("goodbye", i), self) for i in languages)
        return EndNode(says, self.where_to_turn)
