"""How long a round of waiting in a queue lasts, whoever plays it."""

from __future__ import annotations

from ivr.model.nodes import QueueNode

ROUND = 12
"""Seconds of music or rest in a round."""


def round_seconds(node: QueueNode, waited: int) -> int:
    """How long the rest of a round lasts: short enough that neither the offer nor the end of the wait comes late."""
    marks = [mark - waited for mark in (node.offer_after if node.offer_key else 0, node.timeout) if mark > waited]
    return max(1, min([ROUND, *marks]))
