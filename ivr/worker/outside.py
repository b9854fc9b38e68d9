"""Whom a worker tells of cases outside this program: the tasks for it, by what it was set to."""

from __future__ import annotations

from collections.abc import Callable

from ivr.worker.circuit import Circuit
from ivr.worker.context import Context, Task
from ivr.worker.escalating import MAIL, WEBHOOK, Escalating, Escalation, Webhook
from ivr.worker.mail import Mailer
from ivr.worker.openklant import Api, OpenKlant, connect
from ivr.worker.outbox import Outbox
from ivr.worker.provider import Provider
from ivr.worker.registering import Registering
from ivr.worker.settings import WorkerSettings
from ivr.worker.telling import Telling

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
    mailer = None
    if settings.smtp_host and settings.mail_from:
        mailer = Mailer(settings, Circuit("mail", settings.circuit_failures, settings.circuit_rest, changed))
    webhook = _webhook(settings, changed)
    ways = [*([WEBHOOK] if webhook is not None else []), *([MAIL] if settings.told_by_mail else [])]
    warning = Escalation(context, settings.public_url, webhook, mailer, settings.told_by_mail)
    telling = Telling(context, provider, mailer, settings.sms_from)
    tasks += [
        Escalating(context, ways),
        Outbox(context, {"escalation": warning}),
        Outbox(context, {"telling": telling}),
    ]
    return tasks


def _webhook(settings: WorkerSettings, changed: Changed) -> Webhook | None:
    url = settings.escalate_url.get_secret_value()
    if not url:
        return None
    circuit = Circuit("webhook", settings.circuit_failures, settings.circuit_rest, changed)
    secret = settings.escalate_secret.get_secret_value()
    return Webhook(url, secret, circuit, settings.outside_connect, settings.outside_timeout)
