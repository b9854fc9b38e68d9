"""`callback`: a promise: number checked and confirmed, day and time said, the case on disk."""

from __future__ import annotations

import re

from ivr.authoring.kinds.base import Actions, Maker, NodeDecl, key, optional
from ivr.authoring.pieces import joined
from ivr.authoring.schema.prompts import PROMPT, PromptDecl
from ivr.authoring.schema.types import NODE, TEAM, Choice, Word
from ivr.authoring.values import Scalar
from ivr.model.actions import Listen
from ivr.model.nodes import CallbackNode

WITHIN = Word(
    "a promise", r"^([1-9][0-9]? working (day|hour)s?|today)$", "write '1 working day', '4 working hours' or 'today'"
)
DEFAULT_PER_DAY = 1000
"""How many promises a team can keep in a day when the table does not say."""


def read_within(text: str) -> tuple[int, str]:
    """The promise as (amount, unit)."""
    found = re.fullmatch(r"([0-9]+) working (day|hour)s?", text)
    return (int(found[1]), f"working_{found[2]}s") if found else (1, "today")


class CallbackDecl(NodeDecl):
    """A promise: number checked and confirmed, day and time said, the case on disk."""

    title = "a callback"
    kind = "callback"
    team: Scalar = key(TEAM, "who calls back")
    within: Scalar = key(
        WITHIN,
        "when at the latest, in the team's own hours between 8:00 and 20:00; on a day that has no place left ('callbacks:') "
        "the promise is for a later day, which is the one that is said",
    )
    say: PromptDecl | None = optional(PROMPT, "what is spoken first", None)
    reach: Scalar | None = optional(
        Choice("telephone", "text_relay", "sms"), "how the caller is reached; by telephone if left out", None
    )
    part: Scalar | None = optional(
        Choice("morning", "afternoon"), "the part of the day that the caller prefers; any if left out", None
    )
    taken: Scalar | None = optional(NODE, "where the call goes when the promise is made", None)
    refused: Scalar | None = optional(NODE, "where the call goes when the caller does not want it", None)
    full: Scalar | None = optional(NODE, "where the call goes when no day has a place left", None)
    failed: Scalar | None = optional(NODE, "where the call goes when the case cannot be kept", None)

    def make(self, m: Maker) -> CallbackNode:
        team = m.team(self.team)
        facts = m.team_facts(team) if team >= 0 else None
        languages = range(len(m.languages))
        return CallbackNode(
            team=team,
            within=read_within(self.within.text),
            per_day=facts.per_day if facts is not None else DEFAULT_PER_DAY,
            offers=tuple(self._listen(m, i, "callback_offer", self.say) for i in languages),
            asks=tuple(self._listen(m, i, "callback_ask", self.say) for i in languages),
            wrong=tuple(self._listen(m, i, "callback_wrong", None, "callback_ask") for i in languages),
            confirms=tuple(self._listen(m, i, "callback_confirm", None) for i in languages),
            promises=tuple(m.say(m.phrase("callback_promise", i), self) for i in languages),
            taken=m.target(self.taken, self, "taken"),
            refused=m.target(self.refused, self, "refused"),
            full=m.target(self.full, self, "full"),
            failed=m.target(self.failed, self, "failed"),
            reach=self.reach.text if self.reach is not None else "telephone",
            part=self.part.text if self.part is not None else "",
        )

    def _listen(self, m: Maker, language: int, name: str, say: PromptDecl | None, more: str = "") -> Actions:
        typed = "callback_ask" in (name, more)
        if say is None and not more:
            prompt = m.phrase_prompt(name, language)
        else:
            rows = [m.pieces(say, language), m.phrase(name, language), m.phrase(more, language) if more else ()]
            prompt = m.prompt(joined(rows), self)
        return (Listen(m.node, (prompt,), language, m.wait, 0 if typed else 1, "#" if typed else ""),)
