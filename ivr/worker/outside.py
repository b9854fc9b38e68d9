"""Whom a worker tells of cases outside this program: the tasks for it, by what it was set to."""

from __future__ import annotations

from collections.abc import Callable

from ivr.worker.circuit import Circuit
from ivr.worker.context import Context, Task
from ivr.worker.openklant import Api, OpenKlant, connect
from ivr.worker.outbox import Outbox
from ivr.worker.provider import Provider
from ivr.worker.registering import Registering
from ivr.worker.settings import WorkerSettings

Changed = Callable[[str, str, str], None]


def outside(settings: WorkerSettings, context: Context, provider: Provider, changed: Changed) -> list[Task]:
    """A task for each destination, so that a slow one holds up no other."""
    tasks: list[Task] = []
    if settings.openklant_url:
        circuit = Circuit("openklant", settings.circuit_failures, settings.circuit_rest, changed)
        token = settings.openklant_token.get_secret_value()
        there = connect(settings.openklant_url, token, circuit, settings.outside_connect, settings.outside_timeout)
        handler = OpenKlant(context, Api(there), settings.openklant_channel, settings.actors)
        tasks += [Registering(context), Outbox(context, {"openklant": handler})]
    return tasks
