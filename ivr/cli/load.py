"""`ivr simulate load`: many random callers, as fast as this process goes."""

from __future__ import annotations

import json
from pathlib import Path

import click

from ivr.cli.common import get_table, progress, read_date, table_argument, today_option
from ivr.simulator.load import CHUNK, Callers, Load, together


@click.command(
    epilog="""\b
Examples:
  ivr simulate load --calls 1000000
  ivr simulate load --calls 10000 --seed 7 --json     the same seed gives the same calls
"""
)
@table_argument
@click.option("--calls", type=click.IntRange(1), default=100_000, show_default=True, help="How many calls to play.")
@click.option("--seed", type=int, default=0, show_default=True, help="What chance is drawn from.")
@click.option("--json", "as_json", is_flag=True, help="The figures as JSON.")
@today_option
def load(table: Path, calls: int, seed: int, as_json: bool, today: str | None) -> None:
    """Play random callers without writing down what they hear: calls and steps a second, and how calls end."""
    callers = Callers(get_table(table, read_date(today)), seed)
    parts = range(0, calls, CHUNK)
    done = together([callers.play(min(CHUNK, calls - part)) for part in progress(parts, "calls", len(parts))])
    click.echo(json.dumps(_figures(done), indent=2) if as_json else _shown(done))


def _figures(done: Load) -> dict[str, object]:
    return {
        "calls": done.calls,
        "steps": done.steps,
        "seconds": round(done.seconds, 3),
        "calls_a_minute": round(done.calls / done.seconds * 60),
        "endings": done.endings,
    }


def _shown(done: Load) -> str:
    lines = [
        f"{done.calls:,} calls in {done.seconds:.2f} s: {done.calls / done.seconds * 60:,.0f} calls a minute",
        f"{done.steps:,} steps, {done.steps / done.calls:.1f} a call, {done.steps / done.seconds:,.0f} a second",
    ]
    width = max(map(len, done.endings))
    lines += [f"  {name:<{width}}  {count / done.calls:6.1%}  {count:,}" for name, count in done.endings.items()]
    return "\n".join(lines)
