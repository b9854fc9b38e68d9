"""Twilio's side, played against a hand-made webhook over real HTTP."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest
from twilio.request_validator import RequestValidator

from ivr.simulator.callers import Scripted
from ivr.simulator.transcript import Transcript
from ivr.simulator.wire import WireFault, over_http
from ivr.simulator.wire.line import Line
from ivr.simulator.world import World
from ivr.tables.arrivals import arrive, find_number
from tests.engine.calls import instant, table
from tests.simulator.stub import NEVER, Answer, Fields, Stub, listening

START = "/voice/kinds"
STATUS = "/voice/kinds/status"
TOKEN = "a-token"
BYE = "<Say>Tot ziens.</Say><Hangup/>"
ASK = '<Gather timeout="7" numDigits="1" finishOnKey="" action="/chosen"><Say>Kies.</Say></Gather>'


@pytest.fixture(scope="module")
def served() -> Iterator[Stub]:
    """One server for all tests."""
    stub = Stub()
    with listening(lambda _: stub) as url:
        stub.url = url
        yield stub


class Phone:
    """Calls the hand-made webhook."""

    def __init__(self, stub: Stub) -> None:
        self.stub = stub

    def __call__(
        self, answers: dict[str, Answer | list[Answer]], *script: str, world: World | None = None,
        dial: str = "14 050", caller: str = "+31612345678", twice: bool = False, call: str = "",
    ) -> Transcript:  # fmt: skip
        self.stub.give({STATUS: 204, **answers})
        arrival = arrive(table().graph, instant("2026-12-01 10:00"), find_number(table().graph, dial), dial, caller, {})
        play = over_http(self.stub.url, TOKEN, twice, call)
        return play(table(), arrival, Scripted(script), world or World())

    def at(self, path: str) -> list[Fields]:
        """What was asked of a path."""
        return self.stub.at(path)


@pytest.fixture
def phone(served: Stub) -> Phone:
    """A telephone."""
    return Phone(served)


def said(transcript: Transcript) -> list[str]:
    """The lines, in short."""
    return [f"{line.what} {line.text}".strip() for line in transcript.lines]


# --- requests


def test_every_request_is_signed_over_its_address_and_fields(phone: Phone) -> None:
    phone({START: ASK, "/chosen": BYE}, "1")
    validator = RequestValidator(TOKEN)
    assert len(phone.stub.asked) == 3
    for asked in phone.stub.asked:
        signature = asked.headers["x-twilio-signature"]
        assert validator.validate(phone.stub.url + asked.target, asked.fields, signature)


def test_a_call_begins_with_who_calls_whom_and_ends_with_its_status(phone: Phone) -> None:
    phone({START: BYE}, call="CA123")
    (first,), (last,) = phone.at(START), phone.at(STATUS)
    assert (first["From"], first["To"], first["CallSid"], first["CallStatus"]) == (
        "+31612345678", "+3114050", "CA123", "ringing",
    )  # fmt: skip
    assert (last["CallSid"], last["CallStatus"]) == ("CA123", "completed")
    assert int(last["CallDuration"]) >= 1


def test_a_withheld_number_comes_as_twilio_writes_it(phone: Phone) -> None:
    phone({START: BYE}, caller="")
    assert phone.at(START)[0]["From"] == "+266696687"


def test_a_dialled_number_comes_in_e164(phone: Phone) -> None:
    phone({START: BYE}, dial="050 367 1000")
    assert phone.at(START)[0]["To"] == "+31503671000"


def test_a_simulation_tells_the_arrival_and_the_world(phone: Phone) -> None:
    phone({START: BYE}, world=World(disk="full", queue_seconds=7))
    fields = phone.at(START)[0]
    assert fields["IvrAt"] == str(instant("2026-12-01 10:00"))
    assert fields["IvrFacts"] == '{"caller": "other"}'
    assert (fields["IvrDisk"], fields["IvrQueueSeconds"], fields["IvrCalamity"]) == ("full", "7", "")


@pytest.mark.parametrize(
    ("address", "asked"),
    [
        ("next", "/voice/next"),
        ("./next?a=1&amp;b=%20", "/voice/next?a=1&b=%20"),
        ("../next", "/next"),
        ("/next", "/next"),
        ("?x=2", "/voice/kinds?x=2"),
        ("kinds/step#rc=2&amp;rp=all", "/voice/kinds/step"),
    ],
)
def test_an_address_is_seen_from_its_document_and_its_fragment_stays(phone: Phone, address: str, asked: str) -> None:
    path = asked.partition("?")[0]
    answers: dict[str, Answer | list[Answer]] = {START: [f"<Redirect>{address}</Redirect>", BYE]}
    if path != START:
        answers[path] = BYE
    phone(answers)
    assert phone.stub.asked[1].target == asked


def test_a_relative_address_is_seen_from_the_document_that_holds_it(phone: Phone) -> None:
    phone({START: "<Redirect>/a/b/one</Redirect>", "/a/b/one": "<Redirect>../two</Redirect>", "/a/two": BYE})
    assert [asked.target for asked in phone.stub.asked[:3]] == [START, "/a/b/one", "/a/two"]


def test_a_get_carries_its_fields_in_the_address_and_signs_them_there(phone: Phone) -> None:
    phone({START: '<Redirect method="GET">/got?x=1</Redirect>', "/got": BYE})
    asked = phone.stub.asked[1]
    assert asked.method == "GET"
    assert asked.target.startswith("/got?x=1&AccountSid=")
    assert RequestValidator(TOKEN).validate(phone.stub.url + asked.target, {}, asked.headers["x-twilio-signature"])


def test_a_redirect_of_http_is_followed(phone: Phone) -> None:
    heard = phone({START: (302, {"location": "/moved"}, ""), "/moved": BYE})
    assert said(heard) == ["says Tot ziens.", "hangs up we"]


# --- failures


def test_a_server_error_is_tried_again_when_the_address_asks_for_it(phone: Phone) -> None:
    heard = phone({START: "<Redirect>/next#rc=2&amp;rp=5xx</Redirect>", "/next": [500, 503, BYE]})
    assert heard.ending == "goodbye"
    tokens = {a.headers["i-twilio-idempotency-token"] for a in phone.stub.asked if a.target == "/next"}
    assert len(phone.at("/next")) == 3
    assert len(tokens) == 1


@pytest.mark.parametrize(
    ("fragment", "status", "tries"),
    [
        ("", 500, 1),
        ("#rc=2&amp;rp=4xx", 500, 1),
        ("#rc=2&amp;rp=4xx", 404, 3),
        ("#rc=9&amp;rp=all", 500, 2),
        ("#rc=0&amp;rp=all", 500, 1),
    ],
)
def test_a_failure_is_tried_no_oftener_than_asked(phone: Phone, fragment: str, status: int, tries: int) -> None:
    with pytest.raises(WireFault, match=rf"/next: status {status}"):
        phone({START: f"<Redirect>/next{fragment}</Redirect>", "/next": status})
    assert len(phone.at("/next")) == tries


def test_an_answer_that_does_not_come_is_waited_for_no_longer_than_asked(phone: Phone) -> None:
    with pytest.raises(WireFault, match="no answer"):
        phone({START: "<Redirect>/next#rt=100&amp;tt=300&amp;rc=5&amp;rp=rt</Redirect>", "/next": NEVER})
    assert 2 <= len(phone.at("/next")) <= 3


def test_a_read_that_failed_is_tried_again(phone: Phone) -> None:
    heard = phone({START: "<Redirect>/next#rt=200&amp;rc=1&amp;rp=rt</Redirect>", "/next": [NEVER, BYE]})
    assert heard.ending == "goodbye"


def test_a_server_that_is_not_there_is_one_clear_line() -> None:
    arrival = arrive(table().graph, 0, -1, "14 050", "", {})
    with pytest.raises(WireFault, match=r"^POST http://127\.0\.0\.1:9/voice/kinds: no connection$"):
        over_http("http://127.0.0.1:9", TOKEN)(table(), arrival, Scripted([]), World())


def test_without_a_token_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("IVR_TWILIO_TOKEN", raising=False)
    with pytest.raises(WireFault, match="IVR_TWILIO_TOKEN"):
        over_http("http://127.0.0.1:9")


def test_a_request_sent_twice_must_get_the_same_bytes(phone: Phone) -> None:
    assert phone({START: BYE}, twice=True).ending == "goodbye"
    with pytest.raises(WireFault, match="another answer"):
        phone({START: [BYE, "<Hangup/>"]}, twice=True)


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ("<Conference>x</Conference>", "<Conference> is no verb"),
        ('<Say volume="2">x</Say>', "<Say> has no attribute 'volume'"),
        ('<Gather numDigits="0"/>', "'0' is no value for numDigits of <Gather>"),
        ('<Gather finishOnKey="12"/>', "'12' is no value for finishOnKey"),
        ('<Gather input="keys"/>', "'keys' is no value for input"),
        ("<Gather><Dial>+31503671000</Dial></Gather>", "<Dial> may not stand in <Gather>"),
        ("<Say><Play>x</Play></Say>", "<Play> may not stand in <Say>"),
        ("<Leave/>", "<Leave> may not stand in this document"),
        ("<Number>1</Number>", "<Number> may not stand in this document"),
        ("<Redirect/>", "<Redirect> is empty"),
        ("<Dial/>", "<Dial> is empty"),
        ("<Hangup>now</Hangup>", "text stands in <Hangup>"),
        ("hello", "text stands outside a verb"),
        (f"<Say>{'x' * 4097}</Say>", "more than 4096 characters"),
        ('<Redirect method="PUT">/x</Redirect>', "'PUT' is no value for method"),
        (f"<Dial>{'<Number>+31503671000</Number>' * 11}</Dial>", "more than 10 at once"),
        ((200, {}, "<Response>"), "is no XML"),
        ((200, {}, "<response/>"), "begins with <response>"),
        ((200, {}, '<Response a="1"/>'), "<Response> takes no attribute 'a'"),
        ((200, {"content-type": "application/json"}, "{}"), "'application/json' is no content type"),
        ((200, {}, f"<Response>{' ' * 65536}</Response>"), "larger than 64 KB"),
        ((200, {"x-ivr-trace": "{"}, "<Response/>"), "x-ivr-trace cannot be read"),
        (f"<Redirect>{START}</Redirect>", "does not end"),
    ],
)
def test_what_twilio_would_not_take_is_a_fault_that_names_it(phone: Phone, answer: Answer, fault: str) -> None:
    with pytest.raises(WireFault, match=fault.replace("(", r"\(")):
        phone({START: answer})


# --- speaking and listening


def test_verbs_run_in_order_and_the_end_of_the_document_hangs_up(phone: Phone) -> None:
    heard = phone({START: "<Say>Een.</Say><Play>https://media.example/a.mp3</Play><Pause length='3'/><Say>Twee.</Say>"})
    assert said(heard) == ["says Een.", "plays https://media.example/a.mp3", "says Twee.", "hangs up we"]
    assert heard.lines[2].second - heard.lines[1].second == 8


def test_the_language_of_a_text_is_the_tables(phone: Phone) -> None:
    heard = phone({START: '<Say voice="B" language="en-GB">One.</Say><Say voice="A" language="nl-NL">Een.</Say>'})
    assert [line.language for line in heard.lines[:2]] == ["en", "nl"]


def test_text_is_heard_as_written_entities_read(phone: Phone) -> None:
    assert said(phone({START: "<Say>A &amp; B &lt;</Say>"}))[0] == "says A & B <"


def test_keys_go_to_the_action(phone: Phone) -> None:
    heard = phone({START: ASK + "<Say>Niets.</Say>", "/chosen": BYE}, "4")
    assert said(heard) == ["says Kies.", "presses 4", "says Tot ziens.", "hangs up we"]
    assert phone.at("/chosen")[0]["Digits"] == "4"


def test_silence_falls_through_to_the_next_verb(phone: Phone) -> None:
    heard = phone({START: ASK + "<Redirect>/quiet</Redirect>", "/quiet": BYE})
    assert said(heard) == ["says Kies.", "is silent", "says Tot ziens.", "hangs up we"]
    assert "Digits" not in phone.at("/quiet")[0]
    assert heard.lines[2].second - heard.lines[1].second == 7


def test_silence_goes_to_the_action_when_it_asks_for_empty_results(phone: Phone) -> None:
    phone({START: '<Gather action="/chosen" actionOnEmptyResult="true"/>', "/chosen": BYE})
    assert phone.at("/chosen")[0]["Digits"] == ""


@pytest.mark.parametrize(
    ("attributes", "pressed", "digits"),
    [
        ('numDigits="1" finishOnKey=""', "12", "1"),
        ('numDigits="4" finishOnKey=""', "12", "12"),
        ("", "0612345678#99", "0612345678"),
        ('finishOnKey=""', "12#", "12#"),
        ('finishOnKey="*"', "1#2*3", "1#2"),
        ("", "#", None),
    ],
)
def test_keys_end_at_their_number_or_the_finishing_key(
    phone: Phone, attributes: str, pressed: str, digits: str | None
) -> None:
    phone({START: f'<Gather action="/chosen" {attributes}/>', "/chosen": BYE}, pressed)
    assert [fields["Digits"] for fields in phone.at("/chosen")] == ([digits] if digits is not None else [])


def test_speech_goes_to_the_action_with_its_confidence(phone: Phone) -> None:
    phone({START: '<Gather input="dtmf speech" action="/chosen"/>', "/chosen": BYE}, ":grof vuil")
    (fields,) = phone.at("/chosen")
    assert (fields["SpeechResult"], fields["Confidence"]) == ("grof vuil", "0.9")


@pytest.mark.parametrize(("input", "does"), [("dtmf", ":afval"), ("speech", "1")])
def test_what_is_not_listened_for_is_not_heard(phone: Phone, input: str, does: str) -> None:
    phone({START: f'<Gather input="{input}" action="/chosen"/>', "/chosen": BYE}, does)
    assert phone.at("/chosen") == []


def test_a_gather_without_action_asks_its_own_document(phone: Phone) -> None:
    phone({START: ["<Gather/>", BYE]}, "5")
    assert [fields.get("Digits") for fields in phone.at(START)] == [None, "5"]


def test_who_hangs_up_asks_for_nothing_more(phone: Phone) -> None:
    heard = phone({START: ASK + BYE}, "hangup")
    assert said(heard) == ["says Kies.", "hangs up the caller"]
    assert [asked.target for asked in phone.stub.asked] == [START, STATUS]


def test_reject_ends_the_call(phone: Phone) -> None:
    assert said(phone({START: "<Reject/><Say>Nooit.</Say>"})) == ["hangs up we"]


# --- dialling

RING = '<Dial action="/rung" timeout="20"><Sip url="/whisper">sip:desk@kcc.example</Sip></Dial><Say>Door.</Say>'
SCREEN = '<Gather action="/answered" numDigits="1"><Say>Toets 1.</Say></Gather><Hangup/>'


@pytest.mark.parametrize(
    ("outcome", "status", "bridged"),
    [
        ("bridged", "completed", "true"),
        ("declined", "completed", "false"),
        ("busy", "busy", "false"),
        ("no_answer", "no-answer", "false"),
        ("failed", "failed", "false"),
        ("closed", "closed", "false"),
    ],
)
def test_a_dial_tells_its_action_how_it_ended(phone: Phone, outcome: str, status: str, bridged: str) -> None:
    heard = phone(
        {START: RING, "/whisper": SCREEN, "/answered": "", "/rung": BYE}, world=World(dials={"desk": [outcome]})
    )
    (fields,) = phone.at("/rung")
    assert (fields["DialCallStatus"], fields["DialBridged"]) == (status, bridged)
    assert fields["DialCallSid"].startswith("CA")
    assert said(heard)[:2] == ["dials sip:desk@kcc.example", f"outcome {outcome}"]
    assert heard.person == (outcome == "bridged")


def test_a_whisper_is_asked_for_on_a_leg_of_its_own(phone: Phone) -> None:
    heard = phone({START: RING, "/whisper": SCREEN, "/answered": "", "/rung": BYE}, call="CA1")
    (whisper,), (pressed,), (rung,) = phone.at("/whisper"), phone.at("/answered"), phone.at("/rung")
    assert whisper["ParentCallSid"] == "CA1"
    assert whisper["CallSid"] != "CA1"
    assert pressed["CallSid"] == whisper["CallSid"] == rung["DialCallSid"]
    assert (pressed["Digits"], rung["CallSid"]) == ("1", "CA1")
    assert "says Toets 1." not in said(heard)


def test_who_answers_and_presses_nothing_is_not_bridged(phone: Phone) -> None:
    phone({START: RING, "/whisper": SCREEN, "/rung": BYE}, world=World(dials={"desk": ["declined"]}))
    assert phone.at("/answered") == []


def test_a_whisper_that_hangs_up_on_the_key_does_not_bridge(phone: Phone) -> None:
    heard = phone({START: RING, "/whisper": SCREEN, "/answered": "<Hangup/>", "/rung": BYE})
    assert not heard.person


@pytest.mark.parametrize("verb", ["<Dial>+31503671000</Dial>", "<Record/>", "<Enqueue>x</Enqueue>"])
def test_a_whisper_cannot_dial_record_or_enqueue(phone: Phone, verb: str) -> None:
    with pytest.raises(WireFault, match="may not stand in this document"):
        phone({START: RING, "/whisper": verb, "/rung": BYE})


def test_a_dial_without_whisper_is_bridged_when_answered(phone: Phone) -> None:
    heard = phone({START: '<Dial action="/rung"><Number>+31503671000</Number></Dial>', "/rung": BYE})
    assert heard.team == "+31503671000"
    assert phone.at("/rung")[0]["DialBridged"] == "true"


def test_a_dial_without_action_goes_on_in_its_document(phone: Phone) -> None:
    heard = phone({START: "<Dial>+31503671000</Dial>" + BYE}, world=World(dials={"*": ["busy"]}))
    assert said(heard)[1:] == ["outcome busy", "says Tot ziens.", "hangs up we"]


def test_a_team_is_known_by_its_target(phone: Phone) -> None:
    assert phone({START: RING, "/whisper": "", "/rung": BYE}).team == "desk"


# --- queues

JOIN = '<Enqueue action="/left" waitUrl="wait">kinds-line</Enqueue>'
ROUND = '<Say>Nog even.</Say><Pause length="12"/><Redirect>/again</Redirect>'
OFFER = '<Gather action="/go" timeout="12" numDigits="1"><Say>Toets 1.</Say></Gather><Redirect>/again</Redirect>'


def test_who_waits_hears_wait_documents_until_somebody_comes(phone: Phone) -> None:
    heard = phone({START: JOIN, "/voice/wait": ROUND, "/again": ROUND, "/left": BYE}, world=World(queue_seconds=30))
    waits = phone.at("/voice/wait") + phone.at("/again")
    assert [fields["QueueTime"] for fields in waits] == ["0", "12", "24"]
    assert [fields["QueuePosition"] for fields in waits] == ["3", "2", "1"]
    assert {(f["AvgQueueTime"], f["QueueSid"], f["CallSid"]) for f in waits} == {
        ("30", waits[0]["QueueSid"], phone.at(START)[0]["CallSid"])
    }
    (left,) = phone.at("/left")
    assert (left["QueueResult"], left["QueueSid"]) == ("bridged", waits[0]["QueueSid"])
    assert said(heard)[0] == "waits for line"
    assert (heard.team, heard.person) == ("line", True)


def test_who_presses_the_key_leaves_by_leave(phone: Phone) -> None:
    heard = phone({START: JOIN, "/voice/wait": OFFER, "/go": "<Leave/>", "/left": BYE}, "leave")
    (left,) = phone.at("/left")
    assert (left["QueueResult"], left["QueueTime"]) == ("leave", "0")
    assert phone.at("/go")[0]["Digits"] == "1"
    assert said(heard)[:4] == ["waits for line", "says Toets 1.", "presses 1", "outcome left"]


def test_who_waits_too_long_is_let_out_by_the_document(phone: Phone) -> None:
    heard = phone(
        {START: JOIN, "/voice/wait": OFFER, "/again": ["<Pause length='20'/><Leave/>"], "/left": BYE},
        world=World(queues={"line": ["timeout"]}),
    )
    (left,) = phone.at("/left")
    assert (left["QueueResult"], left["QueueTime"]) == ("leave", "32")
    assert "outcome timeout" in said(heard)


@pytest.mark.parametrize(("outcome", "result"), [("full", "queue-full"), ("failed", "error"), ("closed", "closed")])
def test_a_queue_that_does_not_take_the_call_says_so_at_once(phone: Phone, outcome: str, result: str) -> None:
    phone({START: JOIN, "/left": BYE}, world=World(queues={"line": [outcome]}))
    (left,) = phone.at("/left")
    assert left["QueueResult"] == result
    assert "QueueTime" not in left


def test_a_wait_document_that_ends_is_asked_for_again(phone: Phone) -> None:
    phone({START: JOIN, "/voice/wait": '<Pause length="12"/>', "/left": BYE}, world=World(queue_seconds=20))
    assert [fields["QueueTime"] for fields in phone.at("/voice/wait")] == ["0", "12"]


def test_a_wait_document_that_takes_no_time_is_a_fault(phone: Phone) -> None:
    with pytest.raises(WireFault, match="ends at once"):
        phone({START: JOIN, "/voice/wait": "<Say>x</Say>", "/left": BYE})


@pytest.mark.parametrize("verb", ["<Dial>+31503671000</Dial>", "<Record/>", "<Enqueue>x</Enqueue>"])
def test_a_wait_document_can_only_speak_ask_and_leave(phone: Phone, verb: str) -> None:
    with pytest.raises(WireFault, match="may not stand in this document"):
        phone({START: JOIN, "/voice/wait": verb, "/left": BYE})


def test_a_wait_document_that_hangs_up_ends_the_call(phone: Phone) -> None:
    heard = phone({START: JOIN, "/voice/wait": "<Say>Dicht.</Say><Hangup/>", "/left": BYE})
    assert said(heard)[-1] == "hangs up we"
    assert phone.at("/left") == []


def test_an_enqueue_without_action_goes_on_in_its_document(phone: Phone) -> None:
    heard = phone({START: "<Enqueue>kinds-line</Enqueue>" + BYE})
    assert said(heard)[1:] == ["outcome bridged", "says Tot ziens.", "hangs up we"]


# --- recording

RECORD = '<Say>Spreek in.</Say><Record action="/kept" maxLength="60"/><Redirect>/nothing</Redirect>'


def test_a_recording_goes_to_the_action(phone: Phone) -> None:
    phone({START: RECORD, "/kept": BYE}, "record 20")
    (kept,) = phone.at("/kept")
    assert (kept["RecordingDuration"], kept["RecordingUrl"][:8]) == ("20", "https://")


def test_a_recording_is_no_longer_than_its_limit(phone: Phone) -> None:
    phone({START: RECORD, "/kept": BYE}, "record 300")
    assert phone.at("/kept")[0]["RecordingDuration"] == "60"


def test_who_says_nothing_falls_through(phone: Phone) -> None:
    heard = phone({START: RECORD, "/kept": BYE, "/nothing": BYE}, "silence")
    assert phone.at("/kept") == []
    assert said(heard)[1:3] == ["records 0 s", "says Tot ziens."]


def test_who_hangs_up_while_recording_is_told_to_the_action_and_hears_nothing_more(phone: Phone) -> None:
    heard = phone({START: RECORD, "/kept": BYE}, "hangup")
    assert phone.at("/kept")[0]["Digits"] == "hangup"
    assert said(heard) == ["says Spreek in.", "hangs up the caller"]


def test_an_answer_whose_server_died_within_it_is_a_read_that_failed() -> None:
    whole = b"HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\ncontent-length: 11\r\n\r\n<Response/>"
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            for answer in (whole[:-11], whole):  # the first one dies before the document
                connection, _ = server.accept()
                connection.recv(65_536)
                connection.sendall(answer)
                connection.close()

        threading.Thread(target=serve, daemon=True).start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        assert Line("secret").send("POST", url + "#rc=1&rp=all", {"a": "b"}).body == b"<Response/>"
