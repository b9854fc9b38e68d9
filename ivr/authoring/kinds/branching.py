"""`hours`, `branch` and `split`: the nodes that choose a way without a word."""

from __future__ import annotations

from ivr.authoring.kinds.base import Maker, NodeDecl, key, optional
from ivr.authoring.schema.decl import Decl, Record
from ivr.authoring.schema.types import CALENDAR, NODE, MapOf, Named, Num, Whole, Word
from ivr.authoring.values import Scalar
from ivr.diagnostics import did_you_mean
from ivr.model.moment import PHASES
from ivr.model.nodes import NO_CASE, BranchNode, HoursNode, SplitNode


class HoursDecl(NodeDecl):
    """Branches on a calendar, as it was when the call arrived."""

    title = "an hours node"
    kind = "hours"
    calendar: Scalar = key(CALENDAR, "whose hours count")
    open: Scalar = key(NODE, "where the call goes when it is open")
    closed: Scalar = key(NODE, "where the call goes when it is closed")
    holiday: Scalar | None = optional(NODE, "where the call goes on a holiday; as closed if left out", None)

    def make(self, m: Maker) -> HoursNode:
        closed = m.target(self.closed, self, "closed")
        holiday = closed if self.holiday is None else m.target(self.holiday, self, "holiday")
        return HoursNode(m.calendar(self.calendar), (m.target(self.open, self, "open"), closed, holiday))


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


class ShareDecl(Decl):
    """A share of the callers."""

    title = "a share"
    share: Num = key(Whole(0, 100), "how many in a hundred callers")
    to: Scalar = key(NODE, "where they go")


class SplitDecl(NodeDecl):
    """Sends a stable share of callers each way: the same caller goes the same way each time."""

    title = "a split"
    kind = "split"
    shares: dict[str, Named[ShareDecl]] = key(MapOf(Record(ShareDecl), "a share"), "the ways and their shares")

    def make(self, m: Maker) -> SplitNode:
        good = [(text, n.value) for text, n in self.shares.items() if n.value is not None and not n.value.broken]
        total = sum(share.share.value for _, share in good)
        if total != 100 and len(good) == len(self.shares):
            m.report.add("IVR313", self.span("shares"), f"the shares add up to {total}, not 100", "make them add up to 100")
        exits = tuple(m.target(share.to, self, f"shares/{text}/to") for text, share in good)
        return SplitNode(tuple(share.share.value for _, share in good), exits)
