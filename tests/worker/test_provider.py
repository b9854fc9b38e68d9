"""Facts about asking Twilio: the real `twilio` client against a double that answers and fails as Twilio does."""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.worker.circuit import Circuit
from ivr.worker.provider import Done, Leg, NoProvider, Placed, Provider, Refused, Unknown, Unreachable, masked
from ivr.worker.settings import WorkerSettings
from ivr.worker.targets import rung
from ivr.worker.twilio_http import Http, retry_after
from ivr.worker.twilio_rest import TwilioProvider, provider_of
from tests.twilio_double import ACCOUNT, TOKEN, Double, Person, faults, twilio_double
from tests.twilio_double.people import NO_ANSWER

TO, FROM = "+31612345678", "+31503671000"
SIP = "sip:burgerzaken@kcc.example"
NOWHERE = "http://127.0.0.1:9/voice/x/agent?a=1"
"""An address of ours where nobody is: these tests look at what is asked of the provider."""
HELD = Person(NO_ANSWER)
"""Rings until the time is over."""


@pytest.fixture
def double() -> Iterator[Double]:
    """A Twilio in which a minute of ringing lasts longer than a test."""
    with twilio_double(pace=1.0) as held:
        held.people.anyone = lambda address, before: HELD
        held.faults.silence = 1.0
        yield held


def asks(double: Double, url: str = "", token: str = TOKEN, timeout: float = 0.4, failures: int = 50) -> TwilioProvider:
    """A provider that does not wait between tries."""
    http = Http(0.4, timeout)
    return TwilioProvider(
        ACCOUNT, token, http, Circuit("twilio", failures, 30), url or double.url, lambda seconds: None
    )


def place(provider: Provider, to: str = TO, from_: str = FROM, url: str = NOWHERE) -> object:
    return provider.place_call(to, from_, url, "http://127.0.0.1:9/voice/x/attempt", 25)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# --- what is created


def test_a_call_that_is_placed_has_the_id_of_the_providers_books(double: Double) -> None:
    placed = place(asks(double), SIP)
    assert isinstance(placed, Placed)
    (call,) = double.books.legs()
    assert (call.sid, call.to, call.from_, call.url, call.ring) == (placed.sid, SIP, FROM, NOWHERE, 25)
    assert call.events == ("initiated", "ringing", "answered", "completed")


def test_a_call_that_is_limited_or_looks_for_machines_says_so(double: Double) -> None:
    provider = asks(double)
    provider.place_call(TO, FROM, NOWHERE, "", 900, limit=3600, machine_detection=True)
    (call,) = double.books.legs()
    assert (call.limit, call.detects, call.ring, call.told) == (3600, True, 600, "")


def test_a_document_and_a_message_are_sent_as_they_are(double: Double) -> None:
    provider = asks(double)
    twiml = "<Response><Say>Goedemorgen & tot ziens</Say></Response>".replace("&", "&amp;")
    assert isinstance(provider.say(TO, FROM, twiml), Placed)
    assert isinstance(
        provider.send_message(TO, "14 050 Gron", "Uw afspraak: vrijdag vóór vijf uur, zaak 123456"), Placed
    )
    assert double.books.legs()[0].twiml == twiml
    assert [(m.to, m.text) for m in double.books.messages] == [(TO, "Uw afspraak: vrijdag vóór vijf uur, zaak 123456")]


MADE_OR_NOT = [
    (faults.ERROR, 0), (faults.ERROR_AFTER, 1), (faults.AWAY, 0), (faults.SILENT, 0), (faults.SILENT_AFTER, 1),
    (faults.CUT, 0), (faults.CUT_AFTER, 1), (faults.GARBLED, 0), (faults.GARBLED_AFTER, 1),
]  # fmt: skip


@pytest.mark.parametrize(("fault", "made"), MADE_OR_NOT)
def test_what_may_or_may_not_have_been_made_is_unknown_and_is_not_asked_for_again(
    double: Double, fault: str, made: int
) -> None:
    provider = asks(double)
    double.faults.then("calls.create", fault)
    double.faults.then("messages.create", fault)
    assert isinstance(place(provider), Unknown)
    assert isinstance(provider.send_message(TO, FROM, "Hallo"), Unknown)
    assert len(double.books.legs()) == made
    assert len(double.books.messages) == made
    assert sum(double.books.requests.values()) == 2


