"""`ivr store`: the database brought to a version, looked at, copied and backed up."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ivr.cli.common import DatabaseUnusable, count, kept_in, let_go, open_database, settings_of
from ivr.store.database.connect import NoDatabase, connect, explain
from ivr.store.database.opening import file_of, make_file, shown
from ivr.store.settings import CommonSettings

if TYPE_CHECKING:
    from ivr.store.status import Status

PATIENCE = 600.0
"""Seconds that one statement may take where a whole store is read."""


@click.group()
def store() -> None:
    """The database of calls and promises: IVR_DATABASE_URL, else ivr.db in IVR_VAR."""


@contextlib.contextmanager
def _told(what: str) -> Iterator[None]:
    """What a database refuses is one clear line."""
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except NoDatabase as error:
        raise DatabaseUnusable(f"{what}: {error}") from None
    except SQLAlchemyError as error:
        raise DatabaseUnusable(f"{what}: the database cannot be used: {explain(error)}") from None
    except OSError as error:
        raise click.UsageError(f"{what}: {error.strerror or error}") from None


@store.command(
    epilog="""\b
Examples:
  ivr store upgrade
  ivr store upgrade --to 0001            back to an earlier version; 'base' is an empty database
"""
)
@click.option("--to", "to", metavar="VERSION", default=None, help="Another version than this program's.")
@click.option("--yes", is_flag=True, help="Go back without asking.")
def upgrade(to: str | None, yes: bool) -> None:
    """Bring the database to the version of this program, or back to an earlier one."""
    from ivr.store.database import migrate

    settings = settings_of(CommonSettings)
    with _told("IVR_DATABASE_URL"):
        engine = let_go(connect(settings.database, wait=PATIENCE))
        file = file_of(engine)
        if file is not None and not file.exists():
            with kept_in(file.parent):
                make_file(file)
        was, wanted = migrate.version(engine), to or migrate.head()
        if was and not migrate.known(was):
            raise NoDatabase(f"is of version {was}, newer than this program's; use the program that made it")
        if wanted != "base" and not migrate.known(wanted):
            raise click.UsageError(f"--to: there is no version '{wanted}'; this program's is {migrate.head()}")
        if migrate.is_earlier(wanted, was):
            if not yes:
                click.confirm(f"What {wanted} has no place for is lost. Go back from {was} to {wanted}?", abort=True)
            migrate.downgrade(engine, wanted)
        else:
            migrate.upgrade(engine, wanted)
    now = migrate.version(engine) or "empty"
    click.echo(f"{shown(engine)}: " + (f"was {now} already" if was == now else f"{was or 'empty'} → {now}"))


@store.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def status(as_json: bool) -> None:
    """Say where the database is, what it holds, and how far it is behind the journals of this machine."""
    import msgspec

    from ivr.store.status import status as look

    settings = settings_of(CommonSettings)
    engine = open_database(settings, wait=PATIENCE)
    now = int(time.time())
    with kept_in(settings.var, to_write=False):
        found = look(engine, settings.var, now)
    if as_json:
        click.echo(msgspec.json.encode(found))
        return
    for name, text in _lines(found, now):
        click.echo(f"{name:<11} {text}")


def _lines(found: Status, now: int) -> Iterator[tuple[str, str]]:
    behind = found.behind
    yield "database", found.database + (f", {found.bytes / 1e6:,.1f} MB" if found.bytes else "")
    yield "version", f"{found.version}, as this program's"
    if not behind.bytes:
        yield "journals", "all in the database"
    else:
        age = f"; the oldest line is {_age(now - behind.since)} old" if behind.since else ""
        files = f"{count(behind.files, 'file')} of this machine {'holds' if behind.files == 1 else 'hold'}"
        yield "journals", f"{files} {count(behind.bytes, 'byte')} that are not in the database yet{age}"
    yield "workers", f"{count(found.workers, 'worker')} seen in the last minute"
    if found.unconfirmed:
        yield "recordings", f"{found.unconfirmed:,} to be deleted, and not yet confirmed by the provider"
    for name, rows in sorted(found.rows.items()):
        yield name, f"{rows:,}"


def _age(seconds: int) -> str:
    for unit, size in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if seconds >= size:
            return count(seconds // size, unit)
    return count(max(0, seconds), "second")


@store.command(
    epilog="""\b
Examples:
  ivr store copy --to postgresql://ivr@db.example/ivr
  ivr store copy --from postgresql://ivr@db.example/ivr --to sqlite:///var/ivr.db

A password is better kept out of the command line: PostgreSQL's client reads ~/.pgpass.
"""
)
@click.option("--from", "source", metavar="URL", default=None, help="Where from; IVR_DATABASE_URL when left out.")
@click.option("--to", "target", metavar="URL", required=True, help="Where to: a database that holds nothing.")
def copy(source: str | None, target: str) -> None:
    """Copy a whole store to another database, and compare both afterwards; on any failure the target is as it was.

    Stop the worker first. Calls go on meanwhile: what they owe stands in the journals, and is carried into whichever
    database the worker is started with afterwards.
    """
    from ivr.store.copying import NotCopied, copy_store

    with _told("--from"):
        one = let_go(connect(source or settings_of(CommonSettings).database, wait=PATIENCE))
        file = file_of(one)
        if file is not None and not file.exists():
            raise NoDatabase(f"there is no {file}")
    with _told("--to"):
        other = let_go(connect(target, wait=PATIENCE))
    try:
        with _bar() as progress, _told("nothing was copied, the target is as it was"):
            done = copy_store(one, other, progress)
    except NotCopied as error:
        click.echo(f"nothing was copied, the target is as it was: {error}", err=True)
        raise click.exceptions.Exit(1) from None
    for row in done:
        click.echo(f"{row.table:<11} {row.rows:>12,}  {row.digest[:16]}")
    rows = count(sum(row.rows for row in done), "row")
    click.echo(
        f"nothing was lost: {rows} of {count(len(done), 'table')} of {shown(one)}\n"
        f"were read again in {shown(other)}, and are the same.\n"
        "Set IVR_DATABASE_URL to it for 'ivr serve' and 'ivr worker', and start them anew."
    )


@contextlib.contextmanager
def _bar() -> Iterator[Callable[[str, int, int], None]]:
    """A bar on a terminal, else a line for each table."""
    if not sys.stderr.isatty():
        yield lambda table, done, total: None if done or not total else click.echo(f"{table}: {total:,}", err=True)
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("")
        yield lambda table, done, total: bar.update(task, description=table, completed=done, total=total)


@store.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Write a copy of the embedded database to FILE, as it is at one moment; calls go on meanwhile.

    For PostgreSQL use pg_dump. What is in the journals and not yet in the database is not in the copy: keep IVR_VAR too.
    """
    from ivr.store.database.backup import back_up

    source = file_of(open_database(settings_of(CommonSettings)))
    if source is None:
        raise click.UsageError("IVR_DATABASE_URL: this is PostgreSQL; use its own pg_dump")
    with _told(str(file)):
        size = back_up(source, file)
    click.echo(f"wrote {file}, {size / 1e6:,.1f} MB; it holds telephone numbers")
