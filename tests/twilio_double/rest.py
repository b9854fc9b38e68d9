"""The REST endpoints that the worker uses, over HTTP: form-encoded, Basic auth, JSON, refusals with Twilio's codes."""

from __future__ import annotations

import base64
import email.utils
import hmac
import json
import re
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

from ivr.model.numbers import NumberFault, read_number
from ivr.worker.provider import CANCELED, COMPLETED, OVER
from tests.twilio_double import faults
from tests.twilio_double.books import Call, Message

if TYPE_CHECKING:
    from tests.twilio_double.double import Double

Answer = tuple[int, dict[str, Any] | None]
_SID = {"CA": r"CA[0-9a-f]{32}", "RE": r"RE[0-9a-f]{32}", "QU": r"QU[0-9a-f]{32}"}
_ROUTES = (
    ("POST", r"Calls\.json", "calls.create"),
    ("GET", r"Calls\.json", "calls.list"),
    ("GET", rf"Calls/({_SID['CA']})\.json", "calls.fetch"),
    ("POST", rf"Calls/({_SID['CA']})\.json", "calls.update"),
    ("POST", r"Messages\.json", "messages.create"),
    ("DELETE", rf"Recordings/({_SID['RE']})\.json", "recordings.delete"),
    ("GET", r"Queues\.json", "queues.list"),
    ("GET", rf"Queues/({_SID['QU']})/Members\.json", "members.list"),
)
_MOST_BODY = 65_536


