"""`hours`: branches on a calendar, as it was when the call arrived."""

from __future__ import annotations

from ivr.authoring.kinds.base import Maker, NodeDecl, key, optional
from ivr.authoring.schema.types import CALENDAR, NODE
from ivr.authoring.values import Scalar
from ivr.model.nodes import HoursNode


class HoursDecl(NodeDecl):
    """Branches on a calendar, as it was when the call arrived."""

    title = "an hours node"
    kind = "hours"
    calendar: Scalar = key(CALENDAR, "whose hours count")
    open: Scalar = key(NODE, "where the call goes when it is open")
    closed: Scalar = key(NODE, "where the call goes when it is closed")
    holiday: Scalar | None = optional(NODE, "where the call goes on a holiday; as closed if left out", None)

    def make(self, m: Maker) -> HoursNode:
        closed = m.target(self.closed, self, "closed")
        holiday = closed if self.holiday is None else m.target(self.holiday, self, "holiday")
        return HoursNode(m.calendar(self.calendar), (m.target(self.open, self, "open"), closed, holiday))
