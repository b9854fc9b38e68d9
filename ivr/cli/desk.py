"""`ivr journal`: what is owed, as it stands on the disk."""

from __future__ import annotations

import datetime as dt
import json
from zoneinfo import ZoneInfo

import click

from ivr.calendars.zones import read_zone
from ivr.cli.common import kept_in, read_settings
from ivr.model.numbers import mask
from ivr.store.journal import Entry, read_journals

KINDS = ("case", "mark", "join", "cancel", "leg")
"""The kinds of entry that a journal holds. `leg`: what the provider told of a call that we make."""


@click.command(
    epilog="""\b
Examples:
  ivr journal
  ivr journal --kind case --json
  ivr journal --numbers                telephone numbers in full
"""
)
@click.option("--kind", type=click.Choice(KINDS), default=None, help="Only entries of this kind.")
@click.option("--numbers", is_flag=True, help="Show telephone numbers, and what was typed, in full.")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON for each entry.")
def journal(kind: str | None, numbers: bool, as_json: bool) -> None:
    """Show what was promised, recorded, marked and told, as it stands on the disk.

    What 'ivr worker' has carried into the database is no longer shown: see 'ivr desk list', and 'ivr store status' for how
    much waits.
    """
    var = read_settings().var
    folder = var / "journal"
    with kept_in(var, to_write=False):
        if not folder.is_dir():
            raise click.UsageError(
                f"IVR_VAR: there is no journal in {var}; 'ivr serve' makes it where it keeps its promises"
            )
        _ = next(folder.iterdir(), None)  # a folder that cannot be read is not an empty one
    shown = 0
    for entry in read_journals(folder):
        if kind is not None and entry.get("kind") != kind:
            continue
        shown += 1
        if not numbers:
            entry = _masked(entry)
        click.echo(json.dumps(entry, ensure_ascii=False) if as_json else _line(entry))
    if not shown and not as_json:
        click.echo(f"nothing in {folder}")


def _masked(entry: Entry) -> Entry:
    """An entry without anybody's number, or what they typed."""
    shown = entry | {name: mask(str(entry[name])) for name in ("number", "caller") if entry.get(name)}
    if "fields" in entry:
        typed = entry["fields"] if isinstance(entry["fields"], dict) else {}
        shown["fields"] = {name: "***" if value else "" for name, value in typed.items()}
    return shown


def _line(entry: Entry) -> str:
    zone = read_zone(str(entry.get("zone", "")))
    at, kind = _time(entry.get("at"), zone), entry.get("kind")
    match kind:
        case "mark" | "join" | "cancel":
            which = entry.get("mark" if kind == "mark" else "case")
            return f"{at}  {kind} {which}  {entry.get('node')}  {entry.get('call')}"
        case "leg" if "ring" in entry:
            return f"{at}  leg ring: {entry.get('status')}  ring {entry['ring']}  {entry.get('call')}"
        case "leg":
            heard = entry["heard"] if isinstance(entry.get("heard"), dict) else {}
            known = ", ".join(f"{name} {_said(value)}" for name, value in heard.items())
            return f"{at}  leg {entry.get('what')}: {known}  attempt {entry.get('attempt')}  {entry.get('call')}"
    due = f"  due {_time(entry.get('due'), zone)}" if entry.get("due") else ""
    number = f"  {entry.get('number')}" if entry.get("number") else "  (no number)"
    return f"{at}  {entry.get('type')} {entry.get('case')}  {entry.get('team')}{number}{due}  {entry.get('node')}"


def _said(value: object) -> str:
    return " ".join(str(each) for each in value.values()) if isinstance(value, dict) else str(value)


def _time(value: object, zone: ZoneInfo) -> str:
    """In the zone of the table; UTC for an entry that does not say which."""
    if not isinstance(value, int):
        return "?"
    try:
        return f"{dt.datetime.fromtimestamp(value, zone):%Y-%m-%d %H:%M}"
    except (OverflowError, ValueError, OSError):
        return "?"
