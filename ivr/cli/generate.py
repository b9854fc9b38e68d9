"""`ivr simulate generate`: scenarios that take every exit at every time at which it can be taken."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import click

from ivr.cli.common import count, get_table, progress, read_date, table_argument, today_option
from ivr.model.exits import exit_label
from ivr.proofs.classes import HORIZON_DAYS
from ivr.proofs.prover import explore
from ivr.simulator.generate import Part, suite_text, taken
from ivr.simulator.generate import generate as make
from ivr.simulator.times import Time
from ivr.tables.ready import Table


@click.command(
    epilog="""\b
Examples:
  ivr simulate generate -o routing_tables/groningen/scenarios/generated.yaml
  ivr simulate generate --limit 40              those that take most, on standard output
  ivr simulate generate -o all.yaml --json how many, time by time, and the bounds
"""
)
@table_argument
@click.option("-o", "--output", type=click.Path(path_type=Path), default=None, help="Write to a file.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=None, help="At most so many: those that take most.")
@click.option("--days", type=click.IntRange(1, 4000), default=HORIZON_DAYS, show_default=True, help="How far ahead.")
@click.option("--json", "as_json", is_flag=True, help="The report as JSON; needs -o.")
@today_option
def generate(
    table: Path, output: Path | None, limit: int | None, days: int, as_json: bool, today: str | None
) -> None:  # fmt: skip
    """Write a small suite of scenarios: every exit of every node, at every time at which it can be taken.

    Times are told apart by the exits that can be taken then. Each scenario expects what a replay of it gave: its ending,
    the team, and the nodes that are passed. So the suite says what the table does now, not what it should do: read it
    before it is kept. How far it is from the smallest is told by two bounds that no suite can beat: by the caller who can
    take the most exits, and by exits of which no call can take two.
    """
    if as_json and output is None:
        raise click.UsageError("the report as JSON stands where the suite would: give -o FILE too")
    date = read_date(today)
    ready = get_table(table, date)
    start = int(dt.datetime(date.year, date.month, date.day, tzinfo=ready.almanac.zone).timestamp())

    def bar(times: list[Time]) -> Iterator[Time]:
        return progress(times, "times", len(times))

    parts = make(ready, explore(ready.almanac, start, days), bar)
    text = suite_text(ready, parts, limit)
    if output is None:
        click.echo(text, nl=False)
    else:
        try:
            output.parent.mkdir(parents=True, exist_ok=True)
            output.write_text(text, encoding="utf-8")
        except OSError as error:
            raise click.UsageError(f"{output}: {error.strerror}") from None
    if as_json:
        click.echo(json.dumps(_report(ready, parts, limit), ensure_ascii=False, indent=2))
    else:
        click.echo(_words(ready, parts, limit, output), err=output is None)


def _missed(table: Table, part: Part) -> list[str]:
    return [f"{table.graph.names[node]} → {exit_label(table.graph, node, name)}" for node, name in part.missed]


def _words(table: Table, parts: list[Part], limit: int | None, output: Path | None) -> str:
    """How many scenarios take how many exits, and how near that is to the bounds."""
    made = sum(len(part.scenarios) for part in parts)
    kept = made if limit is None else min(made, limit)
    exits = sum(part.exits for part in parts)
    rows = [
        f"{f'wrote {output}: ' if output else ''}{count(kept, 'scenario')}, {count(len(parts), 'time')}, "
        f"{taken(parts, limit):,} of {count(exits, 'exit')} taken (each counted once at each time)",
        f"all of them take {made:,}; no suite has fewer than {sum(part.least for part in parts):,}: "
        f"{sum(part.by_callers for part in parts):,} by the exits that one caller can take, "
        f"{sum(part.by_exclusion for part in parts):,} by exits of which no call can take two",
    ]
    rows += [f"not taken at time {n}: {', '.join(_missed(table, p))}" for n, p in enumerate(parts, 1) if p.missed]
    return "\n".join(rows)


def _report(table: Table, parts: list[Part], limit: int | None) -> dict[str, object]:
    zone = table.almanac.zone
    made = sum(len(part.scenarios) for part in parts)
    return {
        "scenarios": made if limit is None else min(made, limit),
        "all": made,
        "least": sum(part.least for part in parts),
        "exits": sum(part.exits for part in parts),
        "taken": taken(parts, limit),
        "times": [
            {
                "example": f"{dt.datetime.fromtimestamp(part.time.moments[0].at, zone):%Y-%m-%d %H:%M}",
                "exits": part.exits,
                "scenarios": len(part.scenarios),
                "least_by_callers": part.by_callers,
                "least_by_exclusion": part.by_exclusion,
                "missed": _missed(table, part),
            }
            for part in parts
        ],
    }
