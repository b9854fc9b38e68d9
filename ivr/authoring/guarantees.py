"""Guarantees: the names that they speak of must exist, long before anybody tries to prove them; and their compiled form."""

from __future__ import annotations

from collections.abc import Iterable

from ivr.authoring.document import Document
from ivr.authoring.kinds import KINDS
from ivr.authoring.kinds.visit import VisitDecl
from ivr.authoring.schema.sections import ClaimDecl, ForDecl, GuaranteeDecl
from ivr.authoring.values import Scalar, shorten
from ivr.diagnostics import Report, did_you_mean
from ivr.model.guarantee import ALWAYS, CAN, NEVER, Guarantee, Who
from ivr.model.moment import CLOSED, HOLIDAY, OPEN
from ivr.model.numbers import NumberFault, read_number

STATES = ("open", "closed", "holiday")
ANY_TEAM = "an open team"
PATH = "name the visit and the node of its flow, as transcripts show it: VISIT/NODE; or the node alone, for every visit"


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
        for at in decl.numbers:
            self._number(at)
        for at in decl.arriving:
            self._arriving(at)
        for text, named in decl.facts.items():
            if self._known("IVR206", "fact", named.key, document.facts, "define it under 'facts:'"):
                fact = document.facts[text].value or []
                for at in named.value or []:
                    self._value(at, text, [held.text for held in fact])

    def _number(self, at: Scalar) -> None:
        """`all`, `main`, or a number of the table in any notation."""
        if at.text in ("all", "main") or at.text in self.document.numbers:
            return
        wanted = read_number(at.text, True)
        held = () if isinstance(wanted, NumberFault) else (read_number(name, True) for name in self.document.numbers)
        if wanted not in held:
            help = did_you_mean(at.text, ("all", "main"), self.document.numbers) or "write 'all', 'main', or a number"
            what = f"there is no number '{shorten(at.text)}' under 'numbers:'"
            self.report.add("IVR213", at.span, what, help)

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
        if decl.reach is not None and decl.reach.text != ANY_TEAM and not self._visited(decl.reach.text):
            known = [*document.teams, *self.nodes, ANY_TEAM]
            self._known(
                "IVR202", "team or node", decl.reach, known,
                PATH if "/" in decl.reach.text else f"write '{ANY_TEAM}', or the name of a team or node",
            )  # fmt: skip
        if decl.hears is not None:
            self._known("IVR204", "prompt", decl.hears, document.prompts, "define it under 'prompts:'")
        for at in decl.before:
            if not self._visited(at.text):
                help = PATH if "/" in at.text else "define it under 'nodes:'"
                self._known("IVR201", "node or kind of node", at, [*self.nodes, *KINDS], help)

    def _visited(self, text: str) -> bool:
        """Whether it is a node inside a flow by the name that it has in a visit, as transcripts show it: `visit/node`."""
        nodes = self.document.nodes
        *visits, last = text.split("/")
        for name in visits:
            held = nodes.get(name)
            visit = held.value if held is not None else None
            named = self.document.flows.get(visit.flow.text) if isinstance(visit, VisitDecl) and visit.flow else None
            if named is None or named.value is None:
                return False
            nodes = named.value.nodes or {}
        return bool(visits) and last in nodes

    def _known(self, code: str, what: str, at: Scalar, known: Iterable[str], help: str) -> bool:
        names = set(known)
        if at.text in names:
            return True
        near = did_you_mean(at.text, sorted(names))
        self.report.add(code, at.span, f"there is no {what} '{shorten(at.text)}'", near or help)
        return False


class Index:
    """What the compiler knows by name: for guarantees, which are read after everything else."""

    def __init__(
        self, document: Document, languages: tuple[str, ...], nodes: list[tuple[str, str]], numbers: tuple[str, ...]
    ) -> None:
        """`nodes` are (name, kind) of each node, in order."""
        self.document = document
        self.languages = languages
        self.numbers = numbers
        self.calendars = {name: i for i, name in enumerate(document.calendars)}
        self.teams = {name: i for i, name in enumerate(document.teams)}
        self.facts = {
            name: (i, [v.text for v in named.value or ()]) for i, (name, named) in enumerate(document.facts.items())
        }
        self._nodes = nodes

    def nodes(self, name: str) -> tuple[int, ...]:
        """The nodes of a name: itself, those of a visit of that name, a flow's node wherever it stands, or of a kind."""
        exact = [i for i, (held, _) in enumerate(self._nodes) if held == name or held.startswith(name + "/")]
        if exact:
            return tuple(exact)
        inside = [i for i, (held, _) in enumerate(self._nodes) if held.endswith("/" + name)]
        return tuple(inside) or tuple(i for i, (_, kind) in enumerate(self._nodes) if kind == name)

    def number(self, text: str) -> tuple[int, ...]:
        """The index of a number in any notation; -1 for `main`."""
        if text == "main":
            return (-1,)
        wanted = read_number(text, True)
        return tuple(
            i
            for i, held in enumerate(self.numbers)
            if not isinstance(wanted, NumberFault) and read_number(held, True) == wanted
        )


def read_guarantees(index: Index) -> tuple[Guarantee, ...]:
    """The guarantees of a table, compiled. What is broken is left out: it is already reported."""
    out = []
    for name, named in index.document.guarantees.items():
        decl = named.value
        if decl is None or decl.broken:
            continue
        for kind, claim in ((CAN, decl.can), (ALWAYS, decl.always), (NEVER, decl.never)):
            if claim is not None:
                out.append(_guarantee(name, kind, claim, _who(decl.for_, index), index))
    return tuple(out)


def _guarantee(name: str, kind: str, claim: ClaimDecl, who: Who, index: Index) -> Guarantee:
    reach = claim.reach.text if claim.reach is not None else ""
    within = claim.within
    team = index.teams.get(reach)
    return Guarantee(
        name=name,
        who=who,
        claim=kind,
        open_team=reach == ANY_TEAM,
        teams=() if team is None else (team,),
        nodes=index.nodes(reach) if reach and team is None and reach != ANY_TEAM else (),
        ends_in=tuple(at.text for at in claim.ends_in),
        hears=claim.hears.text if claim.hears is not None else "",
        before=tuple(n for at in claim.before for n in index.nodes(at.text)),
        choices=within.choices.value if within is not None and within.choices is not None else None,
        seconds=within.seconds.value if within is not None and within.seconds is not None else None,
    )


def _who(decl: ForDecl | None, index: Index) -> Who:
    if decl is None:
        return Who()
    numbers = [at.text for at in decl.numbers]
    arriving = []
    for at in decl.arriving:
        name, _, state = at.text.partition(" ")
        if name in index.calendars:
            states = {"open": (OPEN,), "closed": (CLOSED, HOLIDAY), "holiday": (HOLIDAY,)}.get(state, ())
            arriving.append((index.calendars[name], states))
    languages = [at.text for at in decl.languages]
    facts = []
    for text, named in decl.facts.items():
        held = index.facts.get(text)
        if held is not None:
            facts.append((held[0], tuple(held[1].index(v.text) for v in named.value or () if v.text in held[1])))
    every = not numbers or "all" in numbers
    return Who(
        numbers=None if every else tuple(n for text in numbers for n in index.number(text)),
        arriving=tuple(arriving),
        languages=_languages(languages, index),
        facts=tuple(facts),
    )


def _languages(codes: list[str], index: Index) -> tuple[int, ...] | None:
    """`all`, and nothing said, mean whichever language the call is in; named ones must each be spoken at the goal."""
    if not codes or "all" in codes:
        return None
    return tuple(index.languages.index(code) for code in codes if code in index.languages)
