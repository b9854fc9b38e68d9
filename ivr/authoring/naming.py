"""Names looked up where they stand: nodes and flow parameters in scope, teams, calendars, variables, facts, languages."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from ivr.authoring.document import Document
from ivr.authoring.kinds.base import NodeDecl
from ivr.authoring.schema.sections import TableDecl
from ivr.authoring.scope import Expansion, Scope
from ivr.authoring.values import Mapping, Scalar, Sequence, Value, shorten
from ivr.diagnostics import VERY_LIKE, Report, Span, did_you_mean
from ivr.model.graph import CalendarSpec, Team
from ivr.model.nodes import CONTINUE
from ivr.model.numbers import NumberFault, read_number

UNKNOWN = {
    "calendar": ("IVR203",), "team": ("IVR202",), "prompt": ("IVR204",), "flow": ("IVR207",),
    "variable": ("IVR205", "IVR206"), "fact": ("IVR205", "IVR206"),
}  # fmt: skip
"""By kind of name, the codes that say one is unknown."""
_PARAMETER = re.compile(r"\$([a-z0-9_-]+)")


class Naming:
    """Finds what names stand for, reports those that stand for nothing, and remembers which were used.

    `node` is the node that is being made, `scope` the scope of its names.
    """

    def __init__(
        self, document: Document, table: TableDecl, expansion: Expansion, languages: tuple[str, ...],
        calendars: tuple[CalendarSpec, ...], teams: tuple[Team, ...], report: Report,
    ) -> None:  # fmt: skip
        self.document = document
        self.table = table
        self.expansion = expansion
        self.languages = languages
        self.teams = teams
        self.report = report
        self.node = 0
        self.scope = Scope()
        self.root = Scope()
        self.opaque = len(expansion.placed) + 1
        self.used_opaque = False
        self.returning: dict[str, set[int]] = {}
        self._calendars = {spec.name: i for i, spec in enumerate(calendars)}
        self._teams = {team.name: i for i, team in enumerate(teams)}
        self._variables = {n: (i, _words(v.value)) for i, (n, v) in enumerate(document.variables.items())}
        self._facts = {n: (i, _words(v.value)) for i, (n, v) in enumerate(document.facts.items())}
        self._used: dict[str, set[str]] = {k: set() for k in ("calendar", "team", "variable", "fact", "prompt")}

    # --- targets

    def known(self, index: int) -> int:
        """An index, with the opaque node for what nothing can be made of."""
        if index == -2:
            self.used_opaque = True
            return self.opaque
        return index

    def global_target(self, at: Scalar) -> int:
        """The node of a name of the table."""
        return self._resolve(at, self.root)

    def entry(self, at: Scalar) -> int:
        """A node of the entry chain."""
        return self._resolve(at, self.root)

    def target(self, at: Scalar | None, decl: NodeDecl, exit: str) -> int:
        """The node that an exit leads to; without one, the table's default for that exit."""
        if at is not None:
            return self._resolve(at, self.scope)
        named = self.table.defaults.get(exit) if self.table.defaults else None
        if named is not None and named.value is not None:
            return self._resolve(named.value, self.root)
        key = "to" if exit.startswith("options/") else exit
        where = decl.place(*exit.split("/")).span
        what = f"the option '{exit[8:]}'" if exit.startswith("options/") else f"the exit '{exit}'"
        self.report.add(
            "IVR320", where, f"{what} of '{decl.name.text}' leads nowhere",
            f"add '{key}:' here" + ("" if key == "to" else ", or state it once in the table's 'defaults:'"),
        )  # fmt: skip
        return self.known(-2)

    def _resolve(self, at: Scalar, scope: Scope, depth: int = 0) -> int:
        text = at.text
        if text.startswith("$"):
            bound = scope.bound.get(text[1:])
            if bound is None or depth > 20:
                self._unbound(at, scope)
                return self.known(-2)
            return self._resolve(bound[0], bound[1], depth + 1)
        if text == "return":
            if scope.flow is None or scope.then is None or scope.outer is None:
                self.report.add("IVR212", at.span, "'return' stands outside a flow", "name a node")
                return self.known(-2)
            self.returning.setdefault(scope.prefix, set()).add(self.node)
            return self._resolve(scope.then, scope.outer, depth + 1)
        if text == "continue":
            return CONTINUE
        if scope.flow is not None and text in scope.flow.nodes:
            return self.known(self.expansion.index.get(scope.prefix + text, -2))
        index = self.expansion.index.get(text)
        if index is None:
            near = did_you_mean(
                text, scope.flow.nodes if scope.flow is not None else (), self.document.nodes, ("return", "continue"),
                like=VERY_LIKE,
            )  # fmt: skip
            self.report.add(
                "IVR201", at.span, f"there is no node '{shorten(text)}'", near or "define it under 'nodes:'"
            )
            return self.known(-2)
        return self.known(index)

    def _unbound(self, at: Scalar, scope: Scope) -> None:
        if scope.flow is None:
            self.report.add(
                "IVR208", at.span, f"'{shorten(at.text)}' stands outside a flow", "parameters exist in flows only"
            )
        elif at.text[1:] not in scope.flow.with_:
            near = did_you_mean(at.text[1:], scope.flow.with_)
            self.report.add(
                "IVR208",
                at.span,
                f"the flow has no parameter '{shorten(at.text[1:])}'",
                near or "declare it in 'with:'",
            )

    def _bound(self, at: Scalar) -> Scalar | None:
        """The word that stands for a `$parameter`, followed out to where it was written."""
        scope = self.scope
        for _ in range(20):
            if not at.text.startswith("$"):
                return at
            bound = scope.bound.get(at.text[1:])
            if bound is None:
                self._unbound(at, scope)
                return None
            at, scope = bound
        return None

    # --- names

    def team(self, at: Scalar) -> int:
        """The index of a team, -1 when unknown."""
        word = self._bound(at)
        index = -1 if word is None else self._find("team", word, self._teams)
        return -1 if word is None or self._half_known(word.text) else index

    def _half_known(self, team: str) -> bool:
        """Whether a team could not be read whole: what it lacks is then no fault of the nodes that name it."""
        named = self.document.teams.get(team)
        return named is not None and (named.value is None or named.value.broken)

    def calendar(self, at: Scalar) -> int:
        """The index of a calendar, -1 when unknown."""
        word = self._bound(at)
        return -1 if word is None else self._find("calendar", word, self._calendars)

    def _find(self, what: str, word: Scalar, known: dict[str, int]) -> int:
        index = known.get(word.text)
        if index is None:
            code = {"team": "IVR202", "calendar": "IVR203"}[what]
            near = did_you_mean(word.text, known)
            self.report.add(
                code, word.span, f"there is no {what} '{shorten(word.text)}'", near or f"define it under '{what}s:'"
            )
            return -1
        self._used[what].add(word.text)
        return index

    def calendar_said(self, text: str, span: Span) -> int | None:
        """The calendar that `{opens:…}` speaks of: one by name, or a team's. None after reporting that there is none."""
        word = self._bound(Scalar(text, span.file, span.line, span.column, span.end_line, span.end_column))
        if word is None:
            return None
        if word.text in self._calendars:
            self._used["calendar"].add(word.text)
            return self._calendars[word.text]
        index = self._teams.get(word.text)
        if index is not None:
            return self.teams[index].calendar
        if not (text.startswith("$") and self.report.has("IVR202")):  # the same word is told as no team
            help = did_you_mean(word.text, self._calendars, self._teams) or _listed("its calendars: ", self._calendars)
            self.report.add("IVR203", word.span, f"there is no calendar or team '{shorten(word.text)}'", help)
        return None

    def language(self, at: Scalar) -> int:
        """The index of a language, -1 when unknown."""
        word = self._bound(at)
        if word is None:
            return -1
        if word.text in self.languages:
            return self.languages.index(word.text)
        help = did_you_mean(word.text, self.languages) or "its languages: " + ", ".join(self.languages)
        self.report.add("IVR210", word.span, f"'{shorten(word.text)}' is no language of the table", help)
        return -1

    def variable(self, at: Scalar) -> tuple[int, tuple[str, ...]]:
        """The index and values of a variable; (-1, ()) when unknown."""
        held = self._variables.get(at.text)
        if held is None:
            near = did_you_mean(at.text, self._variables)
            what = f"there is no variable '{shorten(at.text)}'"
            self.report.add("IVR205", at.span, what, near or "define it under 'variables:'")
            return -1, ()
        self._used["variable"].add(at.text)
        return held

    def no_subject(self, at: Scalar) -> None:
        """Report that a branch is on nothing that is known."""
        near = did_you_mean(at.text, self._variables, self._facts, ("number", "phase", "language"))
        help = near or "a branch is on a variable, a fact, number, phase or language"
        self.report.add("IVR205", at.span, f"there is no variable or fact '{shorten(at.text)}'", help)

    def has_variable(self, name: str) -> bool:
        """Whether there is a variable of that name."""
        return name in self._variables

    def fact(self, name: str) -> tuple[int, tuple[str, ...]] | None:
        """The index and values of a fact, None when there is none."""
        held = self._facts.get(name)
        if held is not None:
            self._used["fact"].add(name)
        return held

    def number_named(self, text: str) -> str:
        """The name of a legacy number that is written in another notation; the text itself when there is none."""
        wanted = read_number(text, block=True)
        if isinstance(wanted, NumberFault):
            return text
        return next((name for name in self.number_names() if read_number(name, block=True) == wanted), text)

    def number_names(self) -> tuple[str, ...]:
        """The names of the legacy numbers, by index."""
        return tuple(self.document.numbers)

    # --- what is never used

    def unused(self) -> None:
        """Report what is defined and never used. Where something could not be read, nobody knows what is used."""
        if self.used_opaque or self.document.unread:
            return
        for team in self.teams:
            if team.calendar >= 0:
                self._used["calendar"].add(list(self._calendars)[team.calendar])
        document = self.document
        handed_over = self._unused_parameters()
        rows = (
            ("calendar", document.calendars, self._used["calendar"]),
            ("team", document.teams, self._used["team"]),
            ("variable", document.variables, self._used["variable"]),
            ("fact", document.facts, self._used["fact"]),
            ("prompt", document.prompts, self._used["prompt"] | self._guarded()),
            ("flow", document.flows, self.expansion.used_flows),
        )
        for what, held, used in rows:
            if self.report.has("IVR208", *UNKNOWN[what]):
                continue  # the name that is not known may be meant for one that is not used
            if what in handed_over:
                continue  # it may be given to a parameter that is not used, and that is told
            for name, named in held.items():
                if name not in used:
                    self.report.add(
                        "IVR209",
                        named.key.span,
                        f"the {what} '{shorten(name)}' is never used",
                        "take it out, or use it",
                    )

    def _unused_parameters(self) -> set[str]:
        """The kinds of those that are reported. A parameter is used where its name stands after a `$`, in whatever is
        written under the flow's nodes."""
        kinds: set[str] = set()
        if self.report.has("IVR208", "IVR201", *UNKNOWN["team"], *UNKNOWN["calendar"], *UNKNOWN["prompt"], "IVR210"):
            return kinds  # the name that is not known may be meant for a parameter
        for name, named in self.document.flows.items():
            flow = named.value
            if name not in self.expansion.used_flows or flow is None or not flow.with_:
                continue
            used = set(_parameters(flow.at.get("nodes")))
            for text, parameter in flow.with_.items():
                if text not in used:
                    what = f"the parameter '{shorten(text)}' of the flow '{shorten(name)}' is never used"
                    self.report.add("IVR209", parameter.key.span, what, f"take it out, or use it as '${text}'")
                    kinds.add(parameter.value.text if parameter.value is not None else "")
        return kinds

    def _guarded(self) -> set[str]:
        """Prompts that guarantees speak of."""
        out = set()
        for named in self.document.guarantees.values():
            for claim in (named.value.can, named.value.always, named.value.never) if named.value is not None else ():
                if claim is not None and claim.hears is not None:
                    out.add(claim.hears.text)
        return out


def _parameters(value: Value | None) -> Iterator[str]:
    """The names that stand after a `$` in a value and all within it."""
    row = [value]
    for part in row:
        if isinstance(part, Mapping):
            row += [held for _, held in part.entries.values()]
        elif isinstance(part, Sequence):
            row += part.items
        elif part is not None and "$" in part.text:
            yield from (found[1] for found in _PARAMETER.finditer(part.text))


def _listed(before: str, names: Collection[str]) -> str:
    """The first of some names, for a help; how to make one where there is none."""
    return before + ", ".join(list(names)[:8]) if names else "define it under 'calendars:'"


def _words(values: list[Scalar] | None) -> tuple[str, ...]:
    return tuple(at.text for at in values or ())
