"""`ivr publish`, `ivr fallback`: which version is live, and what the provider says when we are down."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from ivr.cli.common import count, get_table, kept_in, read_date, read_settings, table_argument
from ivr.cli.diff_show import as_lines
from ivr.cli.prove import LARGE, judge, show_verdicts
from ivr.proofs.classes import HORIZON_DAYS
from ivr.proofs.diff.groups import compare_tables
from ivr.tables.archive import Archive, NotKept
from ivr.tables.differences import Shown, edits
from ivr.tables.ready import Table
from ivr.web.apology import apology_document, apology_targets

MOST_EDITS = 10
"""Edits of which a line is shown before a table is made live."""


@click.command(
    epilog="""\b
Examples:
  ivr publish                          check and prove the folder, keep it, make it live
  ivr publish --list                   the versions that are kept, and which one is live
  ivr publish --version 3f2a90c1d4e5   back to an earlier one
"""
)
@table_argument
@click.option("--version", default=None, help="Make this kept version live, in place of the folder: undo.")
@click.option("--list", "listing", is_flag=True, help="List the versions that are kept.")
@click.option("--no-prove", is_flag=True, help="Publish a folder without proving it; said as a warning.")
def publish(table: Path, version: str | None, listing: bool, no_prove: bool) -> None:
    """Make a table live on every process that serves it, without dropping a call.

    A folder is checked and proved first. With an error, or a guarantee that is broken for any caller, it is refused
    (status 1) and what is live stays so. Else it is told who fares differently from now on, as 'ivr diff' tells it. A kept
    version is made live as it is, so that undoing takes no time.
    """
    var = read_settings().var
    with kept_in(var, to_write=not listing):
        if listing:
            _list(Archive(var / "tables", get_table(table).graph.id))
        elif version is not None:
            _back(Archive(var / "tables", get_table(table).graph.id), version)
        else:
            _publish(table, var, no_prove)


def _publish(folder: Path, var: Path, no_prove: bool) -> None:
    """Prove a folder, keep it and make it live."""
    ready = get_table(folder)
    if no_prove:
        click.echo("warning: published without being proved; 'ivr prove' judges what holds for every caller", err=True)
    else:
        _prove(ready, folder)
    archive = Archive(var / "tables", ready.graph.id)
    archive.keep(ready, folder)  # what was proved, also when the folder has changed meanwhile
    _tell(archive, ready, folder)
    _say(ready.graph.id, ready.version, archive.publish(ready.version))


def _list(archive: Archive) -> None:
    """The versions that are kept, and which one is live."""
    live, versions = archive.live(), archive.versions()
    if not versions:
        click.echo(f"no version is kept yet in {archive.folder}", err=True)
    for kept in versions:
        when = dt.datetime.fromtimestamp((archive.folder / kept).stat().st_mtime, dt.UTC).astimezone()
        click.echo(f"{kept}  {when:%Y-%m-%d %H:%M}{'  live' if kept == live else ''}")


def _back(archive: Archive, version: str) -> None:
    """Make a kept version live."""
    try:
        archive.load(version)  # a version that cannot be read must not become live
        before = archive.publish(version)
    except NotKept as error:
        raise click.UsageError(str(error)) from None
    _say(archive.folder.name, version, before)


def _prove(ready: Table, folder: Path) -> None:
    """Refuse a table of which a guarantee is broken, with the call that breaks it."""
    space, judged = judge(ready, read_date(None))
    broken = [verdict for verdict in judged if not verdict.holds]
    if broken:
        show_verdicts(ready, space, broken, str(folder))
        click.echo(
            f"\nnot published: {count(len(broken), 'guarantee')} broken; --no-prove publishes all the same", err=True
        )
        raise click.exceptions.Exit(1)


def _tell(archive: Archive, ready: Table, folder: Path) -> None:
    """Which callers fare differently from the version that is live. It informs: nothing in it keeps a table from callers."""
    live = archive.live()
    if live in ("", ready.version):
        return
    if len(ready.graph.nodes) > LARGE:
        click.echo(f"not compared with {live}, which is live: for a table of this size 'ivr diff' takes its time")
        return
    try:
        before, date = archive.load(live), read_date(None)
        start = int(dt.datetime(date.year, date.month, date.day, tzinfo=ready.almanac.zone).timestamp())
        sides = (before.graph, before.source_map), (ready.graph, ready.source_map)
        shown = Shown(
            compare_tables(*sides, start, words=True), before, ready, live, str(folder), date, HORIZON_DAYS
        )  # fmt: skip
        rows = as_lines(shown, MOST_EDITS)
    except Exception as fault:  # whatever it is: a mend must reach callers on the night that the diff fails
        click.echo(f"not compared with {live}, which is live: {str(fault) or type(fault).__name__}", err=True)
        return
    what = edits(shown.found)
    click.echo(
        f"against {live}, which is live: {what}" if what else f"no caller hears or meets anything else than in {live}"
    )
    for row in rows:
        click.echo(f"  {row}")


def _say(name: str, version: str, before: str) -> None:
    if before == version:
        click.echo(f"{name} {version} is live already")
        return
    click.echo(f"{name} {version} is live" + (f"; undo with: ivr publish --version {before}" if before else ""))


@click.command(
    epilog="""\b
Examples:
  ivr fallback -o fallback.xml         host it with the provider, as the number's fallback
"""
)
@table_argument
@click.option("-o", "--output", type=click.Path(path_type=Path), default=None, help="Write to a file.")
def fallback(table: Path, output: Path | None) -> None:
    """Write static TwiML that puts callers through to the operator, for the day that we are down.

    Status 1 when the operator has nothing that can be dialled without us: callers only hear where else to turn.
    """
    graph = get_table(table).graph
    document = apology_document(graph)
    if output is None:
        click.echo(document.decode())
    else:
        try:
            output.write_bytes(document)
        except OSError as error:
            raise click.UsageError(f"{output}: {error.strerror}") from None
        click.echo(f"wrote {output}")
    if not apology_targets(graph):
        name = graph.names[graph.operator]
        click.echo(
            f"warning: the operator '{name}' has nothing to dial when we are down, so callers only hear where else to "
            "turn; give its team 'dial:' targets",
            err=True,
        )
        raise click.exceptions.Exit(1)
