"""The other legs: who answers hears a whisper before the bridge, who waits in a queue hears wait documents.

Twilio's rules kept here: a whisper is asked for on a leg with a CallSid of its own, and its end is the bridge, unless it
hangs up; a wait document is asked for again when it ends, gets out only by `<Leave>`, and is cut off by whoever comes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin

from ivr.dialects.waiting import ROUND, round_seconds
from ivr.model.nodes import QueueNode
from ivr.simulator.wire.document import Document
from ivr.simulator.wire.line import WireFault
from ivr.simulator.wire.twiml import WAIT, WHISPER, Verb
from ivr.simulator.writer import Wait

if TYPE_CHECKING:
    from ivr.simulator.wire.call import WireCall

ACCEPT = "1"
"""The key with which who answers takes the call."""


def screened(call: WireCall, target: Verb, document: Document, leg: str, accepts: bool) -> bool:
    """Whether who answers `target` is bridged after its whisper; `accepts`: they press the key when asked for it."""
    told = {
        "CallSid": leg,
        "ParentCallSid": call.call,
        "Direction": "outbound-dial",
        "To": target.text,
        "Called": target.text,
    }
    at = urljoin(document.url, target.attributes["url"])
    heard: Document | None = call.fetch(target.get("method", "POST"), at, {}, WHISPER, told)
    while heard is not None:
        ended = heard
        heard = None
        for verb in ended.verbs:
            if verb.name == "Hangup":
                return False
            if verb.name == "Redirect":
                heard = call.fetch(verb.get("method", "POST"), urljoin(ended.url, verb.text), {}, WHISPER, told)
            elif verb.name == "Gather" and accepts:
                address = urljoin(ended.url, verb.get("action", ended.url))
                heard = call.fetch(verb.get("method", "POST"), address, {"Digits": ACCEPT}, WHISPER, told)
            if heard is not None:
                break
    return accepts


class WaitingRoom:
    """A stay in a queue."""

    def __init__(self, call: WireCall, verb: Verb, document: Document, wait: Wait) -> None:
        self._call = call
        self._wait = wait
        self._at = document.node
        self._trace = document.trace
        node = call.naming.queue_node(verb.text, document.trace)
        self._node: QueueNode | None = node
        self._url = urljoin(document.url, verb.attributes["waitUrl"]) if "waitUrl" in verb.attributes else ""
        self._method = verb.get("waitUrlMethod", "POST")
        self._over = False
        self.sid = "QU" + call.call[2:]

    def stay(self) -> None:
        """Wait until somebody comes, the document leaves, or it hangs up; `Wait.outcome` says which."""
        if not self._url:  # music without end
            self._wait.outcome = "bridged" if self._wait.comes is not None else "hangup"
            return
        heard: Document | None = None
        since = -1
        while not self._wait.taken:
            if heard is None:
                if since == self._wait.waited:
                    raise WireFault(f"{self._url}: the wait document ends at once, and would be asked for without end")
                since = self._wait.waited
                heard = self._fetch(self._url, self._method, {})
            heard = self._execute(heard)
            if self._over:
                return
        self._wait.outcome = "bridged"

    def _fetch(self, url: str, method: str, fields: dict[str, str]) -> Document:
        told = {
            "QueueSid": self.sid, "QueueTime": str(self._wait.waited), "QueuePosition": str(self._wait.position),
            "CurrentQueueSize": str(self._wait.position), "AvgQueueTime": str(self._call.world.queue_seconds),
        }  # fmt: skip
        return self._call.fetch(method, url, {**fields, **told}, WAIT, {})

    def _execute(self, heard: Document) -> Document | None:
        """Play a document; the one that follows, or None at its end."""
        for verb in heard.verbs:
            match verb.name:
                case "Say":
                    self._say(verb)
                case "Play":
                    self._say(verb)
                    self._goes_on(self._lasts(verb))
                case "Pause":
                    self._goes_on(verb.whole("length", 1))
                case "Gather":
                    after = self._gather(verb, heard)
                    if after is not None:
                        return after
                case "Redirect":
                    return self._fetch(urljoin(heard.url, verb.text), verb.get("method", "POST"), {})
                case _:  # Leave and Hangup
                    left = "left" if self._wait.outcome == "left" else "timeout"
                    self._wait.outcome = "hangup" if verb.name == "Hangup" else left
                    self._over = True
                    return None
            if self._wait.taken:
                return None
        return None

    def _goes_on(self, seconds: int) -> None:
        if seconds:
            self._wait.goes_on(seconds)

    def _say(self, verb: Verb) -> None:
        if verb.text and verb.name != "Pause":
            language = self._call.naming.language(verb) if verb.name == "Say" else ""
            self._call.writer.hears_waiting(verb.text, language, self._at)

    def _lasts(self, verb: Verb) -> int:
        """Music fills the round; any other recording is part of what is spoken."""
        if self._node is None:
            return ROUND
        return round_seconds(self._node, self._wait.waited) if verb.text == self._node.music else 0

    def _gather(self, verb: Verb, heard: Document) -> Document | None:
        for nested in verb.nested:
            self._say(nested)
        if self._call.caller.leaves():
            key = self._node.offer_key if self._node is not None else ACCEPT
            self._call.writer.leaves(key, self._wait, self._at)
            return self._fetch(
                urljoin(heard.url, verb.get("action", heard.url)), verb.get("method", "POST"), {"Digits": key}
            )
        self._goes_on(verb.whole("timeout", 5))
        return None
