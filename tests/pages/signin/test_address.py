"""From where somebody asks: what a stranger writes into a header is never believed."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from ivr.pages.signin.address import address_of

PROXIES = [ipaddress.ip_network(one) for one in ("127.0.0.1", "10.0.0.0/8", "::1")]


def at(client: str, *forwarded: str) -> str:
    headers = [(b"x-forwarded-for", one.encode("latin-1")) for one in forwarded]
    return address_of(Request({"type": "http", "client": (client, 1), "headers": headers}), PROXIES)


@pytest.mark.parametrize(
    ("client", "forwarded", "address"),
    [
        ("203.0.113.9", (), "203.0.113.9"),
        ("203.0.113.9", ("198.51.100.1",), "203.0.113.9"),
        ("127.0.0.1", ("203.0.113.9",), "203.0.113.9"),
        ("127.0.0.1", ("198.51.100.1, 203.0.113.9",), "203.0.113.9"),
        ("127.0.0.1", ("198.51.100.1", "203.0.113.9, 10.1.2.3"), "203.0.113.9"),
        ("127.0.0.1", ("203.0.113.9:4711",), "203.0.113.9"),
        ("127.0.0.1", ("[2001:db8:1:2:3::4]:4711",), "2001:db8:1:2::/64"),
        ("127.0.0.1", ("2001:db8:1:2:ffff::4",), "2001:db8:1:2::/64"),
        ("::ffff:127.0.0.1", ("203.0.113.9",), "203.0.113.9"),
        ("127.0.0.1", ("nonsense",), "127.0.0.1"),
        ("127.0.0.1", ("203.0.113.9, nonsense",), "127.0.0.1"),
        ("127.0.0.1", (), "127.0.0.1"),
        ("unix", (), "unknown"),
    ],
)
def test_the_last_address_that_our_own_proxies_wrote_counts(
    client: str, forwarded: tuple[str, ...], address: str
) -> None:
    assert at(client, *forwarded) == address


@given(st.text(alphabet=st.characters(max_codepoint=255), max_size=60))
def test_whatever_a_stranger_sends_their_own_address_is_what_counts(text: str) -> None:
    assert at("203.0.113.9", text) == "203.0.113.9"
    assert at("127.0.0.1", f"{text}, 203.0.113.9") == "203.0.113.9"
