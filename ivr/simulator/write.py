"""A call as a scenario in YAML: a way that was found, or one that somebody played."""

from __future__ import annotations

import datetime as dt
import re

from msgspec import Struct

from ivr.model.facts import default_fact
from ivr.proofs.relevant import asked_facts
from ivr.proofs.ways import Script
from ivr.simulator.replay import SAYS, SHUT_SECONDS, dialled_text
from ivr.simulator.run import CALLER
from ivr.simulator.transcript import Transcript
from ivr.tables.ready import Table

PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 _.-]*|[1-9][0-9]*|0")


class Given(Struct, frozen=True):
    """All that a scenario says of its call: '' and nothing for what is as usual.

    `dial` as it is dialled; `at` an instant; `caller` a number, or `anonymous`; `facts` those that are not as for somebody
    unknown; `dials` and `queues` outcomes in order by team; `says` what the calamity switch says by language, None when it
    is off, and `route` where it leads; `cases` how case numbers are found; `notices` what notice nodes say, by language;
    `closed` until when teams are closed by hand (epoch seconds); `seed` which caller it is, for shares.
    """

    dial: str
    at: int
    caller: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    does: tuple[str, ...] = ()
    dials: tuple[tuple[str, tuple[str, ...]], ...] = ()
    queues: tuple[tuple[str, tuple[str, ...]], ...] = ()
    disk: str = "well"
    cases: tuple[tuple[str, str], ...] = ()
    says: tuple[tuple[str, str], ...] | None = None
    route: str = ""
    seed: int | None = None
    notices: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    closed: tuple[tuple[str, int], ...] = ()


def scenario_text(table: Table, name: str, script: Script, heard: Transcript | None = None) -> str:
    """A way that was found as a scenario, two spaces deep, that expects what was heard: the ending, the team, the nodes
    that were passed."""
    graph = table.graph
    asked = asked_facts(graph)
    caller = "" if script.anonymous else CALLER
    facts = tuple(
        (name, values[value])
        for i, ((name, values), value) in enumerate(zip(graph.facts, script.facts, strict=False))
        if i in asked and value != default_fact(name, values, caller)
    )
    says = tuple((language.code, SAYS) for language in graph.languages)
    given = Given(
        dial=dialled_text(table, script) if script.dial >= 0 else "",
        at=script.at,
        caller="anonymous" if script.anonymous else "",
        facts=facts,
        does=script.does,
        dials=script.dials,
        queues=script.queues,
        disk=script.disk,
        cases=script.cases,
        says=says if script.calamity else None,
        route=script.route,
        seed=script.seed,
        notices=tuple((name, says) for name in script.notices),
        closed=tuple((name, script.at + SHUT_SECONDS) for name in script.closed),
    )
    return call_text(table, name, given, heard)


def call_text(table: Table, name: str, given: Given, heard: Transcript | None = None, over: bool = True) -> str:
    """A call as a scenario, two spaces deep. With `heard` it expects the nodes that were passed and, if the call is
    `over`, how it ended and the team that was reached."""
    local = dt.datetime.fromtimestamp(given.at, table.almanac.zone)
    out = [f"  {name}:"]
    out += [f"    dial: {_quoted(given.dial)}"] if given.dial else []
    out.append(f"    at: {local:%Y-%m-%d %H:%M}")
    out += [f"    from: {_word(given.caller)}"] if given.caller else []
    facts = [f"{_word(fact)}: {_word(value)}" for fact, value in given.facts]
    out += [f"    facts: {{{', '.join(facts)}}}"] if facts else []
    out += [f"    do: {_list(given.does)}"] if given.does else []
    for key, rows in (("dials", given.dials), ("queues", given.queues)):
        said = [f"{_word(who)}: {_list(_short(outcomes))}" for who, outcomes in rows]
        out += [f"    {key}: {{{', '.join(said)}}}"] if said else []
    disk = next((word for word in ("failed", "full") if word in given.disk.split(",")), "")
    out += [f"    disk: {disk}"] if disk else []
    cases = [f"{_word(number)}: {state}" for number, state in given.cases]
    out += [f"    cases: {{{', '.join(cases)}}}"] if cases else []
    if given.says is not None:
        parts = [f"say: {_texts(given.says)}"] if given.says else []
        parts += [f"route: {_word(given.route)}"] if given.route else []
        out.append(f"    calamity: {{{', '.join(parts)}}}")
    notices = [f"{_word(node)}: {_texts(texts)}" for node, texts in given.notices]
    out += [f"    notices: {{{', '.join(notices)}}}"] if notices else []
    times = ((team, dt.datetime.fromtimestamp(until, table.almanac.zone)) for team, until in given.closed)
    closed = [f"{_word(team)}: {until:%Y-%m-%d %H:%M}" for team, until in times]
    out += [f"    closed: {{{', '.join(closed)}}}"] if closed else []
    out += [f"    seed: {given.seed}"] if given.seed is not None else []
    out.append(f"    expect: {_expect(table, heard, over)}")
    return "\n".join(out) + "\n"


def _texts(texts: tuple[tuple[str, str], ...]) -> str:
    return f"{{{', '.join(f'{code}: {_word(text)}' for code, text in texts)}}}"


def _expect(table: Table, heard: Transcript | None, over: bool) -> str:
    if heard is None:
        return "{}"
    parts = [f"ends: {heard.ending}"] if over else []
    parts += [f"team: {_word(heard.team)}"] if over and heard.team else []
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
    return _quoted(text)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
