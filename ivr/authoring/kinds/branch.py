"""`branch`: branches on a variable, a fact, the number, its phase, or the language."""

from __future__ import annotations

from ivr.authoring.kinds.base import Maker, NodeDecl, key, optional
from ivr.authoring.schema.types import NODE, MapOf, Named, Word
from ivr.authoring.values import Scalar
from ivr.diagnostics import did_you_mean
from ivr.model.moment import PHASES
from ivr.model.nodes import NO_CASE, BranchNode


class BranchDecl(NodeDecl):
    """Branches on a variable, a fact, the number that was dialled, its phase, or the language."""

    title = "a branch"
    kind = "branch"
    on: Scalar = key(Word("what to branch on"), "a variable, a fact, number, phase or language")
    cases: dict[str, Named[Scalar]] = key(MapOf(NODE, "a node", "free"), "where each value goes")
    otherwise: Scalar | None = optional(NODE, "where every other value goes", None)

    def make(self, m: Maker) -> BranchNode:
        subject, index, values = self._subject(m)
        exits = [NO_CASE] * len(values)
        for text, named in self.cases.items():
            to = m.target(named.value, self, f"cases/{text}") if named.value is not None else NO_CASE
            if not values:
                continue
            if subject == "number" and text not in values:
                text = m.number_named(text)
            if text in values:
                exits[values.index(text)] = to
            else:
                help = did_you_mean(text, values) or "its values: " + ", ".join(values[:12])
                m.report.add("IVR213", named.key.span, f"'{text}' is no value of '{self.on.text}'", help)
        otherwise = NO_CASE if self.otherwise is None else m.target(self.otherwise, self, "otherwise")
        self._cases(m, subject, values, exits, otherwise)
        return BranchNode(subject, index, tuple(exits), otherwise)

    def _subject(self, m: Maker) -> tuple[str, int, tuple[str, ...]]:
        name = self.on.text
        if name == "phase":
            return "phase", 0, PHASES
        if name == "language":
            return "language", 0, m.languages
        if name == "number":
            return "number", 0, m.number_names()
        fact = m.fact(name)
        if fact is not None:
            return "fact", *fact
        if not m.has_variable(name):
            m.no_subject(self.on)
            return "variable", -1, ()
        index, values = m.variable(self.on)
        return "variable", index, values

    def _cases(self, m: Maker, subject: str, values: tuple[str, ...], exits: list[int], otherwise: int) -> None:
        """A case that is missing has nowhere to go; one that no value is left for never happens."""
        if not values:
            return
        missing = [value for value, to in zip(values, exits, strict=True) if to == NO_CASE]
        unset = subject in ("variable", "number")
        if otherwise == NO_CASE and (missing or unset):
            what = ", ".join(f"'{v}'" for v in missing[:6]) or (
                "a caller for whom it is not set" if subject == "variable" else "a caller of the main number"
            )
            m.report.add(
                "IVR311", self.on.span, f"the branch on '{self.on.text}' has no case for {what}", "add 'otherwise:'"
            )
        if otherwise != NO_CASE and not missing and not unset:
            m.report.add(
                "IVR312", self.span("otherwise"), "'otherwise' never happens: every value has a case of its own",
                "take 'otherwise' out",
            )  # fmt: skip
