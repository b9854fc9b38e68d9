"""Facts about e-mail, against a server that speaks SMTP."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from ivr.worker.circuit import Circuit
from ivr.worker.mail import Mailer
from ivr.worker.outbox import Later, Never
from ivr.worker.settings import WorkerSettings
from tests.worker.smtp_double import MailServer, mail_server

AT = dt.datetime(2026, 12, 1, 9, 0, tzinfo=dt.UTC)
TO = ("kcc@example.nl", "lead@example.nl")


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as held:
        yield held


def mailer(server: MailServer, **more: object) -> Mailer:
    given = {"smtp_host": "127.0.0.1", "smtp_port": server.port, "smtp_security": "none", "mail_from": "ivr@example.nl"}
    settings = WorkerSettings(**{**given, "outside_timeout": 0.5, **more})  # type: ignore[arg-type]
    return Mailer(settings, Circuit("mail", failures=2, rest=1000))


def send(held: Mailer, key: str = "k") -> tuple[str, ...]:
    return held.send(key, TO, "Zaak 123 456 – één", "Bel terug.\n.\nDag.\n", AT)


def test_a_message_arrives_as_it_was_written(server: MailServer) -> None:
    assert send(mailer(server)) == ()
    ((to, message),) = server.taken
    assert to == TO
    assert (message["From"], message["Subject"]) == ("ivr@example.nl", "Zaak 123 456 – één")
    assert message.get_content().replace("\r\n", "\n") == "Bel terug.\n.\nDag.\n"
    assert message["Auto-Submitted"] == "auto-generated"


def test_the_same_thing_has_the_same_id_and_another_thing_another(server: MailServer) -> None:
    for key in ("a", "a", "b"):
        send(mailer(server), key)
    first, again, other = (message["Message-ID"] for _, message in server.taken)
    assert first == again != other
    assert first.endswith("@example.nl>")


def test_one_whom_the_server_refuses_does_not_keep_it_from_the_others(server: MailServer) -> None:
    server.refuses = {TO[0]}
    assert send(mailer(server)) == (TO[0],)
    assert server.taken[0][0] == (TO[1],)


@pytest.mark.parametrize(
    ("verb", "answer", "wanted"),
    [
        ("RCPT", "550 nobody", Never),
        ("RCPT", "451 try again", Later),
        ("MAIL", "550 not from you", Never),
        ("MAIL", "421 too many", Later),
        ("DATA", "554 spam", Never),
        ("DATA", "452 full", Later),
        ("greeting", "554 not now", Later),
    ],
)
def test_a_refusal_for_good_is_not_tried_again_and_one_for_now_is(
    server: MailServer, verb: str, answer: str, wanted: type[Exception]
) -> None:
    server.answers[verb] = answer
    with pytest.raises(wanted) as caught:
        send(mailer(server))
    assert "example.nl" not in str(caught.value)
    assert server.taken == []


def test_an_answer_that_is_lost_is_no_success(server: MailServer) -> None:
    server.cut = True
    with pytest.raises(Later):
        send(mailer(server))
    assert len(server.taken) == 1


def test_a_password_is_given_and_a_wrong_one_is_said_without_it(server: MailServer) -> None:
    server.password = "geheim-wachtwoord"
    assert send(mailer(server, smtp_user="ivr", smtp_password="geheim-wachtwoord")) == ()
    with pytest.raises(Later, match="see its settings") as caught:
        send(mailer(server, smtp_user="ivr", smtp_password="een-ander"))
    assert not caught.value.counted
    assert "een-ander" not in str(caught.value)


def test_nothing_is_sent_in_the_clear_unless_that_was_asked_for(server: MailServer) -> None:
    with pytest.raises(Later, match="see its settings"):
        send(mailer(server, smtp_security="starttls"))
    with pytest.raises(Later):
        send(mailer(server, smtp_security="tls"))
    assert server.taken == []


def test_a_server_that_gives_no_answer_is_left_alone_after_some_tries(server: MailServer) -> None:
    held = mailer(server, smtp_port=9)
    for counted in (True, True, False):
        with pytest.raises(Later) as caught:
            send(held)
        assert caught.value.counted is counted
