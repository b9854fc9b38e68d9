"""What the compiler offers to the kinds (`Maker`): names looked up in scope, prompts numbered, words made."""

from __future__ import annotations

from collections.abc import Callable

from ivr.authoring.document import Document
from ivr.authoring.kinds.ask import AskDecl
from ivr.authoring.kinds.base import Actions, NodeDecl
from ivr.authoring.numbers import read_dialable
from ivr.authoring.pieces import Pieces
from ivr.authoring.schema.sections import TableDecl
from ivr.authoring.schema.types import PromptDecl, Texts
from ivr.authoring.scope import Expansion, Placed, Scope
from ivr.authoring.values import Scalar, shorten
from ivr.authoring.wording import Wording
from ivr.diagnostics import Report, SourceMap, did_you_mean
from ivr.model.actions import Listen, Say
from ivr.model.graph import CalendarSpec, Team
from ivr.model.nodes import CONTINUE, Node
from ivr.model.words import Prompt

DEFAULT_WAIT = 8
UNKNOWN = {
    "calendar": ("IVR203",), "team": ("IVR202",), "prompt": ("IVR204",), "flow": ("IVR207",),
    "variable": ("IVR205", "IVR206"), "fact": ("IVR205", "IVR206"),
}  # fmt: skip
"""By kind of name, the codes that say one is unknown."""


