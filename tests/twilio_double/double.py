"""The double itself: a server on the loopback, the people it rings, and what it knows of what happened."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from typing import Any

from ivr.worker.provider import IN_PROGRESS
from tests.twilio_double.books import Books, Call
from tests.twilio_double.faults import Faults
from tests.twilio_double.hooks import Sender
from tests.twilio_double.people import People, Person
from tests.twilio_double.playing import Player
from tests.twilio_double.rest import Endpoints, Handler

ACCOUNT = "AC" + "0123456789abcdef" * 2
TOKEN = "a-token-of-the-double"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:  # as socketserver has it
        """Nothing: a client that gave up is what is tested."""


@dataclass
class Double:
    """A Twilio of one's own. `pace` is how many seconds of a call pass in a real one.

    `url` is what IVR_TWILIO_API is set to. What the web is asked is signed with `token` over the address that it is asked
    at: its public address must be where it is.
    """

    token: str = TOKEN
    account: str = ACCOUNT
    pace: float = 100.0
    seed: int = 0
    port: int = 0

    def __post_init__(self) -> None:
        self.books = Books(self.seed)
        self.faults = Faults(self.seed)
        self.people = People()
        self.sender = Sender(self.token, self.account, self.books, self.faults)
        self.endpoints = Endpoints(self)
        self.stopping = threading.Event()
        self._server = _Server(("127.0.0.1", self.port), type("Bound", (Handler,), {"double": self}))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._players: list[threading.Thread] = []

    def start(self) -> None:
        """Serve, in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Stop serving, and hang up whatever is under way."""
        self.stopping.set()
        for call in self.books.running():
            call.gone.set()
        self._server.shutdown()
        self._server.server_close()
        until = time.monotonic() + 5
        for thread in (self._thread, *self._players):
            thread.join(max(0.0, until - time.monotonic()))
        while self.sender.telling and time.monotonic() < until:
            time.sleep(0.01)

    def play(self, call: Call) -> None:
        """Ring somebody."""
        self._begin(Player(self, call, self.people.ring(call.to)).run)

    def call_in(self, url: str, to: str, from_: str, person: Person, told: str = "") -> Call:
        """Somebody calls a number whose document is at `url`; `told` is the address for its progress."""
        call = self.books.place(to=to, from_=from_, direction="inbound", url=url, told=told)
        self._begin(Player(self, call, person).run_inbound)
        return call

    def _begin(self, play: Callable[[], None]) -> None:
        thread = threading.Thread(target=play, daemon=True)
        with self.books.lock:
            self._players = [held for held in self._players if held.is_alive()] + [thread]
            thread.start()

    def hang_up(self, call: Call) -> None:
        """Whoever holds a leg hangs up."""
        call.gone.set()

    def talking(self) -> list[Call]:
        """Legs on which somebody talks."""
        return [call for call in self.books.running() if call.status == IN_PROGRESS]

    def settle(self, seconds: float = 10.0) -> bool:
        """Wait until no leg is under way and everything was told; False when that takes longer."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if not self.books.running() and not self.sender.telling:
                return True
            time.sleep(0.01)
        return False

    def control(self, path: str, query: dict[str, list[str]]) -> tuple[int, dict[str, Any]]:
        """What a run in another process asks for: `/_/books`, `/_/settled`."""
        if path == "/_/settled":
            return 200, {"settled": not self.books.running() and not self.sender.telling}
        if path != "/_/books":
            return 404, {"message": "there are /_/books and /_/settled"}
        dialled = self.books.dialled
        return 200, {
            "dialled": dict(dialled),
            "overlapping": {to: most for to in dialled if (most := self.books.overlapping(to)) > 1},
            "by_attempt": [[attempt, to, count] for (attempt, to), count in self.books.by_attempt().items()],
            "twice": [list(key) for key in self.books.twice()],
            "messages": len(self.books.messages),
            "requests": dict(self.books.requests),
            "hooks": len(self.books.hooks),
            "faults": self.books.faults[-50:],
            "differing": self.books.differing[-50:],
            "running": len(self.books.running()),
        }


@contextlib.contextmanager
def twilio_double(**given: Any) -> Iterator[Double]:  # the fields of a Double
    """A double that serves."""
    double = Double(**given)
    double.start()
    try:
        yield double
    finally:
        double.stop()
