"""What scenarios name that their table does not have: numbers, facts, teams, outcomes, routes, languages, nodes; found
without playing a call."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from typing import NamedTuple

from ivr.authoring.schema.prompts import Texts
from ivr.authoring.values import Scalar, shorten
from ivr.diagnostics import Report, Span, did_you_mean
from ivr.model.graph import Graph
from ivr.simulator.known import (
    Unknown,
    dialled_numbers,
    unknown_case,
    unknown_closed,
    unknown_dialled,
    unknown_fact,
    unknown_notice,
    unknown_outcome,
    unknown_route,
    unknown_team,
    unknown_value,
)
from ivr.simulator.scenario import ExpectDecl, ScenarioDecl, Suite
from ivr.simulator.world import DIAL_WORDS, QUEUE_WORDS
from ivr.tables.arrivals import UNKNOWN, find_number


class Stranger(NamedTuple):
    """Something that a scenario names and the table does not have: its code, the key it stands under, where, and what."""

    code: str
    key: str
    span: Span
    unknown: Unknown


def check_names(graph: Graph, suite: Suite, report: Report) -> None:
    """Report all that the scenarios name and the table does not have."""
    names = frozenset(graph.names)
    for scenario in suite.scenarios:
        for found in (*strangers(graph, scenario.decl), *_expected(graph, names, scenario.decl.expect)):
            report.add(found.code, found.span, *found.unknown)


def strangers(graph: Graph, decl: ScenarioDecl) -> Iterator[Stranger]:
    """What the call of a scenario needs and the table does not have; what it expects is not looked at."""
    if decl.dial is not None and find_number(graph, decl.dial.text) == UNKNOWN:
        near = did_you_mean(decl.dial.text, [graph.main_number, *(number.name for number in graph.numbers)])
        unknown = Unknown(f"there is no number '{shorten(decl.dial.text)}'", near or "define it under 'numbers:'")
        yield Stranger("IVR213", "dial", decl.dial.span, unknown)
    if not _is_moment(decl.at_.text):
        yield Stranger("IVR106", "at", decl.at_.span, Unknown(f"'{decl.at_.text}' is no date and time", ""))
    for name, named in decl.facts.items():
        if found := unknown_fact(graph, name):
            yield Stranger("IVR206", "facts", named.key.span, found)
        elif named.value is not None and (found := unknown_value(graph, name, named.value.text)):
            yield Stranger("IVR213", "facts", named.value.span, found)
    for name, outcomes in decl.dials.items():
        if found := unknown_dialled(graph, name):
            yield Stranger("IVR202", "dials", outcomes.key.span, found)
        yield from _outcomes("dials", DIAL_WORDS, outcomes.value or [])
    for name, outcomes in decl.queues.items():
        if found := unknown_team(graph, name):
            yield Stranger("IVR202", "queues", outcomes.key.span, found)
        yield from _outcomes("queues", QUEUE_WORDS, outcomes.value or [])
    for number, state in decl.cases.items():
        if found := unknown_case(number):
            yield Stranger("IVR106", "cases", state.key.span, found)
    yield from _calamity(graph, decl)
    for name, said in decl.notices.items():
        if found := unknown_notice(graph, name):
            yield Stranger("IVR213", "notices", said.key.span, found)
        yield from _languages(graph, "notices", said.value)
    for name, until in decl.closed.items():
        if found := unknown_closed(graph, name):
            yield Stranger("IVR202", "closed", until.key.span, found)
        elif until.value is not None and not _is_moment(until.value.text):
            yield Stranger(
                "IVR106", "closed", until.value.span, Unknown(f"'{until.value.text}' is no date and time", "")
            )


def _outcomes(key: str, words: tuple[str, ...], outcomes: list[Scalar]) -> Iterator[Stranger]:
    for at in outcomes:
        if found := unknown_outcome(words, at.text):
            yield Stranger("IVR213", key, at.span, found)


def _calamity(graph: Graph, decl: ScenarioDecl) -> Iterator[Stranger]:
    now = decl.calamity
    if now is None:
        return
    if now.route is not None and (found := unknown_route(graph, now.route.text)):
        yield Stranger("IVR213", "calamity", now.route.span, found)
    yield from _languages(graph, "calamity", now.say)


def _languages(graph: Graph, key: str, said: Texts | None) -> Iterator[Stranger]:
    codes = [language.code for language in graph.languages]
    for code, (at, _) in (said.by_language if said is not None else {}).items():
        if code not in codes:
            help = did_you_mean(code, codes) or "its languages: " + ", ".join(codes)
            yield Stranger("IVR210", key, at.span, Unknown(f"'{shorten(code)}' is no language of the table", help))


def _is_moment(text: str) -> bool:
    try:
        dt.datetime.strptime(text, "%Y-%m-%d %H:%M")
    except ValueError:
        return False
    return True


def _expected(graph: Graph, names: Collection[str], expect: ExpectDecl) -> Iterator[Stranger]:
    """What a scenario expects that can never come, since nothing in the table is called so."""
    team = expect.team
    if team is not None and team.text not in dialled_numbers(graph) and (found := unknown_team(graph, team.text)):
        yield Stranger("IVR202", "team", team.span, found)
    for at in expect.passes:
        if at.text not in names:
            help = did_you_mean(at.text, names)
            yield Stranger("IVR201", "passes", at.span, Unknown(f"there is no node '{shorten(at.text)}'", help))
