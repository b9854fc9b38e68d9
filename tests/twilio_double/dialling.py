"""What a Dial does: numbers rung and bridged, or the head of a queue taken."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from ivr.simulator.wire.line import WireFault
from ivr.simulator.wire.twiml import WHISPER, Verb
from ivr.worker.provider import BUSY, CANCELED, COMPLETED, FAILED, IN_PROGRESS, NO_ANSWER, RINGING
from tests.twilio_double import people
from tests.twilio_double.books import Call, Entry
from tests.twilio_double.document import Document, Over, SentAway

if TYPE_CHECKING:
    from tests.twilio_double.playing import Player

Told = dict[str, str]
LOOK = 0.002
"""Real seconds between two looks at who hung up."""


class _Dial:
    """What both have in common."""

    def __init__(self, player: Player, verb: Verb, document: Document) -> None:
        self.player = player
        self.books = player.books
        self.double = player.double
        self.verb = verb
        self.document = document

    def gone(self) -> bool:
        """Whether the leg that dials was hung up."""
        return self.player.call.gone.is_set()

    def after(self, told: Told) -> Document | None:
        """Go on at the action; heard by nobody when the leg that dialled is gone."""
        if self.gone():
            self.player.finish(COMPLETED)
            if "action" in self.verb.attributes:
                try:
                    self.player.action(self.verb, self.document, told)
                except WireFault as fault:
                    self.books.faults.append(str(fault))
            raise Over
        return self.player.action(self.verb, self.document, told) if "action" in self.verb.attributes else None

    def converse(self, other: Call, seconds: float) -> int:
        """Talk until one hangs up; for how long. `seconds` is how long the other side would."""
        limit = self.verb.whole("timeLimit", 14_400)
        ours = self.player.person.talks
        began = time.monotonic()
        until = began + min(limit, ours, seconds) / self.double.pace
        while time.monotonic() < until and not self.gone() and not other.gone.is_set():
            if self.player.call.sent_away.is_set() or other.sent_away.is_set():
                return max(1, round((time.monotonic() - began) * self.double.pace))
            time.sleep(LOOK)
        if ours < min(seconds, limit) and time.monotonic() >= until:
            self.player.call.gone.set()  # who dialled hangs up first
        return max(1, round((time.monotonic() - began) * self.double.pace))


class DialNumbers(_Dial):
    """Rings one number or several at once; who answers first is bridged."""

    def run(self) -> Document | None:
        """Carry it out; the document that follows."""
        targets = self.verb.nested or (Verb("Number", {}, self.verb.text),)
        legs = [self._leg(target) for target in targets]
        rung = [self.double.people.ring(target.text) for target in targets]
        for leg in legs:
            self.double.sender.progress(leg, "initiated")
            self.books.move(leg, RINGING)
            self.double.sender.progress(leg, "ringing")
        winner = self._ring(legs, rung)
        for at, leg in enumerate(legs):
            if at != winner:
                self._over(leg, CANCELED if winner >= 0 or self.gone() else NO_ANSWER)
        if winner < 0 and self.player.call.sent_away.is_set():
            raise SentAway
        if winner < 0:
            status = next((leg.status for leg in legs if leg.status in (BUSY, FAILED)), legs[0].status)
            told = {"DialCallStatus": status, "DialCallSid": legs[0].sid, "DialBridged": "false"}
            return self.after(told)
        return self._bridge(targets[winner], legs[winner], rung[winner])

    def _leg(self, target: Verb) -> Call:
        events = tuple(target.get("statusCallbackEvent", COMPLETED).replace(",", " ").split())
        call = self.player.call
        told = target.attributes.get("statusCallback", "")
        return self.books.place(
            to=target.text, from_=self.verb.get("callerId", call.from_), direction="outbound-dial", parent=call.sid,
            told=urljoin(self.document.url, told) if told else "", events=events,
            detects="machineDetection" in target.attributes,
        )  # fmt: skip

    def _ring(self, legs: list[Call], rung: list[people.Person]) -> int:
        """Which leg is answered first, -1 for none within the time."""
        timeout = self.verb.whole("timeout", 30)
        passed = 0.0
        for at in sorted(range(len(legs)), key=lambda index: rung[index].after):
            person = rung[at]
            if person.does == people.NO_ANSWER or person.after > timeout:
                continue
            if not self._pass(person.after - passed, legs[at]):
                if self.gone():
                    return -1
                continue  # this leg was hung up
            passed = person.after
            if person.answers:
                return at
            self._over(legs[at], BUSY if person.does == people.BUSY else FAILED)
        if any(leg.status == RINGING for leg in legs):
            self._pass(timeout - passed, None)
        return -1

    def _pass(self, seconds: float, leg: Call | None) -> bool:
        until = time.monotonic() + max(0.0, seconds) / self.double.pace
        while time.monotonic() < until:
            if self.gone() or (leg is not None and leg.gone.is_set()) or self.player.call.sent_away.is_set():
                return False
            time.sleep(LOOK)
        return True

    def _over(self, leg: Call, status: str) -> None:
        if leg.answered_at:
            leg.seconds = max(1, round((time.time() - leg.answered_at) * self.double.pace))
        if self.books.move(leg, status):
            self.double.sender.progress(leg, "completed")

    def _bridge(self, target: Verb, leg: Call, person: people.Person) -> Document | None:
        self.books.move(leg, IN_PROGRESS)
        self.double.sender.progress(leg, "answered")
        if leg.detects:
            leg.answered_by = "machine_start" if person.does == people.VOICEMAIL else "human"
            if "amdStatusCallback" in target.attributes:
                more = {"AnsweredBy": leg.answered_by, "MachineDetectionDuration": "2100"}
                url = urljoin(self.document.url, target.attributes["amdStatusCallback"])
                self.double.sender.tell(url, self.double.sender.fields(leg, more))
        bridged = "url" not in target.attributes or self._screened(target, leg, person)
        seconds = self.converse(leg, person.talks) if bridged else 1
        self._over(leg, COMPLETED)
        if self.player.call.sent_away.is_set():
            raise SentAway  # the action is not asked for
        told = {
            "DialCallStatus": "completed", "DialCallSid": leg.sid, "DialBridged": str(bridged).lower(),
            "DialCallDuration": str(seconds),
        }  # fmt: skip
        return self.after(told)

    def _screened(self, target: Verb, leg: Call, person: people.Person) -> bool:
        """Whether who answered takes the call after its whisper."""
        other = type(self.player)(self.double, leg, person)
        try:
            heard: Document | None = other.fetch(
                urljoin(self.document.url, target.attributes["url"]), target.get("method", "POST"), {}, WHISPER
            )
            while heard is not None:
                document, heard = heard, None
                for verb in document.verbs:
                    if verb.name == "Hangup":
                        return False
                    if verb.name == "Gather":
                        heard = other.gather(verb, document, WHISPER)
                    elif verb.name == "Redirect":
                        heard = other.fetch(urljoin(document.url, verb.text), "POST", {}, WHISPER)
                    else:
                        other.hear(verb)
                    if heard is not None:
                        break
        except Over:
            return False
        except WireFault as fault:
            self.books.faults.append(str(fault))
            return False
        return True


class DialQueue(_Dial):
    """Takes the head of a queue, or waits for one."""

    def run(self) -> Document | None:
        """Carry it out; the document that follows."""
        noun = self.verb.nested[0]
        if noun.text not in self.books.queues:
            return self.after({"DialCallStatus": "failed", "DialBridged": "false"})
        until = time.monotonic() + self.verb.whole("timeout", 30) / self.double.pace
        entry = self.books.take(noun.text, self.player.call.sid)
        while entry is None and time.monotonic() < until and not self.gone():
            time.sleep(LOOK)
            entry = self.books.take(noun.text, self.player.call.sid)
        if entry is None:
            return self.after({"DialCallStatus": "no-answer", "DialBridged": "false"})
        try:
            if "url" in noun.attributes:
                self._announce(noun, entry)
            seconds = self.converse(entry.call, entry.talks)
        finally:
            entry.over.set()
        told = {
            "DialCallStatus": "completed", "DialCallSid": entry.call.sid, "DialBridged": "true",
            "DialCallDuration": str(seconds), "QueueSid": entry.sid,
        }  # fmt: skip
        return self.after(told)

    def _announce(self, noun: Verb, entry: Entry) -> None:
        """What who waited hears before the bridge."""
        waited = round((time.time() - entry.joined) * self.double.pace)
        told = {"QueueSid": entry.sid, "QueueTime": str(waited), "DequeingCallSid": self.player.call.sid}
        other = type(self.player)(self.double, entry.call, people.CITIZEN)
        try:
            heard = other.fetch(
                urljoin(self.document.url, noun.attributes["url"]), noun.get("method", "POST"), told, WHISPER
            )
        except WireFault as fault:
            self.books.faults.append(str(fault))
            return
        entry.call.heard += [verb.text for verb in heard.verbs if verb.text]
