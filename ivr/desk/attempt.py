"""An attempt to reach a citizen: the team is rung first, and whoever accepts by key wins the right to dial."""

from __future__ import annotations

from msgspec import Struct

BEGUN, RINGING, ACCEPTED, OVER, UNKNOWN = "begun", "ringing", "accepted", "over", "unknown"
STATES = (BEGUN, RINGING, ACCEPTED, OVER, UNKNOWN)
"""`begun`: on disk, the provider not asked yet, or its answer not known. `ringing`: the team is rung. `accepted`: the right
to dial the citizen was won. `over`: its outcome is known. `unknown`: nobody can tell whether the citizen was rung."""

REACHED, VOICEMAIL, NO_ANSWER, BUSY, FAILED, NO_AGENT, UNSURE = (
    "reached", "voicemail", "no_answer", "busy", "failed", "no_agent", "unsure",
)  # fmt: skip
OUTCOMES = (REACHED, VOICEMAIL, NO_ANSWER, BUSY, FAILED, NO_AGENT, UNSURE)
"""`voicemail`: a message was left with the citizen, who was not reached. `failed`: the network could not connect.
`no_agent`: nobody of the team took it, so the citizen was not rung. `unsure`: nobody knows whether the citizen was rung."""
RANG = (REACHED, VOICEMAIL, NO_ANSWER, BUSY, FAILED)
"""Outcomes in which the citizen was rung."""


class Attempt(Struct, frozen=True, kw_only=True):
    """One attempt. Instants are epoch seconds, 0 for none; `outcome` is '' while it is under way. `dialled` is when the
    right to dial the citizen was won. `vain` is false when somebody of the team was on the telephone."""

    began: int
    dialled: int = 0
    ended: int = 0
    outcome: str = ""
    state: str = OVER
    by: str = ""
    vain: bool = True
