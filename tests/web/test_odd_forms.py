"""Facts about forms that nobody would write by hand, over real HTTP: a stranger's is refused, the provider's is served."""

from __future__ import annotations

import asyncio
import hmac
from base64 import b64encode
from urllib.parse import parse_qsl

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from ivr.web.form import MAX_FIELDS, Form, Signatures
from tests.engine.calls import instant
from tests.web.server import PUBLIC, TOKEN, Provider

PATH = "/voice/kinds"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ODD = {
    "doubled call": b"CallSid=CA1&CallSid=CA2",
    "doubled and equal": b"CallSid=CA1&CallSid=CA1",
    "thrice": b"CallSid=CA1&To=1&To=2&To=3",
    "nothing": b"",
    "an empty name": b"=x&CallSid=CA1",
    "empty names": b"=&=&=&CallSid=CA1",
    "no value": b"CallSid",
    "separators alone": b"&" * 10_000,
    "a huge name": b"n" * 12_000 + b"=1&CallSid=CA1",
    "percent junk": b"CallSid=CA1&a=%&b=%zz&c=%4&%%%=%%%",
    "NUL": b"CallSid=CA1&a=\x00%00&%00=1",
    "a call of NUL": b"CallSid=%00",
    "invalid UTF-8": b"CallSid=CA1&a=%ff%fe",
    "raw bytes": b"CallSid=CA1&a=\xff\xfe",
    "a surrogate": b"CallSid=CA1&a=%ed%a0%80",
    "semicolons": b"CallSid=CA1;To=2;CallSid=CA2",
    "10,000 fields": b"&".join(b"%d=" % n for n in range(2500)),
    "10,000 equal fields": b"a&" * 5000,
    "just too many fields": b"&".join(b"f%d=" % n for n in range(MAX_FIELDS + 1)),
}


def signed(body: bytes) -> str:
    """The signature as the library makes it over fields that may come twice: each value once, sorted."""

    class Many(dict[str, list[str]]):
        def getall(self, name: str) -> list[str]:
            return self[name]

    fields = Many()
    for key, value in parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict"):
        fields.setdefault(key, []).append(value)
    return str(RequestValidator(TOKEN).compute_signature(PUBLIC + PATH, fields))


@pytest.mark.parametrize("signature", ["", "x", "A" * 27 + "="])
@pytest.mark.parametrize("name", ODD)
def test_an_odd_form_of_a_stranger_is_refused(provider: Provider, name: str, signature: str) -> None:
    answer = provider.client.post(PATH, content=ODD[name], headers={**FORM, "X-Twilio-Signature": signature})
    assert answer.status_code in (400, 403, 413)
    assert answer.text.strip()


@pytest.mark.parametrize("name", ODD)
def test_an_odd_form_of_the_provider_is_served_or_refused_with_a_reason(provider: Provider, name: str) -> None:
    try:
        signature = signed(ODD[name])
    except UnicodeDecodeError:
        signature = "x"
    answer = provider.client.post(PATH, content=ODD[name], headers={**FORM, "X-Twilio-Signature": signature})
    assert answer.status_code in (200, 400, 413)
    assert answer.text.strip()


def test_a_doubled_field_is_verified_as_the_provider_signs_it_and_its_first_value_counts(provider: Provider) -> None:
    body = b"CallSid=CAdoubled&To=%2B31503678150&From=%2B31612345678&To=%2B3114050&To=%2B3114050"
    body += b"&IvrAt=%d" % instant("2026-12-01 10:00")
    answer = provider.client.post(PATH, content=body, headers={**FORM, "X-Twilio-Signature": signed(body)})
    assert (answer.status_code, "Uw code." in answer.text) == (200, True)


def test_a_signature_over_every_repetition_is_not_the_provider_s() -> None:
    body, text = b"a=1&a=1", PUBLIC + "a1a1"
    repeated = b64encode(hmac.new(TOKEN.encode(), text.encode(), "sha1").digest()).decode()
    assert not Signatures((TOKEN,)).good(PUBLIC, Form(body), repeated)


NAMES = st.sampled_from([b"CallSid", b"To", b"", b"a", b"%", b"%00", b"%ff", b"\xff", b"+", b"\xe2\x82\xac"])
FIELDS = st.builds(lambda name, equals, value: name + equals + value, NAMES, st.sampled_from([b"=", b"==", b""]), NAMES)


@settings(max_examples=150)
@given(st.lists(FIELDS, max_size=12), st.sampled_from([b"&", b";", b"&&", b"\n"]), st.booleans())
def test_no_form_breaks_the_reader(provider: Provider, fields: list[bytes], between: bytes, good: bool) -> None:
    body = between.join(fields)
    try:
        signature = signed(body) if good else "x"
    except UnicodeDecodeError:
        signature = "x"
    answer = provider.client.post(PATH, content=body, headers={**FORM, "X-Twilio-Signature": signature})
    assert answer.status_code in ((200, 400) if good else (400, 403))


async def test_a_fault_while_a_request_is_read_is_a_refusal_and_a_line_in_the_log(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> bool:
        raise KeyError("what a caller typed")

    monkeypatch.setattr(Signatures, "good", fails)
    answer = await asyncio.to_thread(provider.post, PATH, {"CallSid": "CA1"})
    assert (answer.status_code, answer.text) == (400, "the request could not be read\n")
    logged = provider.log.getvalue()
    assert b'"fault":"KeyError"' in logged
    assert b"what a caller typed" not in logged