def test_too_many_requests_were_not_looked_at_and_are_asked_again(double: Double) -> None:
    waited: list[float] = []
    provider = TwilioProvider(ACCOUNT, TOKEN, Http(1, 1), Circuit("twilio"), double.url, waited.append)
    double.faults.retry_after = 2
    double.faults.then("calls.create", faults.BUSY, faults.BUSY)
    assert isinstance(place(provider), Placed)
    assert double.books.dialled[TO] == 1
    assert len(waited) == 2
    assert all(2 <= seconds <= 2.5 for seconds in waited)


def test_a_wait_longer_than_patience_is_handed_to_who_asked(double: Double) -> None:
    double.faults.retry_after = 600
    double.faults.then("calls.create", faults.BUSY)
    came = place(asks(double))
    assert isinstance(came, Unreachable)
    assert came.after == 600
    assert not double.books.legs()


def test_without_a_connection_surely_nothing_was_sent(double: Double) -> None:
    came = place(asks(double, f"http://127.0.0.1:{free_port()}"))
    assert isinstance(came, Unreachable)
    assert "no connection" in came.reason


def test_a_request_that_is_at_fault_is_refused_with_the_providers_code(double: Double) -> None:
    came = place(asks(double), url="ftp://nobody")
    assert isinstance(came, Refused)
    assert came.code == 21205


@pytest.mark.parametrize("token", ["another", ""])
def test_an_account_that_is_not_accepted_says_nothing_of_what_was_asked(double: Double, token: str) -> None:
    provider = asks(double, token=token or "x")
    for came in (
        place(provider),
        provider.call("CA" + "0" * 32),
        provider.hang_up("CA" + "0" * 32),
        provider.children("CA" + "0" * 32),
    ):
        assert isinstance(came, Unreachable)
        assert "account" in came.reason
    assert not double.books.legs()


def test_an_address_that_is_not_the_providers_leaves_what_was_asked_for_later(double: Double) -> None:
    assert isinstance(place(asks(double, double.url + "/elsewhere")), Unreachable)


# --- what is never rung


@pytest.mark.parametrize(
    "to",
    ["112", "144", "113", "+31112", "0031112", "0900-8844", "14050", "+3114050", "14 050", "0900 1234", "", "x", "+31",
     "sip:112@trunk.example", "sip:+31112@trunk.example", "sip:14050@trunk.example", "sip:+3114050@trunk.example",
     "SIP:112@trunk.example", "sip:09008844@trunk.example", "sip:09001234@trunk.example", "sip:112;phone-context=+31@t.example",
     "sips:112:secret@trunk.example", "sip:a b@trunk.example", "sip:", "client:jenny", "sip:x@y\nz"],
)  # fmt: skip
def test_what_is_not_rung_is_refused_before_anything_is_sent(double: Double, to: str) -> None:
    provider = asks(double)
    for came in (place(provider, to), provider.say(to, FROM, "<Response/>"), provider.send_message(to, FROM, "Hallo")):
        assert isinstance(came, Refused)
        assert came.code == 0
    assert not double.books.requests


@pytest.mark.parametrize("from_", ["14050", "+3114050", "112", "", "Gemeente"])
def test_a_number_that_cannot_be_shown_is_refused_before_anything_is_sent(double: Double, from_: str) -> None:
    assert isinstance(place(asks(double), from_=from_), Refused)
    assert not double.books.requests


@pytest.mark.parametrize(
    "to", ["sip:2001@kcc.example", "sip:kcc.example", "sips:balie@kcc.example:5061;transport=tls", SIP]
)
def test_an_extension_of_the_switchboard_may_be_rung(to: str) -> None:
    assert rung(to) == to


def test_a_number_is_told_in_e164(double: Double) -> None:
    assert isinstance(place(asks(double), "06-12345678", "050 367 1000"), Placed)
    assert double.books.legs()[0].to == TO


