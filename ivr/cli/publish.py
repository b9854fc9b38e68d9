"""`ivr publish`, `ivr fallback`: which version is live, and what the provider says when we are down."""

from __future__ import annotations

import datetime as dt
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ivr.cli.cases import by_option
from ivr.cli.common import (
    DatabaseGone,
    DatabaseUnusable,
    count,
    get_table,
    kept_in,
    open_database,
    read_date,
    read_settings,
    table_argument,
)
from ivr.cli.diff_show import as_lines
from ivr.cli.prove import LARGE, judge, show_verdicts
from ivr.proofs.classes import HORIZON_DAYS
from ivr.proofs.diff.groups import compare_tables
from ivr.tables.archive import Archive, NotKept, Pointer
from ivr.tables.differences import Shown, edits
from ivr.tables.ready import Table, check_folder
from ivr.web.apology import apology_document, apology_targets

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from ivr.store.publishing.publications import Publication
    from ivr.web.settings import Settings

MOST_LISTED = 200
"""Publications that a list looks at."""
MOST_EDITS = 10
"""Edits of which a line is shown before a table is made live."""


@click.command(
    epilog="""\b
Examples:
  ivr publish                          check and prove the folder, keep it, make it live
  ivr publish --why "Koningsdag"       the same, with a reason that the history keeps
  ivr publish --list                   the versions: when and by whom each was published, and which one is live
  ivr publish --version 3f2a90c1d4e5   back to an earlier one
"""
)
@table_argument
@click.option("--version", default=None, help="Make this version live, in place of the folder: undo.")
@click.option("--list", "listing", is_flag=True, help="List the versions.")
@click.option("--no-prove", is_flag=True, help="Publish a folder without proving it; said as a warning.")
@click.option("--why", default="", help="Why, for the history.")
@by_option
def publish(table: Path, version: str | None, listing: bool, no_prove: bool, why: str, by: str) -> None:
    """Make a table live on every process that serves it, without dropping a call.

    A folder is checked and proved first. With an error, or a guarantee that is broken for any caller, it is refused
    (status 1) and what is live stays so. Else it is told who fares differently from now on, as 'ivr diff' tells it. A
    version that was accepted before is made live as it is, so that undoing takes no time.

    With a database it is live on all machines, and in the history that the desk shows. Without one, or while it is gone, it
    is live on this machine, and recorded when the database is back.
    """
    settings = read_settings()
    with kept_in(settings.var, to_write=not listing):
        shelf = Publishing(settings, by, why)
        if listing:
            shelf.list(_id_of(table))
        elif version is not None:
            shelf.back(_id_of(table), version)
        else:
            _publish(shelf, table, no_prove)


def _id_of(folder: Path) -> str:
    """The name of the table in a folder, whatever else is wrong with it."""
    checked = check_folder(folder, read_date(None))
    return checked.graph.id if checked.graph is not None else get_table(folder).graph.id


def _publish(shelf: Publishing, folder: Path, no_prove: bool) -> None:
    """Prove a folder, keep it and make it live."""
    ready = get_table(folder)
    if no_prove:
        click.echo("warning: published without being proved; 'ivr prove' judges what holds for every caller", err=True)
    else:
        _prove(ready, folder)
    archive = shelf.archive(ready.graph.id)
    archive.keep(ready, folder)  # what was proved, also when the folder has changed meanwhile
    _tell(archive, ready, folder)
    _say(ready.graph.id, ready.version, shelf.publish(archive, ready.version, folder=True))


class Publishing:
    """Publishing from the command line: what the database says first, then this machine's pointer and the database."""

    def __init__(self, settings: Settings, by: str, why: str) -> None:
        self._var = settings.var
        self._by, self._why = by, why
        self._now = int(time.time())
        try:
            self._engine: Engine | None = open_database(settings)
        except DatabaseGone as gone:
            click.echo(f"warning: {gone.message}; this is about this machine alone until it is back", err=True)
            self._engine = None
        except DatabaseUnusable:  # none was ever made here, or one of another version: what is live needs none
            self._engine = None

    def archive(self, name: str) -> Archive:
        """A table's archive, with what the database says applied to it."""
        from ivr.store.publishing.following import follow

        archive = Archive(self._var / "tables", name)
        if self._engine is not None:
            with suppress(*self._faults()):
                follow(self._engine, archive, self._now)
        return archive

    def publish(self, archive: Archive, version: str, folder: bool = False) -> str:
        """Make a version live that is kept; which one was so before."""
        from ivr.store.publishing.faults import NotDone
        from ivr.store.publishing.following import publish_here

        try:
            return publish_here(self._engine, archive, version, self._by, self._why, self._now, folder).version
        except (NotKept, NotDone) as error:
            raise click.UsageError(str(error)) from None

    def back(self, name: str, version: str) -> None:
        """Make a version live again."""
        from ivr.store.publishing.following import fetch

        archive = self.archive(name)
        try:
            if self._engine is not None:
                with suppress(*self._faults()):
                    fetch(self._engine, archive, version)
            archive.load(version)  # a version that cannot be read must not become live
        except NotKept as error:
            raise click.UsageError(str(error)) from None
        _say(name, version, self.publish(archive, version))

    def list(self, name: str) -> None:
        """The versions, the oldest first: when each was published last, by whom and why, and which one is live."""
        archive = self.archive(name)
        pointer, said = archive.pointer(), self._said(name)
        rows = {kept: (archive.folder / kept).stat().st_mtime for kept in archive.versions()}
        rows |= {version: float(one.at) for version, one in said.items()}
        if not rows:
            click.echo(f"no version is kept yet in {archive.folder}", err=True)
        for version, at in sorted(rows.items(), key=lambda row: row[1]):
            when = f"{dt.datetime.fromtimestamp(at, dt.UTC).astimezone():%Y-%m-%d %H:%M}"
            one = said.get(version)
            words = "" if one is None else f"{one.by}: {' '.join(one.why.split())}".removesuffix(": ")
            click.echo("  ".join(part for part in (version, when, _state(version, pointer, one), words) if part))

    def _said(self, name: str) -> dict[str, Publication]:
        """The last publication of each version, by the database."""
        from ivr.store.database.connect import reading
        from ivr.store.publishing.publications import history

        if self._engine is None:
            return {}
        with suppress(*self._faults()), reading(self._engine) as connection:
            return {one.version: one for one in reversed(history(connection, name, MOST_LISTED))}
        return {}

    def _faults(self) -> tuple[type[Exception], ...]:
        from sqlalchemy.exc import SQLAlchemyError

        from ivr.store.publishing.faults import NotDone

        return SQLAlchemyError, NotKept, NotDone


def _state(version: str, pointer: Pointer, one: Publication | None) -> str:
    """`live`, `live for 5 % of callers`, `planned`, '' for none of these."""
    canary = pointer.beside.canary
    if version == pointer.version:
        return "live" + (", on this machine alone" if pointer.beside.alone is not None and one is not None else "")
    if canary is not None and version == canary.version:
        return f"live for {canary.share} % of callers"
    return {"scheduled": "planned", "refused": "refused"}.get(one.state if one is not None else "", "")


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
