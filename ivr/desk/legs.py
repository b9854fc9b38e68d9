"""What was heard of the legs of an attempt, in any order and any number of times, and what follows from it.

What is heard is only ever added to (`merge` is a join: the order and repeats do not count), so the outcome follows from what
is known and not from who told it first. Statuses are the provider's words.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from ivr.desk.attempt import BUSY, FAILED, NO_AGENT, NO_ANSWER, REACHED, VOICEMAIL

NONE = "none"
"""A citizen's leg that the provider's books do not hold, though the agent's leg is over: the citizen was not rung."""
_RANK = {
    "": 0, NONE: 1, "queued": 2, "initiated": 3, "ringing": 4, "answered": 5, "in-progress": 5,
    "canceled": 6, "failed": 7, "no-answer": 8, "busy": 9, "completed": 10,
}  # fmt: skip
STATUSES = frozenset(_RANK)
_FINAL = _RANK["canceled"]
HUMAN, MACHINE = "human", "machine"
_MACHINES = ("", HUMAN, MACHINE)
KEYS = {"1": REACHED, "2": VOICEMAIL, "3": NO_ANSWER}
"""What the agent answers by key after the conversation."""
_FAILED = {"busy": BUSY, "failed": FAILED, "no-answer": NO_ANSWER, "canceled": NO_ANSWER}
"""A leg that was cancelled is one that rang until the agent hung up."""
SPOKEN_TO_A_PERSON = 10
SPOKEN = 60
"""Seconds of conversation from which the citizen counts as reached though the agent pressed no key: with a person detected,
and with nothing detected. A message on a voicemail is shorter; what is in doubt counts as not reached."""


class Heard(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of the legs of one attempt.

    `agents`: the team's legs → their status; `asked`: all that are to be rung were. `citizen` is the status of the
    citizen's leg `sid`; `to`: the team's legs → whom they rang; `partly`: somebody of the team was on the telephone, so that
    not all were rung. `bridged` and `seconds` are those of the conversation, `machine` is who answered as the provider
    took it, `key` what the agent pressed afterwards.
    """

    agents: Mapping[str, str] = {}
    asked: bool = False
    to: Mapping[str, str] = {}
    partly: bool = False
    citizen: str = ""
    sid: str = ""
    bridged: bool = False
    seconds: int = 0
    machine: str = ""
    key: str = ""

    def merge(self, other: Heard) -> Heard:
        """What is known when both were heard."""
        agents = dict(self.agents)
        for sid, status in other.agents.items():
            agents[sid] = _later(agents.get(sid, ""), status)
        return Heard(
            agents=agents,
            asked=self.asked or other.asked,
            to=_union(self.to, other.to),
            partly=self.partly or other.partly,
            citizen=_later(self.citizen, other.citizen),
            sid=max(self.sid, other.sid),
            bridged=self.bridged or other.bridged,
            seconds=max(self.seconds, other.seconds),
            machine=max(self.machine, other.machine, key=_machine),
            key=min(filter(None, (self.key, other.key)), default=""),
        )

    @property
    def rang(self) -> bool:
        """Whether a leg to the citizen is known of."""
        return bool(self.sid) or self.citizen not in ("", NONE)

    @property
    def vain(self) -> bool:
        """Whether the team was rung while all of it was free to answer, as far as is known."""
        return not self.partly and "busy" not in self.agents.values()

    def live(self) -> tuple[str, ...]:
        """The team's legs that are not known to be over."""
        return tuple(sid for sid, status in self.agents.items() if not is_over(status))


def is_over(status: str) -> bool:
    """Whether nothing more happens to a leg."""
    return _RANK.get(status, 0) >= _FINAL


def conclude(heard: Heard, accepted: str) -> str:
    """The outcome of an attempt, one of desk/attempt.OUTCOMES, or '' while it cannot be told. `accepted` is the team's leg
    that won the right to dial, '' when none has.

    The agent's key wins; without one the conversation decides, once both legs are over.
    """
    if not accepted:
        return NO_AGENT if heard.asked and not heard.live() else ""
    if heard.key in KEYS:
        return KEYS[heard.key]
    if heard.citizen in _FAILED:
        return _FAILED[heard.citizen]
    if not is_over(heard.agents.get(accepted, "")):
        return ""
    if heard.citizen == NONE:
        return NO_AGENT
    return _spoken(heard) if is_over(heard.citizen) else ""


def _spoken(heard: Heard) -> str:
    if heard.machine == MACHINE:
        return VOICEMAIL
    least = SPOKEN_TO_A_PERSON if heard.machine == HUMAN else SPOKEN
    return REACHED if heard.bridged and heard.seconds >= least else NO_ANSWER


def who_answered(word: str) -> str:
    """HUMAN, MACHINE or '' for the provider's word: human, machine_start, machine_end_beep, fax, unknown, …"""
    if word == "human":
        return HUMAN
    return MACHINE if word.startswith("machine") or word == "fax" else ""


def _union(one: Mapping[str, str], other: Mapping[str, str]) -> Mapping[str, str]:
    return {leg: max(one.get(leg, ""), other.get(leg, "")) for leg in one.keys() | other.keys()}


def _later(one: str, other: str) -> str:
    return max(one, other, key=_status)


def _status(status: str) -> tuple[int, str]:
    return _RANK.get(status, 0), status


def _machine(word: str) -> int:
    return _MACHINES.index(word) if word in _MACHINES else 0
