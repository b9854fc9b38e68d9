"""Requests to the web, as Twilio sends them: signed, retried as the address asks, sometimes twice, late, or never."""

from __future__ import annotations

import email.utils
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from ivr.simulator.wire.line import Line, Reply, WireFault
from tests.twilio_double.books import Books, Call, Hook
from tests.twilio_double.faults import Faults

Form = dict[str, str]


class Sender:
    """Sends to the web."""

    def __init__(self, token: str, account: str, books: Books, faults: Faults) -> None:
        self._token = token
        self._account = account
        self._books = books
        self._faults = faults
        self._lock = threading.Lock()
        self._telling = 0

    def line(self) -> Line:
        """A line for one thread."""
        return Line(self._token)

    def document(self, line: Line, method: str, url: str, form: Form) -> Reply:
        """Ask for a document. Raises WireFault when none comes.

        What is lost, or delivered twice, is delivered again with the same fields; only the last answer counts.
        """
        hooks = self._faults.hooks
        first: Reply | None = None
        if self._faults.happens(hooks.at_once):
            return self._at_once(line, method, url, form)
        if self._faults.happens(hooks.lost) or self._faults.happens(hooks.twice):
            first = self._send(line, method, url, form)
        reply = self._send(line, method, url, form)
        if first is not None and (first.status, first.body) != (reply.status, reply.body):
            self._books.differing.append(f"{method} {urlsplit(url).path}")
        return reply

    def _at_once(self, line: Line, method: str, url: str, form: Form) -> Reply:
        with ThreadPoolExecutor(1) as pool:
            other = pool.submit(self._send, self.line(), method, url, form)
            reply = self._send(line, method, url, form)
            if (other.result().status, other.result().body) != (reply.status, reply.body):
                self._books.differing.append(f"{method} {urlsplit(url).path}")
        return reply

    def tell(self, url: str, form: Form) -> None:
        """Tell of a leg's progress, beside everything else."""
        hooks = self._faults.hooks
        if not url or self._faults.happens(hooks.never):
            return
        times = 2 if self._faults.happens(hooks.twice) else 1
        for _ in range(times):
            with self._lock:
                self._telling += 1
            threading.Thread(target=self._tell, args=(url, form, self._faults.up_to(hooks.late)), daemon=True).start()

    @property
    def telling(self) -> int:
        """How much is being told."""
        return self._telling

    def _tell(self, url: str, form: Form, late: float) -> None:
        try:
            if late:
                time.sleep(late)
            self._send(self.line(), "POST", url, form)
        except WireFault as fault:
            self._books.faults.append(str(fault))
        finally:
            with self._lock:
                self._telling -= 1

    def _send(self, line: Line, method: str, url: str, form: Form) -> Reply:
        parts = urlsplit(url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        try:
            reply = line.send(method, url, form)
        except WireFault:
            self._books.hooks.append(Hook(path, form, 0, b""))
            raise
        self._books.hooks.append(Hook(path, form, reply.status, reply.body))
        return reply

    # --- fields

    def fields(self, call: Call, more: Mapping[str, str] | None = None) -> Form:
        """The fields of every request about a leg."""
        held = {
            "CallSid": call.sid, "AccountSid": self._account, "From": call.from_, "To": call.to, "Caller": call.from_,
            "Called": call.to, "CallStatus": call.status, "Direction": call.direction, "ApiVersion": "2010-04-01",
        }  # fmt: skip
        if call.parent:
            held["ParentCallSid"] = call.parent
        return held | dict(more or {})

    def progress(self, call: Call, event: str) -> None:
        """A leg came so far: initiated, ringing, answered or completed, told to whoever asked for it."""
        with self._books.lock:
            sequence, call.sequence = call.sequence, call.sequence + 1
        if event not in call.events:
            return
        status = {"answered": "in-progress", "completed": call.status}.get(event, event)
        more = {
            "CallStatus": status, "CallbackSource": "call-progress-events", "SequenceNumber": str(sequence),
            "Timestamp": email.utils.formatdate(time.time()),
        }  # fmt: skip
        if event == "completed":
            more |= {"CallDuration": str(call.seconds), "Duration": str(-(-call.seconds // 60))}
            if call.answered_by:
                more["AnsweredBy"] = call.answered_by
        self.tell(call.told, self.fields(call, more))