class Refusal(Exception):
    """A 4xx with a code of Twilio's."""

    def __init__(self, code: int, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.answer: Answer = (
            status,
            {
                "code": code,
                "message": message,
                "more_info": f"https://www.twilio.com/docs/errors/{code}",
                "status": status,
            },
        )


class Endpoints:
    """What each endpoint does, apart from how it fails."""

    def __init__(self, double: Double) -> None:
        self._double = double
        self._books = double.books
        self._do: dict[str, Callable[..., Answer]] = {
            "calls.create": self._create_call, "calls.list": self._list_calls, "calls.fetch": self._fetch_call,
            "calls.update": self._update_call, "messages.create": self._create_message,
            "recordings.delete": self._delete_recording, "queues.list": self._list_queues,
            "members.list": self._list_members,
        }  # fmt: skip

    def answer(self, endpoint: str, sid: str, form: dict[str, list[str]], path: str) -> Answer:
        """Do it."""
        try:
            return self._do[endpoint](sid, form, path)
        except Refusal as refusal:
            return refusal.answer

    # --- calls

    def _create_call(self, sid: str, form: dict[str, list[str]], path: str) -> Answer:
        to, from_ = _one(form, "To"), _one(form, "From")
        url, twiml = _one(form, "Url"), _one(form, "Twiml")
        if not to:
            raise Refusal(21201, "No 'To' number is specified")
        if not from_:
            raise Refusal(21213, "No 'From' number is specified")
        if not to.startswith("sip:") and not _number(to):
            raise Refusal(21211, f"The phone number you are attempting to call, {to}, is not valid.")
        if not _number(from_):
            raise Refusal(21212, f"The source phone number provided, {from_}, is not valid.")
        if not url and not twiml:
            raise Refusal(21205, "Url parameter is required.")
        for name in ("Url", "StatusCallback"):
            given = _one(form, name)
            if given and not re.match(r"https?://[^/\s_]+(?:[/?#]|$)", given):
                raise Refusal(21205 if name == "Url" else 21609, f"{name} is not a valid URL: {given}")
        if len(twiml) > 4000:
            raise Refusal(21621, "Twiml is too long")
        call = self._books.place(
            to=to, from_=from_, direction="outbound-api", url=url, method=_one(form, "Method") or "POST", twiml=twiml,
            told=_one(form, "StatusCallback"), events=tuple(form.get("StatusCallbackEvent", [COMPLETED])),
            ring=_whole(form, "Timeout", 60), limit=_whole(form, "TimeLimit", 0),
            detects=_one(form, "MachineDetection") in ("Enable", "DetectMessageEnd"),
        )  # fmt: skip
        self._double.play(call)
        return 201, self._call(call)

    def _list_calls(self, sid: str, form: dict[str, list[str]], path: str) -> Answer:
        wanted = {"to": _one(form, "To"), "from_": _one(form, "From"), "parent": _one(form, "ParentCallSid")}
        status = _one(form, "Status")
        shown = time.time() - self._double.faults.lag
        found = [
            call
            for call in reversed(self._books.legs())
            if all(not value or getattr(call, name) == value for name, value in wanted.items())
            and (not status or call.status == status)
            and call.made <= shown
        ]
        return self._page("calls", [self._call(call) for call in found], form, path)

    def _fetch_call(self, sid: str, form: dict[str, list[str]], path: str) -> Answer:
        return 200, self._call(self._known(sid))

    def _update_call(self, sid: str, form: dict[str, list[str]], path: str) -> Answer:
        call, status, url = self._known(sid), _one(form, "Status"), _one(form, "Url")
        if url:
            if not self._books.send_to(call, url):
                raise Refusal(21220, "Call is not in-progress. Cannot redirect.")
            return 200, self._call(call)
        if status not in (COMPLETED, CANCELED):
            raise Refusal(20001, "Status must be completed or canceled")
        if call.status in OVER or not self._books.hang_up(call, status):
            raise Refusal(21220, "Call is not in-progress. Cannot redirect.")
        return 200, self._call(call)

    def _known(self, sid: str) -> Call:
        call = self._books.calls.get(sid)
        if call is None:
            raise _missing("Calls", sid)
        return call

    def _call(self, call: Call) -> dict[str, Any]:
        over = call.status in OVER
        return {
            "sid": call.sid, "account_sid": self._double.account, "parent_call_sid": call.parent or None, "to": call.to,
            "from": call.from_, "status": call.status, "direction": call.direction, "date_created": _date(call.made),
            "date_updated": _date(call.ended_at or call.made), "start_time": _date(call.answered_at or call.ended_at),
            "end_time": _date(call.ended_at), "duration": str(call.seconds) if over else None,
            "answered_by": call.answered_by or None, "api_version": "2010-04-01", "queue_time": "0",
        }  # fmt: skip

    # --- all else

    def _create_message(self, sid: str, form: dict[str, list[str]], path: str) -> Answer:
        to, from_, text = _one(form, "To"), _one(form, "From"), _one(form, "Body")
        if not to:
            raise Refusal(21604, "A 'To' phone number is required.")
        if not from_:
            raise Refusal(21603, "A 'From' phone number is required.")
        if not text:
            raise Refusal(21602, "Message body is required.")
        if len(text) > 1600:
            raise Refusal(21617, "The concatenated message body exceeds the 1600 character limit")
        if not _number(to):
            raise Refusal(21211, f"Invalid 'To' Phone Number: {to}")
        message = Message(self._books.sid("SM"), to, from_, text)
        with self._books.lock:
            self._books.messages.append(message)
        return 201, {
            "sid": message.sid, "account_sid": self._double.account, "to": to, "from": from_, "body": text,
            "status": "queued", "date_created": _date(time.time()),
        }  # fmt: skip

    def _delete_recording(self, sid: str, form: dict[str, list[str]], path: str) -> Answer:
        with self._books.lock:
            if sid not in self._books.recordings:
                raise _missing("Recordings", sid)
            self._books.recordings.remove(sid)
        return 204, None

    def _list_queues(self, sid: str, form: dict[str, list[str]], path: str) -> Answer:
        with self._books.lock:
            held = [
                {"sid": id, "friendly_name": name, "current_size": len(waiting)}
                for name, (id, waiting) in self._books.queues.items()
            ]
        return self._page("queues", held, form, path)

    def _list_members(self, sid: str, form: dict[str, list[str]], path: str) -> Answer:
        with self._books.lock:
            waiting = next((list(entries) for id, entries in self._books.queues.values() if id == sid), None)
        if waiting is None:
            raise _missing("Queues", sid)
        now = time.time()
        held = [
            {"call_sid": entry.call.sid, "position": at, "queue_sid": sid, "date_enqueued": _date(entry.joined),
             "wait_time": round((now - entry.joined) * self._double.pace)}
            for at, entry in enumerate(waiting, start=1)
        ]  # fmt: skip
        return self._page("queue_members", held, form, path)

    def _page(self, name: str, rows: list[dict[str, Any]], form: dict[str, list[str]], path: str) -> Answer:
        size, page = min(_whole(form, "PageSize", 50), 1000), _whole(form, "Page", 0)
        part = rows[page * size : (page + 1) * size]
        query = {key: values[0] for key, values in form.items()} | {"Page": str(page + 1), "PageSize": str(size)}
        more = f"{path}?{urlencode(query)}" if len(rows) > (page + 1) * size else None
        return 200, {
            name: part, "page": page, "page_size": size, "start": page * size, "end": page * size + len(part) - 1,
            "uri": path, "first_page_uri": path, "next_page_uri": more, "previous_page_uri": None,
        }  # fmt: skip


class Handler(BaseHTTPRequestHandler):
    """Reads a request, lets it meet its fault, and answers."""

    protocol_version = "HTTP/1.1"
    double: Double
    """Set on the class that a server uses."""

    def do_GET(self) -> None:
        """Read something."""
        self._serve("GET")

    def do_POST(self) -> None:
        """Make or change something."""
        self._serve("POST")

    def do_DELETE(self) -> None:
        """Delete something."""
        self._serve("DELETE")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def _serve(self, method: str) -> None:
        parts = urlsplit(self.path)
        length = min(int(self.headers.get("Content-Length") or 0), _MOST_BODY)
        body = self.rfile.read(length)
        if parts.path.startswith("/_/"):
            self._send(*self.double.control(parts.path, parse_qs(parts.query)))
            return
        form = parse_qs(body.decode() if method == "POST" else parts.query, keep_blank_values=True)
        root = f"/2010-04-01/Accounts/{self.double.account}/"
        endpoint, sid = _route(method, parts.path.removeprefix(root)) if parts.path.startswith(root) else ("", "")
        if not self._known():
            answer: Answer = Refusal(20003, "Authenticate", 401).answer
        elif not endpoint:
            answer = _missing("", parts.path).answer
        else:
            self._meet(endpoint, lambda: self.double.endpoints.answer(endpoint, sid, form, parts.path))
            return
        self._send(*answer)

    def _known(self) -> bool:
        given = self.headers.get("Authorization", "")
        pair = base64.b64encode(f"{self.double.account}:{self.double.token}".encode()).decode()
        return hmac.compare_digest(given, f"Basic {pair}")

    def _meet(self, endpoint: str, do: Callable[[], Answer]) -> None:
        """Answer a request, or fail as it is its lot."""
        fault = self.double.faults.meets(endpoint)
        done = do() if not fault or fault.endswith("after") else None
        with self.double.books.lock:
            self.double.books.requests[f"{endpoint} {fault or (done[0] if done else '')}"] += 1
        match fault:
            case "":
                assert done is not None
                self._send(*done)
            case faults.BUSY:
                after = str(self.double.faults.retry_after)
                self._send(*Refusal(20429, "Too Many Requests", 429).answer, {"Retry-After": after})
            case faults.ERROR | faults.ERROR_AFTER:
                self._send(*Refusal(20500, "An internal server error has occurred", 500).answer)
            case faults.AWAY:
                self._send(*Refusal(20503, "Service Unavailable", 503).answer)
            case faults.GARBLED | faults.GARBLED_AFTER:
                self._send(200, None, {"Content-Type": "text/html"}, b"<html>a proxy of somebody else</html>")
            case _:
                if fault.startswith(faults.SILENT):
                    self.double.stopping.wait(self.double.faults.silence)
                self.close_connection = True
                self.connection.close()

    def _send(self, status: int, held: object, headers: dict[str, str] | None = None, raw: bytes | None = None) -> None:
        body = raw if raw is not None else b"" if held is None else json.dumps(held).encode()
        sent = {"Content-Type": "application/json", "Content-Length": str(len(body)), **(headers or {})}
        try:
            self.send_response(status)
            for name, value in sent.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True


def _route(method: str, path: str) -> tuple[str, str]:
    for verb, pattern, endpoint in _ROUTES:
        found = re.fullmatch(pattern, path) if verb == method else None
        if found is not None:
            return endpoint, found[1] if found.groups() else ""
    return "", ""


def _missing(kind: str, what: str) -> Refusal:
    return Refusal(20404, f"The requested resource /{kind}/{what} was not found", 404)


def _one(form: dict[str, list[str]], name: str) -> str:
    return form.get(name, [""])[0]


def _whole(form: dict[str, list[str]], name: str, default: int) -> int:
    text = _one(form, name)
    if not text:
        return default
    if not text.isdigit():
        raise Refusal(20001, f"{name} must be a whole number")
    return int(text)


def _number(text: str) -> bool:
    return bool(re.fullmatch(r"\+[1-9][0-9]{6,14}", text)) and not isinstance(read_number(text), NumberFault)


def _date(at: float) -> str | None:
    return email.utils.formatdate(at) if at else None
