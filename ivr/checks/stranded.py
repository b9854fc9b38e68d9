"""Dead ends: callers who say nothing, press wrong keys or find nobody there, and are hung up on without help."""

from __future__ import annotations

from ivr.checks.links import LISTENING, PERSONS, Links
from ivr.checks.loops import NOTHING_DONE, Ways, failing, followed_by, unattended
from ivr.diagnostics import Label, Report, Span
from ivr.model.exits import Exit
from ivr.model.nodes import (
    AskNode,
    CallbackNode,
    CaseNode,
    EndNode,
    MenuNode,
    QueueNode,
    SayNode,
    TransferNode,
    VoicemailNode,
)

NO_CASE_HELP = "lead it to a person, or to words that tell where to turn: an end or say node with 'where_to_turn: true'"
TO_A_PERSON = "lead it to a person, a callback or a voicemail, or set 'where_to_turn' where the words tell so"


def check_stranded(links: Links, report: Report) -> None:
    """IVR304, IVR305, IVR306, IVR316 and IVR322: each place that is at fault is reported once."""
    dead = _Dead(links)
    nodes = links.graph.nodes
    without: list[int] = []
    for at, node in enumerate(nodes):
        kind = node.__class__
        if kind is MenuNode or kind is AskNode:
            for exit, to in links.nothing_done(at):
                if dead.ends[to]:
                    dead.nothing_done(at, exit, to, report)
        elif kind in PERSONS:
            for exit, to in failing(links, at):
                if dead.ends[to]:
                    dead.nobody_there(at, exit, to, report)
        elif kind in WITHOUT_CASE and any(dead.ends[to] for _, to in without_case(links, at)):
            without.append(at)
    dead.report_shared(report)
    helpless = _helpless(links) if without else b""
    for at in without:
        if helpless[at]:
            dead.no_case(at, report)


class _Dead:
    """`ends[i]` says whether from node i a call can be hung up on before anybody acts; `by[i]` is the exit to it."""

    def __init__(self, links: Links) -> None:
        self.links = links
        nodes = links.graph.nodes
        self.ends = bytearray(len(nodes))
        self.by: dict[int, str] = {}
        self._said: set[Span] = set()
        self._shared: dict[tuple[str, int], list[Span]] = {}
        came: dict[int, list[tuple[int, str]]] = {}
        ways: Ways = followed_by(links, unattended(links), "")
        for at, row in enumerate(ways):
            if row and nodes[at].__class__ not in PERSONS:
                for exit, to in row:
                    came.setdefault(to, []).append((at, exit))
        row_of_ends = [at for at, node in enumerate(nodes) if isinstance(node, EndNode) and not node.where_to_turn]
        row_of_ends = [at for at in row_of_ends if at != links.opaque]
        for at in row_of_ends:
            self.ends[at] = 1
        for at in row_of_ends:
            for before, exit in came.get(at, ()):
                if not self.ends[before]:
                    self.ends[before] = 1
                    self.by[before] = exit
                    row_of_ends.append(before)

    def nothing_done(self, at: int, exit: str, to: int, report: Report) -> None:
        """A caller who stays silent, or keeps pressing wrong keys, and comes to an end."""
        links = self.links
        code, who = NOTHING_DONE[exit]
        if to == links.graph.operator:
            self._operator(code, f"a caller {who} is led here and hung up on", report)
        elif self._at_once(to):
            last = "the last silence" if exit == "no_input" else "the last wrong key"
            report.add(
                "IVR306", links.at_exit(at, exit), f"{last} hangs up on the caller", TO_A_PERSON, self._labels(to)
            )
        else:
            self._shared.setdefault((code, to), []).append(links.at_exit(at, exit))

    def report_shared(self, report: Report) -> None:
        """Ways that lead to the same bad target are one fault: it is reported where the first of them is written."""
        whom = dict(NOTHING_DONE.values())
        for (code, to), spans in self._shared.items():
            message = f"a caller {whom[code]} is not led to a person or a case, but hung up on"
            others = sorted(set(spans))
            labels = self._labels(to) + [Label(span, "this leads there too") for span in others[1:4]]
            report.add(code, others[0], message, TO_A_PERSON, labels)

    def nobody_there(self, at: int, exit: str, to: int, report: Report) -> None:
        """A caller who was to be connected and comes to an end."""
        links = self.links
        if to == links.graph.operator:
            self._operator("IVR316", "a caller whom nobody answers is led here and hung up on", report)
            return
        why = _WHY.get(exit, "when it fails")
        labels = self._labels(to)
        self._said.add(links.at_exit(at, exit))
        report.add("IVR316", links.at_exit(at, exit), f"{why}, the caller is hung up on", TO_A_PERSON, labels)

    def no_case(self, at: int, report: Report) -> None:
        """A caller of whom no case is made, since they say nothing or it cannot be kept, and who comes to an end.

        Where its exits are written together they are one fault; one that is told already is no second one.
        """
        links = self.links
        ends = {links.at_exit(at, exit): exit for exit, to in without_case(links, at) if self.ends[to]}
        fresh = [(span, exit) for span, exit in ends.items() if span not in self._said and span.file >= 0]
        for span, exit in fresh[:1]:
            why = _WITHOUT | (_NUMBERED if isinstance(links.graph.nodes[at], CaseNode) else {})
            labels = [Label(other, f"and here {why[also]}") for other, also in fresh[1:]]
            message = f"{why[exit]}, the caller is hung up on and has no case"
            report.add("IVR322", span, message, NO_CASE_HELP, labels)

    def _operator(self, code: str, message: str, report: Report) -> None:
        """The operator's own way to an end is one fault, however many menus lead there."""
        at = self.links.graph.operator
        if at not in self.by:
            return  # the operator is an end: IVR309
        while self.by[at] in dict(self.links.ways[at]) and self._next(at) in self.by:
            at = self._next(at)
        span = self.links.at_exit(at, self.by[at])
        if span not in self._said:
            self._said.add(span)
            report.add(code, span, message, TO_A_PERSON)

    def _next(self, at: int) -> int:
        """The next node on the way to an end."""
        return next(to for exit, to in self.links.ways[at] if exit == self.by[at] and self.ends[to])

    def _at_once(self, at: int) -> bool:
        """Whether the way is an end, or words and then an end."""
        node = self.links.graph.nodes[at]
        return isinstance(node, EndNode) or (
            isinstance(node, SayNode) and isinstance(self.links.graph.nodes[self._next(at)], EndNode)
        )

    def _labels(self, to: int) -> list[Label]:
        """The last exit before the end, when it is written elsewhere."""
        at = to
        while at in self.by and self._next(at) in self.by:
            at = self._next(at)
        if at not in self.by or self.links.source_map.nodes[at] is None:
            return []
        return [Label(self.links.at_exit(at, self.by[at]), "here the call comes to its end")]


