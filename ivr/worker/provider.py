"""What the worker asks of the provider of telephony, and what comes of it, as values.

Creating a call or a message has no idempotency key: a time-out or a 5xx leaves open whether it happened, so `Unknown` is an
answer that the caller must deal with, and nothing here repeats such a request. What may be repeated (reads, hanging up,
deleting) is repeated within bounds. No answer holds a telephone number that is not masked, nor the account's token.
"""

from __future__ import annotations

import re
from typing import Protocol

from msgspec import Struct

from ivr.model.numbers import mask

_ADDRESS = re.compile(r"https?://[^\s'\"<>]+")
_NUMBER = re.compile(r"(?<![0-9A-Za-z])(?:%2[bB]|\+)?[0-9](?:[ ().\-]?[0-9]){5,}(?![0-9A-Za-z])")
"""Six digits or more; a shorter run is an error code or a number of ours. Ids have letters right before their digits."""


class Placed(Struct, frozen=True):
    """It was taken on: the provider's id of the call (CA…) or message (SM…)."""

    sid: str


class Refused(Struct, frozen=True):
    """It did not happen, and would not the next time: the request itself is at fault. `code` is the provider's, 0 for a
    refusal of our own, before anything was sent."""

    reason: str
    code: int = 0


class Unknown(Struct, frozen=True):
    """It may or may not have happened. Never repeat it blindly: look at the provider's list of calls."""

    reason: str


class Unreachable(Struct, frozen=True):
    """Surely nothing happened (of a read: nothing was learned): no connection, too many requests, the account not accepted,
    the circuit open. It may be tried again after `after` seconds."""

    reason: str
    after: float = 0.0


class Done(Struct, frozen=True):
    """It is so now, whether this request made it so or it was so already."""


Creation = Placed | Refused | Unknown | Unreachable
Change = Done | Refused | Unreachable

QUEUED, INITIATED, RINGING, IN_PROGRESS = "queued", "initiated", "ringing", "in-progress"
COMPLETED, BUSY, FAILED, NO_ANSWER, CANCELED = "completed", "busy", "failed", "no-answer", "canceled"
OVER = frozenset((COMPLETED, BUSY, FAILED, NO_ANSWER, CANCELED))
"""Statuses after which nothing more happens to a leg."""


class Leg(Struct, frozen=True, kw_only=True):
    """A leg in the provider's books. Instants are epoch seconds, 0 for not known; `began` is when it was made there.

    `status` is one of the words above; `direction` is inbound, outbound-api or outbound-dial; `answered_by` is '' without
    detection of machines. `repr` masks both numbers.
    """

    sid: str
    status: str
    to: str
    from_: str
    parent: str = ""
    direction: str = ""
    began: int = 0
    started: int = 0
    ended: int = 0
    seconds: int = 0
    answered_by: str = ""

    @property
    def over(self) -> bool:
        """Whether nothing more can happen to it."""
        return self.status in OVER

    def __repr__(self) -> str:
        return f"Leg({self.sid}, {self.status}, to {masked(self.to)}, parent {self.parent or 'none'})"


class Waiting(Struct, frozen=True):
    """Who waits in a queue: the leg, its place (1 is the head) and how many seconds it has waited."""

    call: str
    position: int
    seconds: int


class Provider(Protocol):
    """The provider of telephony. Every function answers within a bounded time and raises nothing that the network or the
    provider did; safe to share between threads."""

    def place_call(
        self,
        to: str,
        from_: str,
        url: str,
        status_callback: str,
        ring: int,
        *,
        limit: int = 0,
        machine_detection: bool = False,
    ) -> Creation:
        """Ring `to` (a number, or sip:…) for `ring` seconds; who answers hears the document at `url` (POST).

        `status_callback` is told initiated, ringing, answered and completed; '' for nobody. `limit` ends the call after so
        many seconds, 0 for never. With `machine_detection` the document is asked for with `AnsweredBy`.
        """

    def say(self, to: str, from_: str, twiml: str, status_callback: str = "", ring: int = 30) -> Creation:
        """Ring `to` and play a document of at most 4000 characters."""

    def send_message(self, to: str, from_: str, text: str) -> Creation:
        """Send a text message of at most 1600 characters; `from_` is a number or a name of at most 11 letters."""

    def calls_to(self, to: str, since: int) -> tuple[Leg, ...] | Refused | Unreachable:
        """The legs to an address that were made at or after `since`, the newest first: all of them, or Unreachable."""

    def children(self, parent: str) -> tuple[Leg, ...] | Refused | Unreachable:
        """The legs that a leg's document dialled, the newest first."""

    def call(self, sid: str) -> Leg | Refused | Unreachable | None:
        """One leg; None when the provider's books do not hold it."""

    def redirect(self, sid: str, url: str) -> Change:
        """Send a leg that somebody is on to another document (POST), at once: whom it dialled is hung up. Refused when
        nobody is on it any more."""

    def hang_up(self, sid: str, *, answered: bool = True) -> Change:
        """End a leg. With `answered` False one that is not answered yet is ended, and a conversation goes on (also Done)."""

    def delete_recording(self, sid: str) -> Change:
        """Delete a recording (RE…); Done when it is gone."""

    def queue_members(self, name: str) -> tuple[Waiting, ...] | Refused | Unreachable:
        """Who waits in a queue, the head first; nobody when there is no such queue."""


_NOBODY = Unreachable("no account is set: IVR_TWILIO_ACCOUNT and IVR_TWILIO_TOKEN", 60.0)


class NoProvider:
    """The provider of a worker that has no account: nobody is rung, and nothing is learned."""

    def place_call(
        self,
        to: str,
        from_: str,
        url: str,
        status_callback: str,
        ring: int,
        *,
        limit: int = 0,
        machine_detection: bool = False,
    ) -> Creation:
        return _NOBODY

    def say(self, to: str, from_: str, twiml: str, status_callback: str = "", ring: int = 30) -> Creation:
        return _NOBODY

    def send_message(self, to: str, from_: str, text: str) -> Creation:
        return _NOBODY

    def calls_to(self, to: str, since: int) -> tuple[Leg, ...] | Refused | Unreachable:
        return _NOBODY

    def children(self, parent: str) -> tuple[Leg, ...] | Refused | Unreachable:
        return _NOBODY

    def call(self, sid: str) -> Leg | Refused | Unreachable | None:
        return _NOBODY

    def redirect(self, sid: str, url: str) -> Change:
        return _NOBODY

    def hang_up(self, sid: str, *, answered: bool = True) -> Change:
        return _NOBODY

    def delete_recording(self, sid: str) -> Change:
        return _NOBODY

    def queue_members(self, name: str) -> tuple[Waiting, ...] | Refused | Unreachable:
        return _NOBODY


def masked(text: str) -> str:
    """A text fit for a log: what looks like a telephone number, and what looks like an address of ours, is not in it."""
    return _NUMBER.sub(lambda found: mask(found[0]), _ADDRESS.sub("<address>", text))
