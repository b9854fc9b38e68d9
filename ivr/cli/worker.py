"""`ivr worker`: durable work."""

from __future__ import annotations

import os
import signal
import threading
import time
from types import FrameType

import click
from sqlalchemy import Engine

from ivr.cli.common import DatabaseGone, open_database, settings_of
from ivr.worker.settings import WorkerSettings

WAIT_SECONDS = 3.0


def _database(settings: WorkerSettings, wait: bool) -> Engine:
    """The database; `wait` for one that is away."""
    said = ""
    while True:
        try:
            return open_database(settings, make=True)
        except DatabaseGone as error:
            if not wait:
                raise
            if error.message != said:
                click.echo(f"{error.message}; waiting for it", err=True)
            said = error.message
            time.sleep(WAIT_SECONDS)


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
@click.option("--with-parent", is_flag=True, hidden=True, help="End when the process that started it is gone.")
def worker(once: bool, no_rings: bool, with_parent: bool) -> None:
    """Carry journals into the database, ring teams and citizens when it is time, warn before a promise breaks.

    Several may run at once; with PostgreSQL on several machines.
    """
    from ivr.worker.logs import log_to_stderr
    from ivr.worker.loop import Loop, run_once
    from ivr.worker.tasks import make_context, make_tasks

    parent = os.getppid()
    settings = settings_of(WorkerSettings)
    log_to_stderr(settings.log)
    engine = _database(settings, wait=not once)
    tasks = make_tasks(settings, make_context(settings, engine), int(time.time()), rings=not no_rings)
    if once:
        click.echo(f"did {run_once(tasks, int(time.time())):,} things")
        return
    if not (settings.twilio_account and settings.tokens) and not no_rings:
        click.echo("IVR_TWILIO_ACCOUNT and IVR_TWILIO_TOKEN are not both set: nobody is rung", err=True)
    loop = Loop(tasks)
    stop = threading.Event()

    def stopped(_: int, __: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, stopped)
    signal.signal(signal.SIGINT, stopped)
    click.echo("at work: " + ", ".join(task.name for task in tasks))
    loop.start()
    while not stop.wait(1.0):
        if with_parent and os.getppid() != parent:
            break
    loop.stop()
    engine.dispose()
    click.echo("stopped")
