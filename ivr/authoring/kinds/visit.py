"""`visit`: goes through a flow and comes back. The compiler puts the flow's nodes in its place."""

from __future__ import annotations

from ivr.authoring.kinds.base import Maker, NodeDecl, key, optional
from ivr.authoring.schema.types import NODE, WORD, MapOf, Named, Ref
from ivr.authoring.values import Scalar
from ivr.model.nodes import Node


class VisitDecl(NodeDecl):
    """Goes through a flow and comes back. The compiler puts the flow's nodes in its place."""

    title = "a visit"
    kind = "visit"
    flow: Scalar | None = key(Ref("flow"), "the flow to go through")
    with_: dict[str, Named[Scalar]] = optional(MapOf(WORD, "a value"), "what its parameters stand for", {})
    then: Scalar = key(NODE, "where the call goes on when the flow returns")

    def make(self, m: Maker) -> Node:
        raise AssertionError("a visit is expanded before nodes are made")
