"""Facts about the webhook, over real HTTP with real signatures."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from ivr.diagnostics import Source, Sources
from ivr.store.journal import read_journals
from ivr.tables.ready import check_sources, ready
from tests.engine import calls
from tests.simulator.test_marked import looping
from tests.web.server import Provider, next_address, serving


def test_a_call_begins_with_the_menu_of_the_table(provider: Provider) -> None:
    answer = provider.start("CAbegin")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    gather = ET.fromstring(answer.text).find("Gather")
    assert gather is not None
    assert "Voor afval, toets 1." in "".join(gather.itertext())
    assert (gather.get("numDigits"), gather.get("finishOnKey")) == ("1", "")


def test_silence_falls_through_to_the_same_address(provider: Provider) -> None:
    root = ET.fromstring(provider.start("CAfall").text)
    gather, redirect = root.find("Gather"), root.find("Redirect")
    assert gather is not None
    assert redirect is not None
    assert redirect.text == gather.get("action")


def test_a_key_goes_on_through_the_address_that_was_given(provider: Provider) -> None:
    answer = provider.go_on(provider.start("CAkey"), "CAkey", Digits="2")
    assert "<Dial" in answer.text
    assert "sip:desk@kcc.example" in answer.text


def test_a_request_without_input_means_silence(provider: Provider) -> None:
    assert "Ik heb niets gehoord." in provider.go_on(provider.start("CAsilent"), "CAsilent").text


def test_speech_is_taken(provider: Provider) -> None:
    answer = provider.go_on(provider.start("CAspeech"), "CAspeech", SpeechResult="De balie.", Confidence="0.91")
    assert "<Dial" in answer.text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"DialCallStatus": "completed", "DialBridged": "true"}, "Welk cijfer"),
        ({"DialCallStatus": "completed", "DialBridged": "false"}, "terugbellen"),
        ({"DialCallStatus": "completed"}, "terugbellen"),
        ({"DialCallStatus": "busy"}, "terugbellen"),
        ({"DialCallStatus": "no-answer"}, "terugbellen"),
        ({"DialCallStatus": "failed"}, "Spreek in."),
        ({"DialCallStatus": "nonsense"}, "Spreek in."),
    ],
)
def test_only_a_bridged_call_has_reached_a_person(provider: Provider, fields: dict[str, str], words: str) -> None:
    call = "CAdial" + "".join(c for c in "".join(fields.values()) if c.isalnum())
    dial = provider.go_on(provider.start(call), call, Digits="2")
    assert words in provider.go_on(dial, call, **fields).text


def test_who_answers_hears_a_whisper_and_accepts_by_key(provider: Provider) -> None:
    dial = provider.go_on(provider.start("CAwhisper"), "CAwhisper", Digits="2")
    address = next_address(dial.text, "url")
    whisper = provider.post(address, {"CallSid": "CAchild", "ParentCallSid": "CAwhisper"})
    assert "Oproep via 14 0 50 voor de balie." in whisper.text
    assert "<Dial" not in whisper.text
    again = next_address(whisper.text)
    assert "Hangup" not in provider.post(again, {"CallSid": "CAchild", "Digits": "1"}).text
    assert "Hangup" in provider.post(again, {"CallSid": "CAchild", "Digits": "2"}).text


def test_a_whisper_carries_nothing_of_the_caller(provider: Provider) -> None:
    dial = provider.go_on(provider.start("CAquiet"), "CAquiet", Digits="2")
    token = next_address(dial.text, "url").rpartition("s=")[2]
    assert len(token) <= 40


def test_who_waits_hears_the_position_and_gets_out_by_key_or_time(provider: Provider) -> None:
    queue = provider.go_on(provider.start("CAqueue"), "CAqueue", Digits="5")
    assert "<Enqueue" in queue.text
    address = next_address(queue.text, "waitUrl")
    form = {"CallSid": "CAqueue", "QueuePosition": "3", "AvgQueueTime": "120", "QueueTime": "5"}
    first = provider.post(address, form)
    assert "U bent nummer 3 in de rij. De wachttijd is ongeveer 2 minuten." in first.text
    assert "Gather" not in first.text
    offered = provider.post(address, {**form, "QueueTime": "31"})
    assert "Wilt u niet wachten? Toets 1." in offered.text
    assert "<Leave/>" in provider.post(address, {**form, "QueueTime": "40", "Digits": "1"}).text
    assert "<Leave/>" in provider.post(address, {**form, "QueueTime": "120"}).text


@pytest.mark.parametrize(
    ("result", "seconds", "words"),
    [
        ("leave", "40", "terugbellen"),
        ("leave", "120", "Spreek in."),
        ("bridged", "40", "Tot ziens."),
        ("queue-full", "0", "terugbellen"),
    ],
)
def test_leaving_a_queue_means_the_key_before_the_end_and_the_time_after(
    provider: Provider, result: str, seconds: str, words: str
) -> None:
    call = f"CAleave{result.replace('-', '')}{seconds}"
    queue = provider.go_on(provider.start(call), call, Digits="5")
    assert words in provider.go_on(queue, call, QueueResult=result, QueueTime=seconds).text


def test_a_promise_is_on_disk_before_it_is_spoken(tmp_path: Path) -> None:
    with serving(tmp_path) as provider:
        offer = provider.go_on(provider.start(), Digits="8")
        answer = provider.go_on(offer, Digits="1")
        assert "Wij bellen u terug, uiterlijk morgen om vijf uur." in answer.text
        entries = list(read_journals(tmp_path / "journal"))
    assert [(e["type"], e["team"], e["number"]) for e in entries] == [("callback", "desk", "+31612345678")]


def test_a_promise_that_is_asked_for_twice_is_made_once(tmp_path: Path) -> None:
    with serving(tmp_path) as provider:
        offer = provider.go_on(provider.start(), Digits="8")
        first, second = provider.go_on(offer, Digits="1"), provider.go_on(offer, Digits="1")
        assert first.content == second.content
    with serving(tmp_path) as provider:
        assert provider.go_on(offer, Digits="1").content == first.content
        assert len(list(read_journals(tmp_path / "journal"))) == 1


def test_a_disk_that_refuses_makes_no_promise(tmp_path: Path) -> None:
    (tmp_path / "journal").write_text("a file where the folder should be")
    with serving(tmp_path, simulation=False) as provider:
        answer = provider.post("/voice/kinds", {"CallSid": "CA1", "From": "+31612345678", "To": "+3114050"})
        if "Dicht" in answer.text or "Feestdag" in answer.text:
            pytest.skip("outside office hours a real call is not offered a promise; the simulated twin covers this")
        answer = provider.go_on(provider.go_on(answer, Digits="8"), Digits="1")
        assert "Wij bellen u terug" not in answer.text


def test_a_disk_that_refuses_in_a_simulation_makes_no_promise(provider: Provider) -> None:
    offer = provider.go_on(provider.start("CAdisk"), "CAdisk", Digits="8")
    answer = provider.go_on(offer, "CAdisk", Digits="1", IvrDisk="failed")
    assert "Wij bellen u terug" not in answer.text
    assert "Spreek in." in answer.text


def test_the_same_request_gets_the_same_bytes(provider: Provider) -> None:
    start = provider.start("CAtwice")
    assert provider.start("CAtwice", IvrAt="1796300000").content == start.content
    assert provider.go_on(start, "CAtwice", Digits="3").content == provider.go_on(start, "CAtwice", Digits="3").content


def test_an_address_of_one_call_does_not_open_another(provider: Provider) -> None:
    start = provider.start("CAmine")
    answer = provider.go_on(start, "CAother", Digits="2")
    assert answer.status_code == 200
    by_day = "Er gaat iets mis bij ons." in answer.text and "sip:desk@kcc.example" in answer.text
    assert by_day or "Het lukt nu niet." in answer.text, "at night nobody is rung"


def test_what_a_caller_typed_stands_in_no_address_and_no_log(provider: Provider) -> None:
    answer = provider.go_on(provider.start("CAtyped"), "CAtyped", Digits="3")
    answer = provider.go_on(answer, "CAtyped", Digits="9876")
    assert "9876" not in next_address(answer.text)
    provider.start("CAgrave", To="+31209999999")  # a grave line takes along what was held
    lines = [json.loads(line) for line in provider.log.getvalue().splitlines() if b"CAtyped" in line]
    logged = json.dumps([{name: value for name, value in line.items() if name != "at"} for line in lines])
    assert len(lines) == 3
    assert "9876" not in logged
    assert "612345678" not in logged


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"To": "+31503678150"}, "Uw code."),
        ({"To": "+3114050", "ForwardedFrom": "+31503678150"}, "Uw code."),
        (
            {
                "To": "sip:14050@pbx.example",
                "SipHeader_Diversion": "<sip:+31503678150@pbx.example>;reason=unconditional",
            },
            "Uw code.",
        ),
        ({"To": "+3114050"}, "Welkom."),
        ({"To": "14050"}, "Welkom."),
        ({"To": "+31209999999"}, "Welkom."),
        ({"To": ""}, "Welkom."),
    ],
)
def test_a_call_is_known_by_what_was_dialled_forwarded_or_diverted(
    provider: Provider, fields: dict[str, str], words: str
) -> None:
    call = "CA" + str(abs(hash(json.dumps(fields))))
    assert words in provider.start(call, **fields).text


def test_an_unknown_number_is_reported(provider: Provider) -> None:
    provider.start("CAunknown", To="+31209999999")
    assert b"unknown number" in provider.log.getvalue()
    assert b"+31209999999" not in provider.log.getvalue()


@pytest.mark.parametrize("to", ["+31503679112", "0031503679112", "sip:0503679112@pbx.example", "+31503679111"])
def test_the_numbers_for_callers_abroad_and_for_calling_back_are_the_main_line(tmp_path: Path, to: str) -> None:
    text = calls.TEXT.replace('  caller_id: "', '  from_abroad: "+31 50 367 9112"\n  caller_id: "')
    abroad = ready(check_sources(Sources((Source("kinds.yaml", text),)), calls.TODAY))
    with serving(tmp_path, abroad) as provider:
        assert "Welkom." in provider.start("CAabroad", To=to).text
        assert "Uw code." in provider.start("CAonward", To=to, ForwardedFrom="+31503678150").text
        assert "ivr_unknown_numbers_total 0.0" in provider.client.get("/metrics").text
        assert b"unknown number" not in provider.log.getvalue()


@pytest.mark.parametrize(
    "caller", ["", "anonymous", "+266696687", "garbage<>&", "sip:anonymous@anonymous.invalid", "112"]
)
def test_a_caller_without_a_number_is_asked_for_one(provider: Provider, caller: str) -> None:
    call = "CAanon" + str(abs(hash(caller)))
    answer = provider.go_on(provider.start(call, From=caller), call, Digits="8")
    assert "Op welk nummer" in answer.text


def test_a_status_is_counted_and_answered_with_nothing(provider: Provider) -> None:
    answer = provider.post("/voice/kinds/status", {"CallSid": "CA1", "CallStatus": "completed", "CallDuration": "31"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert 'ivr_call_statuses_total{status="completed"}' in provider.client.get("/metrics").text


def test_the_fallback_apologises_and_dials_the_operator_or_says_where_to_turn(provider: Provider) -> None:
    text = provider.post("/voice/kinds/fallback", {"CallSid": "CA1", "ErrorCode": "11200"}).text
    assert "sip:desk@kcc.example" in text or "Het lukt nu niet." in text


def test_health_and_readiness_say_what_is_served(provider: Provider) -> None:
    assert provider.client.get("/healthz").json() == {"status": "ok"}
    assert provider.client.get("/readyz").json()["tables"] == {"kinds": calls.table().version}


def test_hanging_up_at_any_point_is_taken_quietly(provider: Provider) -> None:
    queue = provider.go_on(provider.start("CAhang"), "CAhang", Digits="5")
    answer = provider.go_on(queue, "CAhang", QueueResult="hangup", QueueTime="12")
    assert answer.status_code == 200
    assert len(ET.fromstring(answer.text)) == 0


@pytest.mark.parametrize("trace", [False, True])
def test_a_table_that_runs_in_a_circle_says_where_to_turn_and_hangs_up(tmp_path: Path, trace: bool) -> None:
    with serving(tmp_path, table=looping(), trace=trace) as provider:
        answer = provider.start("CAcircle")
    assert answer.status_code == 200
    root = ET.fromstring(answer.text)
    assert [child.tag for child in root] == ["Say", "Hangup"]
    assert "Het lukt nu niet." in answer.text
