"""`calamity`, `visit` and `end`."""

from __future__ import annotations

from ivr.authoring.kinds.base import Maker, NodeDecl, key, optional
from ivr.authoring.schema.types import FLAG, NODE, PROMPT, WORD, MapOf, Named, PromptDecl, Ref
from ivr.authoring.values import Scalar
from ivr.model.nodes import CalamityNode, EndNode, Node
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


class VisitDecl(NodeDecl):
    """Goes through a flow and comes back. The compiler puts the flow's nodes in its place."""

    title = "a visit"
    kind = "visit"
    flow: Scalar | None = key(Ref("flow"), "the flow to go through")
    with_: dict[str, Named[Scalar]] = optional(MapOf(WORD, "a value"), "what its parameters stand for", {})
    then: Scalar = key(NODE, "where the call goes on when the flow returns")

    def make(self, m: Maker) -> Node:
        raise AssertionError("a visit is expanded before nodes are made")


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
