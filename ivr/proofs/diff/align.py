"""A compiled table moved into the common space of two: the same engine runs it there, and equal nodes are equal values."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from ivr.calendars.calendar import SEARCH_DAYS, Calendar
from ivr.model.actions import Action, Dial, Enqueue, Hangup, Listen, Record, Say
from ivr.model.exits import retarget
from ivr.model.graph import CalendarSpec, Graph, Number, Team
from ivr.model.nodes import (
    CONTINUE,
    NO_CASE,
    Actions,
    AskNode,
    BranchNode,
    CalamityNode,
    CallbackNode,
    CaseNode,
    EndNode,
    HoursNode,
    MenuNode,
    Node,
    NoticeNode,
    NumberNode,
    QueueNode,
    SayNode,
    SurveyNode,
    TransferNode,
    VoicemailNode,
)
from ivr.proofs.diff.places import Alike, Common, Places, find_places, spread
from ivr.proofs.diff.waiting import waiting_alike

_ROWS: dict[type, tuple[str, ...]] = {
    SayNode: ("says",),
    MenuNode: ("asks", "quiet", "wrong", "again"),
    AskNode: ("asks", "quiet", "wrong", "confirms"),
    TransferNode: ("says",),
    QueueNode: ("says",),
    CallbackNode: ("offers", "asks", "wrong", "confirms", "promises"),
    VoicemailNode: ("says", "thanks"),
    SurveyNode: ("asks", "wrong"),
    CaseNode: ("asks", "quiet", "wrong", "promised", "open", "confirms", "joins", "cancels", "overs"),
    CalamityNode: ("says",),
    NoticeNode: ("says",),
    EndNode: ("says",),
    NumberNode: ("helps", "goodbye"),
}
"""The fields of each kind that hold actions for each language."""
_NOBODY = Team("", (), -1, "sip", (), False, 0, 0, ())
_GONE = EndNode(())
"""What stands in the place of a node that only the other table has."""


class Pair(Struct, frozen=True):
    """Two tables in one space. `old_nodes` and `new_nodes` give, for a common index, the index in the table itself, or
    -1; `old_numbers`, `new_numbers`, `old_teams`, `new_teams` likewise."""

    old: Graph
    new: Graph
    common: Common
    old_nodes: list[int]
    new_nodes: list[int]
    old_numbers: list[int]
    new_numbers: list[int]
    old_teams: list[int]
    new_teams: list[int]


def align(old: Graph, new: Graph, start: int, days: int) -> Pair:
    """Two tables moved into their common space; calendars are the same that are so for calls in the days from `start`
    (epoch seconds) on."""
    common, before, after = find_places(old, new, _alike(ZoneInfo(new.timezone), start, days))
    moved = _Moving(old, before, common).graph()
    arrived = _same_words(moved, _Moving(new, after, common).graph(), common, before)
    return Pair(
        moved, waiting_alike(moved, arrived), common,
        _back(before.nodes, common.size), _back(after.nodes, common.size),
        _back(before.numbers, len(common.numbers)), _back(after.numbers, len(common.numbers)),
        _back(before.teams, len(common.teams)), _back(after.teams, len(common.teams)),
    )  # fmt: skip


def _same_words(old: Graph, new: Graph, common: Common, places: Places) -> Graph:
    """The new table with the old one's nodes where they only say the same under another index: a table may hold a prompt
    twice, and looking for that in every node would cost more than all the rest."""
    if all(a == b for a, b in zip(old.nodes, new.nodes, strict=True)):
        return new
    first: dict[object, int] = {}
    once = [first.setdefault(prompt.pieces, index) for index, prompt in enumerate(common.prompts)]
    here = replace(
        places, nodes=list(range(common.size)), prompts=once, calendars=list(range(len(common.calendars))),
        teams=list(range(len(common.teams))), numbers=list(range(len(common.numbers))),
        languages=list(range(len(common.languages))), fields=list(range(len(common.fields))),
        variables=list(range(len(common.variables))), facts=list(range(len(common.facts))),
        variable_values=[list(range(len(values))) for _, values in common.variables],
        fact_values=[list(range(len(values))) for _, values in common.facts],
    )  # fmt: skip
    moving = _Moving(old, here, common)
    nodes = tuple(
        a if a == b or (type(a) is type(b) and moving.node(a) == moving.node(b)) else b
        for a, b in zip(old.nodes, new.nodes, strict=True)
    )
    return replace(new, nodes=nodes)


def _alike(zone: ZoneInfo, start: int, days: int) -> Alike:
    """Compares calendars day by day, as far ahead as an opening is looked for on the last of the days."""
    first = dt.datetime.fromtimestamp(start, zone).toordinal()

    def alike(one: CalendarSpec, other: CalendarSpec) -> bool:
        pair = Calendar(one, zone), Calendar(other, zone)
        for ordinal in range(first - 1, first + days + SEARCH_DAYS):
            a, b = (calendar.day(ordinal) for calendar in pair)
            if a.stretches != b.stretches or bool(a.holiday) != bool(b.holiday):
                return False
        return True

    return alike


def _back(places: list[int], size: int) -> list[int]:
    out = [-1] * size
    for index, at in enumerate(places):
        out[at] = index
    return out


class _Moving:
    """Moves one table."""

    def __init__(self, graph: Graph, places: Places, common: Common) -> None:
        self.source = graph
        self.places = places
        self.common = common
        self.languages = len(common.languages)
        self._same_languages = places.languages == list(range(self.languages))

    def graph(self) -> Graph:
        """The table in the common space."""
        source, places, common = self.source, self.places, self.common
        still = places.identical(common)
        moved = source.nodes if still else tuple(self.node(node) for node in source.nodes)
        return replace(
            source,
            nodes=spread(moved, places.nodes, common.size, _GONE),
            names=spread(source.names, places.nodes, common.size, ""),
            chain=tuple(self.to("", at) for at in source.chain),
            number_node=self.to("", source.number_node),
            start=self.to("", source.start),
            operator=self.to("", source.operator),
            operator_words=self.by_language(source.operator_words, frozenset()),
            languages=common.languages,
            prompts=common.prompts,
            calendars=common.calendars,
            teams=spread([self.team(t) for t in source.teams], places.teams, len(common.teams), _NOBODY),
            numbers=spread(
                [self.number(n) for n in source.numbers], places.numbers, len(common.numbers),
                Number("", "", 0, 0, (), (), ()),
            ),
            variables=common.variables,
            facts=common.facts,
            fields=common.fields,
            give_up=self.rows(source.give_up),
            apology=self.rows(source.apology),
            guarantees=(),
        )  # fmt: skip

    def to(self, _exit: str, target: int) -> int:
        """A target in the common space."""
        return target if target in (CONTINUE, NO_CASE) else self.places.nodes[target]

    def by_language(self, rows: tuple, empty: object) -> tuple:  # type: ignore[type-arg]  # rows of whatever a node has one of for each language
        """One item a language, in the common order; nothing for a language that the table lacks."""
        if not rows or self._same_languages:
            return rows
        return spread(rows, self.places.languages, self.languages, empty)

    def rows(self, rows: tuple[Actions, ...]) -> tuple[Actions, ...]:
        """Actions for each language."""
        return self.by_language(tuple(tuple(map(self.action, row)) for row in rows), ())

    def action(self, action: Action) -> Action:
        """An action, with what it names."""
        places = self.places
        if isinstance(action, Say):
            return Say(places.prompts[action.prompt])
        if isinstance(action, Listen):
            return Listen(
                places.nodes[action.node], tuple(places.prompts[p] for p in action.prompts),
                places.languages[action.language], action.wait, action.digits, action.finish, action.speech, action.hints,
            )  # fmt: skip
        if isinstance(action, Dial):
            return self.dial(action)
        if isinstance(action, Enqueue):
            return Enqueue(places.nodes[action.node], places.teams[action.team], action.old_place)
        if isinstance(action, Record | Hangup):
            return replace(action, node=places.nodes[action.node])
        return action

    def dial(self, dial: Dial) -> Dial:
        """A dial."""
        whisper = dial.whisper if dial.whisper < 0 else self.places.prompts[dial.whisper]
        return Dial(self.places.nodes[dial.node], self._team(dial.team), dial.targets, dial.ring, whisper)

    def _team(self, team: int) -> int:
        return team if team < 0 else self.places.teams[team]

    def _calendar(self, calendar: int) -> int:
        return calendar if calendar < 0 else self.places.calendars[calendar]

    def node(self, node: Node) -> Node:
        """A node, with all that it names."""
        changes: dict[str, object] = {field: self.rows(getattr(node, field)) for field in _ROWS.get(type(node), ())}
        if isinstance(node, MenuNode):
            changes["phrases"] = self.by_language(node.phrases, {})
            changes["options"] = tuple(
                replace(
                    option,
                    language=option.language if option.language < 0 else self.places.languages[option.language],
                    sets=tuple(self._set(*pair) for pair in option.sets),
                )
                for option in node.options
            )
        elif isinstance(node, AskNode):
            changes["field"] = self.places.fields[node.field]
        elif isinstance(node, HoursNode):
            changes["calendar"] = self._calendar(node.calendar)
        elif isinstance(node, BranchNode):
            changes |= self._branch(node)
        elif isinstance(node, TransferNode):
            dials = tuple(tuple(map(self.dial, row)) for row in node.dials)
            changes["dials"] = self.by_language(dials, ())
        elif isinstance(node, QueueNode):
            changes["enqueue"] = self.action(node.enqueue)
            prompts = self.places.prompts
            waits = tuple((prompts[plain], prompts[offered]) for plain, offered in node.wait_prompts)
            changes["wait_prompts"] = self.by_language(waits, (-1, -1))
        elif isinstance(node, VoicemailNode):
            changes["record"] = self.action(node.record)
        if isinstance(node, TransferNode | QueueNode | CallbackNode | VoicemailNode):
            changes["team"] = self._team(node.team)
        if isinstance(node, TransferNode | QueueNode):
            changes["calendar"] = self._calendar(node.calendar)
        return retarget(replace(node, **changes), self.to)

    def _set(self, variable: int, value: int) -> tuple[int, int]:
        return self.places.variables[variable], self.places.variable_values[variable][value]

    def _branch(self, node: BranchNode) -> dict[str, object]:
        """What a branch asks, and an exit for each common value."""
        places, common = self.places, self.common
        exits = node.exits
        if node.subject == "variable":
            at = places.variables[node.index]
            values = places.variable_values[node.index]
            return {"index": at, "exits": spread(exits, values, len(common.variables[at][1]), NO_CASE)}
        if node.subject == "fact":
            at = places.facts[node.index]
            values = places.fact_values[node.index]
            return {"index": at, "exits": spread(exits, values, len(common.facts[at][1]), NO_CASE)}
        if node.subject == "number":
            return {"exits": spread(exits, places.numbers, len(common.numbers), NO_CASE)}
        if node.subject == "language":
            return {"exits": spread(exits, places.languages, self.languages, NO_CASE)}
        return {}

    def team(self, team: Team) -> Team:
        """A team."""
        return replace(
            team, titles=self.by_language(team.titles, ""), calendar=self._calendar(team.calendar),
            speaks=tuple(sorted(self.places.languages[i] for i in team.speaks)),
        )  # fmt: skip

    def number(self, number: Number) -> Number:
        """A legacy number."""
        return replace(
            number, to=self.to("", number.to), then=self.to("", number.then), announce=self.rows(number.announce),
            must_still_reach=tuple(sorted(self.places.teams[t] for t in number.must_still_reach)),
        )  # fmt: skip