@pytest.mark.parametrize("text", ["", " \n", "x" * 1601])
def test_a_message_has_a_length_that_can_be_sent(double: Double, text: str) -> None:
    assert isinstance(asks(double).send_message(TO, FROM, text), Refused)
    assert isinstance(asks(double).say(TO, FROM, text.rjust(4001)), Refused)
    assert not double.books.requests


# --- what is read


def test_legs_to_an_address_are_read_with_the_newest_first(double: Double) -> None:
    provider = asks(double)
    since = int(time.time())
    placed = [place(provider), place(provider, SIP), place(provider)]
    legs = provider.calls_to(TO, since)
    assert isinstance(legs, tuple)
    assert [leg.sid for leg in legs] == [placed[2].sid, placed[0].sid]  # type: ignore[attr-defined]
    assert {(leg.to, leg.from_, leg.direction, leg.parent) for leg in legs} == {(TO, FROM, "outbound-api", "")}
    assert all(abs(leg.began - time.time()) < 5 and leg.status in ("queued", "ringing") for leg in legs)
    assert provider.calls_to("+31687654321", since) == ()


def test_legs_from_before_are_left_out(double: Double) -> None:
    now = int(time.time())
    for age in (0, 10, 100, 5000, 10_000):
        double.books.place(to=TO, from_=FROM, direction="outbound-api", made=now - age)
    double.books.calls = dict(sorted(double.books.calls.items(), key=lambda item: item[1].made))
    legs = asks(double).calls_to(TO, now - 50)
    assert isinstance(legs, tuple)
    assert [now - leg.began for leg in legs] == [0, 10]


def test_all_pages_of_a_list_are_read(double: Double) -> None:
    parent = double.books.place(to=SIP, from_=FROM, direction="outbound-api")
    sids = [double.books.place(to=TO, from_=FROM, direction="outbound-dial", parent=parent.sid).sid for _ in range(450)]
    legs = asks(double, timeout=5).children(parent.sid)
    assert isinstance(legs, tuple)
    assert [leg.sid for leg in legs] == sids[::-1]
    assert double.books.requests["calls.list 200"] == 3


def test_a_list_too_long_to_be_read_is_not_taken_for_whole(double: Double) -> None:
    for _ in range(1001):
        double.books.place(to=TO, from_=FROM, direction="outbound-api")
    came = asks(double, timeout=5).calls_to(TO, int(time.time()) - 60)
    assert isinstance(came, Unreachable)
    assert "not all were seen" in came.reason


def test_a_leg_is_read_and_one_that_is_not_there_is_none(double: Double) -> None:
    provider = asks(double)
    placed = place(provider)
    assert isinstance(placed, Placed)
    leg = provider.call(placed.sid)
    assert isinstance(leg, Leg)
    assert (leg.sid, leg.over) == (placed.sid, False)
    assert provider.call("CA" + "0" * 32) is None


@pytest.mark.parametrize("fault", [f for f, _ in MADE_OR_NOT] + [faults.BUSY])
@pytest.mark.parametrize("endpoint", ["calls.list", "calls.fetch"])
def test_what_is_read_is_read_again_within_bounds(double: Double, endpoint: str, fault: str) -> None:
    double.faults.silence = 0.5
    provider = asks(double, timeout=0.3)
    sid = double.books.place(to=TO, from_=FROM, direction="outbound-api").sid
    read = (lambda: provider.calls_to(TO, 0)) if endpoint == "calls.list" else (lambda: provider.call(sid))
    double.faults.then(endpoint, fault, fault)
    good = read()
    assert isinstance(good, tuple | Leg)
    double.faults.then(endpoint, *[fault] * 3)
    assert isinstance(read(), Unreachable)
    assert sum(double.books.requests.values()) == 6


def test_who_waits_in_a_queue_is_read_with_the_head_first(double: Double) -> None:
    provider = asks(double)
    assert provider.queue_members("groningen-burgerzaken") == ()
    callers = [double.books.place(to=FROM, from_=TO, direction="inbound") for _ in range(3)]
    for caller in callers:
        double.books.join("groningen-burgerzaken", caller, 60)
    double.books.join("groningen-burgerzaken-back", callers[0], 60)
    members = provider.queue_members("groningen-burgerzaken")
    assert isinstance(members, tuple)
    assert [(one.call, one.position) for one in members] == [(c.sid, at) for at, c in enumerate(callers, start=1)]


