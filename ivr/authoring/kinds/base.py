"""What every kind of node shares: its declaration, and what the compiler offers to turn one into a node."""

from __future__ import annotations

from typing import Protocol

from ivr.authoring.pieces import Pieces
from ivr.authoring.schema.decl import Decl, Record, key, optional
from ivr.authoring.schema.prompts import PromptDecl, Texts
from ivr.authoring.schema.types import NODE, Num, Whole
from ivr.authoring.values import Mapping, Scalar, Sequence, Value, plain
from ivr.diagnostics import Report
from ivr.model.actions import Action
from ivr.model.graph import Team
from ivr.model.nodes import Node, Retry

Actions = tuple[Action, ...]


class Maker(Protocol):
    """What a kind may ask of the compiler. Names are looked up in the scope of the node (a flow has its own)."""

    report: Report
    node: int
    """The index of the node that is being made."""
    languages: tuple[str, ...]
    wait: int
    operator_key: str

    def target(self, at: Scalar | None, decl: NodeDecl, exit: str) -> int:
        """The index of the node that an exit leads to; without one, the table's default for that exit."""

    def team(self, at: Scalar) -> int:
        """The index of a team, -1 when unknown."""

    def calendar(self, at: Scalar) -> int:
        """The index of a calendar, -1 when unknown."""

    def language(self, at: Scalar) -> int:
        """The index of a language, -1 when unknown."""

    def field(self, at: Scalar) -> int:
        """The index of the field of that name, made when new."""

    def variable(self, at: Scalar) -> tuple[int, tuple[str, ...]]:
        """The index and values of a variable; (-1, ()) when unknown."""

    def has_variable(self, name: str) -> bool:
        """Whether there is a variable of that name."""

    def no_subject(self, at: Scalar) -> None:
        """Report that a branch is on nothing that is known."""

    def fact(self, name: str) -> tuple[int, tuple[str, ...]] | None:
        """The index and values of a fact, None when there is none."""

    def number_names(self) -> tuple[str, ...]:
        """The names of the legacy numbers, by index."""

    def number_named(self, text: str) -> str:
        """The name of a legacy number that is written in another notation; the text itself when there is none."""

    def pieces(self, prompt: PromptDecl | None, language: int, context: str = "") -> Pieces:
        """What is spoken of a prompt in a language; `context` is what it is for: `queue` allows
        placeholders of its own, `menu`, `again` and `closed` are judged by rules of their own."""

    def phrase(self, name: str, language: int, **fill: str) -> Pieces:
        """One of the phrases that the engine speaks by itself."""

    def phrase_prompt(self, name: str, language: int) -> int:
        """The id of a prompt that is one phrase, the same for all nodes."""

    def choice(self, label: str, key: str, language: int) -> str:
        """How a choice of a menu is spoken."""

    def label(self, texts: Texts, language: int) -> str:
        """One text in a language, for use inside a sentence."""

    def key_name(self, key: str, language: int) -> str:
        """A key as it is spoken: `*` has a name of its own."""

    def prompt(self, pieces: Pieces, decl: NodeDecl) -> int:
        """The id of a prompt made of pieces."""

    def say(self, pieces: Pieces, decl: NodeDecl) -> Actions:
        """An action that speaks the pieces; none for no pieces."""

    def operator(self) -> int:
        """The node that reaches a person."""

    def team_facts(self, team: int) -> Team:
        """What a node needs to know of a team."""

    def dials_declared(self, team: int) -> bool:
        """Whether the team says what to dial, though it may be wrong: then that is the fault, and reported."""

    def dial_target(self, at: Scalar) -> str:
        """A number or SIP address that may be dialled, '' after reporting that it may not."""


class RetryDecl(Decl):
    """How often a caller is asked, and where it goes then."""

    title = "no_input or no_match"
    ask_at_most: Num | None = optional(Whole(1, 10), "how often to ask, the first time included", None)
    to: Scalar | None = optional(NODE, "where the call goes then; the operator if left out", None)


RETRY = Record(RetryDecl)


class NodeDecl(Decl):
    """What every node has. `name` is its key; `at` its mapping."""

    also = frozenset({"kind"})
    kind = ""
    name: Scalar

    def make(self, m: Maker) -> Node:
        """The compiled node."""
        raise NotImplementedError

    def place(self, *path: str) -> Scalar:
        """The deepest place along a path of keys, `("options", "2", "to")`; the node's name when there is none.

        A word of a list is found by its text.
        """
        here: Value = self.at
        best = self.name
        for part in path:
            if isinstance(here, Mapping) and part in here.entries:
                best, here = here.entries[part]
            elif isinstance(here, Sequence):
                here = next((i for i in here.items if isinstance(i, Scalar) and i.text == part), here)
            else:
                break
            if isinstance(here, Scalar):
                best = here
        return best

    def written(self) -> object:
        """All that is written in it, less where."""
        return plain(self.at)

    def key_of(self, section: str, *names: str) -> Scalar | None:
        """The key in a mapping of the declaration that is written as one of `names`."""
        held = self.at.get(section)
        if isinstance(held, Mapping):
            for name in names:
                if name in held.entries:
                    return held.entries[name][0]
        return None


def retry(m: Maker, decl: NodeDecl, held: RetryDecl | None, name: str, askings: int) -> Retry:
    """The compiled form of `no_input` or `no_match`."""
    to = held.to if held is not None else None
    most = held.ask_at_most.value if held is not None and held.ask_at_most is not None else askings
    return Retry(most, m.operator() if to is None else m.target(to, decl, name))


__all__ = ["RETRY", "Actions", "Maker", "NodeDecl", "Pieces", "RetryDecl", "key", "optional", "retry"]
