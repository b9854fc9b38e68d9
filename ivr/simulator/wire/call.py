"""The caller's leg: documents fetched, verbs executed in order, until somebody hangs up.

Twilio's rules kept here: verbs run one after the other, and a document that ends hangs up; `<Gather>` asks its action only
when something came in (or `actionOnEmptyResult` says so), else the next verb follows; `<Record>` asks its action unless
nothing was said; `<Dial>` and `<Enqueue>` ask theirs when they are over, and without one the next verb follows; an
address is resolved against that of the document it stands in (RFC 3986), and an action left out is that address.
"""

from __future__ import annotations

import json
from urllib.parse import urljoin

from ivr.model.events import HungUp, Keys, Speech
from ivr.model.numbers import NumberFault, read_number
from ivr.model.state import Arrival
from ivr.simulator.callers import Asked, Caller
from ivr.simulator.transcript import Transcript
from ivr.simulator.wire.document import Document
from ivr.simulator.wire.line import Line, WireFault
from ivr.simulator.wire.naming import Naming
from ivr.simulator.wire.rooms import WaitingRoom, screened
from ivr.simulator.wire.trace import read_trace
from ivr.simulator.wire.twiml import CALLER, Verb, read_twiml
from ivr.simulator.world import DECLINED, World
from ivr.simulator.writer import RECORDING, Writer, call_id
from ivr.tables.ready import Table

Form = dict[str, str]
MOST_DOCUMENTS = 400
"""Documents after which a call is taken to go round for ever."""
ACCOUNT = "AC" + "0" * 32
WITHHELD = "+266696687"
"""What Twilio says when the caller withholds the number."""
DIAL_STATUS = {"bridged": "completed", "busy": "busy", "no_answer": "no-answer", "failed": "failed", "closed": "closed"}
QUEUE_RESULT = {
    "bridged": "bridged", "left": "leave", "timeout": "leave", "full": "queue-full", "failed": "error", "closed": "closed",
}  # fmt: skip


class Over(Exception):
    """The call is over."""


