"""Facts about connections of strangers: none is held that sends no request, and no head is without end."""

from __future__ import annotations

import socket

import pytest

from ivr.web import connection
from tests.web.server import Provider


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "MOST_SECONDS", 0.3)
    monkeypatch.setattr(connection, "LOOK_SECONDS", 0.1)


def opened(provider: Provider) -> socket.socket:
    return socket.create_connection(("127.0.0.1", provider.client.base_url.port or 0), timeout=10)


def closes(held: socket.socket, drop: bytes = b"") -> bytes:
    """What is said until the connection is closed, while a drop comes now and then."""
    said = b""
    held.settimeout(0.05 if drop else 10)
    for _ in range(400):
        try:
            if drop:
                held.sendall(drop)
            more = held.recv(4096)
        except TimeoutError:
            continue
        except OSError:
            return said
        if not more:
            return said
        said += more
    raise AssertionError("the connection is held")


@pytest.mark.parametrize(
    ("sent", "drop"),
    [
        (b"", b""),
        (b"POST /voice/kinds HT", b""),
        (b"POST /voice/kinds HTTP/1.1\r\nHost: x\r\n", b""),
        (b"POST /voice/kinds HTTP/1.1\r\nHost: x\r\n", b"a: b\r\n"),
        (b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /h", b""),
        (b"POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\n", b"x"),
    ],
)
def test_a_connection_without_a_whole_request_is_closed(provider: Provider, sent: bytes, drop: bytes) -> None:
    with opened(provider) as held:
        held.sendall(sent)
        said = closes(held, drop)
    assert b"200 OK" in said if sent.startswith(b"GET") else b"200 OK" not in said


@pytest.mark.parametrize("endless", [b"GET /" + b"a" * 70_000, b"GET / HTTP/1.1\r\na: " + b"a" * 70_000,
                                     b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 12_000])  # fmt: skip
def test_a_head_without_end_is_refused(provider: Provider, monkeypatch: pytest.MonkeyPatch, endless: bytes) -> None:
    monkeypatch.setattr(connection, "MOST_SECONDS", 60.0)
    with opened(provider) as held:
        held.sendall(endless)
        assert closes(held).startswith(b"HTTP/1.1 431 ")


def test_a_connection_that_was_answered_is_kept_for_the_next_request(provider: Provider) -> None:
    with opened(provider) as held:
        for _ in range(3):
            held.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert b'"ok"' in held.recv(4096)
            held.settimeout(0.6)
            with pytest.raises(TimeoutError):
                held.recv(1)
            held.settimeout(10)
