"""`ivr calendar`: what lies ahead for callers."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import click

from ivr.cli.common import get_table, read_date, table_argument, today_option
from ivr.proofs.agenda import Entry, agenda, weeks
from ivr.proofs.ics import as_ics, rule, skipped
from ivr.tables.ready import Table


@click.command(
    epilog="""\b
Examples:
  ivr calendar                        the next 120 days
  ivr calendar --days 800 --ics -o groningen.ics
  ivr calendar --why phase,campaign   only what becomes of numbers
"""
)
@table_argument
@click.option("--days", type=click.IntRange(1, 4000), default=120, show_default=True, help="How far ahead.")
@click.option("--why", default="", help="Only these reasons, parted by commas: holiday, closed, open, phase, …")
@click.option("--ics", is_flag=True, help="As an iCalendar file.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("-o", "--output", type=click.Path(path_type=Path), default=None, help="Write to a file.")
@today_option
def calendar(
    table: Path, days: int, why: str, ics: bool, as_json: bool, output: Path | None, today: str | None
) -> None:  # fmt: skip
    """List the dates ahead on which any caller's experience differs from an ordinary week, and why.

    The ordinary week of each calendar is said first. Its late evenings are events of an iCalendar file and of JSON too,
    one for all weeks; the list shows them only for '--why "late evening"'.
    """
    date = read_date(today)
    ready = get_table(table, date)
    start = int(dt.datetime(date.year, date.month, date.day, tzinfo=ready.almanac.zone).timestamp())
    wanted = {word.strip() for word in why.split(",") if word.strip()}
    entries = [e for e in agenda(ready.almanac, start, days) if not wanted or e.why in wanted]
    if ics:
        text = as_ics(entries, ready.graph.title or ready.graph.id, ready.graph.id, ready.almanac.zone)
    elif as_json:
        text = json.dumps([_as_dict(ready, e) for e in entries], ensure_ascii=False, indent=2) + "\n"
    else:
        text = _text(ready, entries, start, days, "late evening" in wanted)
    if output is None:
        click.echo(text, nl=False)
    else:
        try:
            output.write_text(text, encoding="utf-8", newline="")
        except OSError as error:
            raise click.UsageError(f"{output}: {error.strerror}") from None
        click.echo(f"wrote {output}")
    if any(entry.conflict for entry in entries):
        raise click.exceptions.Exit(1)


def _text(table: Table, entries: list[Entry], start: int, days: int, late: bool) -> str:
    """The ordinary weeks, then what differs from them; with `late` also the evenings that belong to them."""
    lines = [f"ordinary week of {week.calendar}: {week.text()}" for week in weeks(table.almanac, start, days)]
    lines.append("")
    for entry in entries:
        if entry.repeats and not late:
            continue
        local = dt.datetime.fromtimestamp(entry.start, table.almanac.zone)
        until = ""
        if entry.end - entry.start > 90_000:
            last = dt.datetime.fromtimestamp(entry.end - 1, table.almanac.zone)
            until = f", until {last:%a %Y-%m-%d}"
        when = f"every {local:%a}" if entry.repeats else f"{local:%a %Y-%m-%d}"
        lines.append(f"{when:<14}  {entry.why:<12}  {entry.subject}: {entry.what}{until}")
        if entry.conflict:
            lines.append(f"{'':16}conflict: {entry.conflict}")
    return "\n".join(lines) + "\n"


def _as_dict(table: Table, entry: Entry) -> dict[str, object]:
    def local(instant: int) -> str | None:
        return dt.datetime.fromtimestamp(instant, table.almanac.zone).isoformat() if instant else None

    return {
        "start": local(entry.start),
        "end": local(entry.end),
        "subject": entry.subject,
        "what": entry.what,
        "why": entry.why,
        "conflict": entry.conflict or None,
        "repeats": _repeats(table, entry),
    }


def _repeats(table: Table, entry: Entry) -> dict[str, object] | None:
    """How an entry repeats, as a rule of iCalendar, and the days on which it does not."""
    if entry.repeats is None:
        return None
    zone = table.almanac.zone
    return {"rule": rule(entry, zone), "except": [day.isoformat() for day in skipped(entry, zone)]}
