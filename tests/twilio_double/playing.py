"""A leg played: rung, answered, its documents carried out verb by verb, until somebody hangs up.

Twilio's rules kept here, besides those of ivr/simulator/wire: a document is asked for when the leg is answered; what hangs
up the parent ends its children; the action of a Dial is asked for even when the parent hung up, and what it answers is not
heard; a document that does not come, or cannot be read, ends the leg.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from ivr.simulator.wire.line import Reply, WireFault
from ivr.simulator.wire.twiml import CALLER, WAIT, Verb, read_twiml
from ivr.worker.provider import BUSY, CANCELED, COMPLETED, FAILED, IN_PROGRESS, NO_ANSWER, RINGING
from tests.twilio_double import people
from tests.twilio_double.books import Call, Entry
from tests.twilio_double.dialling import DialNumbers, DialQueue
from tests.twilio_double.document import Document, Over, SentAway
from tests.twilio_double.people import Person

if TYPE_CHECKING:
    from tests.twilio_double.double import Double

MOST_DOCUMENTS = 200
LETTERS_A_SECOND = 15


class Player:
    """Plays one leg, in a thread of its own."""

    def __init__(self, double: Double, call: Call, person: Person) -> None:
        self.double = double
        self.books = double.books
        self.call = call
        self.person = person
        self.line = double.sender.line()
        self._asked = 0
        self._fetched = 0

    # --- from ringing to the end

    def run(self) -> None:
        """Play a leg that was placed by the REST API."""
        call, person = self.call, self.person
        try:
            self.progress("initiated")
            self.books.move(call, RINGING)
            self.progress("ringing")
            ends = {people.BUSY: BUSY, people.FAILS: FAILED}.get(person.does, "")
            self.rest(person.after if person.answers or ends else call.ring)
            if ends or not person.answers or person.after > call.ring:
                self.finish(ends or NO_ANSWER)
                return
            self.answered()
        except Over:
            self.finish(COMPLETED if call.answered_at else CANCELED)
            return
        self._carry_out(call.url, call.method, call.twiml)

    def run_inbound(self) -> None:
        """Play a leg of somebody who calls in."""
        self.books.move(self.call, RINGING)
        self._carry_out(self.call.url, self.call.method, "")

    def _carry_out(self, url: str, method: str, twiml: str) -> None:
        try:
            more = {"AnsweredBy": self.call.answered_by} if self.call.answered_by else {}
            document: Document | None
            if twiml:
                reply = Reply("twiml", 200, {"content-type": "text/xml"}, twiml.encode())
                document = Document("", read_twiml(reply))
            else:
                document = self.fetch(url, method, more)
            if self.call.direction == "inbound":
                self.books.move(self.call, IN_PROGRESS)
            while document is not None:
                try:
                    document = self.execute(document)
                except SentAway:
                    self.call.sent_away.clear()
                    document = self.fetch(self.call.redirect, "POST", {})
        except Over:
            pass
        except WireFault as fault:
            self.books.faults.append(str(fault))
        finally:
            self.finish(COMPLETED)

    def answered(self) -> None:
        """It is answered, by a person or by a machine that is told from one."""
        self.books.move(self.call, IN_PROGRESS)
        self.progress("answered")
        if self.call.limit:
            timer = threading.Timer(self.call.limit / self.double.pace, self.call.gone.set)
            timer.daemon = True
            timer.start()
        if self.call.detects:
            self.call.answered_by = "machine_start" if self.person.does == people.VOICEMAIL else "human"
            self.rest(2)

    def finish(self, status: str) -> None:
        """The leg is over."""
        if self.call.answered_at:
            self.call.seconds = max(1, round((time.time() - self.call.answered_at) * self.double.pace))
        if self.books.move(self.call, status):
            self.progress("completed")

    def progress(self, event: str) -> None:
        """Tell how far it came."""
        self.double.sender.progress(self.call, event)

    def rest(self, seconds: float) -> None:
        """Let seconds of the call pass. Raises Over when it is hung up meanwhile."""
        if self.call.gone.wait(max(0.0, seconds) / self.double.pace):
            raise Over

    # --- documents

    def fetch(self, url: str, method: str, more: dict[str, str], allowed: frozenset[str] = CALLER) -> Document:
        """Ask for a document of this leg. Raises WireFault."""
        self._fetched += 1
        if self._fetched > MOST_DOCUMENTS:
            raise WireFault(f"{url}: the call does not end; {MOST_DOCUMENTS} documents were asked for")
        reply = self.double.sender.document(self.line, method, url, self.double.sender.fields(self.call, more))
        return Document(reply.url, read_twiml(reply, allowed))

    def action(
        self, verb: Verb, document: Document, more: dict[str, str], allowed: frozenset[str] = CALLER
    ) -> Document:
        """Ask for the document at a verb's action; at the document's own address when it has none."""
        address = urljoin(document.url, verb.attributes.get("action", document.url))
        return self.fetch(address, verb.get("method", "POST"), more, allowed)

    def execute(self, document: Document) -> Document | None:
        """Carry a document out; the one that follows, or None at the end of the leg."""
        for verb in document.verbs:
            after: Document | None = None
            if self.call.sent_away.is_set():
                raise SentAway
            match verb.name:
                case "Say" | "Play" | "Pause":
                    self.hear(verb)
                case "Gather":
                    after = self.gather(verb, document)
                case "Redirect":
                    after = self.fetch(urljoin(document.url, verb.text), verb.get("method", "POST"), {})
                case "Dial" if verb.nested and verb.nested[0].name == "Queue":
                    after = DialQueue(self, verb, document).run()
                case "Dial":
                    after = DialNumbers(self, verb, document).run()
                case "Enqueue":
                    after = self._enqueue(verb, document)
                case "Record":
                    after = self._record(verb, document)
                case _:  # Hangup and Reject
                    return None
            if after is not None:
                return after
        return None

    def hear(self, verb: Verb) -> None:
        """Something is said or played."""
        if verb.name == "Pause":
            self.rest(verb.whole("length", 1))
            return
        self.call.heard.append(verb.text)
        self.rest(len(verb.text) / LETTERS_A_SECOND if verb.name == "Say" else 10)

    def gather(self, verb: Verb, document: Document, allowed: frozenset[str] = CALLER) -> Document | None:
        """Somebody is asked for keys."""
        for nested in verb.nested:
            self.hear(nested)
        key = self._key(" ".join(nested.text for nested in verb.nested))
        if key == people.HANG_UP:
            raise Over
        if not key:
            self.rest(verb.whole("timeout", 5))
            if verb.get("actionOnEmptyResult", "") != "true":
                return None
        return self.action(verb, document, {"Digits": key, "FinishedOnKey": ""}, allowed)

    def _key(self, heard: str) -> str:
        keys = self.person.keys
        if callable(keys):
            return keys(heard)
        self._asked += 1
        return keys[self._asked - 1] if self._asked <= len(keys) else ""

    def _record(self, verb: Verb, document: Document) -> Document | None:
        seconds = min(self.person.records, verb.whole("maxLength", 3600))
        self.rest(seconds or verb.whole("timeout", 5))
        if not seconds:
            return None
        sid = self.books.sid("RE")
        self.books.recordings.add(sid)
        url = f"https://api.twilio.com/2010-04-01/Accounts/{self.double.account}/Recordings/{sid}"
        told = {"RecordingUrl": url, "RecordingSid": sid, "RecordingDuration": str(seconds), "Digits": "#"}
        return self.action(verb, document, told)

    # --- waiting in a queue

    def _enqueue(self, verb: Verb, document: Document) -> Document | None:
        name = verb.text
        entry = self.books.join(name, self.call, self.person.talks)
        result = "hangup"
        try:
            result = self._wait(verb, document, name, entry)
        except Over:
            pass
        finally:
            self.books.leave(name, entry)
        told = {"QueueResult": result, "QueueSid": entry.sid, "QueueTime": str(self._waited(entry))}
        if entry.taken.is_set():
            told["QueueResult"] = "bridged"
            while not entry.over.wait(0.01) and not self.call.gone.is_set():
                if self.call.sent_away.is_set():
                    told["QueueResult"] = "redirected-from-bridged"
                    entry.over.wait(1)  # whoever took it notices first
                    self._ask_for_nothing(verb, document, told)
                    raise SentAway
        if self.call.gone.is_set() or told["QueueResult"] == "hangup":
            self.finish(COMPLETED)
            self._ask_for_nothing(verb, document, told)
            raise Over
        return self.action(verb, document, told) if "action" in verb.attributes else None

    def _ask_for_nothing(self, verb: Verb, document: Document, told: dict[str, str]) -> None:
        """The action is asked for though nobody hears what it answers."""
        if "action" in verb.attributes:
            try:
                self.action(verb, document, told)
            except WireFault as fault:
                self.books.faults.append(str(fault))

    def _waited(self, entry: Entry) -> int:
        return round((time.time() - entry.joined) * self.double.pace)

    def _wait(self, verb: Verb, document: Document, name: str, entry: Entry) -> str:
        """Stay until somebody comes (`bridged`), the wait document leaves, or patience ends."""
        address = verb.attributes.get("waitUrl", "")
        heard: Document | None = None
        while not entry.taken.is_set():
            if self._waited(entry) >= self.person.stays:
                raise Over
            told = {
                "QueueSid": entry.sid, "QueueTime": str(self._waited(entry)),
                "QueuePosition": str(self.books.position(name, entry)), "CurrentQueueSize": "1", "AvgQueueTime": "60",
            }  # fmt: skip
            if not address:
                self._pass(entry, 1)
                continue
            method = verb.get("waitUrlMethod", "POST")
            heard = heard or self.fetch(urljoin(document.url, address), method, told, WAIT)
            heard, left = self._round(heard, entry, told)
            if left:
                return "leave"
        return "bridged"

    def _round(self, heard: Document, entry: Entry, told: dict[str, str]) -> tuple[Document | None, bool]:
        """Hear a wait document: the one that follows, and whether the queue is left."""
        for verb in heard.verbs:
            match verb.name:
                case "Leave":
                    return None, True
                case "Hangup":
                    raise Over
                case "Redirect":
                    return self.fetch(urljoin(heard.url, verb.text), verb.get("method", "POST"), told, WAIT), False
                case "Gather":
                    key = self._key(" ".join(nested.text for nested in verb.nested))
                    if key and key != people.HANG_UP:
                        return self.action(verb, heard, {**told, "Digits": key}, WAIT), False
                    self._pass(entry, verb.whole("timeout", 5))
                case _:
                    self.call.heard.append(verb.text)
                    self._pass(entry, verb.whole("length", 1) if verb.name == "Pause" else 5)
            if entry.taken.is_set():
                break
        return None, False

    def _pass(self, entry: Entry, seconds: float) -> None:
        """Let seconds pass, unless somebody comes, patience ends or the leg is hung up."""
        until = time.monotonic() + seconds / self.double.pace
        while time.monotonic() < until and not entry.taken.is_set():
            if self.call.gone.is_set() or self._waited(entry) >= self.person.stays:
                raise Over
            time.sleep(0.002)
