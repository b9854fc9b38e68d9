"""`queue`: waits for a team, with the position, the expected wait and one key to leave."""

from __future__ import annotations

from ivr.authoring.kinds.base import Maker, NodeDecl, key, optional
from ivr.authoring.pieces import joined
from ivr.authoring.schema.decl import Decl, Record
from ivr.authoring.schema.prompts import PROMPT, PromptDecl
from ivr.authoring.schema.sections import PHONE_KEY
from ivr.authoring.schema.types import NODE, TEAM, URL, Choice, Duration, Num
from ivr.authoring.values import Scalar
from ivr.diagnostics import Label
from ivr.model.actions import Enqueue
from ivr.model.nodes import QueueNode

OFFER_AFTER = 30
LONGEST_WAIT = 900
"""Seconds, when the table does not say."""


class OfferDecl(Decl):
    """The way out of a queue."""

    title = "offer_after"
    wait: Num | None = optional(Duration(1, 3600), "how long to wait before it is offered; 30s if left out", None)
    key_: Scalar | None = optional(PHONE_KEY, "the key that leaves", None)
    to: Scalar = key(NODE, "where the call goes")


class TimeoutDecl(Decl):
    """The end of a wait."""

    title = "timeout"
    wait: Num | None = optional(Duration(10, 7200), "the longest wait; 15m if left out", None)
    to: Scalar = key(NODE, "where the call goes")


class QueueDecl(NodeDecl):
    """Waits for a team, with the position, the expected wait and one key to leave."""

    title = "a queue"
    kind = "queue"
    team: Scalar = key(TEAM, "who is waited for")
    say: PromptDecl | None = optional(PROMPT, "what is spoken first", None)
    waiting: PromptDecl | None = optional(PROMPT, "what is spoken each round of waiting", None)
    music: Scalar | None = optional(URL, "what is played", None)
    offer_after: OfferDecl | None = optional(Record(OfferDecl), "the way out that is offered", None)
    timeout: TimeoutDecl | None = optional(Record(TimeoutDecl), "the end of the wait", None)
    place_: Scalar | None = optional(
        Choice("new", "old"),
        "old: the caller has the place again that they had before they dropped out; it is counted from when they first came",
        None,
    )
    when_done: Scalar | None = optional(NODE, "where the call goes after the conversation", None)
    full: Scalar | None = optional(NODE, "where the call goes when the queue is full", None)
    closed: Scalar | None = optional(NODE, "where the call goes when the team is closed", None)
    failed: Scalar | None = optional(NODE, "where the call goes when the network fails", None)

    def make(self, m: Maker) -> QueueNode:
        team = m.team(self.team)
        facts = m.team_facts(team) if team >= 0 else None
        if facts is not None and facts.via != "twilio":
            m.report.add(
                "IVR319", self.team.span, f"nobody takes calls from a queue of '{facts.name}': it is reached via sip",
                "use a transfer, or give the team 'via: twilio'",
            )  # fmt: skip
        offer, timeout = self.offer_after, self.timeout
        first = offer.wait.value if offer is not None and offer.wait is not None else OFFER_AFTER
        longest = timeout.wait.value if timeout is not None and timeout.wait is not None else LONGEST_WAIT
        if offer is not None and first >= longest:
            self._never_offered(m, first, longest)
        offer_key = offer.key_.text if offer is not None and offer.key_ is not None else ("1" if offer else "")
        languages = range(len(m.languages))
        return QueueNode(
            team=team,
            calendar=facts.calendar if facts is not None else -1,
            says=tuple(m.say(m.pieces(self.say, i) if self.say else (), self) for i in languages),
            enqueue=Enqueue(m.node, team, self.place_ is not None and self.place_.text == "old"),
            wait_prompts=tuple(self._waits(m, i, offer_key) for i in languages),
            music=self.music.text if self.music is not None else "",
            offer_key=offer_key,
            offer_after=first,
            timeout=longest,
            exits=(
                m.target(self.when_done, self, "when_done"),
                m.target(offer.to, self, "offer_after") if offer is not None else m.operator(),
                m.target(timeout.to if timeout is not None else None, self, "timeout"),
                m.target(self.full, self, "full"),
                m.target(self.closed, self, "closed"),
                m.target(self.failed, self, "failed"),
            ),
        )

    def _never_offered(self, m: Maker, first: int, longest: int) -> None:
        end = self.place("timeout", "wait")
        m.report.add(
            "IVR321", self.place("offer_after", "wait").span,
            f"the way out is offered after {first} seconds, when the wait of {longest} is over: nobody ever hears of it",
            f"offer it sooner, such as after {min(OFFER_AFTER, max(longest // 2, 1))}s",
            [Label(end.span, "here the wait ends")] if end is not self.name else [],
        )  # fmt: skip

    def _waits(self, m: Maker, language: int, offer_key: str) -> tuple[int, int]:
        round_ = m.phrase("position", language) if self.waiting is None else m.pieces(self.waiting, language, "queue")
        plain = m.prompt(round_, self)
        if not offer_key:
            return plain, plain
        offer = m.phrase("offer", language, key=m.key_name(offer_key, language))
        return plain, m.prompt(joined([round_, offer]), self)
