"""`transfer`: dials a team or a number; done only when the caller is bridged to a person."""

from __future__ import annotations

from ivr.authoring.kinds.base import Maker, NodeDecl, Pieces, optional
from ivr.authoring.schema.prompts import PROMPT, PromptDecl
from ivr.authoring.schema.types import FLAG, NODE, TEAM, WORD, Duration, Num
from ivr.authoring.values import Scalar
from ivr.model.actions import Dial
from ivr.model.graph import Team
from ivr.model.nodes import TransferNode


class TransferDecl(NodeDecl):
    """Dials a team or a number; done only when the caller is bridged to a person."""

    title = "a transfer"
    kind = "transfer"
    team: Scalar | None = optional(TEAM, "who is dialled", None)
    number: Scalar | None = optional(WORD, "a number or SIP address that is dialled, in place of a team", None)
    say: PromptDecl | None = optional(PROMPT, "what is spoken first", None)
    whisper: bool = optional(FLAG, "whether who answers hears what the call is about and accepts by key", False)
    ring: Num | None = optional(Duration(5, 600), "how long to let it ring; the team's if left out", None)
    when_done: Scalar | None = optional(NODE, "where the call goes after the conversation", None)
    busy: Scalar | None = optional(NODE, "where the call goes when the line is busy", None)
    no_answer: Scalar | None = optional(NODE, "where the call goes when nobody answers", None)
    closed: Scalar | None = optional(NODE, "where the call goes when the team is closed", None)
    failed: Scalar | None = optional(NODE, "where the call goes when the network fails", None)

    def make(self, m: Maker) -> TransferNode:
        team = -1
        facts: Team | None = None
        targets: tuple[str, ...] = ()
        if (self.team is None) == (self.number is None):
            m.report.add(
                "IVR105", self.name.span, "a transfer needs a team or a number, and one of them only", "add 'team:'"
            )
        if self.team is not None:
            team = m.team(self.team)
            if team >= 0:
                facts = m.team_facts(team)
                targets = facts.dial
                if not targets and facts.via == "sip" and not m.dials_declared(team):
                    m.report.add(
                        "IVR316",
                        self.team.span,
                        f"the team '{facts.name}' has nothing to dial",
                        "give the team 'dial:'",
                    )
        elif self.number is not None:
            target = m.dial_target(self.number)
            targets = (target,) if target else ()
        ring = self.ring.value if self.ring is not None else (facts.ring if facts is not None else 25)
        languages = range(len(m.languages))
        whisper = self._whisper(m, facts)
        rows: list[tuple[str, ...]] = [(t,) for t in targets] if facts is not None and facts.in_order else [targets]
        return TransferNode(
            team=team,
            calendar=facts.calendar if facts is not None else -1,
            says=tuple(m.say(self._say(m, i), self) for i in languages),
            dials=tuple(tuple(Dial(m.node, team, row, ring, whisper) for row in rows) for i in languages),
            exits=(
                m.target(self.when_done, self, "when_done"),
                m.target(self.busy, self, "busy"),
                m.target(self.no_answer, self, "no_answer"),
                m.target(self.closed, self, "closed") if team >= 0 or self.closed is not None else m.operator(),
                m.target(self.failed, self, "failed"),
            ),
        )

    def _say(self, m: Maker, language: int) -> Pieces:
        return m.phrase("transfer", language) if self.say is None else m.pieces(self.say, language)

    def _whisper(self, m: Maker, facts: Team | None) -> int:
        """Agents hear the whisper in the table's first language, whatever the caller speaks. At a plain number, which is
        no team, they hear the number that was dialled."""
        if not self.whisper:
            return -1
        number = "" if self.number is None else self.number.text.removeprefix("sip:").partition("@")[0]
        title = facts.titles[0] if facts is not None and facts.titles else number
        return m.prompt(m.phrase("whisper", 0, team=title), self)
