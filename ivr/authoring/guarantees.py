"""The names that guarantees speak of: each must exist, long before anybody tries to prove the guarantee."""

from __future__ import annotations

from collections.abc import Iterable

from ivr.authoring.document import Document
from ivr.authoring.schema.sections import ClaimDecl, ForDecl, GuaranteeDecl
from ivr.authoring.values import Scalar, shorten
from ivr.diagnostics import Report, did_you_mean

STATES = ("open", "closed", "holiday")
ANY_TEAM = "an open team"


def check_guarantees(document: Document, report: Report) -> None:
    """Report every unknown name in the guarantees of a table."""
    names = _Names(document, report)
    for named in document.guarantees.values():
        if named.value is not None:
            names.guarantee(named.value)


class _Names:
    def __init__(self, document: Document, report: Report) -> None:
        self.document = document
        self.report = report
        self.nodes = set(document.nodes)
        for flow in document.flows.values():
            self.nodes.update(flow.value.nodes if flow.value is not None and flow.value.nodes else ())

    def guarantee(self, decl: GuaranteeDecl) -> None:
        """Report the unknown names of one guarantee."""
        if decl.for_ is not None:
            self._for(decl.for_)
        for claim in (decl.can, decl.always, decl.never):
            if claim is not None:
                self._claim(claim)

    def _for(self, decl: ForDecl) -> None:
        document = self.document
        languages = document.table.languages if document.table is not None else {}
        for at in decl.languages:
            if at.text != "all":
                self._known("IVR210", "language", at, languages, "its languages: all, " + ", ".join(languages))
        for at in decl.arriving:
            self._arriving(at)
        for text, named in decl.facts.items():
            if self._known("IVR206", "fact", named.key, document.facts, "define it under 'facts:'"):
                fact = document.facts[text].value or []
                for at in named.value or []:
                    self._value(at, text, [held.text for held in fact])

    def _arriving(self, at: Scalar) -> None:
        """`always`, or a calendar and its state."""
        name, _, state = at.text.partition(" ")
        if at.text == "always":
            return
        if state not in STATES:
            help = "write 'always', or a calendar and its state: kcc open"
            self.report.add("IVR106", at.span, f"'{shorten(at.text)}' says no moment of arrival", help)
        elif name not in self.document.calendars:
            near = did_you_mean(name, self.document.calendars) or "define it under 'calendars:'"
            self.report.add("IVR203", at.inside(0, len(name)), f"there is no calendar '{shorten(name)}'", near)

    def _value(self, at: Scalar, fact: str, values: list[str]) -> None:
        if values and at.text not in values:
            help = did_you_mean(at.text, values) or "its values: " + ", ".join(values[:12])
            self.report.add("IVR213", at.span, f"'{shorten(at.text)}' is no value of '{shorten(fact)}'", help)

    def _claim(self, decl: ClaimDecl) -> None:
        document = self.document
        if decl.reach is not None and decl.reach.text != ANY_TEAM:
            known = [*document.teams, *self.nodes, ANY_TEAM]
            self._known("IVR202", "team or node", decl.reach, known, f"write '{ANY_TEAM}', or the name of a team or node")
        if decl.hears is not None:
            self._known("IVR204", "prompt", decl.hears, document.prompts, "define it under 'prompts:'")
        for at in decl.before:
            self._known("IVR201", "node", at, self.nodes, "define it under 'nodes:'")

    def _known(self, code: str, what: str, at: Scalar, known: Iterable[str], help: str) -> bool:
        names = set(known)
        if at.text in names:
            return True
        near = did_you_mean(at.text, sorted(names))
        self.report.add(code, at.span, f"there is no {what} '{shorten(at.text)}'", near or help)
        return False
