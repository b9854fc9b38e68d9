"""The provider's books: every leg, message and recording, and what happened to every number."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ivr.worker.provider import CANCELED, COMPLETED, IN_PROGRESS, OVER, QUEUED

MOST_HOOKS = 50_000


@dataclass(eq=False)
class Call:
    """One leg. Durations are in seconds of the call, instants in real epoch seconds."""

    sid: str
    to: str
    from_: str
    direction: str
    parent: str = ""
    url: str = ""
    method: str = "POST"
    twiml: str = ""
    told: str = ""
    """Who is told of its progress."""
    events: tuple[str, ...] = (COMPLETED,)
    ring: int = 60
    limit: int = 0
    detects: bool = False
    status: str = QUEUED
    made: float = field(default_factory=time.time)
    answered_at: float = 0.0
    ended_at: float = 0.0
    seconds: int = 0
    answered_by: str = ""
    sequence: int = 0
    heard: list[str] = field(default_factory=list)
    """What was said to whoever held this leg."""
    gone: threading.Event = field(default_factory=threading.Event)
    """Set when it is hung up, by whoever."""
    redirect: str = ""
    """The document that it was sent to by the REST API."""
    sent_away: threading.Event = field(default_factory=threading.Event)
    """Set when it was, until it goes on there."""

    @property
    def attempt(self) -> str:
        """The `a` of the address that a leg was placed with."""
        return parse_qs(urlsplit(self.url).query).get("a", [""])[0]


@dataclass
class Message:
    """A text message."""

    sid: str
    to: str
    from_: str
    text: str


@dataclass
class Hook:
    """A request that was sent to the web: to what path, which fields, and the status that came back (0: none)."""

    path: str
    fields: dict[str, str]
    status: int
    body: bytes


@dataclass(eq=False)
class Entry:
    """A stay in a queue."""

    call: Call
    joined: float
    talks: float
    taken: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)
    """Set when the conversation is over."""
    by: str = ""
    sid: str = ""


class Books:
    """All of it. Every method is safe to call from any thread."""

    def __init__(self, seed: int) -> None:
        self.lock = threading.RLock()
        self._ids = random.Random(f"ids:{seed}")
        self.calls: dict[str, Call] = {}
        self.messages: list[Message] = []
        self.recordings: set[str] = set()
        self.queues: dict[str, tuple[str, list[Entry]]] = {}
        self.hooks: deque[Hook] = deque(maxlen=MOST_HOOKS)
        self.faults: list[str] = []
        """What Twilio would have told its debugger: documents that did not come or cannot be read."""
        self.differing: list[str] = []
        """Documents that were asked for twice, with two answers."""
        self.requests: Counter[str] = Counter()
        """REST requests by endpoint and what was answered: `calls.create 201`."""

    def sid(self, kind: str) -> str:
        """A new id: CA and 32 hexadecimal digits, say."""
        with self.lock:
            return f"{kind}{self._ids.getrandbits(128):032x}"

    def place(self, **given: Any) -> Call:  # the fields of a Call
        """A leg begins: from here on it counts as dialled."""
        with self.lock:
            call = Call(sid=self.sid("CA"), **given)
            self.calls[call.sid] = call
            return call

    def move(self, call: Call, status: str) -> bool:
        """A leg's status changes; False when it is over already."""
        with self.lock:
            if call.status in OVER:
                return False
            call.status = status
            if status == IN_PROGRESS:
                call.answered_at = time.time()
            if status in OVER:
                call.ended_at = time.time()
                call.gone.set()
            return True

    def hang_up(self, call: Call, status: str) -> bool:
        """Hung up by the REST API; False when it is over already. `canceled` leaves a conversation alone."""
        with self.lock:
            if call.status in OVER:
                return False
            if status == CANCELED and call.status == IN_PROGRESS:
                return True
            call.gone.set()
            return True

    def send_to(self, call: Call, url: str) -> bool:
        """Sent to another document by the REST API; False when nobody is on the line."""
        with self.lock:
            if call.status != IN_PROGRESS:
                return False
            call.redirect = url
            call.sent_away.set()
            return True

    # --- what happened

    @property
    def dialled(self) -> Counter[str]:
        """Address → legs that were placed to it, inbound calls aside."""
        with self.lock:
            return Counter(call.to for call in self.calls.values() if call.direction != "inbound")

    def legs(self, to: str = "", parent: str = "") -> list[Call]:
        """Legs in the order in which they were made."""
        with self.lock:
            return [c for c in self.calls.values() if (not to or c.to == to) and (not parent or c.parent == parent)]

    def overlapping(self, to: str) -> int:
        """How many legs to an address there were at the same time, at most."""
        marks: list[tuple[float, int]] = []
        for call in self.legs(to):
            marks += [(call.made, 1), (call.ended_at or float("inf"), -1)]
        most = now = 0
        for _, step in sorted(marks):
            now += step
            most = max(most, now)
        return most

    def by_attempt(self) -> Counter[tuple[str, str]]:
        """(attempt, address) → legs that documents of the attempt's own legs dialled: a citizen's must be 1."""
        with self.lock:
            return Counter(
                (self.calls[call.parent].attempt, call.to)
                for call in self.calls.values()
                if call.parent in self.calls and self.calls[call.parent].attempt
            )

    def twice(self) -> list[tuple[str, str]]:
        """(attempt, address) of who was dialled more than once for one attempt."""
        return [key for key, count in self.by_attempt().items() if count > 1]

    def running(self) -> list[Call]:
        """Legs that are not over."""
        with self.lock:
            return [call for call in self.calls.values() if call.status not in OVER]

    def asked(self, path: str) -> list[Hook]:
        """Requests to the web whose path ends so."""
        return [hook for hook in list(self.hooks) if hook.path.partition("?")[0].endswith(path)]

    # --- queues

    def join(self, name: str, call: Call, talks: float) -> Entry:
        """A leg joins a queue, which is made when there is none."""
        with self.lock:
            sid, entries = self.queues.setdefault(name, (self.sid("QU"), []))
            entry = Entry(call, time.time(), talks, sid=sid)
            entries.append(entry)
            return entry

    def leave(self, name: str, entry: Entry) -> None:
        """A leg leaves a queue."""
        with self.lock:
            if entry in self.queues[name][1]:
                self.queues[name][1].remove(entry)

    def take(self, name: str, by: str) -> Entry | None:
        """The head of a queue is taken out of it by a leg; None when nobody waits."""
        with self.lock:
            waiting = self.queues.get(name, ("", []))[1]
            if not waiting:
                return None
            entry = waiting.pop(0)
            entry.by = by
            entry.taken.set()
            return entry

    def position(self, name: str, entry: Entry) -> int:
        """The place in a queue, 1 for the head."""
        with self.lock:
            waiting = self.queues[name][1]
            return waiting.index(entry) + 1 if entry in waiting else 1
