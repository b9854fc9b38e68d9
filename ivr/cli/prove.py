"""`ivr prove`: every guarantee holds, or the shortest call that breaks it."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import click

from ivr.cli.common import coloured, get_table, read_date, table_argument, today_option
from ivr.diagnostics import did_you_mean
from ivr.proofs.classes import HORIZON_DAYS
from ivr.proofs.missing import Example
from ivr.proofs.prover import ASSUMPTIONS
from ivr.proofs.space import Space
from ivr.proofs.switched import under
from ivr.proofs.verdict import Verdict
from ivr.proofs.ways import opening, script
from ivr.simulator.judging import prove_table
from ivr.simulator.replay import command, dialled_text, facts_of, replay
from ivr.simulator.show import show_transcript
from ivr.tables.ready import Table

LARGE = 20_000
"""Nodes beyond which the declarations are dropped before the space is explored, for the memory."""


@click.command(
    epilog="""\b
Examples:
  ivr prove
  ivr prove --only danger-first         one guarantee
  ivr prove --ways                      the shortest way of each `can` that holds
  ivr prove --switches                  what holds while a calamity, notice or closed team is switched
  ivr prove --json > proofs.json
"""
)
@table_argument
@click.option("--only", default="", help="Only guarantees whose name holds this.")
@click.option("--days", type=click.IntRange(1, 4000), default=HORIZON_DAYS, show_default=True, help="How far ahead.")
@click.option("--ways", is_flag=True, help="Show the shortest way of each 'can' that holds.")
@click.option("--switches", is_flag=True, help="Show what holds of each 'can' while one thing is switched.")
@click.option("--json", "as_json", is_flag=True, help="Verdicts as JSON.")
@today_option
def prove(
    table: Path, only: str, days: int, ways: bool, switches: bool, as_json: bool, today: str | None
) -> None:  # fmt: skip
    """Judge every guarantee for all callers at all times; a broken one comes with the shortest call that breaks it."""
    date = read_date(today)
    ready = get_table(table, date)
    space, found = judge(ready, date, days)
    judged = [v for v in found if only in v.name]
    if not judged:
        near = did_you_mean(only, [v.name for v in found])
        raise click.UsageError(f"there is no guarantee whose name holds '{only}'" + (f"; {near}" if near else ""))
    if as_json:
        click.echo(json.dumps([_as_dict(ready, space, v, str(table)) for v in judged], ensure_ascii=False, indent=2))
    else:
        _print(ready, space, judged, str(table), ways, date, days)
        if switches:
            _print_switches(space, judged)
    if not all(v.holds for v in judged):
        raise click.exceptions.Exit(1)


def judge(table: Table, date: dt.date, days: int = HORIZON_DAYS) -> tuple[Space, list[Verdict]]:
    """Every caller of a table from a date on, and what of each guarantee is true of them."""
    if len(table.graph.nodes) > LARGE:
        table.source_map.forget()
    return prove_table(table, date, days)


def show_verdicts(table: Table, space: Space, judged: list[Verdict], folder: str, ways: bool = False) -> None:
    """Print verdicts, each broken one with the call that breaks it; with `ways`, the way of each `can` that holds."""
    width = max(len(v.name) for v in judged)
    for verdict in judged:
        word = click.style("holds ", fg="green") if verdict.holds else click.style("BROKEN", fg="red")
        word = word if coloured() else click.unstyle(word)
        click.echo(f"{word}  {verdict.name:<{width}}  {_whose(verdict)}{verdict.claim}{_measure(verdict)}")
        if not verdict.holds and verdict.why:
            click.echo(f"        {verdict.why}")
        if verdict.example is not None:
            _show_example(table, space, verdict.example, folder)
        if verdict.way is not None and (not verdict.holds or ways):
            _show_way(table, space, verdict, folder)


def _print(
    table: Table, space: Space, judged: list[Verdict], folder: str, ways: bool, date: dt.date, days: int
) -> None:  # fmt: skip
    show_verdicts(table, space, judged, folder, ways)
    worlds = space.worlds
    broken = sum(not v.holds for v in judged)
    click.echo(
        f"\n{len(judged)} guarantees, {broken} broken; every caller of {len(table.graph.numbers)} numbers "
        f"and the main line, from {date} for {days} days: {len(worlds.list) * worlds.width:,} worlds, "
        f"{len(space.states):,} states, {len(space.targets):,} ways between them"
    )
    click.echo("assumed: " + "; ".join(ASSUMPTIONS))


def _print_switches(space: Space, judged: list[Verdict]) -> None:
    """What each switch by itself makes of what is judged while nothing is switched."""
    click.echo("")
    for one in under(space, judged):
        if one.whatever:
            click.echo(f"{one.name}: whatever is switched")
            continue
        spare = f"; a text that all hear may take {one.spare:.0f} s" if one.spare is not None else ""
        click.echo(f"{one.name}: judged while nothing is switched{spare}")
        for held in one.alone:
            word = "holds " if not held.broken else "BROKEN"
            measure = f"  (in {held.broken:,} of {held.worlds:,} worlds)" if held.broken else ""
            click.echo(f"  {word}  while on: {held.on.kind} {held.on.name}".rstrip() + measure)


def _whose(verdict: Verdict) -> str:
    """Every table gets the built-in ones; a table may state one of the same name."""
    return "(built in) " if verdict.built_in else ""


def _measure(verdict: Verdict) -> str:
    if verdict.broken:
        return f"  (in {verdict.broken:,} of {verdict.worlds:,} worlds)"
    if verdict.choices is not None and verdict.seconds is not None:
        return f"  (at most {verdict.choices} choices, {verdict.seconds:.0f} s)"
    return ""


def _show_example(table: Table, space: Space, one: Example, folder: str) -> None:
    """A caller who has no way, and the line with which to look for one."""
    held = opening(space, one)
    local = dt.datetime.fromtimestamp(held.at, table.almanac.zone)
    known = [f"{name}={value}" for name, value in facts_of(table, held).items()]
    click.echo(f"        for example: {', '.join([dialled_text(table, held), f'{local:%a %Y-%m-%d %H:%M}', *known])}")
    click.echo(f"        try it: {command(table, held, folder, keys=False)}\n")


def _show_way(table: Table, space: Space, verdict: Verdict, folder: str) -> None:
    assert verdict.way is not None
    held = script(space, verdict.way)
    click.echo("")
    for line in show_transcript(table, replay(table, held)).splitlines():
        click.echo("        " + line if line else "")
    click.echo(f"\n        replay: {command(table, held, folder)}\n")


def _as_dict(table: Table, space: Space, verdict: Verdict, folder: str) -> dict[str, object]:
    out: dict[str, object] = {
        "name": verdict.name,
        "claim": verdict.claim,
        "built_in": verdict.built_in,
        "holds": verdict.holds,
        "vacuous": verdict.vacuous,
        "worlds": verdict.worlds,
        "broken": verdict.broken,
        "why": verdict.why or None,
        "choices": verdict.choices,
        "seconds": None if verdict.seconds is None else round(verdict.seconds, 1),
        "no_way": verdict.no_way,
        "too_far": verdict.too_far,
    }
    if verdict.example is not None:
        held = opening(space, verdict.example)
        out["example"] = {
            "number": dialled_text(table, held),
            "at": dt.datetime.fromtimestamp(held.at, table.almanac.zone).isoformat(),
            "facts": facts_of(table, held),
            "try": command(table, held, folder, keys=False),
        }
    if verdict.way is not None:
        held = script(space, verdict.way)
        out["replay"] = command(table, held, folder)
        out["nodes"] = [table.graph.names[space.node(at)] for at, _ in verdict.way.steps]
    return out