def test_a_queue_that_was_deleted_and_made_again_is_found_again(double: Double) -> None:
    provider = asks(double)
    caller = double.books.place(to=FROM, from_=TO, direction="inbound")
    double.books.join("q", caller, 60)
    assert provider.queue_members("q")
    del double.books.queues["q"]
    assert provider.queue_members("q") == ()
    double.books.join("q", caller, 60)
    assert provider.queue_members("q")


# --- what is changed


def test_a_leg_is_hung_up_and_once_more_does_no_harm(double: Double) -> None:
    provider = asks(double)
    placed = place(provider)
    assert isinstance(placed, Placed)
    assert provider.hang_up(placed.sid) == Done()
    assert double.settle(3)
    assert double.books.calls[placed.sid].status == "canceled"
    assert provider.hang_up(placed.sid) == Done()
    assert isinstance(provider.hang_up("CA" + "0" * 32), Refused)


def test_a_conversation_goes_on_when_only_what_rings_is_hung_up(double: Double) -> None:
    provider = asks(double)
    call = double.books.place(to=TO, from_=FROM, direction="outbound-api", status="in-progress")
    assert provider.hang_up(call.sid, answered=False) == Done()
    assert not call.gone.is_set()
    assert provider.hang_up(call.sid) == Done()
    assert call.gone.is_set()


def test_a_leg_that_somebody_is_on_is_sent_to_another_document_and_one_that_is_over_is_not(double: Double) -> None:
    provider = asks(double)
    call = double.books.place(to=TO, from_=FROM, direction="inbound", status="in-progress")
    assert provider.redirect(call.sid, "https://ivr.example/voice/t/pass?p=1#rc=2") == Done()
    assert call.redirect == "https://ivr.example/voice/t/pass?p=1#rc=2"
    double.books.move(call, "completed")
    assert isinstance(provider.redirect(call.sid, "https://ivr.example/"), Refused)
    assert isinstance(provider.redirect("CA1", "https://ivr.example/"), Refused)


@pytest.mark.parametrize("fault", [faults.ERROR, faults.ERROR_AFTER, faults.CUT_AFTER, faults.BUSY])
def test_a_recording_is_gone_however_often_it_is_deleted(double: Double, fault: str) -> None:
    provider = asks(double)
    sid = double.books.sid("RE")
    double.books.recordings.add(sid)
    double.faults.then("recordings.delete", fault)
    assert provider.delete_recording(sid) == Done()
    assert not double.books.recordings
    assert provider.delete_recording(sid) == Done()


def test_a_recording_counts_as_deleted_only_when_the_provider_said_so(double: Double) -> None:
    sid = double.books.sid("RE")
    double.books.recordings.add(sid)
    double.faults.then("recordings.delete", *[faults.ERROR] * 3)
    assert isinstance(asks(double).delete_recording(sid), Unreachable)
    assert double.books.recordings == {sid}


@pytest.mark.parametrize(
    "sid", ["", "CA1", "RE/../Calls", "CA" + "0" * 31 + "/", "CA" + "0" * 32 + "\n", "QU" + "0" * 32]
)
def test_what_is_no_id_is_never_put_into_an_address(double: Double, sid: str) -> None:
    provider = asks(double)
    for came in (provider.call(sid), provider.children(sid), provider.hang_up(sid), provider.delete_recording(sid)):
        assert isinstance(came, Refused)
    assert not double.books.requests


# --- bounds, and what is not told


def test_a_provider_that_is_silent_is_left_alone_after_a_while(double: Double) -> None:
    told: list[tuple[str, str]] = []
    circuit = Circuit("twilio", 3, 0.3, lambda name, state, why: told.append((name, state)))
    provider = TwilioProvider(ACCOUNT, TOKEN, Http(0.3, 0.3), circuit, double.url, lambda seconds: None)
    double.faults.then("calls.create", *[faults.ERROR] * 3)
    assert all(isinstance(place(provider), Unknown) for _ in range(3))
    came = place(provider)
    assert isinstance(came, Unreachable)
    assert "circuit" in came.reason
    assert 0 < came.after <= 0.3
    assert double.books.requests == {"calls.create 500": 3}
    time.sleep(0.35)
    assert isinstance(place(provider), Placed)
    assert told == [("twilio", "open"), ("twilio", "half_open"), ("twilio", "closed")]


