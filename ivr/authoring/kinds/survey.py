"""`survey`: asks a mark from 1 to 10."""

from __future__ import annotations

from ivr.authoring.kinds.base import Actions, Maker, NodeDecl, key
from ivr.authoring.pieces import joined
from ivr.authoring.schema.prompts import PROMPT, PromptDecl
from ivr.authoring.schema.types import NODE
from ivr.authoring.values import Scalar
from ivr.model.actions import Listen
from ivr.model.nodes import SurveyNode


class SurveyDecl(NodeDecl):
    """Asks a mark from 1 to 10."""

    title = "a survey"
    kind = "survey"
    say: PromptDecl = key(PROMPT, "the question; no words are added to it, so say what ends the mark: a #, or waiting")
    to: Scalar = key(NODE, "where the call goes on, with a mark or without")

    def make(self, m: Maker) -> SurveyNode:
        languages = range(len(m.languages))
        return SurveyNode(
            asks=tuple(self._ask(m, i, "") for i in languages),
            wrong=tuple(self._ask(m, i, "survey_wrong") for i in languages),
            to=m.target(self.to, self, "to"),
        )

    def _ask(self, m: Maker, language: int, why: str) -> Actions:
        rows = [m.phrase(why, language) if why else (), () if why else m.pieces(self.say, language)]
        return (Listen(m.node, (m.prompt(joined(rows), self),), language, m.wait, 0, "#"),)