class WireCall:
    """One call over HTTP."""

    def __init__(
        self, line: Line, url: str, table: Table, arrival: Arrival, caller: Caller, world: World, call: str
    ) -> None:
        self.line = line
        self.table = table
        self.caller = caller
        self.world = world
        self.transcript = Transcript()
        self.writer = Writer(table, arrival, self.transcript)
        self.naming = Naming(table.graph)
        self.call = call or call_id(table, arrival, caller, world)
        self.start = f"{url}/voice/{table.graph.id}"
        self._common = _common(table, arrival, world, self.call)
        self._fetched = 0
        self._legs = 0

    def run(self) -> Transcript:
        """Play to the end. Raises WireFault for what Twilio would not take."""
        status = "ringing"
        try:
            document: Document | None = self.fetch("POST", self.start, {"CallStatus": status})
            while document is not None:
                document = self._execute(document)
            self.writer.we_hang_up(self._last.node)
        except Over:
            pass
        ended = {"CallStatus": "completed", "CallDuration": str(round(self.transcript.seconds)), "SequenceNumber": "0"}
        self.line.send("POST", f"{self.start}/status", self.form(ended))
        return self.transcript

    def form(self, fields: Form) -> Form:
        """The fields of a request about this call."""
        return {**self._common, "CallStatus": "in-progress", **fields}

    def fetch(
        self, method: str, url: str, fields: Form, allowed: frozenset[str] = CALLER, leg: Form | None = None
    ) -> Document:
        """Ask for a document. `leg` gives the fields that differ when another leg asks."""
        self._fetched += 1
        if self._fetched > MOST_DOCUMENTS:
            raise WireFault(f"{url}: the call does not end; {MOST_DOCUMENTS} documents were asked for")
        reply = self.line.send(method, url, {**self.form(fields), **(leg or {})})
        trace = read_trace(reply.headers, reply.url)
        document = Document(reply.url, read_twiml(reply, allowed), trace)
        if leg is None:
            self._last = document
            self._passed(document)
        return document

    def _passed(self, document: Document) -> None:
        self.transcript.steps += 1
        for node in document.trace.nodes:
            self.writer.passes(node)
        for at, exit in document.trace.exits:
            self.writer.takes(int(at), exit)
        if document.trace.case and document.trace.case != self.transcript.case:
            self.writer.keeps(document.trace.case)

    def _execute(self, document: Document) -> Document | None:
        """The verbs of a document in order; the document that one of them leads to, or None at the end."""
        for verb in document.verbs:
            match verb.name:
                case "Say" | "Play" | "Pause":
                    self._speak(verb, document)
                    after = None
                case "Gather":
                    after = self._gather(verb, document)
                case "Redirect":
                    after = self._go(verb.text, verb.get("method", "POST"), document, {})
                case "Dial":
                    after = self._dial(verb, document)
                case "Enqueue":
                    after = self._enqueue(verb, document)
                case "Record":
                    after = self._record(verb, document)
                case _:  # Hangup and Reject
                    self.writer.we_hang_up(document.node)
                    raise Over
            if after is not None:
                return after
        return None

    def _go(self, address: str | None, method: str, document: Document, fields: Form) -> Document:
        """The document at an address, seen from another; that one itself when no address is given."""
        return self.fetch(method, urljoin(document.url, address) if address is not None else document.url, fields)

    def _action(self, verb: Verb, document: Document, fields: Form) -> Document:
        return self._go(verb.attributes.get("action"), verb.get("method", "POST"), document, fields)

    def _speak(self, verb: Verb, document: Document) -> None:
        if verb.name == "Pause":
            self.transcript.seconds += verb.whole("length", 1)
            return
        language = self.naming.language(verb) if verb.name == "Say" else ""
        for _ in range(max(1, verb.whole("loop", 1))):
            if verb.text:
                self.writer.says(verb.text, language, self.naming.node(verb.text, document.trace))

    def _gather(self, verb: Verb, document: Document) -> Document | None:
        for nested in verb.nested:
            self._speak(nested, document)
        asked = self._asked(verb, document)
        event = self.writer.did(self.caller.answer(asked), asked)
        if isinstance(event, HungUp):
            raise Over
        if isinstance(event, Keys) and "dtmf" in verb.get("input", "dtmf"):
            return self._action(verb, document, {"Digits": event.digits})
        if isinstance(event, Speech):
            heard = {"SpeechResult": event.text, "Confidence": str(event.confidence)}
            return self._action(verb, document, heard)
        return self._action(verb, document, {"Digits": ""}) if verb.get("actionOnEmptyResult", "") == "true" else None

    def _asked(self, verb: Verb, document: Document) -> Asked:
        trace = document.trace
        since = self.writer.asked_since(trace.node, trace.no_input + trace.no_match)
        return Asked(
            trace.node,
            trace.language if trace.language >= 0 else self.naming.language_index(verb),
            verb.whole("numDigits", 0),
            verb.get("finishOnKey", "#"),
            "speech" in verb.get("input", "dtmf"),
            verb.whole("timeout", 5),
            since,
        )

    def _dial(self, verb: Verb, document: Document) -> Document | None:
        targets = verb.nested or (Verb("Number", {}, verb.text),)
        addresses = tuple(target.text for target in targets)
        name = self.naming.dialled(addresses, document.trace)
        self.writer.dials(addresses, document.node)
        outcome = self.world.dial(name)
        self._legs += 1
        leg = f"CA{self._legs:04x}{self.call[6:]}"
        status = DIAL_STATUS.get(outcome, "no-answer")
        if outcome in ("bridged", DECLINED) and "url" in targets[0].attributes:
            status = "completed"  # somebody answered; whether the two were bridged is said apart
            if not screened(self, targets[0], document, leg, outcome == "bridged"):
                outcome = DECLINED
        self.writer.dialled(outcome, name, verb.whole("timeout", 30), document.node)
        if "action" not in verb.attributes:
            return None
        bridged = outcome == "bridged"
        told = {"DialCallStatus": status, "DialCallSid": leg, "DialBridged": "true" if bridged else "false"}
        return self._action(verb, document, told | ({"DialCallDuration": "60"} if status == "completed" else {}))

    def _enqueue(self, verb: Verb, document: Document) -> Document | None:
        name = self.naming.queue(verb.text)
        wait = self.writer.joins(name, self.world.queue(name), self.world, document.node)
        told: Form = {}
        if wait.outcome in ("bridged", "timeout"):
            room = WaitingRoom(self, verb, document, wait)
            room.stay()
            told = {"QueueSid": room.sid, "QueueTime": str(wait.waited)}
        if wait.outcome == "hangup":
            self.writer.we_hang_up(document.node)
            raise Over
        self.writer.waited(wait, name, document.node)
        told["QueueResult"] = QUEUE_RESULT.get(wait.outcome, "error")
        return self._action(verb, document, told) if "action" in verb.attributes else None

    def _record(self, verb: Verb, document: Document) -> Document | None:
        seconds = self.caller.record(verb.whole("maxLength", 3600))
        event = self.writer.recorded(seconds, document.node)
        if seconds == 0:
            return None
        told = {
            "RecordingUrl": RECORDING,
            "RecordingSid": "RE" + self.call[2:],
            "RecordingDuration": str(max(1, seconds)),
        }
        if isinstance(event, HungUp):
            # the action is asked all the same, and what it answers is not heard
            address = urljoin(document.url, verb.get("action", document.url))
            self.line.send(verb.get("method", "POST"), address, self.form({**told, "Digits": "hangup"}))
            raise Over
        return self._action(verb, document, told)


def _common(table: Table, arrival: Arrival, world: World, call: str) -> Form:
    """What every request of a call carries."""
    graph = table.graph
    number = read_number(arrival.dialled) if arrival.dialled else NumberFault("is empty")
    to = arrival.dialled if isinstance(number, NumberFault) else number.e164
    caller = arrival.caller or WITHHELD
    facts = {name: values[at] for (name, values), at in zip(graph.facts, arrival.facts, strict=True)}
    now = world.calamity
    delivered = {"To": to, "Called": to}
    via = graph.numbers[arrival.number].via if arrival.number >= 0 else ()
    if via and "to" not in via:  # an old switchboard forwards it: we are called, and told for whom
        main = f"+{graph.main_digits}"
        told = {"ForwardedFrom": to} if "forwarded_from" in via else {"SipHeader_Diversion": f"<sip:{to}@old.example>"}
        delivered = {"To": main, "Called": main, **told}
    return {
        "AccountSid": ACCOUNT, "ApiVersion": "2010-04-01", "CallSid": call, "Direction": "inbound",
        "From": caller, "Caller": caller, **delivered,
        "IvrAt": str(arrival.time), "IvrFacts": json.dumps(facts), "IvrSeed": str(arrival.seed),
        "IvrCalamity": json.dumps({"texts": now.texts, "route": now.route}) if now is not None else "",
        "IvrCases": json.dumps(world.cases) if world.cases else "",
        "IvrNotices": json.dumps(world.notices) if world.notices else "",
        "IvrClosed": json.dumps(world.closed) if world.closed else "",
        "IvrDisk": world.disk, "IvrQueueSeconds": str(world.queue_seconds),
    }  # fmt: skip
