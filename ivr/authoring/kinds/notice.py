"""`notice`: speaks the notices that are switched on for it, without a publication."""

from __future__ import annotations

from ivr.authoring.kinds.base import Maker, NodeDecl, key
from ivr.authoring.schema.types import NODE
from ivr.authoring.values import Scalar
from ivr.model.nodes import NoticeNode
from ivr.model.words import Hole, Words


class NoticeDecl(NodeDecl):
    """Speaks the timed notices that are switched on for it; passed by in silence when there are none."""

    title = "a notice node"
    kind = "notice"
    then: Scalar = key(NODE, "where the call goes on")

    def make(self, m: Maker) -> NoticeNode:
        hole = Hole("notice", m.node)
        return NoticeNode(
            says=tuple(m.say((Words(i, (hole,)),), self) for i in range(len(m.languages))),
            then=m.target(self.then, self, "then"),
        )
