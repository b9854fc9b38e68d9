"""A way that was found, as a scenario in YAML."""

from __future__ import annotations

import datetime as dt
import re

from ivr.model.facts import default_fact
from ivr.proofs.relevant import asked_facts
from ivr.proofs.ways import Script
from ivr.simulator.replay import SAYS, dialled_text
from ivr.simulator.run import CALLER
from ivr.simulator.transcript import Transcript
from ivr.tables.ready import Table

PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 _.-]*|[1-9][0-9]*|0")


def scenario_text(table: Table, name: str, script: Script, heard: Transcript | None = None) -> str:
    """A scenario, two spaces deep, that expects what was heard: the ending, the team, the nodes that were passed."""
    graph = table.graph
    local = dt.datetime.fromtimestamp(script.at, table.almanac.zone)
    out = [f"  {name}:"]
    if script.dial >= 0:
        out.append(f'    dial: "{dialled_text(table, script)}"')
    out.append(f"    at: {local:%Y-%m-%d %H:%M}")
    if script.anonymous:
        out.append("    from: anonymous")
    asked = asked_facts(graph)
    caller = "" if script.anonymous else CALLER
    facts = [
        f"{name}: {_word(values[value])}"
        for i, ((name, values), value) in enumerate(zip(graph.facts, script.facts, strict=False))
        if i in asked and value != default_fact(name, values, caller)
    ]
    out += [f"    facts: {{{', '.join(facts)}}}"] if facts else []
    out += [f"    do: {_list(script.does)}"] if script.does else []
    for key, rows in (("dials", script.dials), ("queues", script.queues)):
        said = [f"{_word(who)}: {_list(_short(outcomes))}" for who, outcomes in rows]
        out += [f"    {key}: {{{', '.join(said)}}}"] if said else []
    disk = next((word for word in ("failed", "full") if word in script.disk.split(",")), "")
    out += [f"    disk: {disk}"] if disk else []
    cases = [f"{_word(number)}: {state}" for number, state in script.cases]
    out += [f"    cases: {{{', '.join(cases)}}}"] if cases else []
    if script.calamity:
        says = ", ".join(f"{language.code}: {SAYS}" for language in graph.languages)
        out.append(f"    calamity: {{say: {{{says}}}{f', route: {_word(script.route)}' if script.route else ''}}}")
    out += [f"    seed: {script.seed}"] if script.seed is not None else []
    out.append(f"    expect: {_expect(table, heard)}")
    return "\n".join(out) + "\n"


def _expect(table: Table, heard: Transcript | None) -> str:
    if heard is None:
        return "{}"
    parts = [f"ends: {heard.ending}"]
    parts += [f"team: {_word(heard.team)}"] if heard.team else []
    return "{" + ", ".join([*parts, f"passes: {_list(_passed(table, heard))}"]) + "}"


def _passed(table: Table, heard: Transcript) -> tuple[str, ...]:
    """The nodes that were passed and are written in the table, each once in a row."""
    written = [n for n in heard.nodes if table.source_map.nodes[n] is not None]
    return tuple(table.graph.names[n] for i, n in enumerate(written) if not i or written[i - 1] != n)


def _short(outcomes: tuple[str, ...]) -> tuple[str, ...]:
    """Outcomes in order, less what the last one repeats."""
    while len(outcomes) > 1 and outcomes[-1] == outcomes[-2]:
        outcomes = outcomes[:-1]
    return outcomes


def _list(words: tuple[str, ...]) -> str:
    return f"[{', '.join(_word(word) for word in words)}]"


def _word(text: str) -> str:
    """A word as YAML takes it, in quotes where it needs them."""
    if PLAIN.fullmatch(text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
