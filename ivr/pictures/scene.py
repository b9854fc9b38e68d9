"""What a picture shows, before it has places: boxes with rows, from a compiled table. One box a node, group of numbers
and team; one row an exit, or the exits of a node that lead to the same place."""

from __future__ import annotations

import re

from msgspec import Struct

from ivr.diagnostics import SourceMap
from ivr.model.exits import exit_label, exits
from ivr.model.graph import Graph
from ivr.model.moment import PHASES
from ivr.model.nodes import (
    CONTINUE,
    Actions,
    BranchNode,
    CalamityNode,
    CallbackNode,
    CaseNode,
    HoursNode,
    MenuNode,
    Node,
    NoticeNode,
    NumberNode,
    QueueNode,
    SplitNode,
    TransferNode,
    VoicemailNode,
)
from ivr.model.words import Audio, Prompt
from ivr.pictures.part import Part
from ivr.pictures.text import cleaned
from ivr.pictures.words import AUTONYMS, DAYS, EXITS, HOLES, KINDS, WORDS, words_of

ON, BYE = "on", "bye"
"""Targets that are no box: on in the entry chain, and the end of the call."""


class Row(Struct, frozen=True):
    """A line in a box, from which an edge may leave.

    `exits` are names as in the graph, `to` the id of a box, ON, BYE or ''. `whom` ends the label where no reference
    says it; `tag` stands at the right, `note` small below. `stub`: the edge is drawn as a reference, not as a line.
    """

    label: str
    exits: tuple[str, ...] = ()
    to: str = ""
    key: str = ""
    whom: str = ""
    tag: str = ""
    note: str = ""
    stub: bool = False


class Box(Struct, frozen=True):
    """A box: `id` (n node, e entry, t team, and an index), the kind, the name shown, what is spoken, rows, a tooltip.

    `visit` is the name of the visit that it stands in, or ''. `lead` is the box to which a line leaves from its name.
    `spoken` tells that `words` are said to the caller. `members` are the nodes that a folded visit stands for, `flow`
    is its flow.
    """

    id: str
    kind: str
    name: str
    words: str
    rows: tuple[Row, ...]
    tip: str
    visit: str = ""
    lead: str = ""
    spoken: bool = False
    members: tuple[str, ...] = ()
    flow: str = ""


class Scene(Struct, frozen=True):
    """All that is drawn. `chain` are the ids of the entry chain in order, the box of the numbers last; `visits` gives
    the title of each frame; `operator` is the id of the operator's box."""

    title: str
    subtitle: str
    language: str
    words: dict[str, str]
    kinds: dict[str, str]
    boxes: tuple[Box, ...]
    chain: tuple[str, ...]
    visits: dict[str, str]
    operator: str
    operator_key: str
    repeat_key: str


