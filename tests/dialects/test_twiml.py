"""Facts about TwiML: what the library writes, holes filled and escaped, what falls through, and how requests are read."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.dialects.filling import Filling, in_groups
from ivr.dialects.reading import read_event
from ivr.dialects.twiml import TwimlWriter, escape
from ivr.dialects.waiting import ROUND, round_seconds
from ivr.model.events import Dialled, Event, HungUp, Keys, Queued, Recorded, Silence, Speech
from ivr.model.moment import Calamity
from ivr.model.nodes import QueueNode
from tests.engine.calls import Call, table

WRITER = TwimlWriter(table().graph)
WRITER.render_all()


def document(call: Call) -> ET.Element:
    """The answer of a call's last step, as XML."""
    filling = Filling(call.moment, call.state)
    return ET.fromstring(WRITER.answer(call.actions, b"/next?a=1&amp;b=2#rc=2", filling, b"/whisper", b"/wait"))


def test_a_menu_is_a_gather_that_falls_through_to_the_same_address() -> None:
    root = document(Call())
    assert [child.tag for child in root] == ["Gather", "Redirect"]
    assert root[0].get("action") == root[1].text == "/next?a=1&b=2#rc=2"


def test_speech_is_listened_for_only_where_a_menu_has_words_for_it() -> None:
    menu, code = document(Call())[0], document(Call().press("3"))[0]
    assert (menu.get("input"), menu.get("language"), menu.get("speechTimeout")) == ("dtmf speech", "nl-NL", "auto")
    assert "grof vuil" in (menu.get("hints") or "")
    assert (code.get("input"), code.get("language"), code.get("finishOnKey")) == ("dtmf", None, "#")


def test_each_language_is_spoken_by_its_own_voice() -> None:
    says = document(Call())[0].findall("Say")
    assert {(s.get("language"), s.get("voice")) for s in says} == {("nl-NL", "A"), ("en-GB", "B")}


def test_a_recording_falls_through_when_nothing_was_said() -> None:
    root = document(Call().press("4"))
    assert [child.tag for child in root] == ["Say", "Record", "Redirect"]
    assert root[1].get("maxLength") == "120"


def test_a_dial_names_each_target_with_the_whisper() -> None:
    dial = document(Call().press("2")).find("Dial")
    assert dial is not None
    assert [(n.tag, n.text, n.get("url")) for n in dial] == [("Sip", "sip:desk@kcc.example", "/whisper")]


def test_what_the_calamity_switch_says_is_escaped() -> None:
    root = document(Call(calamity=Calamity(('Pas op: 5 < 6 & "gas"\x07', "x"))))
    assert root[0].text == 'Pas op: 5 < 6 & "gas"'


@given(st.text())
def test_any_text_is_carried_by_xml(text: str) -> None:
    kept = "".join(
        c
        for c in text
        if c in "\t\n" or (ord(c) >= 32 and not 0xD800 <= ord(c) <= 0xDFFF and ord(c) not in (0xFFFE, 0xFFFF))
    )
    assert ET.fromstring(f"<a>{escape(text)}</a>").text == (kept.replace("\r", "\n") or None) or "\r" in text


@pytest.mark.parametrize(
    ("text", "spoken"),
    [("1234", "1 2 3, 4"), ("9711AB", "9 7 1, 1 A B"), ("Grote Markt", "Grote Markt"), ("12*", "1 2 *"), ("", "")],
)
def test_digits_are_read_in_groups_and_words_as_they_are(text: str, spoken: str) -> None:
    assert in_groups(text) == spoken


def test_rounds_of_waiting_end_at_the_offer_and_at_the_end() -> None:
    node = next(n for n in table().graph.nodes if isinstance(n, QueueNode))
    assert (node.offer_after, node.timeout) == (30, 120)
    marks, waited = [], 0
    while waited < node.timeout:
        waited += round_seconds(node, waited)
        marks.append(waited)
    assert 30 in marks
    assert marks[-1] == 120
    assert max(b - a for a, b in zip([0, *marks], marks, strict=False)) <= ROUND


MENU, DIAL, QUEUE, NOTE = (
    table().graph.nodes[table().graph.names.index(n)] for n in ("main", "operator", "line", "note")
)


@pytest.mark.parametrize(
    ("form", "node", "event"),
    [
        ({"Digits": "3"}, MENU, Keys("3")),
        ({"Digits": "3", "SpeechResult": "x"}, MENU, Keys("3")),
        ({"SpeechResult": "afval", "Confidence": "0.87"}, MENU, Speech("afval", 0.87)),
        ({"SpeechResult": "afval", "Confidence": "nan"}, MENU, Speech("afval", 0.0)),
        ({"Digits": ""}, MENU, Silence()),
        ({"Digits": "x<"}, MENU, Silence()),
        ({"DialCallStatus": "completed"}, MENU, Silence()),
        ({"DialCallStatus": "completed", "DialBridged": "true"}, DIAL, Dialled("bridged")),
        ({"DialCallStatus": "answered", "DialBridged": "false"}, DIAL, Dialled("no_answer")),
        ({"DialCallStatus": "canceled"}, DIAL, Dialled("no_answer")),
        ({}, DIAL, Dialled("failed")),
        ({"QueueResult": "bridged"}, QUEUE, Queued("bridged")),
        ({"QueueResult": "leave", "QueueTime": "119"}, QUEUE, Queued("left")),
        ({"QueueResult": "leave", "QueueTime": "120"}, QUEUE, Queued("timeout")),
        ({"QueueResult": "queue-full"}, QUEUE, Queued("full")),
        ({"QueueResult": "system-error"}, QUEUE, Queued("failed")),
        ({"QueueResult": "hangup"}, QUEUE, HungUp()),
        (
            {"RecordingUrl": "https://api.example/RE1", "RecordingDuration": "7", "Digits": "#"},
            NOTE,
            Recorded("https://api.example/RE1", 7),
        ),
        (
            {"RecordingUrl": "https://api.example/RE1", "RecordingDuration": "7", "Digits": "hangup"},
            NOTE,
            Recorded("https://api.example/RE1", 7),
        ),
        ({"RecordingUrl": "javascript:x", "RecordingDuration": "7"}, NOTE, Recorded("", 7)),
        ({"Digits": "hangup"}, NOTE, HungUp()),
        ({}, NOTE, Silence()),
    ],
)
def test_a_request_is_read_for_what_the_node_waited_for(form: dict[str, str], node: object, event: Event) -> None:
    assert read_event(form, node) == event  # type: ignore[arg-type]
