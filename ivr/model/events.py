"""What can happen to a call: what the caller does, what the network answers, how an effect came out."""

from __future__ import annotations

from msgspec import Struct


class Begin(Struct, frozen=True, tag="begin", gc=False):
    """The call has arrived."""


class Keys(Struct, frozen=True, tag="keys", gc=False):
    """The caller pressed keys: `0`-`9`, `*`, `#`."""

    digits: str


class Speech(Struct, frozen=True, tag="speech", gc=False):
    """The caller said something. `confidence` runs from 0 to 1; 0 means that the recogniser gave none."""

    text: str
    confidence: float = 0.0


class Silence(Struct, frozen=True, tag="silence", gc=False):
    """The caller was asked, and neither pressed nor said anything."""


class Dialled(Struct, frozen=True, tag="dialled", gc=False):
    """A dial ended. `outcome` is one of `DIAL_OUTCOMES`; only a call that was bridged to a person is `bridged`."""

    outcome: str


DIAL_OUTCOMES = ("bridged", "busy", "no_answer", "closed", "failed")


class Queued(Struct, frozen=True, tag="queued", gc=False):
    """A wait in a queue ended. `outcome` is one of `QUEUE_OUTCOMES`."""

    outcome: str


QUEUE_OUTCOMES = ("bridged", "left", "timeout", "full", "closed", "failed")


class Recorded(Struct, frozen=True, tag="recorded", gc=False):
    """A recording ended: where it is and how many seconds it lasts (0: nothing was said)."""

    url: str
    seconds: int


class CaseOpened(Struct, frozen=True, tag="case_opened", gc=False):
    """The case is on disk: its short number and, for a promise, when it is due (epoch seconds; 0 for none)."""

    case: str
    due: int


class CaseRefused(Struct, frozen=True, tag="case_refused", gc=False):
    """No slot is free in any day of the horizon."""


class CaseFound(Struct, frozen=True, tag="case_found", gc=False):
    """There is a case with the number: what it is called (its number), when it is due (epoch seconds; 0 for none), and one
    of `CASE_STATES`."""

    case: str
    due: int
    state: str


CASE_STATES = ("promised", "open", "over")
"""How a caller finds a case: with a promise that is still to be kept, open without one, or settled (reached, closed,
cancelled)."""


class CaseUnknown(Struct, frozen=True, tag="case_unknown", gc=False):
    """There is no case with the number."""


class CaseJoined(Struct, frozen=True, tag="case_joined", gc=False):
    """It is on disk that the caller rang about the case."""


class CaseCancelled(Struct, frozen=True, tag="case_cancelled", gc=False):
    """The case is ended."""


class MarkKept(Struct, frozen=True, tag="mark_kept", gc=False):
    """The mark is on disk."""


class EffectFailed(Struct, frozen=True, tag="effect_failed", gc=False):
    """An effect could not be performed: the disk refused, or the time for it ran out."""


class HungUp(Struct, frozen=True, tag="hung_up", gc=False):
    """The caller is gone."""


Event = (
    Begin
    | Keys
    | Speech
    | Silence
    | Dialled
    | Queued
    | Recorded
    | CaseOpened
    | CaseRefused
    | CaseFound
    | CaseUnknown
    | CaseJoined
    | CaseCancelled
    | MarkKept
    | EffectFailed
    | HungUp
)
