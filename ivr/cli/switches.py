"""`ivr calamity|notice|close|reopen|switches`: what is switched live, on every process within a second."""

from __future__ import annotations

import datetime as dt
import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click
import msgspec
from sqlalchemy import Engine

from ivr.authoring.files import NoTable
from ivr.cli.cases import by_option
from ivr.cli.cases_move import live_table
from ivr.cli.common import (
    DEFAULT_TABLE,
    DatabaseGone,
    get_table,
    kept_in,
    open_database,
    read_date,
    settings_of,
    table_argument,
)
from ivr.desk.switches import CALAMITY, CLOSED, NOTICE, Refused, Switch, notice_nodes
from ivr.store.database.connect import reading, writing
from ivr.store.live import here
from ivr.store.live import switches as kept
from ivr.store.live.now import live
from ivr.store.settings import CommonSettings
from ivr.tables.archive import Archive, NotKept
from ivr.tables.ready import Table, check_folder

F = TypeVar("F", bound=Callable[..., object])
_SPAN = re.compile(r"([1-9][0-9]{0,3})(m|h|d)")
_SECONDS = {"m": 60, "h": 3600, "d": 86_400}
_say = click.option("--say", "says", multiple=True, required=True, metavar="LANGUAGE=TEXT", help="What is spoken.")
_until = click.option(
    "--until", metavar="MOMENT", default=None, help='When it ends: 15:00, "2026-12-01 08:30", 2h; else when you say so.'
)
_from = click.option("--from", "from_", metavar="MOMENT", default=None, help="When it begins; now if left out.")
_why = click.option("--why", default="", help="Why, for the audit trail.")


@click.group()
def calamity() -> None:
    """The calamity switch: what every caller hears first, before hours and holidays; who waits in a queue hears it too."""


@calamity.command(
    epilog="""\b
Examples:
  ivr calamity on --say nl="Er is geen water in Helpman." --say en="There is no water in Helpman."
  ivr calamity on --say nl="Storing." --say en="Disruption." --route operator --until 18:00
"""
)
@table_argument
@_say
@click.option("--route", default="", help="A route that the table declares.")
@_from
@_until
@_why
@by_option
def on(table: Path, says: tuple[str, ...], route: str, from_: str | None, until: str | None, why: str, by: str) -> None:
    """Switch it on, on every process within a second.

    While the database is gone it is switched on for the processes of this machine alone.
    """
    held = table_of(table)
    begin(held, _switch(held, CALAMITY, from_, until, by, why, texts=_texts(says), route=route))


@calamity.command()
@click.option("--table", "id", metavar="ID", default="", help="Of this routing table only.")
@by_option
def off(id: str, by: str) -> None:
    """Switch it off."""
    count = end(lambda one: one.kind == CALAMITY and one.table in (id or one.table, ""), by)
    click.echo("the calamity switch is off" if count else "the calamity switch was off already")


@click.group()
def notice() -> None:
    """Timed notices: what a node of kind 'notice' says from a moment until a moment."""


@notice.command(
    "on",
    epilog="""\b
Examples:
  ivr notice on --until "2026-12-06 00:00" --say nl="Vrijdag zijn wij dicht." --say en="On Friday we are closed."
  ivr notice on --node notices --from "2026-12-31 00:00" --until 1d --say nl="…" --say en="…"
""",
)
@table_argument
@_say
@click.option("--node", default="", help="The node that says it; the first of its kind if left out.")
@_from
@_until
@_why
@by_option
def notice_on(
    table: Path, says: tuple[str, ...], node: str, from_: str | None, until: str | None, why: str, by: str
) -> None:
    """Set a notice."""
    held = table_of(table)
    node = node or next(iter(notice_nodes(held.graph)), "")
    begin(held, _switch(held, NOTICE, from_, until, by, why, texts=_texts(says), node=node))


