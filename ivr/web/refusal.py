"""A request that is not answered with TwiML."""

from __future__ import annotations


class Refusal(Exception):
    """A status and a sentence that says why."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
