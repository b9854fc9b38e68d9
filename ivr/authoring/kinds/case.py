"""`case`: a caller who has a case number hears its promise, and joins the case or cancels it."""

from __future__ import annotations

from ivr.authoring.kinds.base import Actions, Maker, NodeDecl, optional
from ivr.authoring.pieces import joined as together
from ivr.authoring.schema.prompts import PROMPT, PromptDecl
from ivr.authoring.schema.types import NODE
from ivr.authoring.values import Scalar
from ivr.engine.case import DIGITS
from ivr.model.actions import Listen
from ivr.model.nodes import CaseNode


class CaseDecl(NodeDecl):
    """Asks for a case number; says what was promised; 1 leaves the case as it is, 2 cancels it."""

    title = "a case node"
    kind = "case"
    say: PromptDecl | None = optional(PROMPT, "what is spoken before the number is asked for", None)
    joined: Scalar | None = optional(
        NODE, "where the call goes when the case stays as it is; also for who stays silent once it is found", None
    )
    cancelled: Scalar | None = optional(NODE, "where the call goes when the caller has cancelled the case", None)
    over: Scalar | None = optional(NODE, "where the call goes when the case is settled already", None)
    unknown: Scalar | None = optional(
        NODE,
        "where the call goes when three numbers were typed and none is a case; a call gets no more than three",
        None,
    )
    no_input: Scalar | None = optional(NODE, "where the call goes when no number is typed", None)
    failed: Scalar | None = optional(NODE, "where the call goes when the case cannot be looked for, or changed", None)

    def make(self, m: Maker) -> CaseNode:
        languages = range(len(m.languages))
        return CaseNode(
            asks=tuple(self._ask(m, i, "") for i in languages),
            quiet=tuple(self._ask(m, i, "no_input") for i in languages),
            wrong=tuple(self._ask(m, i, "case_wrong") for i in languages),
            promised=tuple(self._offer(m, i, "case_promised") for i in languages),
            open=tuple(self._offer(m, i, "case_open") for i in languages),
            confirms=tuple(self._listen(m, i, m.phrase_prompt("case_confirm", i), 1) for i in languages),
            joins=tuple(m.say(m.phrase("case_joined", i), self) for i in languages),
            cancels=tuple(m.say(m.phrase("case_cancelled", i), self) for i in languages),
            overs=tuple(m.say(m.phrase("case_over", i), self) for i in languages),
            joined=m.target(self.joined, self, "joined"),
            cancelled=m.target(self.cancelled, self, "cancelled"),
            over=m.target(self.over, self, "over"),
            unknown=m.target(self.unknown, self, "unknown"),
            no_input=m.target(self.no_input, self, "no_input"),
            failed=m.target(self.failed, self, "failed"),
        )

    def _ask(self, m: Maker, language: int, why: str) -> Actions:
        first = m.phrase(why, language) if why else m.pieces(self.say, language)
        return self._listen(m, language, m.prompt(together([first, m.phrase("case_ask", language)]), self), DIGITS)

    def _offer(self, m: Maker, language: int, name: str) -> Actions:
        rows = [m.phrase(name, language), m.phrase("case_choose", language), m.phrase("operator", language)]
        return self._listen(m, language, m.prompt(together(rows), self), 1)

    def _listen(self, m: Maker, language: int, prompt: int, digits: int) -> Actions:
        return (Listen(m.node, (prompt,), language, m.wait, digits, "#" if digits > 1 else ""),)