def test_a_refusal_does_not_open_the_circuit(double: Double) -> None:
    provider = asks(double, failures=2)
    for _ in range(4):
        assert isinstance(place(provider, url="ftp://x"), Refused)
    assert isinstance(place(provider), Placed)


def test_an_answer_that_trickles_ends_at_its_time() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()

        def trickle() -> None:
            peer, _ = server.accept()
            with peer, contextlib.suppress(OSError):
                peer.sendall(b"HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n")
                for _ in range(100):
                    time.sleep(0.05)
                    peer.sendall(b" ")

        threading.Thread(target=trickle, daemon=True).start()
        provider = TwilioProvider(
            ACCOUNT, TOKEN, Http(0.3, 0.4), Circuit("t"), f"http://127.0.0.1:{server.getsockname()[1]}", lambda s: None
        )
        began = time.monotonic()
        assert isinstance(place(provider), Unknown)
        assert time.monotonic() - began < 2


def test_neither_numbers_nor_the_token_nor_our_addresses_are_told(
    double: Double, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = "s3cret-token-of-the-account"
    told: list[str] = []
    for token in (TOKEN, secret):
        provider = asks(double, token=token)
        double.faults.then("calls.list", faults.ERROR)
        came = (
            place(provider), place(provider, url="ftp://nobody"), provider.calls_to(TO, 0), place(provider, "0900 1234"),
            provider.send_message(TO, FROM, "Hallo"), provider.say("sip:+31612345678@x y", FROM, ""),
        )  # fmt: skip
        told += map(repr, came)
    said = "\n".join([*told, caplog.text, *(str(record.args) for record in caplog.records)])
    for hidden in (TO, TO[1:], TO[3:], FROM[1:], FROM[3:], secret, TOKEN, "/voice/x"):
        assert hidden not in said, hidden


@given(st.from_regex(r"\+?[0-9]{7,15}", fullmatch=True), st.sampled_from(["", "sip:", "To=", "tel ", "(", '"', "%2B"]))
def test_a_number_in_a_text_is_masked_wherever_it_stands(number: str, before: str) -> None:
    shown = masked(f"The number {before}{number} is not valid; code 21211")
    assert number not in shown
    assert "*" * (len(number.lstrip("+")) - 5) in shown
    assert "code 21211" in shown


@pytest.mark.parametrize(
    "text", ["CA0123456789abcdef0123456789012345", "RE00000000000000000000000000000012", "status 500, code 20500"]
)
def test_an_id_and_a_code_are_not_masked(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("", 0), ("7", 7), ("99999", 3600), ("-1", 0), ("soon", 0), ("Thu, 01 Jan 1970 00:01:40 GMT", 90), ("²", 0),
     ("Thu, 01 Jan 1970 00:00:01 GMT", 0), ("Thu, 99 Jan 1970", 0)],
)  # fmt: skip
def test_how_long_to_wait_is_read_as_seconds_or_as_a_date(text: str, seconds: float) -> None:
    assert retry_after(text, 10.0) == seconds


# --- settings


def test_without_an_account_nobody_is_rung() -> None:
    for settings in (
        WorkerSettings(twilio_account="", twilio_token="t"), WorkerSettings(twilio_account=ACCOUNT, twilio_token="")
    ):  # fmt: skip
        provider = provider_of(settings)
        assert isinstance(provider, NoProvider)
        assert isinstance(place(provider), Unreachable)
        assert isinstance(provider.send_message(TO, FROM, "Hallo"), Unreachable)
        assert isinstance(provider.say(TO, FROM, "<Response/>"), Unreachable)


def test_a_provider_is_made_from_the_settings(double: Double, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_REGION", "elsewhere")
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "AC" + "f" * 32)
    provider = provider_of(
        WorkerSettings(twilio_account=ACCOUNT, twilio_token=f"{TOKEN},old", twilio_api=double.url + "/")
    )
    assert isinstance(place(provider), Placed)