@notice.command("off")
@click.argument("id", type=int)
@by_option
def notice_off(id: int, by: str) -> None:
    """End a notice, by its number ('ivr switches' shows it)."""
    _ended(end(lambda one: one.kind == NOTICE and one.id == id, by), f"notice {id}")


@click.command(
    epilog="""\b
Examples:
  ivr close burgerzaken --until 15:00 --why "meeting"
  ivr close burgerzaken --until 90m
"""
)
@click.argument("team")
@table_argument
@click.option("--until", metavar="MOMENT", required=True, help='Until when: 15:00, "2026-12-01 08:30", 90m.')
@_why
@by_option
def close(team: str, table: Path, until: str, why: str, by: str) -> None:
    """Close a team until a time: nobody is put through to it, and who waits for it leaves the queue.

    What is promised to call back goes by the team's calendar all the same.
    """
    held = table_of(table)
    begin(held, _switch(held, CLOSED, None, until, by, why, team=team))


@click.command(epilog="\b\nExample:\n  ivr reopen burgerzaken\n")
@click.argument("team")
@click.option("--table", "id", metavar="ID", default="", help="Of this routing table only.")
@by_option
def reopen(team: str, id: str, by: str) -> None:
    """Open a team that was closed by hand."""
    count = end(lambda one: one.kind == CLOSED and one.team == team and one.table in (id or one.table, ""), by)
    click.echo(f"{team} is open, by its hours" if count else f"{team} was not closed by hand")


