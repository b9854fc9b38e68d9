"""`calamity`: speaks what the calamity switch holds, before hours and holidays."""

from __future__ import annotations

from ivr.authoring.kinds.base import Maker, NodeDecl, key, optional
from ivr.authoring.schema.types import NODE, MapOf, Named
from ivr.authoring.values import Scalar
from ivr.model.nodes import CalamityNode
from ivr.model.words import Hole, Words


class CalamityDecl(NodeDecl):
    """Speaks what the calamity switch holds, before hours and holidays; routes only to a declared list."""

    title = "a calamity node"
    kind = "calamity"
    then: Scalar = key(NODE, "where the call goes on")
    routes: dict[str, Named[Scalar]] = optional(MapOf(NODE, "a node"), "routes that the switch may choose", {})

    def make(self, m: Maker) -> CalamityNode:
        hole = Hole("calamity")
        return CalamityNode(
            says=tuple(m.say((Words(i, (hole,)),), self) for i in range(len(m.languages))),
            then=m.target(self.then, self, "then"),
            routes=tuple(self.routes),
            exits=tuple(m.target(n.value, self, f"routes/{text}") for text, n in self.routes.items()),
        )
