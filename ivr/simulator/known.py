"""What a call may be given: facts, outcomes of dials and waits, routes of the calamity switch. What the table does not know
is said with the nearest that it does; else a slip of the pen would play another call than was meant."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from ivr.authoring.values import shorten
from ivr.desk.switches import closable, notice_nodes
from ivr.diagnostics import did_you_mean
from ivr.model.graph import Graph
from ivr.model.nodes import CalamityNode, TransferNode
from ivr.simulator.world import DIAL_WORDS, QUEUE_WORDS

ALL = "*"
"""The name that stands for all teams and numbers that are not named themselves."""


class Unknown(NamedTuple):
    """Something that is not known: what, and how to mend it."""

    message: str
    help: str


def unknown_fact(graph: Graph, name: str) -> Unknown | None:
    """Whether a fact is none of the table's."""
    known = [fact for fact, _ in graph.facts]
    return None if name in known else _unknown("there is no fact", name, known, "the table has no facts")


def unknown_value(graph: Graph, fact: str, value: str) -> Unknown | None:
    """Whether a fact of the table has no such value."""
    values = dict(graph.facts)[fact]
    return None if value in values else _unknown(f"the fact '{shorten(fact)}' has no value", value, values)


def unknown_dialled(graph: Graph, name: str) -> Unknown | None:
    """Whether a name is that of no team, and no number that the table dials."""
    teams = _teams(graph)
    if name == ALL or name in teams or name in dialled_numbers(graph):
        return None
    return _unknown("there is no team or dialled number", name, teams)


def unknown_team(graph: Graph, name: str) -> Unknown | None:
    """Whether a name is that of no team."""
    teams = _teams(graph)
    return None if name == ALL or name in teams else _unknown("there is no team", name, teams)


def unknown_outcome(words: Sequence[str], outcome: str) -> Unknown | None:
    """Whether an outcome is none of DIAL_WORDS or QUEUE_WORDS."""
    what = "dial" if words is DIAL_WORDS else "wait"
    return None if outcome in words else _unknown(f"no {what} ends in", outcome, words)


def unknown_case(number: str) -> Unknown | None:
    """Whether a case can have no such number: six digits, of which the first is not 0."""
    if len(number) == 6 and number.isdecimal() and number[0] != "0":
        return None
    return Unknown(f"'{shorten(number)}' is no case number", "write six digits, the first of them no 0: 123456")


def unknown_route(graph: Graph, route: str) -> Unknown | None:
    """Whether no calamity node declares a route."""
    known = {name for node in graph.nodes if isinstance(node, CalamityNode) for name in node.routes}
    if not route or route in known:
        return None
    return _unknown("no calamity node has the route", route, sorted(known), "the table declares no routes")


def unknown_notice(graph: Graph, name: str) -> Unknown | None:
    """Whether a name is that of no notice node."""
    known = list(notice_nodes(graph))
    return None if name in known else _unknown("there is no notice node", name, known, "the table has no notice node")


def unknown_closed(graph: Graph, name: str) -> Unknown | None:
    """Whether a name is that of no team that can be closed by hand."""
    known = closable(graph)
    return None if name in known else _unknown("no call comes to a team", name, known)


def dialled_numbers(graph: Graph) -> set[str]:
    """The numbers and addresses that transfers dial and that are no team's, as a world knows them."""
    rows = (node.dials for node in graph.nodes if isinstance(node, TransferNode) and node.team < 0)
    return {dials[0].targets[0] for row in rows for dials in row if dials and dials[0].targets}


def first_unknown(
    graph: Graph, facts: dict[str, str], dials: dict[str, list[str]], queues: dict[str, list[str]], route: str,
    notices: Collection[str] = (), closed: Collection[str] = (),
) -> tuple[str, Unknown] | None:  # fmt: skip
    """The first of what a call is given that the table does not know: (`facts`, `dials`, `queues`, `notices`, `closed` or
    `route`, what)."""
    for name, value in facts.items():
        if found := unknown_fact(graph, name) or unknown_value(graph, name, value):
            return "facts", found
    for name, outcomes in dials.items():
        if found := unknown_dialled(graph, name) or _first(DIAL_WORDS, outcomes):
            return "dials", found
    for name, outcomes in queues.items():
        if found := unknown_team(graph, name) or _first(QUEUE_WORDS, outcomes):
            return "queues", found
    for name in notices:
        if found := unknown_notice(graph, name):
            return "notices", found
    for name in closed:
        if found := unknown_closed(graph, name):
            return "closed", found
    found = unknown_route(graph, route)
    return None if found is None else ("route", found)


def _first(words: Sequence[str], outcomes: Sequence[str]) -> Unknown | None:
    return next((found for outcome in outcomes if (found := unknown_outcome(words, outcome))), None)


def _teams(graph: Graph) -> list[str]:
    return [team.name for team in graph.teams]


def _unknown(what: str, word: str, known: Collection[str], none: str = "") -> Unknown:
    listed = ", ".join(known) if len(known) <= 12 else ""
    help = did_you_mean(word, known) or (f"known: {listed}" if listed else "" if known else none)
    return Unknown(f"{what} '{shorten(word)}'", help)
