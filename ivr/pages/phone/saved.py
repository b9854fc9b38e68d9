"""A call that was played as a scenario: its YAML, which is played anew before it is given away."""

from __future__ import annotations

import re

from msgspec import Struct

from ivr.diagnostics import Source, Sources
from ivr.model.numbers import mask
from ivr.pages.look.faults import Told
from ivr.pages.phone.play import CASES, Playing, play, prepare
from ivr.pages.phone.setting import Setting
from ivr.simulator.run import CALLER, Miss, run_scenario
from ivr.simulator.run import prepare as prepare_scenario
from ivr.simulator.scenario import Suite, read_suite_sources
from ivr.simulator.transcript import Transcript
from ivr.simulator.write import Given, call_text
from ivr.tables.arrivals import UNKNOWN, find_number
from ivr.tables.ready import Table

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
"""What a scenario may be called here: it becomes a key of YAML and the name of a file."""


class Saved(Struct, frozen=True):
    """A scenario: its name, the YAML of a file that holds it alone, and the caller's number that it gives, masked ('' for
    none): a scenario is kept for long and read by many."""

    name: str
    yaml: str
    caller: str


def save(table: Table, setting: Setting, now: int, name: str) -> Saved:
    """A call as a scenario. Raises Told for a name that cannot be, and for a call that a scenario cannot hold."""
    if not NAME.fullmatch(name):
        raise Told("phone.wrong_name")
    if setting.dial and find_number(table.graph, setting.dial) == UNKNOWN:
        raise Told("phone.wrong_unsayable_number", 409, number=setting.dial[:40])
    playing = prepare(table, setting, now)
    question = play(playing)
    given = _given(playing)
    heard = playing.transcript
    text = "scenarios:\n" + call_text(table, name, given, heard, over=question is None)
    suite = read_suite_sources(Sources((Source("scenario.yaml", text),)))
    if suite.report.sorted() or not _holds(table, suite, heard, whole=question is None):
        raise Told("phone.wrong_unsayable", 409)
    return Saved(name, text, mask(given.caller) if given.caller.startswith("+") else "")


def _given(playing: Playing) -> Given:
    setting, arrival, graph = playing.setting, playing.moment.arrival, playing.graph
    says: tuple[tuple[str, str], ...] | None = None
    if setting.calamity:
        codes = [language.code for language in graph.languages]
        says = tuple((code, text) for code, text in setting.says if code in codes)
    caller = "" if arrival.caller == CALLER else arrival.caller or "anonymous"
    return Given(
        dial="" if arrival.dialled == graph.main_number else arrival.dialled,
        at=arrival.time,
        caller=caller,
        facts=setting.facts,
        does=tuple(playing.words),
        dials=tuple(
            (team, tuple(held)) for team, held in playing.outcomes["dials"].items() if set(held) != {"bridged"}
        ),
        queues=tuple(
            (team, tuple(held)) for team, held in playing.outcomes["queues"].items() if set(held) != {"bridged"}
        ),
        disk=setting.disk,
        cases=tuple((number, state) for number, state in CASES.items() if number in playing.words),
        says=says,
        route=setting.route if setting.calamity else "",
        notices=tuple((node, _by_language(playing, texts)) for node, texts in playing.world.notices.items()),
        closed=tuple(playing.world.closed.items()),
        seed=setting.seed,
    )


def _by_language(playing: Playing, texts: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    languages = (language.code for language in playing.graph.languages)
    return tuple((code, text) for code, text in zip(languages, texts, strict=True) if text)


def _holds(table: Table, suite: Suite, heard: Transcript, whole: bool) -> bool:
    """Whether the scenario is the call that was played: it holds, and what is heard in it is the same, as far as it went.
    (A scenario knows no caller who hangs up while it rings, nor one who stays in a queue and leaves it later.)"""
    scenario = suite.scenarios[0]
    if isinstance(prepare_scenario(table, scenario.decl), Miss):
        return False
    result = run_scenario(table, scenario)
    if not result.passed or result.transcript is None:
        return False
    nodes = result.transcript.nodes
    return nodes == heard.nodes if whole else nodes[: len(heard.nodes)] == heard.nodes