@click.command(epilog="\b\nExamples:\n  ivr switches\n  ivr switches --json\n")
@table_argument
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def switches(table: Path, as_json: bool) -> None:
    """Show what is switched: what holds, what is to come, what ended today."""
    held = table_of(table)
    now, zone = int(time.time()), held.almanac.zone
    today = dt.datetime.fromtimestamp(now, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    settings = settings_of(CommonSettings)
    engine = _database(settings, make=False)
    rows: list[tuple[str, Switch]] = []
    if engine is not None:
        with reading(engine) as connection:
            found = live(connection, held.graph.id, now, int(today.timestamp()))
        rows = [(name, one) for name in ("holds", "coming", "ended") for one in getattr(found, name)]
    alone = [one for one in here.standing_here(settings.var, now) if one.id < 0 or engine is None]
    rows += [("holds" if one.holds(now) else "coming", one) for one in alone if one.table == held.graph.id]
    if as_json:
        click.echo(json.dumps([{"stands": name, **msgspec.to_builtins(one)} for name, one in rows], ensure_ascii=False))
        return
    for name, one in rows:
        click.echo(_line(held, name, one))
    if not rows:
        click.echo("nothing is switched")


def table_of(folder: Path) -> Table:
    """The table that callers meet: the live version of the one in a folder, else the folder itself. A folder that is being
    changed, and has errors now, is in nobody's way."""
    settings = settings_of(CommonSettings)
    try:
        checked = check_folder(folder, read_date(None))
    except NoTable:
        if folder != Path(DEFAULT_TABLE):
            raise
        return live_table("")
    if checked.graph is not None:
        archive = Archive(settings.var / "tables", checked.graph.id)
        try:
            version = archive.live()
            if version:
                return archive.load(version)
        except (NotKept, OSError):
            pass
    return get_table(folder)


def read_moment(text: str, table: Table, now: int, option: str) -> int:
    """An instant as it is written: a time of today, a date and a time in the table's zone, or how long from now."""
    span = _SPAN.fullmatch(text.strip())
    if span is not None:
        return now + int(span[1]) * _SECONDS[span[2]]
    zone = table.almanac.zone
    for form in ("%H:%M", "%Y-%m-%d %H:%M"):
        try:
            local = dt.datetime.strptime(text.strip(), form)
        except ValueError:
            continue
        if form == "%H:%M":
            today = dt.datetime.fromtimestamp(now, zone).date()
            local = dt.datetime.combine(today, local.time())
        return int(local.replace(tzinfo=zone).timestamp())
    raise click.BadParameter(f"'{text[:40]}' is no moment; write 15:00, \"2026-12-01 08:30\" or 2h", param_hint=option)


def begin(table: Table, wanted: Switch) -> None:
    """Switch it on, in the database; while that is gone, on this machine alone."""
    settings = settings_of(CommonSettings)
    engine = _database(settings, make=True)
    try:
        if engine is not None:
            with writing(engine) as connection:
                done = kept.begin(connection, table.graph, wanted, wanted.made)
        else:
            with kept_in(settings.var):
                done = here.begin_here(settings.var, table.graph, wanted, wanted.made)
    except Refused as error:
        raise click.UsageError(str(error)) from None
    click.echo(_line(table, "holds" if done.holds(wanted.made) else "coming", done) + _undo(done))


def end(which: Callable[[Switch], bool], by: str) -> int:
    """Switch off all that answers to something, wherever it is; how many."""
    settings, now = settings_of(CommonSettings), int(time.time())
    with kept_in(settings.var):
        if not settings.var.is_dir():
            raise click.UsageError(f"IVR_VAR: there is no folder {settings.var}; nothing was switched off")
        engine = _database(settings, make=True)
        if engine is None:
            return here.end_here(settings.var, which, by, now)
        with writing(engine) as connection:
            rows = [one for one in kept.everywhere(connection, now) if which(one)]
            count = sum(kept.end(connection, one.table, one.id, by, now) for one in rows)
        return count + here.forget_here(settings.var, which)


def _database(settings: CommonSettings, make: bool) -> Engine | None:
    """The database; None while it is gone, which is said."""
    try:
        return open_database(settings, make=make)
    except DatabaseGone as gone:
        click.echo(f"warning: {gone.message}; this is about this machine alone until it is back", err=True)
        return None


def _switch(
    table: Table, kind: str, from_: str | None, until: str | None, by: str, why: str, *, texts: dict[str, str] | None = None,
    route: str = "", node: str = "", team: str = "",
) -> Switch:  # fmt: skip
    now = int(time.time())
    return Switch(
        0, table.graph.id, kind, begins=read_moment(from_, table, now, "--from") if from_ else now,
        ends=read_moment(until, table, now, "--until") if until else None, texts=texts or {}, route=route, node=node,
        team=team, by=by, made=now, why=why,
    )  # fmt: skip


def _texts(says: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in says:
        code, sign, text = part.partition("=")
        if not sign:
            raise click.UsageError(f"--say {part[:40]}: write it as --say nl=…")
        found[code.strip()] = text
    return found


def _ended(count: int, what: str) -> None:
    click.echo(f"{what} is over" if count else f"{what} was over already, or there is none")


def _line(table: Table, stands: str, one: Switch) -> str:
    """`calamity, on since 2026-12-01 10:00 until 18:00, route storm: Er is …  (12, by j.jansen: storm)`."""
    what = (
        f"{one.team} is closed by hand" if one.kind == CLOSED else f"{one.kind}{f' in {one.node}' if one.node else ''}"
    )
    begins = f"from {_local(table, one.begins)}" if stands == "coming" else f"since {_local(table, one.begins)}"
    over = one.ended if one.ended is not None else one.ends
    until = f" until {_local(table, over)}" if over is not None else ""
    route = f", route {one.route}" if one.route else ""
    text = next(iter(one.texts.values()), "")
    place = f"{one.id}" if one.id > 0 else "this machine alone"
    why = f": {one.why}" if one.why else ""
    return f"{what}, {begins}{until}{route}{f': {text}' if text else ''}  ({place}, by {one.by}{why})"


def _undo(one: Switch) -> str:
    undo = {CALAMITY: "ivr calamity off", CLOSED: f"ivr reopen {one.team}"}.get(one.kind, f"ivr notice off {one.id}")
    return f"\nundo with: {undo}"


def _local(table: Table, at: int) -> str:
    return f"{dt.datetime.fromtimestamp(at, table.almanac.zone):%Y-%m-%d %H:%M}"
