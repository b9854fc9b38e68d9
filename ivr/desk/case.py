"""A case: what somebody was promised on the telephone, and how far it has come."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

OPEN, PLANNED, CALLING, REACHED, NOT_REACHED, UNSURE, CLOSED, CANCELLED = (
    "open", "planned", "calling", "reached", "not_reached", "unsure", "closed", "cancelled",
)  # fmt: skip
STATES = (OPEN, PLANNED, CALLING, REACHED, NOT_REACHED, UNSURE, CLOSED, CANCELLED)
"""`open`: nobody is busy with it. `planned`: the next attempt has a time. `calling`: an attempt is under way. `reached`
and `not_reached`: how the last attempt came out, until somebody closes the case. `unsure`: whether the citizen was rung is
not known, and a person decides before they are rung again. `closed` and `cancelled` are the end."""
WAITING = (OPEN, PLANNED, NOT_REACHED)
"""States in which an attempt may begin."""
OVER = (CLOSED, CANCELLED)

CALLBACK, VOICEMAIL, TRANSFER, DESK = "callback", "voicemail", "transfer", "desk"
KINDS = (CALLBACK, VOICEMAIL, TRANSFER, DESK)
"""`transfer`: a call that was put through and not answered, and ended without a person or a promise. `desk`: put there by
an agent."""

TELEPHONE, TEXT_RELAY, SMS, EMAIL = "telephone", "text_relay", "sms", "email"
WAYS = (TELEPHONE, TEXT_RELAY, SMS, EMAIL)
"""How somebody is reached."""

MORNING, AFTERNOON = "morning", "afternoon"
PARTS = ("", MORNING, AFTERNOON)
"""The part of the day that somebody prefers; '' is any."""

BY_CALLER = "caller"
"""Who closed a case that its caller cancelled on the telephone; no employee goes by this name."""


class Case(Struct, frozen=True, kw_only=True):
    """One case. Instants are epoch seconds, 0 for none. `first_due` is what was promised first, `due` what holds now.
    `closed_by`: BY_CALLER, or who of the desk closed or cancelled it, '' once retention has forgotten them. `taken_by`: who
    of the desk calls back by hand, and nobody else does until `taken_until`."""

    id: str
    number: str
    kind: str
    table: str
    zone: str
    team: str
    language: str
    caller: str
    opened: int
    version: str = ""
    call: str = ""
    dialled: str = ""
    topic: Mapping[str, str] = {}
    fields: Mapping[str, str] = {}
    reach: str = TELEPHONE
    address: str = ""
    part: str = ""
    first_due: int = 0
    due: int = 0
    state: str = OPEN
    revision: int = 0
    next_at: int = 0
    tries: int = 0
    escalate_at: int = 0
    reached_at: int = 0
    closed_at: int = 0
    closed_by: str = ""
    taken_by: str = ""
    taken_until: int = 0
