"""`ivr simulate`: call, test, and what stands in files of its own: explore, generate, load, mutate."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path

import click

from ivr.cli.common import coloured, get_table, progress, read_date, table_argument, today_option
from ivr.cli.explore import explore
from ivr.cli.generate import generate
from ivr.cli.load import load
from ivr.cli.mutate import mutate
from ivr.diagnostics import did_you_mean
from ivr.diagnostics.show import show
from ivr.model.events import CASE_STATES
from ivr.model.moment import Calamity
from ivr.model.state import Arrival
from ivr.simulator.callers import PERSONAS, WORDS, Caller, Persona, Scripted, readable
from ivr.simulator.cover import Coverage, measure
from ivr.simulator.known import first_unknown, unknown_case
from ivr.simulator.replay import SHUT_SECONDS
from ivr.simulator.run import CALLER, PlayCall, Result, in_process, run_scenario
from ivr.simulator.scenario import read_suite
from ivr.simulator.show import as_dict, show_coverage, show_failure, show_idle, show_transcript
from ivr.simulator.transcript import Transcript
from ivr.simulator.world import DISK_WORDS, World
from ivr.tables.arrivals import UNKNOWN, arrive, caller_number, find_number
from ivr.tables.ready import Table


@click.group(
    epilog="""\b
Examples:
  ivr simulate call --at "2026-12-01 10:00" --keys 2,1
  ivr simulate test --cover 100
  ivr simulate explore
  ivr simulate generate -o generated.yaml
  ivr simulate mutate
  ivr simulate load --calls 100000
"""
)
def simulate() -> None:
    """Play calls offline, against the very engine that serves them."""


simulate.add_command(explore)
simulate.add_command(generate)
simulate.add_command(load)
simulate.add_command(mutate)


@simulate.command(
    epilog="""\b
Examples:
  ivr simulate call --dial "050 367 1000" --at "2026-12-01 10:00" --keys 2,1
  ivr simulate call --at "2026-12-01 22:00"              a keyboard on a terminal
  ivr simulate call --as silent --dials burgerzaken=no_answer
  ivr simulate call --keys 1 --wire http://127.0.0.1:8050
