"""The voice paths, as a plain ASGI app: a request is read, its signature checked, and answered with TwiML.

    POST /voice/{table}            a call begins            POST /voice/{table}/status     a call's status changed
    POST /voice/{table}/step       a call goes on           POST /voice/{table}/fallback   the provider could not reach us
    POST /voice/{table}/whisper    who answers hears it     POST /voice/{table}/wait       who waits in a queue hears it

It stands outside FastAPI: as a FastAPI route the same turn lost a third of its speed (the design, section 6).
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from ivr.calendars.moment import LiveMoment
from ivr.dialects.filling import Filling
from ivr.engine import begin
from ivr.model.graph import Graph
from ivr.model.moment import Calamity
from ivr.model.nodes import QueueNode
from ivr.model.numbers import mask
from ivr.model.state import Arrival, State
from ivr.store.facts import FactsFile
from ivr.store.switch import Switch
from ivr.tables.arrivals import UNKNOWN
from ivr.tables.archive import NotKept
from ivr.web.arriving import arrival, dialled_number, simulated_calamity
from ivr.web.form import BadForm, Form, Signatures
from ivr.web.log import Log
from ivr.web.metrics import Metrics
from ivr.web.once import Once
from ivr.web.owed import Desk
from ivr.web.seal import Keyring, Unsealed
from ivr.web.served import Served, Shelf
from ivr.web.settings import Settings
from ivr.web.turn import Turn, begin_turn, context, leg_url, next_turn

Scope = MutableMapping[str, Any]  # as ASGI has it
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Fields = dict[str, str]

FORM = b"application/x-www-form-urlencoded"
MAX_CALL = 64


class Refusal(Exception):
    """A request that is not answered with TwiML: a status and a sentence that says why."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


