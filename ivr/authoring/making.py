"""What the compiler offers to the kinds (`Maker`): names in scope, prompts numbered, words made."""

from __future__ import annotations

from collections.abc import Callable

from ivr.authoring.document import Document
from ivr.authoring.kinds.ask import AskDecl
from ivr.authoring.kinds.base import Actions, NodeDecl
from ivr.authoring.naming import Naming
from ivr.authoring.numbers import read_dialable
from ivr.authoring.pieces import Pieces
from ivr.authoring.schema.prompts import PromptDecl, Texts
from ivr.authoring.schema.sections import TableDecl
from ivr.authoring.scope import Expansion, Placed
from ivr.authoring.values import Scalar
from ivr.authoring.wording import Wording
from ivr.diagnostics import Report, SourceMap
from ivr.model.actions import Listen, Say
from ivr.model.graph import CalendarSpec, Team
from ivr.model.nodes import Node
from ivr.model.numbers import spoken
from ivr.model.words import Prompt

DEFAULT_WAIT = 8


class Making(Naming):
    """The compiler's side of `Maker`."""

    def __init__(
        self, document: Document, table: TableDecl, expansion: Expansion, languages: tuple[str, ...],
        calendars: tuple[CalendarSpec, ...], teams: tuple[Team, ...], sources: SourceMap, report: Report,
        own: Callable[[str], str],
    ) -> None:  # fmt: skip
        super().__init__(document, table, expansion, languages, calendars, teams, report)
        self.wait = table.wait.value if table.wait is not None else DEFAULT_WAIT
        self.prompts: list[Prompt] = []
        operator = table.operator
        self.operator_key = operator.key_.text if operator is not None and operator.key_ is not None else "0"
        self.repeat_key = table.repeat_key.text if table.repeat_key is not None else "*"
        self._prompt_of: dict[int, int] = {}  # by identity of a kept phrase: its prompt, -1 before it has one
        self._main = spoken(table.main_number.text) if table.main_number is not None else ""
        self._phrases: dict[tuple[str, int], Pieces] = {}
        self._own = own
        self.wording = Wording(document, languages, report, sources, self.calendar_said)
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

    def field(self, at: Scalar) -> int:
        """The index of the field of that name."""
        return self.wording.fields[at.text]

    # --- words

    def pieces(self, prompt: PromptDecl | None, language: int, context: str = "") -> Pieces:
        """What is spoken of a prompt in a language."""
        return () if prompt is None else self.wording.pieces(prompt, language, context, self.node, self._bound)

    def phrase(self, name: str, language: int, **fill: str) -> Pieces:
        """One of the phrases that the engine speaks by itself."""
        if fill:
            return self.wording.phrase(name, language, {"main": self._main, **fill})
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
        """After a redirect: one key to a person, then goodbye; in every language while nobody has chosen one."""
        spoken = range(len(self.languages)) if language == 0 else (language,)
        prompts = tuple(self.phrase_prompt("redirect_help", i) for i in spoken)
        return (Listen(node, prompts, language, self.wait, 1),)

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

    def finish(self) -> None:
        """Report what was never used, and let go of what was read."""
        self._used["prompt"] |= self.wording.used_prompts
        self.unused()
        self.wording.let_go()
