"""`split`: sends a stable share of callers each way."""

from __future__ import annotations

from ivr.authoring.kinds.base import Maker, NodeDecl, key
from ivr.authoring.schema.decl import Decl, Record
from ivr.authoring.schema.types import NODE, MapOf, Named, Num, Whole
from ivr.authoring.values import Scalar
from ivr.model.nodes import SplitNode


class ShareDecl(Decl):
    """A share of the callers."""

    title = "a share"
    share: Num = key(Whole(0, 100), "how many in a hundred callers")
    to: Scalar = key(NODE, "where they go")


class SplitDecl(NodeDecl):
    """Sends a stable share of callers each way: the same caller goes the same way each time."""

    title = "a split"
    kind = "split"
    shares: dict[str, Named[ShareDecl]] = key(MapOf(Record(ShareDecl), "a share"), "the ways and their shares")

    def make(self, m: Maker) -> SplitNode:
        good = [(text, n.value) for text, n in self.shares.items() if n.value is not None and not n.value.broken]
        total = sum(share.share.value for _, share in good)
        if total != 100 and len(good) == len(self.shares):
            m.report.add(
                "IVR313", self.span("shares"), f"the shares add up to {total}, not 100", "make them add up to 100"
            )
        exits = tuple(m.target(share.to, self, f"shares/{text}/to") for text, share in good)
        return SplitNode(tuple(text for text, _ in good), tuple(share.share.value for _, share in good), exits)
