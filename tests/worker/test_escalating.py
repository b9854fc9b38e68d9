"""Facts about warning that a promise is about to break, by a webhook and by e-mail."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select

from ivr.desk import case as states
from ivr.store.database.connect import reading, writing
from ivr.store.database.schema import attempts, audit, cases
from ivr.store.outbox import DONE, ESCALATION, GIVEN_UP, WAITING
from ivr.worker.circuit import Circuit
from ivr.worker.escalating import MAIL, WEBHOOK, Escalating, Escalation, Webhook
from ivr.worker.mail import Mailer
from ivr.worker.outbox import Outbox
from ivr.worker.settings import WorkerSettings
from tests.desk.schedules import case
from tests.worker.outside import HOUR, NOW, add, change, context, held
from tests.worker.smtp_double import MailServer, mail_server

DUE = NOW + 7 * HOUR
SECRET = "een-geheim-voor-tests"
KEYS = {way: f"escalation:{way}:CA1:3:{DUE}" for way in (WEBHOOK, MAIL)}


class Listener(HTTPServer):
    """Takes what a webhook is told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.told: list[tuple[dict[str, str], bytes]] = []
        self.statuses: list[int] = []


class _Handler(BaseHTTPRequestHandler):
    server: Listener

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.told.append((dict(self.headers), body))
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()


class World:
    """A worker beside those whom it warns."""

    def __init__(self, engine: Engine, var: Path, listener: Listener, mails: MailServer) -> None:
        self.engine = engine
        self.listener = listener
        self.mails = mails
        self.now = NOW
        settings = WorkerSettings(
            smtp_host="127.0.0.1", smtp_port=mails.port, smtp_security="none", mail_from="ivr@example.nl"
        )  # type: ignore[call-arg]
        url = f"http://127.0.0.1:{listener.server_address[1]}/hook?key=secret-in-the-address"
        self.webhook = Webhook(url, SECRET, Circuit("webhook", clock=lambda: float(self.now)), 1, 1)
        mailer = Mailer(settings, Circuit("mail", clock=lambda: float(self.now)))
        here = context(engine, var)
        self.escalating = Escalating(here, (WEBHOOK, MAIL))
        handler = Escalation(here, "https://ivr.example", self.webhook, mailer, ("kcc@example.nl",))
        self.outbox = Outbox(here, {ESCALATION: handler})

    def run(self, hours: float = 0) -> None:
        """What is due, and then what is due later, until so many hours have passed."""
        for _ in range(int(hours * 12) + 1):
            while self.escalating.run(self.now) or self.outbox.run(self.now):
                pass
            self.now += 300