class Making:
    """The compiler's side of `Maker`. `node` is the node that is being made, `scope` the scope of its names."""

    def __init__(
        self, document: Document, table: TableDecl, expansion: Expansion, languages: tuple[str, ...],
        calendars: tuple[CalendarSpec, ...], teams: tuple[Team, ...], sources: SourceMap, report: Report,
        own: Callable[[str], str],
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
        self.wait = table.wait.value if table.wait is not None else DEFAULT_WAIT
        self.prompts: list[Prompt] = []
        operator = table.operator
        self.operator_key = operator.key_.text if operator is not None and operator.key_ is not None else "0"
        self.repeat_key = table.repeat_key.text if table.repeat_key is not None else "*"
        self._calendars = {spec.name: i for i, spec in enumerate(calendars)}
        self._teams = {team.name: i for i, team in enumerate(teams)}
        self._variables = {n: (i, _words(v.value)) for i, (n, v) in enumerate(document.variables.items())}
        self._facts = {n: (i, _words(v.value)) for i, (n, v) in enumerate(document.facts.items())}
        self._prompt_of: dict[int, int] = {}  # by identity of a kept phrase: its prompt, -1 before it has one
        self._phrases: dict[tuple[str, int], Pieces] = {}
        self._own = own
        self._used: dict[str, set[str]] = {k: set() for k in ("calendar", "team", "variable", "fact")}
        self.wording = Wording(document, languages, report, sources, self._calendar_or_team)
        for placed in expansion.placed:
            if isinstance(placed.decl, AskDecl):
                self.wording.fields.setdefault(placed.decl.field.text, len(self.wording.fields))
        self.operator_node = self.known(-2)
        self.used_opaque = False
        if operator is not None and operator.to is not None:
            self.operator_node = self.global_target(operator.to)

    def make(self, index: int, placed: Placed) -> Node:
        """The node of a placed declaration."""
        self.node = index
        self.scope = placed.scope
        return placed.decl.make(self)

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
                text, scope.flow.nodes if scope.flow is not None else (), self.document.nodes, ("return", "continue")
            )
            self.report.add(
                "IVR201", at.span, f"there is no node '{shorten(text)}'", near or "define it under 'nodes:'"
            )
            return self.known(-2)
        return self.known(index)

    def _unbound(self, at: Scalar, scope: Scope) -> None:
        if scope.flow is None:
            self.report.add("IVR208", at.span, f"'{shorten(at.text)}' stands outside a flow", "parameters exist in flows only")
        elif at.text[1:] not in scope.flow.with_:
            near = did_you_mean(at.text[1:], scope.flow.with_)
            self.report.add("IVR208", at.span, f"the flow has no parameter '{shorten(at.text[1:])}'", near or "declare it in 'with:'")

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
            self.report.add(code, word.span, f"there is no {what} '{shorten(word.text)}'", near or f"define it under '{what}s:'")
            return -1
        self._used[what].add(word.text)
        return index

    def _calendar_or_team(self, text: str) -> int | None:
        if text.startswith("$"):
            bound = self.scope.bound.get(text[1:])
            if bound is None:
                return None
            text = bound[0].text
        if text in self._calendars:
            self._used["calendar"].add(text)
            return self._calendars[text]
        index = self._teams.get(text)
        return None if index is None else self.teams[index].calendar

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

    def field(self, at: Scalar) -> int:
        """The index of the field of that name."""
        return self.wording.fields[at.text]

    def variable(self, at: Scalar) -> tuple[int, tuple[str, ...]]:
        """The index and values of a variable; (-1, ()) when unknown."""
        held = self._variables.get(at.text)
        if held is None:
            code, what = "IVR205", "variable"
            near = did_you_mean(at.text, [*self._variables, *self._facts, "number", "phase", "language"])
            self.report.add(code, at.span, f"there is no {what} '{shorten(at.text)}'", near or "define it under 'variables:'")
            return -1, ()
        self._used["variable"].add(at.text)
        return held

    def fact(self, name: str) -> tuple[int, tuple[str, ...]] | None:
        """The index and values of a fact, None when there is none."""
        held = self._facts.get(name)
        if held is not None:
            self._used["fact"].add(name)
        return held

    def number_names(self) -> tuple[str, ...]:
        """The names of the legacy numbers, by index."""
        return tuple(self.document.numbers)

    # --- words

    def pieces(self, prompt: PromptDecl | None, language: int, context: str = "") -> Pieces:
        """What is spoken of a prompt in a language."""
        return () if prompt is None else self.wording.pieces(prompt, language, context, self.node, self._bound)

    def phrase(self, name: str, language: int, **fill: str) -> Pieces:
        """One of the phrases that the engine speaks by itself."""
        if fill:
            return self.wording.phrase(name, language, fill)
        held = self._phrases.get((name, language))
        if held is None:
            keys = {"operator": self.operator_key, "redirect_help": self.operator_key, "repeat": self.repeat_key}
            own = keys.get(name)
            with_key = {"key": self.wording.key_name(own, language)} if own is not None else {}
            held = self._phrases[name, language] = self.wording.phrase(name, language, with_key)
            self._prompt_of[id(held)] = -1
        return held

    def phrase_prompt(self, name: str, language: int) -> int:
        """The id of a prompt that is one phrase, the same for all nodes."""
        return self._number(self.phrase(name, language))

    def choice(self, label: str, key: str, language: int) -> str:
        """How a choice of a menu is spoken."""
        return self.wording.choice(label, key, language)

    def label(self, texts: Texts, language: int) -> str:
        """One text in a language, for use inside a sentence."""
        return self.wording.label(texts, language, self.node)

    def key_name(self, key: str, language: int) -> str:
        """A key as it is spoken."""
        return self.wording.key_name(key, language)

    def prompt(self, pieces: Pieces, decl: NodeDecl) -> int:
        """The id of a prompt made of pieces."""
        return self._number(pieces)

    def _number(self, pieces: Pieces) -> int:
        named = self.wording.named_now
        if named:
            self.prompts.append(Prompt(pieces, tuple(named)))
            named.clear()
            return len(self.prompts) - 1
        shared = self._prompt_of.get(id(pieces))
        if shared is not None and shared >= 0:
            return shared
        self.prompts.append(Prompt(pieces))
        if shared is not None:
            self._prompt_of[id(pieces)] = len(self.prompts) - 1
        return len(self.prompts) - 1

    def say(self, pieces: Pieces, decl: NodeDecl) -> Actions:
        """An action that speaks the pieces; none for no pieces."""
        return (Say(self._number(pieces)),) if pieces else ()

    def say_phrase(self, name: str, language: int) -> Actions:
        """An action that speaks a phrase."""
        return (Say(self.phrase_prompt(name, language)),)

    def announce(self, prompt: PromptDecl, language: int) -> Actions:
        """What is said of a number that disappears."""
        return (Say(self._number(self.pieces(prompt, language))),)

    def redirect_help(self, node: int, language: int) -> Actions:
        """After a redirect: one key to a person, then goodbye."""
        return (Listen(node, (self.phrase_prompt("redirect_help", language),), language, self.wait, 1),)

    # --- people

    def operator(self) -> int:
        """The node that reaches a person."""
        return self.operator_node

    def team_facts(self, team: int) -> Team:
        """What a node needs to know of a team."""
        return self.teams[team]

    def dials_declared(self, team: int) -> bool:
        """Whether the team says what to dial, though it may be wrong: then that is the fault, and reported."""
        named = self.document.teams.get(self.teams[team].name)
        return named is None or named.value is None or named.value.has("dial")

    def dial_target(self, at: Scalar) -> str:
        """A number or SIP address that may be dialled, '' after reporting that it may not."""
        word = self._bound(at)
        return "" if word is None else read_dialable(word, self.report, self._own)

    # --- what is never used

    def unused(self) -> None:
        """Report what is defined and never used. Where something could not be read, nobody knows what is used."""
        if self.used_opaque or self.document.unread:
            return
        for team in self.teams:
            if team.calendar >= 0:
                self._used["calendar"].add(list(self._calendars)[team.calendar])
        document = self.document
        rows = (
            ("calendar", document.calendars, self._used["calendar"]),
            ("team", document.teams, self._used["team"]),
            ("variable", document.variables, self._used["variable"]),
            ("fact", document.facts, self._used["fact"]),
            ("prompt", document.prompts, self.wording.used_prompts | self._guarded()),
            ("flow", document.flows, self.expansion.used_flows),
        )
        for what, held, used in rows:
            if self.report.has(*UNKNOWN[what]):
                continue  # the name that is not known may be meant for one that is not used
            for name, named in held.items():
                if name not in used:
                    self.report.add("IVR209", named.key.span, f"the {what} '{shorten(name)}' is never used", "take it out, or use it")

    def _guarded(self) -> set[str]:
        """Prompts that guarantees speak of."""
        out = set()
        for named in self.document.guarantees.values():
            for claim in (named.value.can, named.value.always, named.value.never) if named.value is not None else ():
                if claim is not None and claim.hears is not None:
                    out.add(claim.hears.text)
        return out


def _words(values: list[Scalar] | None) -> tuple[str, ...]:
    return tuple(at.text for at in values or ())

