"""`ivr worker`: durable work."""

from __future__ import annotations

import os
import signal
import threading
import time

import click
from sqlalchemy import Engine

from ivr.cli.common import DatabaseGone, open_database, settings_of
from ivr.worker.settings import WorkerSettings

WAIT_SECONDS = 3.0
LOOK_SECONDS = 0.5
"""How often it is looked whether the process that started it is still there."""


def _database(settings: WorkerSettings, stop: threading.Event) -> Engine | None:
    """The database, waited for while it is away; None when it was told to stop first."""
    said = ""
    while not stop.is_set():
        try:
            return open_database(settings, make=True)
        except DatabaseGone as error:
            if error.message != said:
                click.echo(f"{error.message}; waiting for it", err=True)
            said = error.message
            stop.wait(WAIT_SECONDS)
    return None


def _end_with(parent: int, stop: threading.Event) -> None:
    """Set `stop` once the process that started this one is gone: an orphan is another's child."""

    def look() -> None:
        while os.getppid() == parent:
            if stop.wait(LOOK_SECONDS):
                return
        stop.set()

    if os.getppid() != parent:  # it went before we looked
        stop.set()
        return
    threading.Thread(target=look, name="parent", daemon=True).start()


@click.command(
    epilog="""\b
Examples:
  ivr worker                       until it is stopped (Ctrl-C, or SIGTERM)
  ivr worker --once                do what is due now, and end
  ivr worker --no-rings            drain, warn and tidy up, and ring nobody
"""
)
@click.option("--once", is_flag=True, help="Do what is due now, and end.")
@click.option("--no-rings", is_flag=True, help="Ring nobody: neither agents nor citizens.")
@click.option(
    "--with-parent", metavar="PID", type=int, hidden=True, help="End when the process that started it is gone."
)
def worker(once: bool, no_rings: bool, with_parent: int | None) -> None:
    """Carry journals into the database, ring teams and citizens when it is time, warn before a promise breaks.

    Several may run at once; with PostgreSQL on several machines.
    """
    from ivr.worker.logs import log_to_stderr
    from ivr.worker.loop import Loop, run_once
    from ivr.worker.tasks import make_context, make_tasks

    stop = threading.Event()
    if with_parent is not None:
        _end_with(with_parent, stop)
    settings = settings_of(WorkerSettings)
    log_to_stderr(settings.log)
    if not once:
        signal.signal(signal.SIGTERM, lambda *_: stop.set())
        signal.signal(signal.SIGINT, lambda *_: stop.set())
    engine = open_database(settings, make=True) if once else _database(settings, stop)
    if engine is None or stop.is_set():
        click.echo("stopped")
        return
    tasks = make_tasks(settings, make_context(settings, engine), int(time.time()), rings=not no_rings)
    if once:
        click.echo(f"did {run_once(tasks, int(time.time())):,} things")
        return
    if not (settings.twilio_account and settings.tokens) and not no_rings:
        click.echo("IVR_TWILIO_ACCOUNT and IVR_TWILIO_TOKEN are not both set: nobody is rung", err=True)
    loop = Loop(tasks)
    click.echo("at work: " + ", ".join(task.name for task in tasks))
    loop.start()
    stop.wait()
    loop.stop()
    engine.dispose()
    click.echo("stopped")