class Voice:
    """Answers the voice paths of all tables of this process."""

    def __init__(
        self, settings: Settings, shelves: dict[str, Shelf], desk: Desk, log: Log, metrics: Metrics
    ) -> None:
        self._settings = settings
        self._shelves = shelves
        self._desk = desk
        self._log = log
        self._metrics = metrics
        self._keys = Keyring(settings.keys)
        self._signatures = Signatures(settings.tokens)
        self._switch = Switch(settings.var / "calamity.json")
        self._facts = FactsFile(settings.facts_file)
        self._once = Once()
        self._base = settings.base_path
        self._bases = {name: f"{self._base}/voice/{name}" for name in shelves}
        self._trace = settings.trace
        self._simulation = settings.simulation
        self._routes = {
            "": self._start,
            "step": self._step,
            "whisper": self._whisper,
            "wait": self._wait,
            "status": self._status,
            "fallback": self._fallback,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        began = time.perf_counter()
        trace: list[bytes] = []
        try:
            status, body = await self._answer(scope, receive, trace)
            kind = b"text/xml; charset=utf-8"
        except Refusal as refusal:
            status, body, kind = refusal.status, refusal.reason.encode() + b"\n", b"text/plain; charset=utf-8"
            self._log.write("info", "refused", status=status, reason=refusal.reason, path=str(scope["path"])[:200])
        headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
        if status == 405:
            headers.append((b"allow", b"POST"))
        if trace:
            headers.append((b"x-ivr-trace", trace[0]))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
        self._metrics.answers[status] += 1
        self._metrics.took(time.perf_counter() - began)

    async def _answer(self, scope: Scope, receive: Receive, trace: list[bytes]) -> tuple[int, bytes]:
        shelf, route, path = self._find(scope)
        if scope["method"] != "POST":
            raise Refusal(405, "only POST is answered here")
        body = await self._body(scope, receive)
        query: bytes = scope["query_string"]
        try:
            form = Form(body)
        except BadForm as error:
            raise Refusal(400, str(error)) from None
        url = self._settings.public_url + path + ("?" + query.decode("latin-1") if query else "")
        if not self._signatures.good(url, form, body, self._header(scope, b"x-twilio-signature")):
            raise Refusal(403, "the signature is not the provider's for this address and form")
        fields = form.fields
        call = fields.get("CallSid", "")
        if not 0 < len(call) <= MAX_CALL or not call.isalnum():
            raise Refusal(400, "the form lacks CallSid, or it is no call's id")
        try:
            return await self._routes[route](shelf, call, fields, query, trace)
        except Refusal:
            raise
        except Exception as error:
            return 200, self._apologise(shelf, call, route, error)

    def _find(self, scope: Scope) -> tuple[Shelf, str, str]:
        """The table and the route of a path, and the path as the provider wrote it."""
        raw: bytes = scope.get("raw_path") or scope["path"].encode()
        path = raw.partition(b"?")[0].decode("latin-1")
        if self._base and path.startswith(self._base):
            path = path[len(self._base) :]
        parts = path.split("/")
        shelf = self._shelves.get(parts[2]) if len(parts) in (3, 4) else None
        route = parts[3] if len(parts) == 4 else ""
        if shelf is None or route not in self._routes or (len(parts) == 4 and not route):
            raise Refusal(404, "there is nothing here; calls begin at /voice/" + "|".join(self._shelves))
        return shelf, route, path

    async def _body(self, scope: Scope, receive: Receive) -> bytes:
        kind = self._header(scope, b"content-type").encode("latin-1")
        if kind.partition(b";")[0].strip().lower() != FORM:
            raise Refusal(415, "only forms are taken (application/x-www-form-urlencoded)")
        most = self._settings.max_body
        message = await receive()
        body: bytes = message.get("body", b"")
        if not message.get("more_body"):
            if len(body) > most:
                raise Refusal(413, f"the body is larger than {most} bytes")
            return body
        parts, size = [body], len(body)
        while message.get("more_body"):
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Refusal(400, "the request ended before its body did")
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > most:
                raise Refusal(413, f"the body is larger than {most} bytes")
        return b"".join(parts)

    @staticmethod
    def _header(scope: Scope, name: bytes) -> str:
        for key, value in scope["headers"]:
            if key == name:
                return str(value, "latin-1")
        return ""

    # --- the routes

    async def _start(self, shelf: Shelf, call: str, fields: Fields, query: bytes, trace: list[bytes]) -> tuple[int, bytes]:
        async def make() -> bytes:
            served = shelf.live
            index, dialled = dialled_number(served.graph, fields)
            if index == UNKNOWN:
                self._metrics.unknown_numbers += 1
                self._log.write("warning", "unknown number", call=call, dialled=mask(dialled))
            known = self._facts.of(fields.get("From", ""))
            held = arrival(served.graph, fields, known, index, dialled, self._simulation)
            turn = begin_turn(served, call, held, self._now(fields), self._trace)
            return await self._finish(shelf, turn, fields, trace)

        return 200, await self._once.answer((call, "start", 0), make)

    async def _step(self, shelf: Shelf, call: str, fields: Fields, query: bytes, trace: list[bytes]) -> tuple[int, bytes]:
        version, key, token = _query(query)
        served = shelf.version(version)
        envelope = self._keys.open_envelope(token, key, context("step", served.version_bytes, key, call))
        turn = next_turn(served, call, envelope, fields, self._now(fields), self._trace)
        if not turn.owes:
            return 200, self._write(shelf, turn, trace)

        async def make() -> bytes:
            return await self._finish(shelf, turn, fields, trace)

        return 200, await self._once.answer((call, "owed", envelope.sequence), make)

    async def _finish(self, shelf: Shelf, turn: Turn, fields: Fields, trace: list[bytes]) -> bytes:
        if turn.owes:
            kind = turn.actions[-1].__class__.__name__
            await turn.settle(self._desk, fields.get("IvrDisk", "well") if self._simulation else "")
            self._metrics.effects[kind, turn.event.__class__.__name__] += 1
        return self._write(shelf, turn, trace)

    def _write(self, shelf: Shelf, turn: Turn, trace: list[bytes]) -> bytes:
        served = turn.served
        answer = turn.write(self._keys, self._bases[shelf.id])
        event = turn.event.__class__.__name__
        self._metrics.turns[event] += 1
        self._log.turn(turn.call, shelf.id, served.version, served.names[turn.state.at], event, turn.sequence)
        if turn.trace is not None:
            trace.append(turn.trace.header(turn.state))
        return answer

    async def _whisper(self, shelf: Shelf, call: str, fields: Fields, query: bytes, trace: list[bytes]) -> tuple[int, bytes]:
        version, key, token = _query(query)
        served = shelf.version(version)
        held = self._keys.open_whisper(token, key, context("whisper", served.version_bytes, key, ""))
        digits = fields.get("Digits")
        accepted = None if digits is None else digits == "1"
        url = leg_url(self._keys, self._bases[shelf.id], "whisper", served, held, "")
        filling = Filling(*self._nobody(served, 0))
        return 200, served.writer.whisper(held.prompt, filling, url, accepted)

    async def _wait(self, shelf: Shelf, call: str, fields: Fields, query: bytes, trace: list[bytes]) -> tuple[int, bytes]:
        version, key, token = _query(query)
        served = shelf.version(version)
        held = self._keys.open_wait(token, key, context("wait", served.version_bytes, key, call))
        node = served.graph.nodes[held.node]
        assert isinstance(node, QueueNode)
        waited, average = _whole(fields.get("QueueTime")), _whole(fields.get("AvgQueueTime"))
        filling = Filling(*self._nobody(served, held.arrived), _whole(fields.get("QueuePosition")), average // 60)
        url = leg_url(self._keys, self._bases[shelf.id], "wait", served, held, call)
        return 200, served.writer.wait(node, held.language, filling, url, waited, fields.get("Digits", ""))

    async def _status(self, shelf: Shelf, call: str, fields: Fields, query: bytes, trace: list[bytes]) -> tuple[int, bytes]:
        status = fields.get("CallStatus", "")
        known = status if status in _STATUSES else "other"
        self._metrics.statuses[known] += 1
        self._log.write("info", "call status", call=call, status=known, seconds=_whole(fields.get("CallDuration")))
        return 204, b""

    async def _fallback(self, shelf: Shelf, call: str, fields: Fields, query: bytes, trace: list[bytes]) -> tuple[int, bytes]:
        self._log.write("error", "fallback", call=call, code=fields.get("ErrorCode", "")[:20])
        return 200, shelf.live.apology.now(int(time.time()))

    # --- what they share

    def _now(self, fields: Fields) -> Callable[[Graph], Calamity | None]:
        if self._simulation:
            return lambda graph: simulated_calamity(graph, fields)
        return self._switch.now

    @staticmethod
    def _nobody(served: Served, arrived: int) -> tuple[LiveMoment, State]:
        """A moment and a state that carry no caller, for the documents of other legs."""
        held = Arrival(arrived, -1, "", "", (0,) * len(served.graph.facts), 0)
        return served.moment(held, lambda _: None), begin(served.graph)

    def _apologise(self, shelf: Shelf, call: str, route: str, error: Exception) -> bytes:
        """Nobody hears an error page: the caller hears an apology and gets a person; we get a line in the log."""
        self._metrics.apologies += 1
        known = isinstance(error, Unsealed | NotKept)
        self._log.write(
            "error", "apology", call=call, route=route, fault=type(error).__name__, reason=str(error)[:300] if known else ""
        )
        if route in ("whisper", "status"):
            return b'<?xml version="1.0" encoding="UTF-8"?><Response><Hangup/></Response>'
        if route == "wait":
            return b'<?xml version="1.0" encoding="UTF-8"?><Response><Leave/></Response>'
        return shelf.live.apology.now(int(time.time()))


_STATUSES = frozenset(
    ("queued", "initiated", "ringing", "in-progress", "completed", "busy", "failed", "no-answer", "canceled")
)


def _query(query: bytes) -> tuple[str, str, str]:
    """Version, key id and token of an address that we made."""
    held = dict(part.partition("=")[::2] for part in query.decode("latin-1").split("&"))
    try:
        return held["v"], held["k"], held["s"].replace("%3D", "=").replace("%3d", "=")
    except KeyError as missing:
        raise Refusal(400, f"the address lacks {missing}") from None


def _whole(text: str | None) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) <= 6 else 0
