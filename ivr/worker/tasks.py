"""Which tasks a worker runs, by what it was set to."""

from __future__ import annotations

import logging
import os
import socket
import uuid
from collections.abc import Sequence

from sqlalchemy import Engine

from ivr import __version__
from ivr.worker.attempting import Attempting
from ivr.worker.beating import Beating
from ivr.worker.context import Context, Tables, Task
from ivr.worker.draining import Draining
from ivr.worker.following import Following
from ivr.worker.outside import outside
from ivr.worker.passing import Passing
from ivr.worker.provider import Provider
from ivr.worker.queueing import Queueing
from ivr.worker.recovering import Recovering
from ivr.worker.retaining import Retaining
from ivr.worker.settings import WorkerSettings
from ivr.worker.twilio_rest import provider_of

log = logging.getLogger(__name__)


def make_context(settings: WorkerSettings, engine: Engine) -> Context:
    """What the tasks of this process share. Its name is unlike any other's, a restart of it included: what one held that
    died is taken over when its lease has run out."""
    name = f"{socket.gethostname()[:40]}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    return Context(name, engine, Tables(settings.var), settings.hash_key)


def make_tasks(settings: WorkerSettings, context: Context, now: int, rings: bool = True) -> list[Task]:
    """All tasks; `rings` false leaves out those that ring people."""
    provider = provider_of(settings, circuit_changed)
    tasks: list[Task] = [
        Beating(context, __version__, now),
        Following(context, settings.var),
        Draining(context, settings.var, lambda text: log.error("drain: %s", text)),
        Retaining(context, provider, settings.periods),
        *outside(settings, context, provider, circuit_changed),
    ]
    if rings and settings.twilio_account and settings.tokens:
        tasks += ringing(settings, context, provider)
    return tasks


def ringing(settings: WorkerSettings, context: Context, provider: Provider) -> Sequence[Task]:
    """The tasks that ring people."""
    url = settings.public_url
    return (
        Attempting(context, provider, url, settings.attempts_at_once),
        Recovering(context, provider, url),
        Queueing(context, provider, url),
        Passing(context, provider, url),
    )


def circuit_changed(name: str, state: str, why: str) -> None:
    """Say that something outside is left alone, or is well again."""
    log.warning("circuit %s is %s: %s", name, state, why)