"""
)
@table_argument
@click.option("--dial", "number", default=None, help="The number that is dialled; the main number if left out.")
@click.option("--at", default=None, metavar="MOMENT", help='When, "2026-12-01 10:00"; now if left out.')
@click.option("--from", "from_", default=CALLER, show_default=True, help="The caller's number, or anonymous.")
@click.option("--keys", default=None, help="What the caller does, parted by commas: 2,:afval,silence,hangup.")
@click.option("--as", "persona", type=click.Choice(PERSONAS), default=None, help="A persona that calls.")
@click.option("--fact", "facts", multiple=True, metavar="NAME=VALUE", help="What is known of the caller.")
@click.option("--dials", multiple=True, metavar="TEAM=OUTCOME[,…]", help="How dials end: bridged, busy, no_answer, …")
@click.option("--queues", multiple=True, metavar="TEAM=OUTCOME[,…]", help="How waits end: bridged, timeout, full, …")
@click.option("--disk", default="well", metavar="OUTCOME[,…]", help="Whether cases can be kept: well, full, failed.")
@click.option(
    "--case", "cases", multiple=True, metavar="NUMBER=STATE", help="What a case number finds: promised, open, over."
)
@click.option("--calamity", default=None, metavar="TEXT", help="What the calamity switch says.")
@click.option("--route", default="", help="The route that the calamity switch takes.")
@click.option("--notice", "notices", multiple=True, metavar="NODE=TEXT", help="What a notice node says.")
@click.option("--closed", multiple=True, metavar="TEAM[=MOMENT]", help="A team that is closed by hand; for an hour.")
@click.option("--seed", type=click.IntRange(0, 9999), default=None, help="Which caller it is, for shares.")
@click.option("--wire", default=None, metavar="URL", help="Play it over HTTP, as Twilio would.")
@click.option("--json", "as_json", is_flag=True, help="The transcript as JSON.")
def call(
    table: Path, number: str | None, at: str | None, from_: str, keys: str | None, persona: str | None,
    facts: tuple[str, ...], dials: tuple[str, ...], queues: tuple[str, ...], disk: str, cases: tuple[str, ...],
    calamity: str | None, notices: tuple[str, ...], closed: tuple[str, ...],
    route: str, seed: int | None, wire: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Play one call and print what is heard, line by line, with the place in the YAML."""
    ready = get_table(table)
    graph = ready.graph
    dialled = number if number is not None else graph.main_number
    index = find_number(graph, dialled)
    if index == UNKNOWN:
        click.echo(f"'{dialled}' is not in the table: the call goes through the entry, as to the main number", err=True)
    known = _pairs(facts, "--fact")
    arrival = arrive(graph, _instant(ready, at), index, dialled, caller_number(from_), known, seed)
    if not set(disk.split(",")) <= DISK_WORDS:
        raise click.BadParameter(f"'{disk}' is not of {', '.join(sorted(DISK_WORDS))}", param_hint="--disk")
    if wire is not None and "," in disk:
        raise click.UsageError("over HTTP the disk keeps as it is for the whole call: give --disk one word")
    world = World(
        dials=_outcomes(dials, "--dials"),
        queues=_outcomes(queues, "--queues"),
        disk=disk,
        calamity=Calamity((calamity or "",) * len(graph.languages), route) if calamity or route else None,
        cases=_cases(cases),
        notices={node: (text,) * len(graph.languages) for node, text in _pairs(notices, "--notice").items()},
        closed=_closed(ready, closed, arrival.time),
    )
    if unknown := first_unknown(graph, known, world.dials, world.queues, route, world.notices, world.closed):
        what, (message, help) = unknown
        raise click.BadParameter(f"{message}; {help}" if help else message, param_hint=_OPTIONS[what])
    script = _script(keys)
    if persona is None and keys is None and wire is None and not as_json and sys.stdin.isatty():
        from ivr.cli.keyboard import play_live

        play_live(ready, arrival, world)
        return
    who: Caller = Persona(graph, persona, script) if persona is not None else Scripted(script)
    transcript = _player(wire)(ready, arrival, who, world)
    if as_json:
        click.echo(json.dumps(as_dict(ready, transcript), ensure_ascii=False, indent=2))
    else:
        click.echo(show_transcript(ready, transcript))


def _cases(given: tuple[str, ...]) -> dict[str, str]:
    """What case numbers find."""
    held = _pairs(given, "--case")
    for number, state in held.items():
        message, help = unknown_case(number) or ("", "")
        if not message and state not in CASE_STATES:
            message, help = f"no case is found '{state}'", did_you_mean(state, CASE_STATES) or ", ".join(CASE_STATES)
        if message:
            raise click.BadParameter(f"{message}; {help}", param_hint="--case")
    return held


def _closed(table: Table, given: tuple[str, ...], at: int) -> dict[str, int]:
    """Until when teams are closed by hand."""
    pairs = (text.partition("=") for text in given)
    return {team: _instant(table, moment) if equals else at + SHUT_SECONDS for team, equals, moment in pairs}


def _script(keys: str | None) -> list[str]:
    """What the caller does, one input after another."""
    script = [part.strip() for part in keys.split(",")] if keys else []
    for word in script:
        if not readable(word):
            near = did_you_mean(word, ("silence", "hangup", "leave", "record"))
            raise click.BadParameter(f"'{word}' is no input; {near or 'known: ' + WORDS}", param_hint="--keys")
    return script


_OPTIONS = {
    "facts": "--fact", "dials": "--dials", "queues": "--queues", "route": "--route", "notices": "--notice",
    "closed": "--closed",
}  # fmt: skip
"""What a call is given → its option."""


def _player(wire: str | None) -> PlayCall:
    if wire is None:
        return in_process
    from ivr.simulator.wire import WireFault, over_http

    try:
        over = over_http(wire)
    except WireFault as fault:
        raise click.UsageError(str(fault)) from None

    def play(table: Table, arrival: Arrival, caller: Caller, world: World) -> Transcript:
        try:
            return over(table, arrival, caller, world)
        except WireFault as fault:
            raise click.ClickException(f"over HTTP: {fault}") from None

    return play


