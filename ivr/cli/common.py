"""What the commands share: arguments, today's date, the table, colour, progress."""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ivr.authoring.files import NoTable
from ivr.diagnostics.show import show
from ivr.tables.ready import Checked, Table, check_folder, ready

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from ivr.store.settings import CommonSettings
    from ivr.web.settings import Settings

DEFAULT_TABLE = "routing_tables/groningen"
F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")
S = TypeVar("S", bound="CommonSettings")

table_argument = click.argument(
    "table", type=click.Path(path_type=Path), default=Path(DEFAULT_TABLE), required=False, metavar="[TABLE]"
)


def today_option(function: F) -> F:
    """The option `--today`: what "in the past" is measured against."""
    return click.option("--today", metavar="DATE", default=None, help="Judge as if today were this date (2026-12-01).")(
        function
    )


def read_date(text: str | None) -> dt.date:
    """A date as written on the command line; else IVR_TODAY, for tests that must say the same on any day; else today."""
    text = text or os.environ.get("IVR_TODAY") or None
    if text is None:
        return dt.datetime.now(dt.UTC).astimezone().date()
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"'{text}' is no date; write it as 2026-12-01") from None


def read_settings(**given: object) -> Settings:
    """The settings of the webhook, from the environment and the command line; what is wrong with them is one clear line."""
    from ivr.web.settings import Settings  # pydantic is slow to import, and most commands need no settings

    return settings_of(Settings, **given)


def settings_of(kind: type[S], **given: object) -> S:
    """The settings of a kind, likewise."""
    from pydantic import ValidationError

    try:
        stated = {key: value for key, value in given.items() if value is not None}
        return kind(**stated)  # type: ignore[arg-type]  # pydantic judges what came from the command line
    except ValidationError as error:
        first = error.errors()[0]
        name = "IVR_" + str(first["loc"][0]).upper() if first["loc"] else "settings"
        raise click.UsageError(f"{name}: {first['msg'].removeprefix('Value error, ')}") from None


@contextlib.contextmanager
def kept_in(var: Path, to_write: bool = True) -> Iterator[None]:
    """Work in the folder of what is kept (IVR_VAR): when it cannot be used, that is one clear line. What can be seen of it
    beforehand is seen before the work begins."""
    try:
        nearest = next(path for path in (var, *var.parents) if path.exists())
        if not nearest.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        if to_write and not os.access(nearest, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise click.UsageError(f"IVR_VAR: nothing can be kept in {var}: {error.strerror or error}") from None


def let_go(engine: Engine) -> Engine:
    """The engine, whose connections are closed when the command ends."""
    context = click.get_current_context(silent=True)
    if context is not None:
        context.call_on_close(engine.dispose)
    return engine


class DatabaseUnusable(click.ClickException):
    """The database is not there, or of another version: nothing is wrong with how the command was written."""

    exit_code = 2


class DatabaseGone(DatabaseUnusable):
    """The database cannot be reached now."""


def open_database(settings: CommonSettings, make: bool = False, wait: float = 5.0) -> Engine:
    """The database, of the version of this program; what is in the way is one clear line. `make`: an embedded one that is
    not there is made; without it an empty answer could come from a wrong IVR_VAR. `wait` bounds each statement, in
    seconds. It is let go of when the command ends."""
    from ivr.store.database.connect import Gone, NoDatabase
    from ivr.store.database.opening import open_url  # SQLAlchemy is slow to import too

    try:
        with kept_in(settings.var, to_write=make):
            return let_go(open_url(settings.database, make, wait))
    except Gone as error:
        raise DatabaseGone(f"IVR_DATABASE_URL: {error}") from None
    except NoDatabase as error:
        raise DatabaseUnusable(f"IVR_DATABASE_URL: {error}") from None


def coloured() -> bool:
    """Whether to use colour: on a terminal, unless NO_COLOR is set."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def get_table(folder: Path, today: dt.date | None = None) -> Table:
    """The table in a folder. With errors they are shown, and the command ends with status 1."""
    checked = check_folder(folder, today or read_date(None), Path.cwd())
    if checked.errors:
        click.echo(
            show([f for f in checked.findings if f.severity.value == "error"], checked.sources, "text", coloured())
        )
        click.echo("\n" + summary(checked), err=True)
        raise click.exceptions.Exit(1)
    return ready(checked)


def write_out(text: str, output: Path | None) -> None:
    """Write a text to a file, and say so; else to standard output. Raises NoTable when the file cannot be written."""
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise NoTable(f"{output}: {error.strerror}") from None
    click.echo(f"wrote {output}", err=True)


def summary(checked: Checked) -> str:
    """`2 errors, 1 warning`."""
    if not checked.findings:
        return "no findings"
    parts = [count(n, what) for n, what in ((checked.errors, "error"), (checked.warnings, "warning")) if n]
    dropped = f" (and {checked.dropped} more, not shown)" if checked.dropped else ""
    return ", ".join(parts) + dropped


def count(number: int, what: str) -> str:
    """`1 team`, `2 teams`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def progress(items: Iterable[T], what: str, total: int) -> Iterator[T]:
    """The items, with a bar on standard error once it takes over a second; none where there is no terminal."""
    if not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(items, description=what, total=total, console=Console(stderr=True), transient=True)
