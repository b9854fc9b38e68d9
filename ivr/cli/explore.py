"""`ivr simulate explore`: every ending of every number."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterator
from pathlib import Path

import click
from msgspec import Struct

from ivr.cli.common import get_table, progress, read_date, table_argument, today_option
from ivr.simulator.explore import Explored, Explorer, Found
from ivr.simulator.moments import moments
from ivr.simulator.run import CALLER
from ivr.tables.arrivals import arrive
from ivr.tables.ready import Table

COLUMNS = ("number", "formerly", "moment", "at", "ending", "choices", "seconds", "team", "done")


class Row(Struct, frozen=True):
    """One number at one moment."""

    number: str
    formerly: str
    moment: str
    at: str
    explored: Explored


@click.command(
    epilog="""\b
Examples:
  ivr simulate explore
  ivr simulate explore --number "050 367 1000"
  ivr simulate explore --csv > endings.csv          one line an ending, with what is done to come there
"""
)
@table_argument
@click.option(
    "--number", "only", default="", help="Only numbers that begin like this; the main number as it is written."
)
@click.option("--json", "as_json", is_flag=True, help="All ways as JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="All ways as CSV.")
@today_option
def explore(table: Path, only: str, as_json: bool, as_csv: bool, today: str | None) -> None:
    """Find every ending of every number, the fewest choices to a person, and the seconds until they answer.

    Each number is called when the table is open, open late, closed in the evening, in the weekend and on a holiday, as
    these first come in the next 60 days. Nothing is known of the caller. Seconds are estimates: all that is said is
    heard to its end.
    """
    if as_json and as_csv:
        raise click.UsageError("give --json or --csv, not both")
    date = read_date(today)
    ready = get_table(table, date)
    calls = list(_calls(ready, date, only))
    if not calls:
        raise click.UsageError(f"no number begins like '{only}'")
    explorer = Explorer(ready)
    rows = [_row(ready, explorer, *call) for call in progress(calls, "calls", len(calls))]
    click.echo(_json(rows) if as_json else _csv(rows) if as_csv else _table(rows), nl=not as_csv)


def _calls(table: Table, today: dt.date, only: str) -> Iterator[tuple[str, int, int]]:
    """(moment, instant, number), by moment, the main number first."""
    graph = table.graph
    wanted = only.replace(" ", "")
    for moment, instant in moments(table, today):
        for number in range(-1, len(graph.numbers)):
            name = graph.main_number if number < 0 else graph.numbers[number].name
            if name.replace(" ", "").startswith(wanted):
                yield moment, instant, number


def _row(table: Table, explorer: Explorer, moment: str, instant: int, number: int) -> Row:
    graph = table.graph
    name = graph.main_number if number < 0 else graph.numbers[number].name
    formerly = graph.title if number < 0 else graph.numbers[number].formerly
    arrival = arrive(graph, instant, number, name, CALLER, {})
    local = dt.datetime.fromtimestamp(instant, table.almanac.zone)
    return Row(name, formerly, moment, f"{local:%Y-%m-%d %H:%M}", explorer.explore(arrival))


def _table(rows: list[Row]) -> str:
    """A table a moment: who is reached and how soon, and in which ways a call can end."""
    out: list[str] = []
    head = ""
    for row in rows:
        if head != row.moment:
            head = row.moment
            out += ["", f"{row.moment}, {row.at}"] if out else [f"{row.moment}, {row.at}"]
            out.append(f"  {'number':<15} {'fewest choices to a person':<38} {'soonest':<30} endings")
        person, soonest = row.explored.person, row.explored.soonest
        fewest = _choices(person) if person else "none"
        best = f"{soonest.seconds:.0f} s: {_short(soonest)}" if soonest else ""
        cut = " (and more, not looked at)" if row.explored.cut else ""
        out.append(f"  {row.number:<15} {fewest:<38} {best:<30} {', '.join(row.explored.endings)}{cut}".rstrip())
    return "\n".join(out)


def _choices(person: Found) -> str:
    return f"{person.choices}, {person.seconds:.0f} s, {person.team}: {_short(person)}"


def _short(found: Found) -> str:
    """What is done, in short; `at once` when nothing is."""
    return " ".join(found.done) or "at once"


def _as_dict(row: Row) -> dict[str, object]:
    ways = [_way(found) for found in row.explored.endings.values()]
    soonest = row.explored.soonest
    return {
        "number": row.number,
        "formerly": row.formerly,
        "moment": row.moment,
        "at": row.at,
        "endings": ways,
        "soonest": _way(soonest) if soonest is not None else None,
        "complete": not row.explored.cut,
    }


def _way(found: Found) -> dict[str, object]:
    return {
        "ending": found.ending,
        "choices": found.choices,
        "seconds": round(found.seconds, 1),
        "team": found.team or None,
        "done": list(found.done),
    }


def _json(rows: list[Row]) -> str:
    return json.dumps([_as_dict(row) for row in rows], ensure_ascii=False, indent=2)


def _csv(rows: list[Row]) -> str:
    """A line an ending, with the way that has the fewest choices."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        for found in row.explored.endings.values():
            writer.writerow(
                (
                    row.number, row.formerly, row.moment, row.at, found.ending, found.choices,
                    f"{found.seconds:.1f}", found.team, " ".join(found.done),
                )
            )  # fmt: skip
    return out.getvalue()
