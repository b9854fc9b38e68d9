"""What chance has decided in a call, kept as long as somebody may ask for it again."""

from __future__ import annotations

from ivr.model.nodes import CallbackNode, SplitNode
from ivr.proofs.diff.align import Pair
from ivr.proofs.diff.changes import onward
from ivr.proofs.fork import SWITCHED, Answer
from ivr.proofs.relevant import carried


class Decided:
    """Which free answers can be asked for from each node on, in either table: a caller falls into one share each time, and
    has one number all the while."""

    def __init__(self, pair: Pair) -> None:
        size = pair.common.size
        ways: list[list[int]] = [[] for _ in range(size)]
        own = [0] * size
        self._bits: dict[tuple[str, int], int] = {("caller", 0): 1}
        for graph in (pair.old, pair.new):
            for index, node in enumerate(graph.nodes):
                ways[index] += onward(graph, index, node)
                if isinstance(node, SplitNode):
                    own[index] |= self._bits.setdefault(("share", index), 1 << len(self._bits))
                elif isinstance(node, CallbackNode):
                    own[index] |= 1
        self._ahead = carried(ways, own)

    def kept(self, chosen: tuple[Answer, ...], nodes: tuple[int, int], alike: bool) -> tuple[Answer, ...]:
        """The answers that still count; what is switched may change at any moment, but not between two tables."""
        if not chosen:
            return ()
        ahead = self._ahead[nodes[0]] | self._ahead[nodes[1]]
        return tuple(
            (key, answer)
            for key, answer in sorted(chosen)
            if (not alike if key[0] in SWITCHED else self._bits[key] & ahead)
        )
