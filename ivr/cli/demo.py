"""`ivr demo`: check, play the scenarios, serve, and place one signed call over HTTP. What `make run` does."""

from __future__ import annotations

import secrets
import threading
import time
from pathlib import Path

import click
import uvicorn
from pydantic import SecretStr

from ivr.cli.beside import beside
from ivr.cli.common import get_table, kept_in, read_settings, table_argument
from ivr.cli.first import kept_key, tell_desk
from ivr.cli.serve import database_of, listen, make_server, start_table
from ivr.simulator.callers import Scripted
from ivr.simulator.run import run_scenario
from ivr.simulator.scenario import read_suite
from ivr.simulator.show import show_failure, show_transcript
from ivr.simulator.transcript import Transcript
from ivr.simulator.wire import over_http
from ivr.simulator.world import World
from ivr.tables.arrivals import arrive
from ivr.tables.ready import Table
from ivr.web.app import App


@click.command(
    epilog="""\b
Examples:
  ivr demo                 what 'make run' does
  ivr demo --once          the same, and stop after the call
"""
)
@table_argument
@click.option("--port", type=int, default=8050, show_default=True, help="The port to listen on.")
@click.option("--once", is_flag=True, help="Stop after the demonstration call.")
def demo(table: Path, port: int, once: bool) -> None:
    """Check a table, play its scenarios, serve it, and place one signed call over HTTP. Needs no account and no key."""
    ready = get_table(table)
    graph = ready.graph
    click.echo(f"1. checked {table}: {len(graph.nodes) - 2} nodes, {len(graph.numbers)} numbers, no errors")
    _scenarios(ready, table)
    token = secrets.token_hex(16)
    settings = read_settings(
        port=port, public_url=f"http://127.0.0.1:{port}", twilio_token=token, trace=True, simulation=True, log="warning"
    )
    sockets = listen(settings.host, port)
    with kept_in(settings.var):
        if not settings.desk_key.get_secret_value():
            settings = settings.model_copy(update={"desk_key": SecretStr(kept_key(settings.var))})
        database = database_of(settings)
        ready = start_table(table, settings, database)
        app = App(settings, [ready], database=database)
        if app.context is not None:
            app.context.folders[ready.graph.id] = table
    server = make_server(app)
    thread = threading.Thread(target=server.run, args=[sockets], daemon=True)
    thread.start()
    _wait(server, thread)
    click.echo(f"3. serving on {settings.public_url}/voice/{graph.id} (a token was made for this run)")
    click.echo("4. one call over HTTP, signed as the provider signs:\n")
    click.echo(show_transcript(ready, _call(ready, settings.public_url, token)))
    if once:
        server.should_exit = True
        thread.join(10)
        return
    click.echo("")
    tell_desk(settings, database)
    with beside():
        _serve_on(server, thread)


def _serve_on(server: uvicorn.Server, thread: threading.Thread) -> None:
    click.echo("\nstill serving; try 'ivr simulate call --keys 1' in another terminal, or Ctrl-C to stop")
    try:
        while thread.is_alive():
            thread.join(0.5)
    except KeyboardInterrupt:
        server.should_exit = True
        thread.join(15)
        click.echo("stopped")


def _scenarios(table: Table, folder: Path) -> None:
    suite = read_suite(folder, Path.cwd())
    results = [run_scenario(table, scenario) for scenario in suite.scenarios]
    for result in results:
        if not result.passed:
            click.echo(show_failure(table, result, suite.sources))
    failed = sum(1 for r in results if not r.passed)
    click.echo(f"2. played {len(results)} scenarios: {len(results) - failed} passed, {failed} failed")
    if failed or suite.report.errors:
        raise click.exceptions.Exit(1)


def _call(table: Table, url: str, token: str) -> Transcript:

    noon = int(time.time()) // 86_400 * 86_400 + 10 * 3600
    days = (noon + day * 86_400 for day in range(14))
    moment = next((at for at in days if _open(table, at)), noon)
    arrival = arrive(table.graph, moment, -1, table.graph.main_number, "+31612345678", {})
    return over_http(url, token)(table, arrival, Scripted(["1", "1"]), World())


def _open(table: Table, instant: int) -> bool:
    """Whether most calendars are open."""
    states = [calendar.at(instant) == 0 for calendar in table.almanac.calendars]
    return 2 * sum(states) >= len(states)


def _wait(server: uvicorn.Server, thread: threading.Thread) -> None:
    until = time.monotonic() + 15
    while not server.started:
        if not thread.is_alive() or time.monotonic() > until:
            raise click.ClickException("the server did not start")
        time.sleep(0.02)
