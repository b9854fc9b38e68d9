"""Warning that a promise is about to break: the task that sees it, and the telling by a webhook or by e-mail."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Sequence

from ivr.desk import telling
from ivr.desk.case import OVER, REACHED, UNSURE, Case
from ivr.store import cases, escalating
from ivr.store.database.connect import reading, writing
from ivr.store.outbox import Item
from ivr.worker.circuit import Circuit
from ivr.worker.context import Context
from ivr.worker.destination import Destination
from ivr.worker.mail import Mailer
from ivr.worker.outbox import Never, Progress

WEBHOOK, MAIL = "webhook", "mail"
SIGNATURE = "IVR-Signature"
"""`t=<epoch seconds>,v1=<hexadecimal HMAC-SHA256 of "<t>.<body>">`: with the time, so that an old one is not taken again."""
AT_ONCE = 200


class Escalating:
    """Puts warnings into the outbox when their time has come."""

    name = "escalating"
    every = 2.0

    def __init__(self, context: Context, ways: Sequence[str]) -> None:
        self._engine = context.engine
        self._ways = tuple(ways)

    def run(self, now: int) -> int:
        """Warn of a piece of what is about to break."""
        with reading(self._engine) as connection:
            if not escalating.is_needed(connection, now, self._ways):
                return 0
        with writing(self._engine) as connection:
            unsure = escalating.warn_unsure(connection, now, self._ways, AT_ONCE)
            return unsure + escalating.warn(connection, now, self._ways, AT_ONCE)


class Webhook:
    """An address that is told in JSON, signed."""

    def __init__(self, url: str, secret: str, circuit: Circuit, connect: float, total: float) -> None:
        refusals = frozenset((400, 409, 410, 413, 415, 422))
        self.destination = Destination("the address that is warned", url, {}, circuit, connect, total, refusals)
        self._secret = secret.encode()

    def tell(self, key: str, what: dict[str, object], now: int) -> None:
        """Tell it. Raises Later and Never."""
        body = json.dumps(what, ensure_ascii=False).encode()
        headers = {SIGNATURE: f"t={now},v1={signed(self._secret, now, body)}", "Idempotency-Key": key}
        answer = self.destination.send("POST", "", body=body, headers=headers)
        if answer.status >= 400:
            raise Never(f"the address that is warned refuses it ({answer.status})")


def signed(secret: bytes, at: int, body: bytes) -> str:
    """The signature of a body that is sent at an instant."""
    return hmac.new(secret, b"%d." % at + body, hashlib.sha256).hexdigest()


class Escalation:
    """The handler of kind `escalation`."""

    most = 60
    longest = 600

    def __init__(
        self, context: Context, public_url: str, webhook: Webhook | None, mailer: Mailer | None, mail_to: Sequence[str]
    ) -> None:
        self._engine = context.engine
        self._tables = context.tables
        self._public_url = public_url
        self._webhook = webhook
        self._mailer = mailer
        self._mail_to = tuple(mail_to)

    def ready(self) -> bool:
        """Always: there may be another way than the one whose circuit is open."""
        return True

    def __call__(self, item: Item, progress: Progress, now: int) -> None:
        """Warn, unless the case came to a good end meanwhile, its promise was moved, or its doubt is over."""
        with reading(self._engine) as connection:
            case = cases.load(connection, item.subject)
        due = int(item.payload["due"])
        if case is None:
            raise Never("there is no such case")
        unsure = "unsure" in item.payload
        if case.state in (REACHED, *OVER) or (case.state != UNSURE if unsure else case.due != due):
            progress.note(told="not needed any more")
            return
        link, title = telling.link(self._public_url, case), self._title(case)
        if item.payload["way"] == WEBHOOK and self._webhook is not None:
            self._webhook.tell(item.key, telling.warning(case, due, title, link, unsure), now)
        elif item.payload["way"] == MAIL and self._mailer is not None and self._mail_to:
            subject, text = telling.warning_mail(case, due, title, link, unsure)
            at = dt.datetime.fromtimestamp(now, dt.UTC)
            refused = self._mailer.send(item.key, self._mail_to, subject, text, at)
            progress.note(refused=len(refused))
        else:
            raise Never(f"the way '{item.payload['way']}' is not set up any more")
        progress.note(told=now)

    def _title(self, case: Case) -> str:
        live = self._tables.live(case.table)
        titles = [each.titles[0] for each in live.graph.teams if each.name == case.team] if live is not None else []
        return titles[0] if titles else case.team
