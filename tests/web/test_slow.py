"""Facts about bodies that come late or not at all, over real sockets: a connection is not held by them."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest

from ivr.web import body
from tests.web.server import Provider

HEAD = "POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n"
FORM = "application/x-www-form-urlencoded"
SECONDS = 0.5


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "MOST_SECONDS", SECONDS)
    monkeypatch.setattr(body, "LOOK_SECONDS", 0.05)


def opened(provider: Provider, path: str = "/voice/kinds", kind: str = FORM, length: int = 50) -> socket.socket:
    """A connection on which the head of a request was sent."""
    held = socket.create_connection(("127.0.0.1", provider.client.base_url.port or 0), timeout=10)
    held.sendall(HEAD.format(path=path, kind=kind, length=length).encode())
    return held


def answer(held: socket.socket) -> bytes:
    """All that comes until the server closes the connection."""
    return b"".join(iter(lambda: held.recv(4096), b""))


@pytest.mark.parametrize("sent", [b"", b"CallSid="])
@pytest.mark.parametrize("path", ["/voice/kinds", "/voice/kinds/status", "/voice/nowhere", "/voice/kinds/none"])
@pytest.mark.parametrize("kind", [FORM, "application/json"])
def test_a_body_that_does_not_come_is_given_up(provider: Provider, path: str, kind: str, sent: bytes) -> None:
    began = time.monotonic()
    with opened(provider, path, kind) as held:
        held.sendall(sent)
        said = answer(held)
    assert said.startswith(b"HTTP/1.1 408 ")
    assert b"connection: close" in said
    assert time.monotonic() - began >= SECONDS


def drops(held: socket.socket) -> Iterator[bytes]:
    """Sends a byte every now and then, and gives what the server says."""
    held.settimeout(0.1)
    while True:
        try:
            held.sendall(b"x")
            said = held.recv(4096)
        except TimeoutError:
            continue
        except OSError:
            return
        if not said:
            return
        yield said


def test_a_body_that_comes_drop_by_drop_is_given_up(provider: Provider) -> None:
    with opened(provider, length=16_000) as held:
        said = next(drops(held))
    assert said.startswith(b"HTTP/1.1 408 ")


def test_a_connection_that_sends_too_much_is_closed(provider: Provider) -> None:
    with opened(provider, length=1_000_000) as held:
        held.sendall(b"x" * 20_000)
        said = held.recv(4096)
    assert said.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in said


def test_a_body_in_pieces_is_read_and_others_are_answered_meanwhile(provider: Provider) -> None:
    with opened(provider, length=20) as held:
        held.sendall(b"CallSid=CA")
        assert provider.start("CAmeanwhile").status_code == 200
        held.sendall(b"pieces&a=1")
        assert held.recv(4096).startswith(b"HTTP/1.1 403 ")
