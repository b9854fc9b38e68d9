"""Where the desk is, said when a server starts; while it has no administrator, with a link for the first one."""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from pathlib import Path

import click
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from ivr.cli.people import link_of
from ivr.pages.settings import PagesSettings
from ivr.store.database.connect import writing
from ivr.store.people import tickets


def tell_desk(settings: PagesSettings, engine: Engine) -> None:
    """Say it. A database that is away says nothing of administrators; that is told elsewhere."""
    click.echo(f"the desk: {settings.desk_origin}{settings.desk_base}")
    if not settings.desk_local_accounts:
        return
    try:
        with writing(engine) as connection:
            raw = tickets.make_first(connection, int(time.time()))
    except SQLAlchemyError:
        return
    if raw:
        click.echo(
            f"it has no administrator yet; within a day, and once, one can be made at\n  {link_of(settings, raw)}"
        )


def kept_key(var: Path) -> str:
    """A key for the cookies of a desk whose auth token is another one at each start, kept in IVR_VAR for its owner alone: so
    that who has signed in stays so. Raises OSError."""
    path = var / "desk.key"
    var.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError), open(path, "x", encoding="ascii", opener=_private) as file:
        file.write(secrets.token_urlsafe(32))
    return path.read_text(encoding="ascii").strip() or secrets.token_urlsafe(32)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
