"""Scenarios and single calls, run: a scenario is turned into a call, played, and judged by what it expects."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from ivr.authoring.schema.prompts import Texts
from ivr.diagnostics import Span
from ivr.model.moment import Calamity
from ivr.model.state import Arrival
from ivr.simulator.callers import Caller, Persona, Scripted
from ivr.simulator.named import strangers
from ivr.simulator.play import Play
from ivr.simulator.scenario import Scenario, ScenarioDecl
from ivr.simulator.transcript import Transcript
from ivr.simulator.world import World
from ivr.tables.arrivals import arrive, caller_number, find_number
from ivr.tables.ready import Table

CALLER = "+31612345678"
"""Who calls when a scenario does not say."""


@dataclass(frozen=True, slots=True)
class Miss:
    """Something that a scenario expects and that did not come: where it is written, expected, heard."""

    span: Span
    what: str
    expected: str
    heard: str


@dataclass(frozen=True, slots=True)
class Result:
    """A scenario after it was played."""

    scenario: Scenario
    transcript: Transcript | None
    misses: tuple[Miss, ...]

    @property
    def passed(self) -> bool:
        """Whether all that was expected came."""
        return not self.misses


PlayCall = Callable[[Table, Arrival, Caller, World], Transcript]
"""How a call is played: in process, or over HTTP."""


def in_process(table: Table, arrival: Arrival, caller: Caller, world: World) -> Transcript:
    """Play a call against the engine itself."""
    return Play(table, arrival, caller, world).run()


def prepare(table: Table, decl: ScenarioDecl) -> tuple[Arrival, Caller, World] | Miss:
    """The call of a scenario, or what in it does not exist in the table."""
    graph = table.graph
    stranger = next(strangers(graph, decl), None)
    if stranger is not None:
        message, help = stranger.unknown
        return Miss(stranger.span, stranger.key, help or "something that the table knows", message)
    dialled = decl.dial.text if decl.dial is not None else graph.main_number
    number = find_number(graph, dialled)
    caller = caller_number(decl.from_.text) if decl.from_ is not None else CALLER
    known = {name: named.value.text for name, named in decl.facts.items() if named.value is not None}
    seed = decl.seed.value if decl.seed is not None else None
    arrival = arrive(graph, _instant(table, decl.at_.text), number, dialled, caller, known, seed)
    script = [at.text for at in decl.do]
    who: Caller = Scripted(script) if decl.as_ is None else Persona(graph, decl.as_.text, script)
    return arrival, who, _world(table, decl)


def _world(table: Table, decl: ScenarioDecl) -> World:
    calamity = None
    if decl.calamity is not None:
        said = _said(table, decl.calamity.say)
        calamity = Calamity(said, decl.calamity.route.text if decl.calamity.route is not None else "")
    return World(
        dials={name: [at.text for at in named.value or ()] for name, named in decl.dials.items()},
        queues={name: [at.text for at in named.value or ()] for name, named in decl.queues.items()},
        disk=decl.disk.text if decl.disk is not None else "well",
        calamity=calamity,
        cases={number: named.value.text for number, named in decl.cases.items() if named.value is not None},
        notices={name: _said(table, named.value) for name, named in decl.notices.items()},
        closed={name: _instant(table, at.value.text) for name, at in decl.closed.items() if at.value is not None},
    )


def _said(table: Table, texts: Texts | None) -> tuple[str, ...]:
    """A text for each language of the table, '' where there is none."""
    held = texts.by_language if texts is not None else {}
    return tuple(held[lang.code][1].text if lang.code in held else "" for lang in table.graph.languages)


def _instant(table: Table, text: str) -> int:
    return int(dt.datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=table.almanac.zone).timestamp())


def run_scenario(table: Table, scenario: Scenario, play: PlayCall = in_process) -> Result:
    """Play a scenario and judge it."""
    prepared = prepare(table, scenario.decl)
    if isinstance(prepared, Miss):
        return Result(scenario, None, (prepared,))
    transcript = play(table, *prepared)
    return Result(scenario, transcript, tuple(judge(table, scenario.decl, transcript)))


def judge(table: Table, decl: ScenarioDecl, transcript: Transcript) -> list[Miss]:
    """What a scenario expects and did not get."""
    expect = decl.expect
    out: list[Miss] = []
    if expect.ends is not None and transcript.ending != expect.ends.text:
        out.append(Miss(expect.ends.span, "ends", expect.ends.text, transcript.ending))
    if expect.team is not None and transcript.team != expect.team.text:
        out.append(Miss(expect.team.span, "team", expect.team.text, transcript.team or "nobody"))
    words = transcript.words().casefold()
    at = 0
    for wanted in expect.hears:
        found = words.find(wanted.text.casefold(), at)
        if found < 0:
            out.append(Miss(wanted.span, "hears", wanted.text, transcript.words()))
        else:
            at = found + len(wanted.text)
    out += [
        Miss(wanted.span, "never hears", f"not: {wanted.text}", transcript.words())
        for wanted in expect.never_hears
        if wanted.text.casefold() in words
    ]
    names = [table.graph.names[node] for node in transcript.nodes]
    place = 0
    for wanted in expect.passes:
        if wanted.text in names[place:]:
            place = names.index(wanted.text, place) + 1
        else:
            out.append(Miss(wanted.span, "passes", wanted.text, " → ".join(names)))
    if expect.choices_at_most is not None and transcript.choices > expect.choices_at_most.value:
        span = expect.span("choices_at_most")
        out.append(Miss(span, "choices", f"at most {expect.choices_at_most.value}", str(transcript.choices)))
    if expect.seconds_at_most is not None:
        helped = transcript.helped_at
        if helped is None or helped > expect.seconds_at_most.value:
            heard = "never helped" if helped is None else f"helped after {helped:.0f} s"
            span = expect.span("seconds_at_most")
            out.append(Miss(span, "seconds", f"at most {expect.seconds_at_most.value} s", heard))
    return out
