"""The voice paths, as a plain ASGI app: what a request asks for, and the TwiML that answers it.

    POST /voice/{table}            a call begins            POST /voice/{table}/status     a call's status changed
    POST /voice/{table}/step       a call goes on           POST /voice/{table}/fallback   the provider could not reach us
    POST /voice/{table}/whisper    who answers hears it     POST /voice/{table}/wait       who waits in a queue hears it

It stands outside FastAPI: as a FastAPI route the same turn lost a third of its speed (the design, section 6). A request is
read in request.py, a turn is taken in turn.py, what it owes is put on disk in owed.py; the other legs are in legs.py, and
those that we ring ourselves in attempt.py, and callers whom an agent passes on in passing.py.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from ivr.model.events import Dialled
from ivr.model.moment import Switched
from ivr.model.numbers import mask
from ivr.store.facts import FactsFile
from ivr.store.live.follower import Follower
from ivr.tables.archive import NotKept
from ivr.tables.arrivals import UNKNOWN, caller_number
from ivr.web import attempt
from ivr.web import passing as passing_
from ivr.web.arriving import arrival, dialled_number, simulated_cases, simulated_switches
from ivr.web.attempt import AttemptLegs
from ivr.web.body import Receive
from ivr.web.callers import Callers
from ivr.web.form import Signatures
from ivr.web.legs import BROKEN, Legs
from ivr.web.log import Log
from ivr.web.metrics import Metrics
from ivr.web.once import Once
from ivr.web.owed import Desk
from ivr.web.passing import PassLegs
from ivr.web.recorder import Recorder
from ivr.web.refusal import Refusal
from ivr.web.request import Reader, Request, Scope, Send
from ivr.web.seal import Keyring, Unsealed
from ivr.web.served import Served, Shelf
from ivr.web.settings import Settings
from ivr.web.switches import Switches
from ivr.web.turn import Turn, begin_turn, context, next_turn

XML = b"text/xml; charset=utf-8"
TEXT = b"text/plain; charset=utf-8"
_STATUSES = frozenset(
    ("queued", "initiated", "ringing", "in-progress", "completed", "busy", "failed", "no-answer", "canceled")
)


_BROKEN = BROKEN | attempt.BROKEN | passing_.BROKEN
_ENDED = frozenset(("completed", "busy", "failed", "no-answer", "canceled"))
"""Statuses after which nothing more comes of a call."""


class Voice:
    """Answers the voice paths of all tables of this process."""

    def __init__(
        self,
        settings: Settings,
        shelves: dict[str, Shelf],
        desk: Desk,
        log: Log,
        metrics: Metrics,
        recorder: Recorder | None = None,
        callers: Callers | None = None,
        attempts: AttemptLegs | None = None,
        follower: Follower | None = None,
        passing: PassLegs | None = None,
    ) -> None:
        self._shelves = shelves
        self._desk = desk
        self._recorder = recorder
        self._callers = callers
        self._log = log
        self._metrics = metrics
        self._keys = Keyring(settings.keys)
        signatures = Signatures(settings.tokens)
        self._reader = Reader(settings.public_url, settings.base_path, settings.max_body, signatures)
        self._switches = Switches(follower)
        self._facts = FactsFile(settings.facts_file)
        self._once: Once[tuple[bytes, bytes]] = Once()
        self._bases = {name: f"{settings.base_path}/voice/{name}" for name in shelves}
        legs = Legs(self._keys, self._bases, self._switched)
        self._trace = settings.trace
        self._simulation = settings.simulation
        self._routes = {
            "": self._start,
            "step": self._step,
            "whisper": legs.whisper,
            "wait": legs.wait,
            "status": self._status,
            "fallback": self._fallback,
            **(attempts.routes if attempts is not None else {}),
            **(passing.routes if passing is not None else {}),
        }
        self._names = frozenset(self._routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        began = time.perf_counter()
        trace = b""
        try:
            request = await self._reader.read(scope, receive, self._shelves, self._names)
            body = await self._answer(request)
            status, kind, trace = (200 if body else 204), XML, request.trace
        except Refusal as refusal:
            status, kind, body = refusal.status, TEXT, refusal.reason.encode() + b"\n"
            self._log.write("info", "refused", status=status, reason=refusal.reason, path=str(scope["path"])[:200])
        except Exception as error:  # nothing of a request that nobody has vouched for may end in a traceback
            status, kind, body = 400, TEXT, b"the request could not be read\n"
            self._log.write("error", "unreadable", fault=type(error).__name__, path=str(scope["path"])[:200])
        headers = [(b"content-type", kind), (b"content-length", b"%d" % len(body))]
        if status == 405:
            headers.append((b"allow", b"POST"))
        elif status in (408, 413):
            headers.append((b"connection", b"close"))
        if trace:
            headers.append((b"x-ivr-trace", trace))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
        self._metrics.answers[status] += 1
        self._metrics.took(time.perf_counter() - began)

    async def _answer(self, request: Request) -> bytes:
        try:
            return await self._routes[request.route](request)
        except Refusal:
            raise
        except Exception as error:
            return self._apologise(request, error)

    # --- the caller's leg

    async def _start(self, request: Request) -> bytes:
        async def make() -> tuple[bytes, bytes]:
            fields = request.fields
            served = request.shelf.choose(fields)
            self._metrics.began(request.shelf.id, served.version)
            index, dialled = dialled_number(served.graph, fields)
            if index == UNKNOWN:
                self._metrics.unknown_numbers += 1
                self._log.write("warning", "unknown number", call=request.call, dialled=mask(dialled[:32]))
            known = await self._known(served, caller_number(fields.get("From", "")))
            held = arrival(served.graph, fields, known, index, dialled, self._simulation)
            turn = begin_turn(served, request.call, held, self._switched(request, served), self._trace)
            return await self._finish(request, turn), request.trace

        body, request.trace = await self._once.answer((request.call, "start", 0), make)
        return body

    async def _step(self, request: Request) -> bytes:
        version, key, token = request.address()
        served = await request.shelf.obtain(version)
        envelope = self._keys.open_envelope(token, key, context("step", served.version_bytes, key, request.call))
        switched = self._switched(request, served)
        turn = next_turn(served, request.call, envelope, request.fields, switched, self._trace)
        if not turn.owes:
            if turn.event.__class__ is Dialled and turn.event.outcome != "bridged" and self._recorder is not None:
                answer = self._write(request, turn)
                await self._recorder.now()
                return answer
            return self._write(request, turn)

        async def make() -> tuple[bytes, bytes]:
            return await self._finish(request, turn), request.trace

        body, request.trace = await self._once.answer((request.call, "owed", envelope.sequence), make)
        return body

    async def _finish(self, request: Request, turn: Turn) -> bytes:
        if turn.owes:
            kind = turn.actions[-1].__class__.__name__
            disk = request.fields.get("IvrDisk", "well") if self._simulation else ""
            await turn.settle(self._desk, disk, simulated_cases(request.fields) if self._simulation else None)
            self._metrics.effects[kind, turn.event.__class__.__name__] += 1
        return self._write(request, turn)

    def _write(self, request: Request, turn: Turn) -> bytes:
        served = turn.served
        answer = turn.write(self._keys, self._bases[request.shelf.id])
        event = turn.event.__class__.__name__
        self._metrics.turns[event] += 1
        self._log.turn(turn.call, request.shelf.id, served.version, served.names[turn.state.at], event, turn.sequence)
        if self._recorder is not None:
            self._recorder.turn(turn, request.fields)
        if turn.trace is not None:
            request.trace = turn.trace.header(turn.state)
        return answer

    async def _known(self, served: Served, caller: str) -> Mapping[str, str]:
        """What is known of a caller: from the store, where the table asks for it, and from the file of facts, which goes
        before it."""
        given = self._facts.of(caller)
        if self._callers is None or not served.asked or not caller or self._simulation:
            return given
        return {**await self._callers.facts(served.graph.id, caller, served.asked), **given}

    # --- what is told to us

    async def _status(self, request: Request) -> bytes:
        status = request.fields.get("CallStatus", "")
        known = status if status in _STATUSES else "other"
        self._metrics.statuses[known] += 1
        seconds = request.whole("CallDuration")
        self._log.write("info", "call status", call=request.call, status=known, seconds=seconds)
        if self._recorder is not None and known in _ENDED:
            self._recorder.other(request.call, 0, request.shelf.id, "status", known, {"seconds": seconds})
            await self._recorder.now()
        return b""

    async def _fallback(self, request: Request) -> bytes:
        self._log.write("error", "fallback", call=request.call, code=request.whole("ErrorCode"))
        return request.shelf.live.apology.now(int(time.time()))

    # --- what they share

    def _switched(self, request: Request, served: Served) -> Switched:
        """What is switched, for the whole turn."""
        if self._simulation:
            return simulated_switches(served.graph, request.fields)
        return self._switches.of(served)

    def _apologise(self, request: Request, error: Exception) -> bytes:
        """Nobody hears an error page: the caller hears an apology and gets a person; we get a line in the log.

        Of a fault that is not ours to name only the kind is logged: its text could hold what a caller typed.
        """
        self._metrics.apologies += 1
        reason = str(error)[:300] if isinstance(error, Unsealed | NotKept) else ""
        fault = type(error).__name__
        self._log.write("error", "apology", call=request.call, route=request.route, fault=fault, reason=reason)
        if request.route in _BROKEN:
            return _BROKEN[request.route]
        return request.shelf.live.apology.now(int(time.time()))
