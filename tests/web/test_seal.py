"""Facts about sealed state, and about the settings."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ivr.engine import begin
from ivr.model.state import Arrival, Memory, State
from ivr.web.seal import Envelope, Keyring, Unsealed, WaitPass, WhisperPass
from ivr.web.settings import Settings
from ivr.web.turn import context
from ivr.worker.settings import WorkerSettings
from tests.engine.calls import table

KEYS = Keyring((("new", "secret"), ("old", "another")))
STATES = st.builds(
    State, st.integers(0, 10**6), st.integers(0, 99), st.integers(0, 9), *[st.integers(0, 100)] * 4,
    st.builds(
        Memory, st.tuples(st.integers(-1, 9)), st.tuples(st.text(max_size=64)), st.text("0123456789+", max_size=16),
        st.text("0123456789", max_size=6), st.integers(0, 2**40),
    ),
)  # fmt: skip
ARRIVALS = st.builds(
    Arrival, st.integers(0, 2**40), st.integers(-1, 10**5), st.text(max_size=32), st.text("+0123456789", max_size=16),
    st.tuples(st.integers(0, 9)), st.integers(0, 9999),
)  # fmt: skip


def seen(purpose: str = "step", version: bytes = b"v", key: str = "new", call: str = "CA1") -> list[bytes]:
    return context(purpose, version, key, call)


@given(STATES, ARRIVALS, st.integers(0, 1000))
def test_what_is_sealed_is_opened_as_it_was(state: State, arrival: Arrival, sequence: int) -> None:
    held = Envelope(arrival, state, sequence)
    token = KEYS.seal(held, seen())
    assert KEYS.open_envelope(token, "new", seen()) == held
    assert token == KEYS.seal(held, seen())


@pytest.mark.parametrize(
    "other", [seen(purpose="wait"), seen(version=b"w"), seen(key="old"), seen(call="CA2"), seen(call="")]
)
def test_a_token_is_bound_to_purpose_version_key_and_call(other: list[bytes]) -> None:
    token = KEYS.seal(Envelope(Arrival(1, -1, "", "", (), 0), begin(table().graph), 1), seen())
    with pytest.raises(Unsealed):
        KEYS.open_envelope(token, "new", other)


def test_a_key_that_is_being_replaced_still_opens() -> None:
    held = WaitPass(1, 0, 5)
    token = Keyring((("old", "another"),)).seal(held, seen("wait", key="old"))
    assert KEYS.open_wait(token, "old", seen("wait", key="old")) == held


@given(st.text(max_size=80))
def test_any_text_is_no_token(text: str) -> None:
    with pytest.raises(Unsealed):
        KEYS.open_envelope(text, "new", seen())


def test_a_token_of_another_kind_is_not_taken() -> None:
    token = KEYS.seal(WhisperPass(3, 0), seen())
    with pytest.raises(Unsealed):
        KEYS.open_envelope(token, "new", seen())


def test_the_state_of_a_call_is_small() -> None:
    arrival = Arrival(1_796_300_000, 12, "+31503671000", "+31612345678", (0, 1), 1234)
    token = KEYS.seal(Envelope(arrival, begin(table().graph), 3), seen())
    assert len(token) < 160


def test_every_setting_is_in_the_documentation() -> None:
    text = (Path(__file__).parents[2] / "docs/reference/settings.md").read_text()
    documented = set(re.findall(r"^\| `(IVR_[A-Z_]+)`", text, re.M))
    assert documented == {"IVR_" + name.upper() for name in Settings.model_fields | WorkerSettings.model_fields}


@pytest.mark.parametrize(
    "url",
    ["ivr.example", "ftp://x", "https://x/?a=1", "https://x/#y", "", "https://x:port", "https://x:99999", "https://[x",
     "https://:80", "https://x y", "https://x/a&b", "https://x/a<b", "https://x/é"],
)  # fmt: skip
def test_a_public_address_that_cannot_be_signed_over_is_refused(url: str) -> None:
    with pytest.raises(ValidationError):
        Settings(public_url=url)


@pytest.mark.parametrize(
    "text",
    ["abc", ":abc", "a:", "a&<:abc", "a b:c", "é:c", "a:b,", "a:b,,c:d", "a:b,c", "a:b,a:c", "a" * 17 + ":b", "a:\x00"],
)
def test_keys_that_are_not_as_they_should_be_are_refused_without_being_shown(text: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(seal_keys=text)  # type: ignore[arg-type]
    assert "id:secret" in str(refused.value) or "twice" in str(refused.value)
    assert f"'{text}'" not in str(refused.value)


def test_keys_are_taken_in_their_order_and_made_of_the_token_when_left_out() -> None:
    given = Settings(seal_keys="new_2:a:b, old-1:c")  # type: ignore[arg-type]
    assert given.keys == (("new_2", "a:b"), ("old-1", "c"))
    assert Settings(twilio_token="one,two").keys == (("t", "one"),)  # type: ignore[arg-type]


def test_secrets_do_not_show() -> None:
    assert "SEKRET" not in repr(Settings(twilio_token="SEKRET", seal_keys="a:SEKRET"))  # type: ignore[arg-type]
