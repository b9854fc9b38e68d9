"""`ivr journal` and `ivr calamity`: what is owed, and the switch."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from ivr.calendars.zones import read_zone
from ivr.cli.common import get_table, kept_in, read_settings, table_argument
from ivr.model.nodes import CalamityNode
from ivr.model.numbers import mask
from ivr.store.journal import Entry, read_journals
from ivr.store.switch import MAX_TEXT, clear_switch, set_switch

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


@click.group()
def calamity() -> None:
    """The calamity switch: what every caller hears first, before hours and holidays."""


@calamity.command(
    epilog="""\b
Examples:
  ivr calamity on --say nl="Er is geen water in Helpman." --say en="There is no water in Helpman."
  ivr calamity on --say nl="Storing." --route flood
"""
)
@table_argument
@click.option("--say", "says", multiple=True, required=True, metavar="LANGUAGE=TEXT", help="What is spoken.")
@click.option("--route", default="", help="A route that the table declares.")
def on(table: Path, says: tuple[str, ...], route: str) -> None:
    """Switch it on, on every process within a second."""
    graph = get_table(table).graph
    texts = dict(part.partition("=")[::2] for part in says)
    for language in graph.languages:
        if not texts.get(language.code, "").strip():
            raise click.UsageError(f"there is no text in '{language.code}'; give --say {language.code}=…")
    if any(len(text) > MAX_TEXT for text in texts.values()):
        raise click.UsageError(f"a text is longer than {MAX_TEXT} characters")
    routes = [name for node in graph.nodes if isinstance(node, CalamityNode) for name in node.routes]
    if route and route not in routes:
        raise click.UsageError(f"the table declares no route '{route}'; it declares: {', '.join(routes) or 'none'}")
    var = read_settings().var
    with kept_in(var):
        set_switch(var / "calamity.json", texts, route)
    click.echo("the calamity switch is on; undo with: ivr calamity off")


@calamity.command()
def off() -> None:
    """Switch it off."""
    var = read_settings().var
    with kept_in(var):
        if not var.is_dir():
            raise click.UsageError(f"IVR_VAR: there is no folder {var}; nothing was switched off")
        was = clear_switch(var / "calamity.json")
    click.echo("the calamity switch is off" if was else "the calamity switch was off already")