def _pairs(texts: tuple[str, ...], option: str) -> dict[str, str]:
    out = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name or not value:
            raise click.BadParameter(f"'{text}' is not NAME=VALUE", param_hint=option)
        out[name] = value
    return out


def _outcomes(texts: tuple[str, ...], option: str) -> dict[str, list[str]]:
    return {name: [word.strip() for word in value.split(",")] for name, value in _pairs(texts, option).items()}


def _instant(table: Table, at: str | None) -> int:
    if at is None:
        return int(dt.datetime.now(dt.UTC).timestamp())
    for form in ("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d"):
        try:
            return int(dt.datetime.strptime(at, form).replace(tzinfo=table.almanac.zone).timestamp())
        except ValueError:
            continue
    raise click.BadParameter(f"'{at}' is no moment; write it as \"2026-12-01 10:00\"", param_hint="--at")


@simulate.command(
    epilog="""\b
Examples:
  ivr simulate test
  ivr simulate test --only night --cover 100
  ivr simulate test --wire http://127.0.0.1:8050
"""
)
@table_argument
@click.option("--only", default="", help="Only scenarios whose name holds this.")
@click.option("--cover", type=click.FloatRange(0, 100), default=None, help="Fail below so many in a hundred.")
@click.option("--coverage", is_flag=True, help="Show the coverage of nodes and exits.")
@click.option("--json", "as_json", is_flag=True, help="Results and coverage as JSON.")
@click.option("--wire", default=None, metavar="URL", help="Play them over HTTP, as Twilio would.")
@today_option
def test(
    table: Path, only: str, cover: float | None, coverage: bool, as_json: bool, wire: str | None, today: str | None
) -> None:
    """Play the table's scenarios and say which of them fail, and what they never try.

    What no caller can come to, from today on, is told apart and does not count.
    """
    date = read_date(today)
    ready = get_table(table, date)
    suite = read_suite(table, Path.cwd())
    findings = suite.report.sorted()
    if findings:
        click.echo(show(findings, suite.sources, "text", coloured()))
        raise click.exceptions.Exit(1)
    chosen = [s for s in suite.scenarios if only in s.name]
    if not chosen:
        raise click.UsageError(
            "there is no scenario" + (f" whose name holds '{only}'" if only else " under scenarios/")
        )
    play = _player(wire)
    results = [run_scenario(ready, s, play) for s in progress(chosen, "scenarios", len(chosen))]
    failed = [r for r in results if not r.passed]
    measured = measure(ready, (r.transcript for r in results if r.transcript is not None))
    if not measured.whole and (not only or coverage or cover is not None):
        measured = _possible(ready, measured, date)
    if as_json:
        click.echo(json.dumps(_as_dict(results, measured.as_dict()), ensure_ascii=False, indent=2))
    else:
        for result in failed:
            click.echo(show_failure(ready, result, suite.sources) + "\n")
        if coverage or (cover is not None and measured.percent < cover):
            click.echo(show_coverage(measured) + "\n")
        elif idle := show_idle(measured):
            click.echo("\n".join(idle) + "\n")
        click.echo(f"{len(results) - len(failed)} passed, {len(failed)} failed; coverage {measured.percent:.1f} %")
    if failed or (cover is not None and measured.percent < cover):
        raise click.exceptions.Exit(1)


def _possible(table: Table, measured: Coverage, date: dt.date) -> Coverage:
    """The coverage less what no caller can come to from a date on: the state space shows it."""
    from ivr.proofs.prover import explore as explore_space
    from ivr.simulator.exits import nobody_takes

    start = int(dt.datetime(date.year, date.month, date.day, tzinfo=table.almanac.zone).timestamp())
    return measured.less(*nobody_takes(table, explore_space(table.almanac, start)))


def _as_dict(results: list[Result], coverage: dict[str, object]) -> dict[str, object]:
    return {
        "scenarios": [
            {
                "name": r.scenario.name,
                "passed": r.passed,
                "misses": [{"what": m.what, "expected": m.expected, "heard": m.heard} for m in r.misses],
            }
            for r in results
        ],
        "coverage": coverage,
    }