@pytest.fixture
def world(database: Engine, tmp_path: Path) -> Iterator[World]:
    listener = Listener()
    thread = threading.Thread(target=listener.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    with mail_server() as mails:
        made = World(database, tmp_path, listener, mails)
        yield made
        made.webhook.destination.close()
    listener.shutdown()
    listener.server_close()
    thread.join()


def promised(**more: object) -> Any:
    return case(DUE, escalate_at=NOW, **more)


def test_a_promise_about_to_break_is_told_by_both_ways_once(world: World) -> None:
    add(world.engine, promised(tries=1))
    world.run(2)
    ((headers, body),) = world.listener.told
    what = json.loads(body)
    assert (what["case"], what["team"], what["due"]) == ("123456", "desk", "2026-12-01T17:00:00+01:00")
    assert what["link"] == "https://ivr.example/desk/cases/123456"
    ((to, message),) = world.mails.taken
    assert to == ("kcc@example.nl",)
    assert message["Subject"].strip() == "Zaak 123456: uiterlijk dinsdag 1 december om vijf uur terugbellen (desk)"
    assert "Wij hebben het één keer geprobeerd." in message.get_content()
    for told in (body.decode(), str(message), str(headers)):
        assert "612345678" not in told
    with reading(world.engine) as connection:
        assert connection.execute(select(cases.c.escalated, cases.c.escalate_at)).one() == (NOW, None)
        assert connection.scalars(select(audit.c.what)).all() == ["case.escalate"]


def test_what_a_webhook_is_told_is_signed_with_its_time(world: World) -> None:
    add(world.engine, promised())
    world.run()
    ((headers, body),) = world.listener.told
    parts = dict(part.split("=") for part in headers["IVR-Signature"].split(","))
    made = hmac.new(SECRET.encode(), parts["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
    assert (parts["v1"], parts["t"]) == (made, str(NOW))
    assert headers["Idempotency-Key"] == KEYS[WEBHOOK]


@pytest.mark.parametrize("state", states.STATES)
def test_nobody_is_warned_of_a_case_that_came_to_its_end(world: World, state: str) -> None:
    add(world.engine, promised(state=state))
    world.run()
    ended = state in (states.REACHED, *states.OVER)
    assert len(world.listener.told) == (0 if ended else 1)


def in_doubt(world: World, id: str) -> None:
    with writing(world.engine) as connection:
        row = {
            "began": NOW,
            "accepted": NOW,
            "dialled": NOW,
            "ended": NOW + 60,
            "outcome": "unsure",
            "state": "unknown",
        }
        connection.execute(insert(attempts).values(id=f"{id}-1", case_id=id, ordinal=1, **row))


def test_an_attempt_in_doubt_is_warned_of_once_though_its_promise_was(world: World) -> None:
    add(world.engine, promised())
    world.run()
    change(world.engine, "CA1:3", state=states.UNSURE)
    in_doubt(world, "CA1:3")
    world.run(2)
    told = [json.loads(body) for _, body in world.listener.told]
    assert [(what["event"], what["state"]) for what in told] == [
        ("promise.at_risk", "open"),
        ("attempt.unsure", "unsure"),
    ]
    _, (_, message) = world.mails.taken
    assert "onzeker of er is gebeld" in message["Subject"]
    assert "Wij weten niet of de inwoner is gebeld." in message.get_content()
    keys = [f"unsure:{way}:CA1:3-1" for way in (WEBHOOK, MAIL)]
    assert [held(world.engine, key).state for key in keys] == [DONE, DONE]


def test_of_a_doubt_that_is_over_nobody_is_warned(world: World) -> None:
    add(world.engine, case(DUE, state=states.UNSURE))
    in_doubt(world, "CA1:3")
    world.escalating.run(NOW)
    change(world.engine, "CA1:3", state=states.NOT_REACHED)
    world.run()
    assert world.listener.told == []


def test_a_case_without_a_promise_is_warned_of_without_a_time(world: World) -> None:
    add(world.engine, case(0, escalate_at=NOW))
    world.run()
    ((_, body),) = world.listener.told
    assert json.loads(body)["due"] is None
    ((_, message),) = world.mails.taken
    assert message["Subject"].strip() == "Zaak 123456: nog terugbellen (desk)"


def test_nobody_is_warned_before_the_time_nor_of_a_case_without_one(world: World) -> None:
    add(world.engine, case(DUE, escalate_at=NOW + 301))
    add(world.engine, case(DUE, id="CA2:3"))
    world.run()
    assert world.listener.told == []
    world.run(0.1)
    assert len(world.listener.told) == 1


def test_a_warning_of_what_was_settled_meanwhile_is_not_sent(world: World) -> None:
    add(world.engine, promised())
    world.escalating.run(NOW)
    change(world.engine, "CA1:3", state="reached")
    world.run()
    assert world.listener.told == []
    assert held(world.engine, KEYS[MAIL]).state == DONE


def test_a_promise_that_is_moved_is_warned_of_again(world: World) -> None:
    add(world.engine, promised())
    world.run()
    change(world.engine, "CA1:3", due=DUE + 48 * HOUR, escalate_at=NOW + HOUR, escalated=None)
    world.run(2)
    assert [json.loads(body)["due"][:10] for _, body in world.listener.told] == ["2026-12-01", "2026-12-03"]


def test_an_address_that_fails_is_told_later_and_the_mail_goes_at_once(world: World) -> None:
    add(world.engine, promised())
    world.listener.statuses = [500, 503, 429, 408]
    world.run()
    assert len(world.mails.taken) == 1
    assert held(world.engine, KEYS[WEBHOOK]).state == WAITING
    world.run(3)
    assert held(world.engine, KEYS[WEBHOOK]).state == DONE
    assert len(world.listener.told) == 5
    assert len({headers["Idempotency-Key"] for headers, _ in world.listener.told}) == 1


def test_an_address_that_refuses_is_given_up_without_naming_it(world: World) -> None:
    add(world.engine, promised())
    world.listener.statuses = [400]
    world.run(1)
    item = held(world.engine, KEYS[WEBHOOK])
    assert item.state == GIVEN_UP
    assert "400" in item.error
    assert "127.0.0.1" not in item.error
    assert "secret-in-the-address" not in item.error


def test_where_nobody_can_be_warned_the_case_is_marked_all_the_same(world: World, tmp_path: Path) -> None:
    add(world.engine, promised())
    Escalating(context(world.engine, tmp_path), ()).run(NOW)
    with reading(world.engine) as connection:
        assert connection.scalar(select(cases.c.escalated)) == NOW
