"""A mail server for tests: it speaks SMTP over a real connection, keeps what it took, and fails as the test says."""

from __future__ import annotations

import base64
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage


class MailServer(socketserver.ThreadingTCPServer):
    """`answers` is verb → what is answered in place of the usual, such as `RCPT: 550 nobody`; `cut` closes the connection
    after the message was taken, before that is said. `password` is asked for when it is set."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.port = int(self.server_address[1])
        self.taken: list[tuple[tuple[str, ...], EmailMessage]] = []
        self.answers: dict[str, str] = {}
        self.refuses: set[str] = set()
        self.cut = False
        self.password = ""
        self.connections = 0

    def handle_error(self, *_: object) -> None:
        """A client that went away is no fault."""


class _Session(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.server.connections += 1
        if not self._say("greeting", "220 mail.example"):
            return
        to: list[str] = []
        while line := self.rfile.readline():
            verb, _, rest = line.decode().strip().partition(" ")
            verb = verb.upper()
            if verb == "EHLO":
                self._write("250-mail.example\r\n250 AUTH PLAIN" if self.server.password else "250 mail.example")
            elif verb == "AUTH":
                given = base64.b64decode(rest.rpartition(" ")[2]).decode().split("\0")[-1]
                self._write("235 ok" if given == self.server.password else "535 no")
            elif verb == "RCPT":
                address = rest.partition("<")[2].partition(">")[0]
                if address in self.server.refuses:
                    self._write("550 nobody of that name")
                elif self._say("RCPT", "250 ok"):
                    to.append(address)
            elif verb == "DATA":
                self._write("354 go on")
                raw = b""
                while (part := self.rfile.readline()) not in (b".\r\n", b""):
                    raw += part.removeprefix(b".")
                if self.server.answers.get("DATA") is None:
                    message = message_from_bytes(raw, policy=policy.default)
                    assert isinstance(message, EmailMessage)
                    self.server.taken.append((tuple(to), message))
                if self.server.cut:
                    return
                self._say("DATA", "250 taken")
            elif verb == "QUIT":
                self._write("221 bye")
                return
            else:
                self._say(verb, "250 ok")

    def _say(self, verb: str, usual: str) -> bool:
        self._write(self.server.answers.get(verb, usual))
        return verb not in self.server.answers

    def _write(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A server in a thread."""
    server = MailServer()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