def without_case(links: Links, at: int) -> list[Exit]:
    """The exits of a voicemail, callback or case node on which there is no case, though the caller has refused nothing."""
    names = WITHOUT_CASE[links.graph.nodes[at].__class__]
    return [exit for exit in links.ways[at] if exit[0] in names]


def _helpless(links: Links) -> bytearray:
    """For each node whether a call can come to it that has met no person, has no case, and was told nowhere to turn."""
    graph = links.graph
    seen = bytearray(len(graph.nodes))
    row = []
    for start in {*links.chain[:1], graph.number_node}:
        seen[start] = 1
        row.append(start)
    for at in row:
        kind = graph.nodes[at].__class__
        if kind is SayNode and links.told(at):
            continue
        helped = _HELPED.get(kind, "")
        ways = [to for exit, to in links.ways[at] if exit != helped]
        if kind in LISTENING and graph.operator >= 0:
            ways.append(graph.operator)
        for to in ways:
            if not seen[to]:
                seen[to] = 1
                row.append(to)
    return seen


WITHOUT_CASE: dict[type, tuple[str, ...]] = {
    VoicemailNode: ("no_input", "failed"),
    CallbackNode: ("full", "failed"),
    CaseNode: ("over", "unknown", "no_input", "failed"),
}
_HELPED: dict[type, str] = {
    TransferNode: "when_done", QueueNode: "when_done", CallbackNode: "taken", VoicemailNode: "to",
    CaseNode: "joined",
}  # fmt: skip
"""By kind, the exit behind which a caller has met a person or has a case."""
_WITHOUT = {
    "no_input": "when nothing is recorded",
    "full": "when no day has a place left",
    "failed": "when the case cannot be kept",
}
_NUMBERED = {
    "over": "when the case is settled already",
    "unknown": "when the case number is not known",
    "no_input": "when no number is typed",
    "failed": "when the case cannot be looked for",
}
"""The same of a case node."""
_WHY = {
    "busy": "when the line is busy",
    "no_answer": "when nobody answers",
    "closed": "when the team is closed",
    "failed": "when the network fails",
    "timeout": "when the wait is over",
    "full": "when the queue is full",
}
