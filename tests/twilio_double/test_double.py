"""Facts about the double: it plays a call as Twilio does, fails as Twilio does, and its books say what happened."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from ivr.worker.circuit import Circuit
from ivr.worker.provider import Leg, Placed
from ivr.worker.twilio_http import Http
from ivr.worker.twilio_rest import TwilioProvider
from tests.twilio_double import ACCOUNT, AGENT, HANG_UP, TOKEN, Double, Hooks, Person, crowd, twilio_double
from tests.twilio_double.people import BUSY, FAILS, NO_ANSWER, VOICEMAIL
from tests.twilio_double.web import Web, small_web

CITIZEN, FROM, SIP = "+31612345678", "+31503671000", "sip:burgerzaken@kcc.example"
WHISPER = '<Gather action="/accept?a=7" numDigits="1" timeout="8"><Say>Terugbellen. Toets 1.</Say></Gather><Hangup/>'
DIAL = (
    '<Dial action="/spoken?a=7" callerId="+31503671000" timeLimit="600" answerOnBridge="true"><Number'
    ' statusCallback="/leg?a=7" statusCallbackEvent="initiated ringing answered completed" machineDetection="Enable"'
    ' amdStatusCallback="/machine?a=7">+31612345678</Number></Dial>'
)
ASK = '<Gather action="/done?a=7" numDigits="1"><Say>Hebt u de inwoner gesproken?</Say></Gather><Hangup/>'


@pytest.fixture
def web() -> Iterator[Web]:
    """A web whose agents are told of a citizen."""
    with small_web() as held:
        held.documents = {
            "/agent": WHISPER,
            "/accept": lambda form: DIAL if form.get("Digits") == "1" else "<Hangup/>",
            "/spoken": ASK,
            "/done": "<Say>Dank u wel.</Say><Hangup/>",
        }
        yield held


@pytest.fixture
def double() -> Iterator[Double]:
    """A Twilio in which a second of a call takes a five-hundredth."""
    with twilio_double(pace=500.0) as held:
        yield held


def asks(double: Double) -> TwilioProvider:
    return TwilioProvider(ACCOUNT, TOKEN, Http(2, 5), Circuit("twilio"), double.url)


def rings(double: Double, web: Web) -> str:
    """The team is rung; the id of its leg when all is over."""
    placed = asks(double).place_call(SIP, FROM, f"{web.url}/agent?a=7", f"{web.url}/progress?a=7", 25)
    assert isinstance(placed, Placed)
    assert double.settle()
    assert not double.books.faults
    assert not web.forged
    return placed.sid


def statuses(web: Web, path: str = "/progress") -> list[str]:
    """The statuses told at a path, by their sequence."""
    return [form["CallStatus"] for form in sorted(web.asked(path), key=lambda form: int(form["SequenceNumber"]))]


def test_a_callback_is_played_from_the_ring_to_the_last_key(double: Double, web: Web) -> None:
    sid = rings(double, web)
    agent, citizen = double.books.legs()
    assert (agent.sid, agent.heard) == (sid, ["Terugbellen. Toets 1.", "Hebt u de inwoner gesproken?", "Dank u wel."])
    assert (citizen.to, citizen.from_, citizen.parent, citizen.direction) == (CITIZEN, FROM, sid, "outbound-dial")
    assert statuses(web) == statuses(web, "/leg") == ["initiated", "ringing", "in-progress", "completed"]
    (spoken,) = web.asked("/spoken")
    assert (spoken["DialCallStatus"], spoken["DialBridged"], spoken["DialCallSid"]) == (
        "completed",
        "true",
        citizen.sid,
    )
    assert 35 <= int(spoken["DialCallDuration"]) <= 120
    assert [form["AnsweredBy"] for form in web.asked("/machine")] == ["human"]
    assert {form["CallSid"] for form in web.asked("/leg")} == {citizen.sid}
    assert {form["ParentCallSid"] for form in web.asked("/leg")} == {sid}
    assert [form["Digits"] for form in web.asked("/done")] == ["1"]
    assert double.books.by_attempt() == {("7", CITIZEN): 1}


def test_the_legs_can_be_learned_from_the_providers_books(double: Double, web: Web) -> None:
    sid = rings(double, web)
    provider = asks(double)
    agent, children = provider.call(sid), provider.children(sid)
    assert isinstance(agent, Leg)
    assert isinstance(children, tuple)
    assert (agent.status, agent.over, agent.seconds > 0) == ("completed", True, True)
    (child,) = children
    assert (child.to, child.parent, child.status, child.answered_by) == (CITIZEN, sid, "completed", "human")
    assert child.started >= child.began > 0


@pytest.mark.parametrize(
    ("person", "status"),
    [
        (Person(BUSY), "busy"),
        (Person(FAILS), "failed"),
        (Person(NO_ANSWER), "no-answer"),
        (Person(after=31), "no-answer"),
    ],
)
def test_a_citizen_who_is_not_reached_is_told_as_such(double: Double, web: Web, person: Person, status: str) -> None:
    double.people[CITIZEN] = person
    rings(double, web)
    (spoken,) = web.asked("/spoken")
    assert (spoken["DialCallStatus"], spoken["DialBridged"]) == (status, "false")
    assert statuses(web, "/leg") == ["initiated", "ringing", status]
    assert not web.asked("/machine")


def test_a_voicemail_answers_and_is_told_from_a_person(double: Double, web: Web) -> None:
    double.people[CITIZEN] = Person(VOICEMAIL, talks=20)
    rings(double, web)
    assert [form["AnsweredBy"] for form in web.asked("/machine")] == ["machine_start"]
    assert web.asked("/spoken")[0]["DialCallStatus"] == "completed"


@pytest.mark.parametrize(
    ("person", "status", "asked"),
    [(Person(NO_ANSWER), "no-answer", []), (Person(BUSY), "busy", []), (Person(FAILS), "failed", []),
     (Person(keys=("9",)), "completed", ["9"]), (Person(), "completed", []), (Person(keys=(HANG_UP,)), "completed", [])],
)  # fmt: skip
def test_nobody_dials_the_citizen_when_the_team_does_not_accept(
    double: Double, web: Web, person: Person, status: str, asked: list[str]
) -> None:
    double.people[SIP] = person
    rings(double, web)
    assert [form["Digits"] for form in web.asked("/accept")] == asked
    assert statuses(web)[-1] == status
    assert double.books.dialled == {SIP: 1}


def test_an_agent_who_hangs_up_ends_the_citizens_leg_and_hears_nothing_more(double: Double, web: Web) -> None:
    double.people[SIP] = Person(keys=("1",), talks=10)
    double.people[CITIZEN] = Person(talks=500)
    rings(double, web)
    assert len(web.asked("/spoken")) == 1
    assert not web.asked("/done")
    assert web.asked("/spoken")[0]["CallStatus"] == "completed"
    assert all(leg.status == "completed" for leg in double.books.legs())


def test_an_agent_who_hangs_up_while_it_rings_cancels_the_citizens_leg(double: Double, web: Web) -> None:
    double.people[CITIZEN] = Person(NO_ANSWER)
    double.pace = 20
    placed = asks(double).place_call(SIP, FROM, f"{web.url}/agent?a=7", "", 25)
    assert isinstance(placed, Placed)
    until = time.monotonic() + 5
    while not double.books.legs(CITIZEN) and time.monotonic() < until:
        time.sleep(0.005)
    double.hang_up(double.books.calls[placed.sid])
    assert double.settle()
    assert double.books.legs(CITIZEN)[0].status == "canceled"


def test_a_leg_that_is_hung_up_stops_ringing(double: Double, web: Web) -> None:
    double.pace = 1
    provider = asks(double)
    placed = provider.place_call(SIP, FROM, f"{web.url}/agent", f"{web.url}/progress", 60)
    assert isinstance(placed, Placed)
    provider.hang_up(placed.sid)
    assert double.settle()
    assert statuses(web)[-1] == "canceled"
    assert not web.asked("/agent")


def test_people_may_do_something_else_each_time(double: Double, web: Web) -> None:
    double.people[CITIZEN] = [Person(BUSY), Person(NO_ANSWER), Person()]
    for _ in range(4):
        rings(double, web)
    assert [form["DialCallStatus"] for form in web.asked("/spoken")] == ["busy", "no-answer", "completed", "completed"]
    assert double.books.twice() == [("7", CITIZEN)]
    assert double.books.overlapping(CITIZEN) == 1


def test_a_document_that_does_not_come_ends_the_leg(double: Double, web: Web) -> None:
    placed = asks(double).place_call(SIP, FROM, "http://127.0.0.1:9/agent#rc=1&rp=all", "", 25)
    assert isinstance(placed, Placed)
    assert double.settle()
    assert double.books.calls[placed.sid].status == "completed"
    assert "no connection" in double.books.faults[0]


def test_a_document_that_twilio_would_not_take_is_a_fault(double: Double, web: Web) -> None:
    web.documents["/agent"] = "<Shout>Hallo</Shout>"
    asks(double).place_call(SIP, FROM, f"{web.url}/agent", "", 25)
    assert double.settle()
    assert "<Shout>" in double.books.faults[0]


def test_a_call_ends_at_its_limit(double: Double, web: Web) -> None:
    web.documents["/agent"] = '<Pause length="100000"/>'
    placed = asks(double).place_call(SIP, FROM, f"{web.url}/agent", "", 25, limit=60)
    assert isinstance(placed, Placed)
    assert double.settle()
    assert 55 <= double.books.calls[placed.sid].seconds <= 120


def test_a_spoken_message_needs_no_web(double: Double) -> None:
    twiml = "<Response><Say>Uw afspraak is verzet.</Say></Response>"
    assert isinstance(asks(double).say(CITIZEN, FROM, twiml), Placed)
    assert double.settle()
    assert double.books.legs()[0].heard == ["Uw afspraak is verzet."]


# --- queues


QUEUE = '<Enqueue action="/out" waitUrl="/wait">groningen-burgerzaken</Enqueue>'
WAIT = "<Say>U bent zo aan de beurt.</Say><Pause length='5'/>"


@pytest.fixture
def hall(web: Web) -> Web:
    """A web with a queue, and agents who take its head."""
    web.documents |= {
        "/in": QUEUE, "/wait": WAIT, "/out": "<Say>Tot ziens.</Say>",
        "/accept": '<Dial action="/after"><Queue>groningen-burgerzaken</Queue></Dial>', "/after": "<Hangup/>",
    }  # fmt: skip
    return web


def test_who_waits_is_connected_to_the_agent_who_takes_the_queue(double: Double, hall: Web) -> None:
    double.pace = 100
    caller = double.call_in(f"{hall.url}/in", FROM, CITIZEN, Person(talks=30), f"{hall.url}/progress")
    until = time.monotonic() + 5
    while not asks(double).queue_members("groningen-burgerzaken") and time.monotonic() < until:
        time.sleep(0.01)
    rings(double, hall)
    (out,) = hall.asked("/out")
    (after,) = hall.asked("/after")
    assert (out["QueueResult"], out["CallSid"]) == ("bridged", caller.sid)
    assert (after["DialCallStatus"], after["DialBridged"], after["DialCallSid"]) == ("completed", "true", caller.sid)
    assert 25 <= int(after["DialCallDuration"]) <= 60
    assert all(int(form["QueuePosition"]) == 1 for form in hall.asked("/wait"))
    assert asks(double).queue_members("groningen-burgerzaken") == ()
    assert caller.heard[-1] == "Tot ziens."


def test_who_runs_out_of_patience_hangs_up_and_the_agent_finds_nobody(double: Double, hall: Web) -> None:
    double.call_in(f"{hall.url}/in", FROM, CITIZEN, Person(stays=40))
    assert double.settle()
    assert [form["QueueResult"] for form in hall.asked("/out")] == ["hangup"]
    rings(double, hall)
    assert hall.asked("/after")[0]["DialCallStatus"] == "no-answer"


def test_a_key_may_lead_out_of_a_queue(double: Double, hall: Web) -> None:
    hall.documents["/wait"] = '<Gather action="/left" numDigits="1"><Say>Toets 1 om terug te gaan.</Say></Gather>'
    hall.documents["/left"] = "<Leave/>"
    double.call_in(f"{hall.url}/in", FROM, CITIZEN, Person(keys=("", "1")))
    assert double.settle()
    assert [form["QueueResult"] for form in hall.asked("/out")] == ["leave"]
    assert len(hall.asked("/wait")) == 2


def test_a_queue_that_never_was_cannot_be_taken(double: Double, hall: Web) -> None:
    rings(double, hall)
    assert hall.asked("/after")[0]["DialCallStatus"] == "failed"


def test_a_message_after_the_beep_is_a_recording_that_can_be_deleted(double: Double, web: Web) -> None:
    web.documents |= {"/in": '<Record action="/recorded" maxLength="120"/>', "/recorded": "<Hangup/>"}
    double.call_in(f"{web.url}/in", FROM, CITIZEN, Person(records=300))
    double.call_in(f"{web.url}/in", FROM, CITIZEN, Person())
    assert double.settle()
    (recorded,) = web.asked("/recorded")
    assert recorded["RecordingDuration"] == "120"
    assert double.books.recordings == {recorded["RecordingSid"]}
    asks(double).delete_recording(recorded["RecordingSid"])
    assert not double.books.recordings


# --- how it fails


def test_what_is_lost_is_asked_for_again_and_played_once(double: Double, web: Web) -> None:
    double.faults.hooks = Hooks(lost=1.0)
    rings(double, web)
    assert [len(web.asked(path)) for path in ("/agent", "/accept", "/spoken", "/done")] == [2, 2, 2, 2]
    assert double.books.by_attempt() == {("7", CITIZEN): 1}


def test_two_requests_at_the_same_time_are_one_document(double: Double, web: Web) -> None:
    double.faults.hooks = Hooks(at_once=1.0)
    rings(double, web)
    assert len(web.asked("/accept")) == 2
    assert double.books.by_attempt() == {("7", CITIZEN): 1}


@pytest.mark.parametrize(
    ("fragment", "tries", "heard"), [("#rc=2&rp=all", 3, True), ("#rc=1&rp=all", 2, False), ("", 1, False)]
)
def test_a_document_is_asked_for_again_as_its_address_asks(
    double: Double, web: Web, fragment: str, tries: int, heard: bool
) -> None:
    answers: Iterator[str | int] = iter([503, 500, "<Say>Goedemorgen.</Say>"])
    web.documents["/agent"] = lambda form: next(answers)
    asks(double).place_call(SIP, FROM, f"{web.url}/agent?a=7{fragment}", "", 25)
    assert double.settle()
    assert len(web.asked("/agent")) == tries
    assert bool(double.books.legs()[0].heard) == heard
    assert bool(double.books.faults) != heard


def test_two_answers_to_one_request_are_noticed(double: Double, web: Web) -> None:
    answers = iter(["<Hangup/>", WHISPER])
    web.documents["/agent"] = lambda form: next(answers)
    double.faults.hooks = Hooks(twice=1.0)
    rings(double, web)
    assert double.books.differing == ["POST /agent"]


def test_progress_comes_twice_and_out_of_order(double: Double, web: Web) -> None:
    double.faults.hooks = Hooks(twice=1.0, late=0.2)
    orders = set()
    for _ in range(3):
        web.noted.clear()
        rings(double, web)
        told = web.asked("/progress")
        assert len(told) == 8
        orders.add(tuple(form["SequenceNumber"] for form in told))
    assert any(order != tuple(sorted(order)) for order in orders)


def test_progress_may_never_come(double: Double, web: Web) -> None:
    double.faults.hooks = Hooks(never=1.0)
    rings(double, web)
    assert not web.asked("/progress")
    assert web.asked("/spoken")


def test_a_leg_shows_in_lists_only_after_a_while(double: Double, web: Web) -> None:
    double.faults.lag = 0.4
    rings(double, web)
    assert asks(double).calls_to(SIP, 0) == ()
    time.sleep(0.45)
    assert len(asks(double).calls_to(SIP, 0)) == 1  # type: ignore[arg-type]


def test_chance_is_the_same_for_the_same_seed() -> None:
    drawn = []
    for _ in range(2):
        double = Double(seed=3)
        double.faults.shares = {"calls.create": {"500": 0.3, "429": 0.3}, "*": {"503": 0.5}}
        people = crowd(3)
        drawn.append(
            [(double.faults.meets("calls.create"), double.faults.meets("x"), people.ring(CITIZEN)) for _ in range(40)]
        )
        double._server.server_close()
    assert drawn[0] == drawn[1]
    assert {fault for fault, _, _ in drawn[0]} == {"", "500", "429"}
    assert {fault for _, fault, _ in drawn[0]} == {"", "503"}
    assert len({person.does for _, _, person in drawn[0]}) > 2


def test_a_fault_that_does_not_exist_cannot_be_asked_for(double: Double) -> None:
    with pytest.raises(ValueError, match="no fault 'lost'"):
        double.faults.then("calls.create", "lost")


# --- what it refuses, as Twilio does


REFUSED = [
    ("Calls", {"From": FROM, "Url": "http://x/"}, 400, 21201),
    ("Calls", {"To": CITIZEN, "Url": "http://x/"}, 400, 21213),
    ("Calls", {"To": "0612345678", "From": FROM, "Url": "http://x/"}, 400, 21211),
    ("Calls", {"To": CITIZEN, "From": "14050", "Url": "http://x/"}, 400, 21212),
    ("Calls", {"To": CITIZEN, "From": FROM}, 400, 21205),
    ("Calls", {"To": CITIZEN, "From": FROM, "Url": "x"}, 400, 21205),
    ("Calls", {"To": CITIZEN, "From": FROM, "Url": "http://x/", "StatusCallback": "http://a_b/"}, 400, 21609),
    ("Calls", {"To": CITIZEN, "From": FROM, "Url": "http://x/", "Timeout": "soon"}, 400, 20001),
    ("Calls/CA" + "0" * 32, {"Status": "completed"}, 404, 20404),
    ("Messages", {"From": FROM, "Body": "Hallo"}, 400, 21604),
    ("Messages", {"To": CITIZEN, "Body": "Hallo"}, 400, 21603),
    ("Messages", {"To": CITIZEN, "From": FROM}, 400, 21602),
    ("Messages", {"To": CITIZEN, "From": FROM, "Body": "x" * 1601}, 400, 21617),
    ("Conferences", {}, 404, 20404),
]


@pytest.mark.parametrize(("path", "form", "status", "code"), REFUSED)
def test_a_request_that_lacks_something_is_refused(
    double: Double, path: str, form: dict[str, str], status: int, code: int
) -> None:
    url = f"{double.url}/2010-04-01/Accounts/{ACCOUNT}/{path}.json"
    answer = httpx.post(url, data=form, auth=(ACCOUNT, TOKEN))
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert httpx.post(url, data=form, auth=(ACCOUNT, "another")).json()["code"] == 20003
    assert not double.books.calls


def test_it_runs_as_a_process_and_tells_its_books() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.twilio_double", "--pace", "1000", "--crowd", "--faults", '{"calls.list": {"503": 1}}'],
        stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
    ) as process:  # fmt: skip
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        provider = TwilioProvider(ACCOUNT, TOKEN, Http(2, 5), Circuit("twilio"), url)
        assert isinstance(provider.say(CITIZEN, FROM, "<Response><Hangup/></Response>"), Placed)
        until = time.monotonic() + 10
        while not json.load(urllib.request.urlopen(f"{url}/_/settled"))["settled"] and time.monotonic() < until:
            time.sleep(0.02)
        books = json.load(urllib.request.urlopen(f"{url}/_/books"))
        process.terminate()
        assert process.wait(10) == 0
    assert books["dialled"] == {CITIZEN: 1}
    assert (books["twice"], books["running"]) == ([], 0)


def test_an_agent_answers_by_what_is_heard(double: Double, web: Web) -> None:
    double.people[SIP] = Person(keys=lambda heard: "1" if "Terugbellen" in heard else "2", talks=AGENT.talks)
    rings(double, web)
    assert [form["Digits"] for form in web.asked("/done")] == ["2"]
