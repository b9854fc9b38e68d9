"""Facts about telling callers that their promise was moved: the real `twilio` client against a double of Twilio."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine, select

from ivr.desk import case as states
from ivr.desk.case import Case
from ivr.store import outbox
from ivr.store.database.connect import connect, reading, writing
from ivr.store.database.migrate import upgrade
from ivr.store.database.schema import audit
from ivr.store.outbox import DONE, GIVEN_UP, TELLING, WAITING, Item
from ivr.worker.circuit import Circuit
from ivr.worker.context import Context
from ivr.worker.mail import Mailer
from ivr.worker.outbox import Outbox
from ivr.worker.provider import NoProvider, Provider
from ivr.worker.settings import WorkerSettings
from ivr.worker.telling import NOT_TOLD, Telling
from ivr.worker.twilio_http import Http
from ivr.worker.twilio_rest import TwilioProvider
from tests.desk.schedules import case
from tests.engine.calls import instant
from tests.twilio_double import ACCOUNT, TOKEN, Double, Person, faults, twilio_double
from tests.twilio_double.people import BUSY, NO_ANSWER
from tests.worker.attempt_world import Live
from tests.worker.outside import HOUR, NOW, add, change, held
from tests.worker.smtp_double import mail_server

MOBILE, LANDLINE = "+31612345678", "+31503123456"
WAS, DUE = NOW + 7 * HOUR, NOW + 55 * HOUR
KEY = f"telling:CA1:3:{DUE}"


class World:
    """A worker beside a Twilio."""

    def __init__(self, engine: Engine, double: Double) -> None:
        self.engine = engine
        self.double = double
        self.now = NOW
        self.http = Http(0.4, 0.4)
        self.provider: Provider = TwilioProvider(
            ACCOUNT, TOKEN, self.http, Circuit("twilio", 50, 30), double.url, lambda seconds: None
        )
        self.mailer: Mailer | None = None
        self.worker()

    def worker(self, provider: Provider | None = None) -> None:
        """Another worker goes on."""
        here = Context("a", self.engine, Live(), b"key")  # type: ignore[arg-type]
        self.outbox = Outbox(here, {TELLING: Telling(here, provider or self.provider, self.mailer, "")})

    def moved(self, held: Case, was: int = WAS, due: int = DUE) -> None:
        """A promise was moved, and its caller is to be told."""
        add(self.engine, replace(held, due=due, first_due=was))
        with writing(self.engine) as connection:
            payload = {"case": held.id, "due": due, "was": was}
            outbox.put(connection, f"telling:{held.id}:{due}", TELLING, held.id, payload, self.now)

    def run(self, minutes: int = 0) -> Item:
        """What is due, and then what is due later; what became of it."""
        until = self.now + 60 * minutes
        while True:
            self.outbox.run(self.now)
            assert self.double.settle()
            if self.now >= until:
                return held(self.engine, KEY)
            self.now += 60

    @property
    def texts(self) -> list[tuple[str, str]]:
        return [(message.to, message.text) for message in self.double.books.messages]

    def how(self) -> list[str]:
        with reading(self.engine) as connection:
            return [row["how"] for row in connection.scalars(select(audit.c.data).where(audit.c.what == "case.tell"))]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    engine = connect(f"sqlite:///{tmp_path / 'ivr.db'}", durable=False)
    upgrade(engine)
    with twilio_double(pace=2000.0) as double:
        double.faults.silence = 0.6
        made = World(engine, double)
        yield made
        made.http.close()
    engine.dispose()


def test_a_mobile_telephone_gets_a_text_message_once(world: World) -> None:
    world.moved(case(caller=MOBILE))
    assert world.run(30).state == DONE
    ((to, text),) = world.texts
    assert to == MOBILE
    assert text == (
        "Dit is een bericht van Every kind. De afspraak om u terug te bellen is veranderd. Wij bellen u nu uiterlijk donderdag "
        "3 december om vijf uur. Uw zaaknummer is 123456. Onze excuses."
    )
    assert world.double.books.legs() == []
    assert world.how() == ["text message"]


def test_another_telephone_is_rung_and_hears_it_twice(world: World) -> None:
    world.moved(replace(case(caller=LANDLINE), language="en"))
    assert world.run(5).state == DONE
    (call,) = world.double.books.legs()
    assert (call.to, call.from_) == (LANDLINE, "+31503679111")
    says = [verb for verb in ElementTree.fromstring(call.twiml) if verb.tag == "Say"]
    assert [(verb.get("voice"), verb.get("language")) for verb in says] == [("B", "en-GB")] * 2
    assert "Thursday 3 December at 5 p.m. at the latest" in str(says[0].text)
    assert str(says[1].text).endswith(str(says[0].text))
    assert world.how() == ["voice"]


def test_who_does_not_answer_is_rung_again_after_a_while(world: World) -> None:
    world.double.people[LANDLINE] = [Person(NO_ANSWER), Person(BUSY), Person()]
    world.moved(case(caller=LANDLINE))
    assert world.run(10).state == WAITING
    assert world.double.books.dialled[LANDLINE] == 1
    assert world.run(60).state == DONE
    assert world.double.books.dialled[LANDLINE] == 3


def test_who_never_answers_is_given_up_before_the_old_time_and_not_rung_all_day(world: World) -> None:
    world.double.people[LANDLINE] = Person(NO_ANSWER)
    world.moved(case(caller=LANDLINE))
    item = world.run(8 * 60)
    assert item.state == GIVEN_UP
    assert world.double.books.dialled[LANDLINE] <= Telling.most
    assert world.how() == []


@pytest.mark.parametrize("caller", [MOBILE, LANDLINE])
@pytest.mark.parametrize("fault", [faults.SILENT_AFTER, faults.CUT_AFTER, faults.ERROR_AFTER, faults.GARBLED_AFTER])
def test_when_it_is_not_known_whether_it_went_out_it_is_sent_once_more(world: World, caller: str, fault: str) -> None:
    endpoint = "messages.create" if caller == MOBILE else "calls.create"
    world.double.faults.then(endpoint, fault)
    world.moved(case(caller=caller))
    assert world.run(30).state == DONE
    assert len(world.texts) + len(world.double.books.legs()) == 2


def test_when_it_is_not_known_twice_a_person_must_see_to_it(world: World) -> None:
    world.double.faults.then("messages.create", *[faults.SILENT_AFTER] * 5)
    world.moved(case(caller=MOBILE))
    item = world.run(60)
    assert item.state == GIVEN_UP
    assert "did not say whether" in item.error
    assert len(world.texts) == 2


def test_while_the_provider_is_away_it_waits_and_then_tells(world: World) -> None:
    world.double.faults.then("messages.create", *[faults.BUSY] * 20)
    world.moved(case(caller=MOBILE))
    world.run(5)
    assert world.texts == []
    assert world.run(60).state == DONE
    assert len(world.texts) == 1


def test_what_was_not_told_before_the_old_time_lapsed_is_seen(world: World) -> None:
    world.worker(NoProvider())
    world.moved(case(caller=MOBILE))
    item = world.run(7 * 60 - 5)
    assert item.state == WAITING
    item = world.run(10)
    assert (item.state, item.error) == (GIVEN_UP, NOT_TOLD)
    with reading(world.engine) as connection:
        data = connection.scalars(select(audit.c.data).where(audit.c.what == "outbox.give_up")).all()
    assert data[0]["reason"] == NOT_TOLD
    assert MOBILE[3:] not in str(data)


def test_a_person_may_let_it_be_told_though_it_is_late(world: World) -> None:
    world.moved(case(caller=MOBILE))
    world.now = WAS + 60
    assert world.run().state == GIVEN_UP
    with writing(world.engine) as connection:
        assert outbox.retry(connection, KEY, "anna", world.now)
    assert world.run().state == DONE
    assert len(world.texts) == 1


def test_nobody_is_told_at_night(world: World) -> None:
    world.now = instant("2026-12-01 21:00")
    world.moved(case(caller=MOBILE), was=instant("2026-12-02 17:00"))
    assert world.run(10 * 60).state == WAITING
    assert world.texts == []
    assert world.run(70).state == DONE
    assert world.now >= instant("2026-12-02 08:00")


def test_what_would_lapse_in_the_night_is_seen_at_once(world: World) -> None:
    world.now = instant("2026-12-01 21:00")
    world.moved(case(caller=MOBILE), was=instant("2026-12-02 07:30"))
    item = world.run()
    assert item.state == GIVEN_UP
    assert item.error.startswith(NOT_TOLD)


@pytest.mark.parametrize("state", [states.REACHED, *states.OVER])
def test_who_waits_no_longer_is_not_told(world: World, state: str) -> None:
    world.moved(case(caller=MOBILE, state=state))
    assert world.run().state == DONE
    assert world.texts == []


def test_a_promise_that_was_moved_once_more_is_told_as_it_is_now(world: World) -> None:
    world.moved(case(caller=MOBILE))
    change(world.engine, "CA1:3", due=DUE + 24 * HOUR)
    assert world.run().state == DONE
    assert world.texts == []


@pytest.mark.parametrize(("caller", "reach"), [("", "telephone"), ("+3114050", "telephone"), (LANDLINE, "text_relay")])
def test_who_cannot_be_told_by_a_machine_is_left_to_a_person(world: World, caller: str, reach: str) -> None:
    world.moved(case(caller=caller, reach=reach))
    item = world.run()
    assert item.state == GIVEN_UP
    assert "somebody of the desk must" in item.error
    assert world.double.books.legs() == []


def test_who_is_reached_by_e_mail_is_told_so(world: World) -> None:
    with mail_server() as mails:
        settings = WorkerSettings(
            smtp_host="127.0.0.1", smtp_port=mails.port, smtp_security="none", mail_from="ivr@example.nl"
        )  # type: ignore[call-arg]
        world.mailer = Mailer(settings, Circuit("mail"))
        world.worker()
        world.moved(case(caller="", reach="email", address="jan@example.nl"))
        assert world.run().state == DONE
        ((to, message),) = mails.taken
    assert to == ("jan@example.nl",)
    assert "donderdag 3 december om vijf uur" in " ".join(message.get_content().split())
    assert world.how() == ["e-mail"]


def test_a_sender_that_may_send_no_text_rings_in_its_place(world: World) -> None:
    from ivr.worker.provider import Refused

    world.provider.send_message = lambda to, from_, text: Refused("not a mobile sender", 21606)  # type: ignore[method-assign]
    world.moved(case(caller=MOBILE))
    assert world.run(5).state == DONE
    assert world.double.books.dialled[MOBILE] == 1


def test_a_worker_that_dies_while_it_asks_tells_at_most_twice(world: World) -> None:
    class Killed(BaseException):
        """As kill -9: nothing of ours sees it."""

    send = world.provider.send_message

    def dying(to: str, from_: str, text: str) -> object:
        send(to, from_, text)
        raise Killed

    world.provider.send_message = dying  # type: ignore[method-assign, assignment]
    world.moved(case(caller=MOBILE))
    for _ in range(5):
        try:
            world.run()
        except Killed:
            world.now += 200
    assert held(world.engine, KEY).state == GIVEN_UP
    assert len(world.texts) == 2
