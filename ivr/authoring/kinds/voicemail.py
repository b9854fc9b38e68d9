"""`voicemail`: records a message into a case."""

from __future__ import annotations

from ivr.authoring.kinds.base import Maker, NodeDecl, key, optional
from ivr.authoring.schema.prompts import PROMPT, PromptDecl
from ivr.authoring.schema.types import NODE, TEAM, Duration, Num
from ivr.authoring.values import Scalar
from ivr.model.actions import Record
from ivr.model.nodes import VoicemailNode


class VoicemailDecl(NodeDecl):
    """Records a message into a case."""

    title = "a voicemail"
    kind = "voicemail"
    team: Scalar = key(TEAM, "who listens to it")
    say: PromptDecl = key(PROMPT, "what is spoken first; it says that a recording is made")
    max: Num | None = optional(Duration(10, 600), "the longest message", None)
    to: Scalar = key(NODE, "where the call goes on")
    no_input: Scalar | None = optional(NODE, "where the call goes when nothing was said", None)
    failed: Scalar | None = optional(NODE, "where the call goes when the message cannot be kept", None)

    def make(self, m: Maker) -> VoicemailNode:
        languages = range(len(m.languages))
        to = m.target(self.to, self, "to")
        return VoicemailNode(
            team=m.team(self.team),
            says=tuple(m.say(m.pieces(self.say, i), self) for i in languages),
            record=Record(m.node, self.max.value if self.max is not None else 120),
            thanks=tuple(m.say(m.phrase("voicemail_thanks", i), self) for i in languages),
            to=to,
            no_input=to if self.no_input is None else m.target(self.no_input, self, "no_input"),
            failed=m.target(self.failed, self, "failed"),
        )
