"""Which calls were put through, not answered, and ended with nothing: somebody owes their callers a call."""

from __future__ import annotations

from collections.abc import Sequence

from ivr.model.numbers import dialable

IN_VAIN = ("busy", "no_answer", "failed")
"""Outcomes of putting through (`DIAL_OUTCOMES`) in which the team was rung and nobody came."""


def missed(outcomes: Sequence[tuple[str, str]], person: bool, case: bool, caller: str) -> str:
    """The team that owes the caller of an ended call a call, '' when none does: the last one that was rung in vain.

    `outcomes` are (team, outcome) of each time that the call was put through, in order; `person` and `case` say whether it
    came to a person, or left or joined a case; `caller` is the caller's number, which must be one that can be rung back.
    """
    if person or case or not dialable(caller):
        return ""
    return next((team for team, outcome in reversed(outcomes) if outcome in IN_VAIN), "")
