"""`ivr serve`: the webhook."""

from __future__ import annotations

import os
import signal
import socket
import time
from contextlib import nullcontext
from pathlib import Path

import click
import uvicorn
from sqlalchemy import Engine

from ivr.cli.beside import beside
from ivr.cli.common import DatabaseGone, get_table, kept_in, open_database, read_date, read_settings, table_argument
from ivr.cli.first import tell_desk
from ivr.store.database.connect import connect
from ivr.store.journal import Journal
from ivr.store.publishing.faults import NotDone
from ivr.store.publishing.starting import published as last_published
from ivr.store.publishing.starting import start
from ivr.tables.archive import Archive, NotKept
from ivr.tables.ready import Table, check_folder
from ivr.web.app import App
from ivr.web.connection import Connection
from ivr.web.settings import Settings


@click.command(
    epilog="""\b
Examples:
  IVR_TWILIO_TOKEN=… IVR_PUBLIC_URL=https://ivr.example ivr serve
  ivr serve routing_tables/groningen --watch       a saved change is live within a second, if it is good
  ivr serve --no-worker                            the webhook alone, as when workers run on machines of their own
  ivr serve --published                            serve what was published last, whatever the folder says
"""
)
@table_argument
@click.option("--host", default=None, help="The address to listen on (IVR_HOST).")
@click.option("--port", type=int, default=None, help="The port to listen on (IVR_PORT).")
@click.option("--watch", is_flag=True, help="Publish the folder whenever it changes and is without errors.")
@click.option("--published", is_flag=True, help="Serve the version that is live; the folder only names the table.")
@click.option("--no-worker", is_flag=True, help="Start no 'ivr worker' beside it; run it yourself, here or elsewhere.")
def serve(table: Path, host: str | None, port: int | None, watch: bool, published: bool, no_worker: bool) -> None:
    """Serve the voice webhook of a routing table, with a worker beside it that keeps the promises.

    What is new in the folder since it was last looked at is live from the start. A folder that did not change is nothing
    new: what was published meanwhile, from a page or another machine, is served on.
    """
    settings = read_settings(host=host, port=port)
    if not settings.tokens:
        raise click.UsageError("IVR_TWILIO_TOKEN is not set: without it nobody could tell who is calling us")
    with kept_in(settings.var):
        Journal(settings.var / "journal").probe()
        database = database_of(settings)
        ready = _published(table, settings, database) if published else start_table(table, settings, database)
    app = App(settings, [ready], watch=table if watch else None, database=database)
    if app.context is not None:
        app.context.folders[ready.graph.id] = table
    with nullcontext() if no_worker else beside():
        run(app, settings)


def database_of(settings: Settings) -> Engine:
    """The database, though it be gone: calls are answered without it, and more cautiously promised. What is wrong with it in
    another way is one clear line."""
    try:
        return open_database(settings, make=True)
    except DatabaseGone as error:
        click.echo(f"warning: {error.message}; serving without it until it is back", err=True)
        return connect(settings.database)


def start_table(folder: Path, settings: Settings, database: Engine) -> Table:
    """What is served: a folder that is new, or what was published last. A folder with errors ends the command."""
    ready = get_table(folder)
    archive = Archive(settings.var / "tables", ready.graph.id)
    try:
        started = start(database, archive, ready, folder, "ivr serve", int(time.time()))
    except (NotKept, NotDone) as error:
        raise click.UsageError(str(error)) from None
    if started.told:
        click.echo(started.told)
    return started.table


def _published(folder: Path, settings: Settings, database: Engine) -> Table:
    checked = check_folder(folder, read_date(None))
    name = checked.graph.id if checked.graph is not None else get_table(folder).graph.id
    try:
        table = last_published(database, Archive(settings.var / "tables", name), int(time.time()))
    except NotKept as error:
        raise click.UsageError(str(error)) from None
    if table is None:
        raise click.UsageError(f"no version of '{name}' is live; run 'ivr publish {folder}' first")
    return table


def run(app: App, settings: Settings) -> None:
    """Serve until stopped."""
    sockets = handed_over() or listen(settings.host, settings.port)
    live = ", ".join(f"{name} {shelf.live.version}" for name, shelf in app.shelves.items())
    host, port = sockets[0].getsockname()[:2]
    click.echo(f"serving {live} on http://{host}:{port}/voice/…, known as {settings.public_url}")
    if app.context is not None:
        tell_desk(settings, app.context.database)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # uvicorn, once it has stopped, raises the signal again
    try:
        make_server(app).run(sockets)
    except KeyboardInterrupt:
        click.echo("stopped")


def handed_over() -> list[socket.socket]:
    """Sockets that whoever started this process holds open for it, as systemd does (sd_listen_fds: from descriptor 3 on,
    LISTEN_FDS of them, meant for the process LISTEN_PID). A call that comes while the process is being replaced waits in
    them, and is not refused."""
    if os.environ.pop("LISTEN_PID", "") != str(os.getpid()):
        return []
    count = os.environ.pop("LISTEN_FDS", "")
    try:
        held = [socket.socket(fileno=3 + n) for n in range(int(count) if count.isascii() and count.isdigit() else 0)]
    except OSError as error:
        raise click.UsageError(f"LISTEN_FDS: what was handed over is no socket: {error.strerror}") from None
    if any(one.family not in (socket.AF_INET, socket.AF_INET6) for one in held):
        raise click.UsageError("LISTEN_FDS: what was handed over is no socket for connections over TCP")
    return held


def listen(host: str, port: int) -> list[socket.socket]:
    """Sockets that take connections at all addresses of a host, before anybody is told; that it cannot be is one line."""
    held: list[socket.socket] = []
    try:
        for family, _, _, _, address in dict.fromkeys(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)):
            held.append(socket.create_server(address[:2], family=family, backlog=2048))
    except OSError as error:
        for opened in held:
            opened.close()
        raise click.UsageError(
            f"cannot listen on {host}:{port}: {(error.strerror or str(error)).partition(' (')[0]}"
        ) from None
    return held


class Server(uvicorn.Server):
    """A server that, when it stops, first lets go of the pages that are open: their streams never end by themselves."""

    def __init__(self, config: uvicorn.Config, app: App) -> None:
        super().__init__(config)
        self._app = app

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop: new calls are no longer taken, those under way are answered."""
        self._app.stop()
        await super().shutdown(sockets)


def make_server(app: App) -> uvicorn.Server:
    """A uvicorn server for the application."""
    config = uvicorn.Config(
        app, http=Connection, log_level="warning", access_log=False, server_header=False, date_header=False, lifespan="on",
        timeout_keep_alive=75, timeout_graceful_shutdown=10,
    )  # fmt: skip
    return Server(config, app)
