"""Facts about requests that are not the provider's, or not fit to be answered: a clear 4xx, never a traceback."""

from __future__ import annotations

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.web.form import BadForm, Form, Signatures
from tests.web.server import PUBLIC, TOKEN, Provider

START = {"CallSid": "CA1", "From": "+31612345678", "To": "+3114050"}


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_only_post_is_answered(provider: Provider, method: str) -> None:
    answer = provider.client.request(method, "/voice/kinds")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(
    "path", ["/voice/none", "/voice/kinds/none", "/voice/kinds/", "/voice/", "/voice/kinds/step/more"]
)
def test_what_is_not_there_is_not_found(provider: Provider, path: str) -> None:
    assert provider.post(path, START).status_code == 404


def test_a_request_without_a_signature_is_refused(provider: Provider) -> None:
    answer = provider.client.post("/voice/kinds", data=START)
    assert answer.status_code == 403
    assert "signature" in answer.text


@pytest.mark.parametrize("change", ["field", "value", "address", "dropped", "added", "case"])
def test_a_request_that_was_changed_is_refused(provider: Provider, change: str) -> None:
    from twilio.request_validator import RequestValidator

    signature = RequestValidator(TOKEN).compute_signature(PUBLIC + "/voice/kinds", START)
    form, path = dict(START), "/voice/kinds"
    if change == "field":
        form["CallSid"] = "CA2"
    elif change == "value":
        form["From"] = "+31612345679"
    elif change == "address":
        path += "?x=1"
    elif change == "dropped":
        del form["From"]
    elif change == "added":
        form["IvrAt"] = "1"
    else:
        form["callsid"] = form.pop("CallSid")
    answer = provider.client.post(path, data=form, headers={"X-Twilio-Signature": signature})
    assert answer.status_code == 403


def test_json_is_no_form(provider: Provider) -> None:
    assert provider.client.post("/voice/kinds", json=START).status_code == 415


def test_a_body_that_is_too_large_is_refused(provider: Provider) -> None:
    answer = provider.post("/voice/kinds", {**START, "Filler": "x" * 20_000})
    assert answer.status_code == 413


def test_a_form_without_a_call_is_refused(provider: Provider) -> None:
    answer = provider.post("/voice/kinds", {"From": "+31612345678"})
    assert (answer.status_code, "CallSid" in answer.text) == (400, True)


@pytest.mark.parametrize("query", ["", "?v=1", "?v=1&k=t", "?s=x"])
def test_a_step_without_its_address_is_refused(provider: Provider, query: str) -> None:
    assert provider.post("/voice/kinds/step" + query, START).status_code == 400


@pytest.mark.parametrize(
    "query", ["?v=none&k=t&s=AAAA", "?v=none&k=none&s=AAAA", "?v=..%2F..&k=t&s=%00", "?v=kinds&k=t&s=" + "A" * 5000]
)
def test_an_address_that_we_did_not_make_leads_to_a_person(provider: Provider, query: str) -> None:
    answer = provider.post("/voice/kinds/step" + query, START)
    assert answer.status_code == 200
    assert "Het lukt nu niet." in answer.text


def test_a_second_token_is_good_while_the_first_is_replaced() -> None:
    from twilio.request_validator import RequestValidator

    both = Signatures(("new", "old"))
    body = b"CallSid=CA1&From=%2B31612345678"
    for token in ("new", "old"):
        signature = RequestValidator(token).compute_signature(PUBLIC, {"CallSid": "CA1", "From": "+31612345678"})
        assert both.good(PUBLIC, Form(body), signature)
    assert not both.good(PUBLIC, Form(body), "x")


@given(st.dictionaries(st.text(min_size=1, max_size=10), st.text(max_size=20), max_size=8))
def test_the_fast_path_agrees_with_the_library(fields: dict[str, str]) -> None:
    from twilio.request_validator import RequestValidator

    fields = {k: v for k, v in fields.items() if _utf8(k) and _utf8(v)}
    body = httpx.Request("POST", "http://x", data=fields).content
    signature = RequestValidator(TOKEN).compute_signature(PUBLIC, fields)
    assert Signatures((TOKEN,)).good(PUBLIC, Form(body), signature)
    assert not Signatures((TOKEN + "x",)).good(PUBLIC, Form(body), signature)


def _utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


@given(st.binary(max_size=300))
def test_any_bytes_are_a_form_or_a_clear_refusal(body: bytes) -> None:
    reason = ""
    try:
        Form(body)
    except BadForm as error:
        reason = str(error)
    else:
        return
    assert reason.startswith("the ")


@settings(max_examples=60)
@given(
    path=st.sampled_from(
        ["/voice/kinds", "/voice/kinds/step", "/voice/kinds/wait", "/voice/kinds/whisper", "/voice/kinds/status"]
    ),
    body=st.binary(max_size=200),
    kind=st.sampled_from(
        ["application/x-www-form-urlencoded", "text/plain", "application/x-www-form-urlencoded; charset=utf-8"]
    ),
    signature=st.text("ABCabc=+/é", max_size=40),
)
def test_whatever_a_stranger_sends_gets_a_4xx(
    provider: Provider, path: str, body: bytes, kind: str, signature: str
) -> None:
    headers = {"Content-Type": kind, "X-Twilio-Signature": signature.encode("latin-1", "replace").decode("latin-1")}
    answer = provider.client.request(
        "POST", path, content=body, headers=[(k, v.encode("latin-1")) for k, v in headers.items()]
    )
    assert 400 <= answer.status_code < 500
    assert answer.text.strip()


FIELDS = st.sampled_from(["Digits", "SpeechResult", "Confidence", "DialCallStatus", "QueueResult", "QueueTime", "RecordingUrl",
                          "RecordingDuration", "From", "To", "ForwardedFrom", "SipHeader_Diversion", "QueuePosition"])  # fmt: skip


@settings(max_examples=60)
@given(
    st.dictionaries(FIELDS, st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=60), max_size=6)
)
def test_whatever_the_provider_sends_gets_twiml(provider: Provider, fields: dict[str, str]) -> None:
    start = provider.start("CAfuzz" + str(abs(hash(frozenset(fields.items())))), **fields)
    assert start.status_code == 200
    answer = provider.post(
        _action(start.text), {"CallSid": "CAfuzz" + str(abs(hash(frozenset(fields.items())))), **fields}
    )
    assert answer.status_code == 200
    assert answer.text.startswith("<?xml")


def _action(document: str) -> str:
    from tests.web.server import next_address

    return next_address(document)