class Reading:
    """Reads a table in one language."""

    def __init__(self, graph: Graph, source_map: SourceMap, part: Part, language: int) -> None:
        self.graph = graph
        self.source_map = source_map
        self.part = part
        self.index = language
        self.code = graph.languages[language].code
        self.words_code = words_of(self.code)
        self.words = WORDS[self.words_code]
        self.kinds = KINDS[self.words_code]
        self.exits = EXITS[self.words_code]

    def node(self, index: int) -> Box:
        """The box of a node (the node of the numbers apart)."""
        node = self.graph.nodes[index]
        kind = _kind(node)
        full = cleaned(self.graph.names[index])
        visit, _, name = full.rpartition("/")
        words, where = self.says(index), self.source_map.node(index)
        tip = f"{full} ({self.kinds[kind]})\n{cleaned(where)}" + (f"\n{words}" if words else "")
        silent = isinstance(node, HoursNode | BranchNode | SplitNode | CalamityNode | NoticeNode)
        return Box(f"n{index}", kind, name, words, self._rows(index), tip, visit, spoken=not silent)

    def team(self, index: int) -> Box:
        """The box of a team."""
        team = self.graph.teams[index]
        facts = [self.words.get(f"via {team.via}", team.via)]
        if team.speaks:
            facts.append(self.words["speaks"] + " " + ", ".join(self.graph.languages[i].code for i in team.speaks))
        name = cleaned(team.titles[self.index])
        words = f"{self._hours(team.calendar)} ({', '.join(facts)})" if team.calendar >= 0 else ", ".join(facts)
        located = self.source_map.teams[index]
        where = self.source_map.sources.path_line(located.span)
        return Box(f"t{index}", "team", name, cleaned(words), (), f"{cleaned(team.name)}\n{cleaned(where)}")

    def says(self, index: int) -> str:
        """What a node says first, or what it does when it says nothing."""
        node = self.graph.nodes[index]
        match node:
            case HoursNode():
                name = self.graph.calendars[node.calendar].name if node.calendar >= 0 else "?"
                return cleaned(self.words["hours"].format(name=name) + " " + self._hours(node.calendar))
            case BranchNode():
                return cleaned(self.words["branch"].format(name=self._subject(node)))
            case SplitNode():
                return self.words["split"]
            case CalamityNode():
                return self.words["calamity"]
            case NoticeNode():
                return self.words["notice"]
            case CallbackNode():
                amount, unit = node.within
                promise = self.words.get(f"within {unit}", "").format(n=amount)
                return f"{promise} {self._spoken(node.offers)}".strip()
            case MenuNode():
                return self._before_choices(index, node)
            case _:
                return self._spoken(getattr(node, "says", ()) or getattr(node, "asks", ()))

    def _before_choices(self, index: int, node: MenuNode) -> str:
        """What a menu says before its choices, which stand in its rows: its own text, '' when it has none."""
        declared = self.source_map.nodes[index]
        if declared is None:
            return self._spoken(node.asks)
        say = declared.place("say")
        text = declared.place("say", self.code)
        if text is not say:
            return cleaned(text.text)
        return "" if say is declared.name else self._spoken(node.asks)

    def _hours(self, calendar: int) -> str:
        hours = self.graph.calendars[calendar].hours if calendar >= 0 else ""
        return re.sub(r"\b(Mo|Tu|We|Th|Fr|Sa|Su)\b", lambda m: DAYS[m[0]], hours) if self.words_code == "nl" else hours

    def _subject(self, node: BranchNode) -> str:
        match node.subject:
            case "variable":
                return self.graph.variables[node.index][0]
            case "fact":
                return self.graph.facts[node.index][0]
            case _:
                return self.words.get(f"subject {node.subject}", node.subject)

    def _spoken(self, by_language: tuple[Actions, ...]) -> str:
        out = []
        for action in by_language[self.index] if self.index < len(by_language) else ():
            prompts = getattr(action, "prompts", None) or ((action.prompt,) if hasattr(action, "prompt") else ())
            out += [self._text(self.graph.prompts[prompt]) for prompt in prompts]
        return cleaned(" ".join(out))

    def _text(self, prompt: Prompt) -> str:
        holes = HOLES[self.words_code]
        out = []
        for piece in prompt.pieces:
            if isinstance(piece, Audio):
                out.append(f"[{piece.url}]")
            else:
                out.append("".join(p if isinstance(p, str) else f"‹{holes.get(p.kind, p.kind)}›" for p in piece.parts))
        return " ".join(out)

    def _rows(self, index: int) -> tuple[Row, ...]:
        node = self.graph.nodes[index]
        rows = list(self.team_rows(node))
        options = len(node.options) if isinstance(node, MenuNode) else 0
        held = exits(node)
        for name, target in held[:options]:
            rows.append(Row(self._option(index, name), (name,), target_id(target), name))
        together: dict[int, list[str]] = {}
        for name, target in held[options:]:
            together.setdefault(target, []).append(name)
        if isinstance(node, MenuNode):
            names = together.pop(self.graph.operator, [])
            label = " · ".join([self.words["operator row"], *(self.exit(index, name) for name in names)])
            operator = target_id(self.graph.operator)
            rows.append(Row(label, ("(operator)", *names), operator, self.graph.operator_key, stub=True))
        for target, names in together.items():
            label = " · ".join(dict.fromkeys(self.exit(index, name) for name in names))
            rows.append(Row(label, tuple(names), target_id(target)))
        return tuple(rows)

    def team_rows(self, node: Node) -> list[Row]:
        """To whom a node connects, or for whom it leaves a task."""
        if isinstance(node, TransferNode) and node.team < 0:
            targets = sorted({t for dial in node.dials[self.index] for t in dial.targets})
            return [Row(f"{self.words['connects']} {cleaned(', '.join(targets))}")]
        team = node.team if isinstance(node, TransferNode | QueueNode | CallbackNode | VoicemailNode) else -1
        if team < 0:
            return []
        title = cleaned(self.graph.teams[team].titles[self.index])
        if isinstance(node, TransferNode | QueueNode):
            return [Row(self.words["connects"], ("(team)",), f"t{team}", whom=title)]
        return [Row(self.words["task"], ("(task)",), f"t{team}", stub=True)]

    def _option(self, index: int, key: str) -> str:
        """The words of a choice; those of its speech, or of its language, when it has no label."""
        declared = self.source_map.nodes[index]
        node = self.graph.nodes[index]
        assert isinstance(node, MenuNode)
        if declared is not None:
            label = declared.place("options", key, "label")
            option = declared.place("options", key)
            if label is not option:
                text = declared.place("options", key, "label", self.code)
                if text is not label:
                    return cleaned(text.text)
                for language in self.graph.languages:
                    text = declared.place("options", key, "label", language.code)
                    if text is not label:
                        return cleaned(text.text)
        position = node.keys[key]
        if node.options[position].language >= 0:
            code = self.graph.languages[node.options[position].language].code
            return self.words["in"].format(language=AUTONYMS.get(code, code))
        spoken = [phrase for phrase, chosen in sorted(node.phrases[self.index].items()) if chosen == position]
        return f"“{cleaned(spoken[0])}”" if spoken else self.exits["to"]

    def exit(self, index: int, name: str) -> str:
        """An exit in words."""
        node = self.graph.nodes[index]
        if isinstance(node, SplitNode):
            return f"{cleaned(name)}, {node.shares[node.names.index(name)]} %"
        if isinstance(node, QueueNode) and name == "offer_after":
            return f"{self.exits[name]} ({node.offer_key})" if node.offer_key else self.exits[name]
        if isinstance(node, BranchNode) and name.startswith("#"):
            label = cleaned(exit_label(self.graph, index, name))
            return self.exits.get(label, label) if label in PHASES and node.subject == "phase" else label
        if isinstance(node, CaseNode) and name == "over":
            return self.exits["settled"]
        return self.exits.get(name, cleaned(name))


def target_id(target: int) -> str:
    """The id of what an exit leads to."""
    return ON if target == CONTINUE else f"n{target}"


def _kind(node: Node) -> str:
    return "number" if isinstance(node, NumberNode) else str(node.__struct_config__.tag)
