"""TwiML read as strictly as Twilio's reference allows: what is not in it is a fault that names it.

Verbs, attributes and what may stand in what are those of Twilio's TwiML voice reference (Say, Play, Pause, Gather,
Redirect, Dial with Number, Sip and Queue, Enqueue, Leave, Record, Hangup, Reject). Verbs that a routing table has no use for
(Conference, Connect, Pay, Start, …) are known to Twilio and not played here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

from ivr.simulator.wire.line import Reply, WireFault

Check = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb or noun: its name, attributes as written, text, and what is nested in it."""

    name: str
    attributes: Mapping[str, str]
    text: str
    nested: tuple[Verb, ...] = ()

    def get(self, attribute: str, default: str) -> str:
        """An attribute, or Twilio's default for it."""
        return self.attributes.get(attribute, default)

    def whole(self, attribute: str, default: int) -> int:
        """An attribute that is a whole number."""
        return int(self.attributes.get(attribute, default))


@dataclass(frozen=True, slots=True)
class Rule:
    """What a verb may carry."""

    attributes: Mapping[str, Check]
    nested: frozenset[str] = frozenset()
    text: str = "never"
    """`never`, `may` or `must`."""


def _whole(least: int, most: int = 10**9) -> Check:
    return lambda text: bool(re.fullmatch(r"[0-9]{1,10}", text)) and least <= int(text) <= most


def _one_of(*words: str) -> Check:
    return lambda text: text in words


def _like(pattern: str) -> Check:
    return lambda text: re.fullmatch(pattern, text) is not None


def _any(text: str) -> bool:
    return bool(text)


_METHOD = _one_of("GET", "POST")
_YES_NO = _one_of("true", "false")
_EVENTS = _like(r"(initiated|ringing|answered|completed)([ ,]+(initiated|ringing|answered|completed))*")
_RECORDING = {
    "recordingStatusCallback": _any,
    "recordingStatusCallbackMethod": _METHOD,
    "recordingStatusCallbackEvent": _like(r"(in-progress|completed|absent)([ ,]+(in-progress|completed|absent))*"),
    "trim": _one_of("trim-silence", "do-not-trim"),
}
_LEG: dict[str, Check] = {
    "url": _any, "method": _METHOD, "statusCallback": _any, "statusCallbackMethod": _METHOD,
    "statusCallbackEvent": _EVENTS, "machineDetection": _any, "machineDetectionTimeout": _whole(3, 59),
    "machineDetectionSpeechThreshold": _whole(1000, 6000), "machineDetectionSpeechEndThreshold": _whole(500, 5000),
    "machineDetectionSilenceTimeout": _whole(2000, 10000), "amdStatusCallback": _any, "amdStatusCallbackMethod": _METHOD,
}  # fmt: skip
SPEAKS = frozenset({"Say", "Play", "Pause"})
_SSML = ("break", "emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "sub", "w")

RULES: dict[str, Rule] = {
    "Say": Rule({"voice": _any, "language": _any, "loop": _whole(0, 1000)}, frozenset(_SSML), "may"),
    "Play": Rule({"loop": _whole(0, 1000), "digits": _like(r"[0-9*#wWA-D]+")}, text="may"),
    "Pause": Rule({"length": _whole(1)}),
    "Gather": Rule(
        {
            "input": _like(r"dtmf|speech|dtmf speech|speech dtmf"), "action": _any, "method": _METHOD,
            "timeout": _whole(1), "finishOnKey": _like(r"[0-9*#]?"), "numDigits": _whole(1),
            "speechTimeout": _like(r"auto|[1-9][0-9]*"), "maxSpeechTime": _whole(1), "language": _any, "hints": _any,
            "profanityFilter": _YES_NO, "partialResultCallback": _any, "partialResultCallbackMethod": _METHOD,
            "actionOnEmptyResult": _YES_NO, "bargeIn": _YES_NO, "debug": _YES_NO, "speechModel": _any,
            "enhanced": _YES_NO,
        },
        SPEAKS,
    ),
    "Redirect": Rule({"method": _METHOD}, text="must"),
    "Dial": Rule(
        {
            "action": _any, "method": _METHOD, "timeout": _whole(1, 600), "hangupOnStar": _YES_NO,
            "timeLimit": _whole(1), "callerId": _any, "record": _any, "answerOnBridge": _YES_NO, "ringTone": _any,
            "recordingTrack": _one_of("inbound", "outbound", "both"), "sequential": _YES_NO, "referUrl": _any,
            "referMethod": _METHOD, **_RECORDING,
        },
        frozenset({"Number", "Sip", "Queue"}),
        "may",
    ),
    "Number": Rule({"sendDigits": _like(r"[0-9*#wWA-D]+"), "byoc": _any, **_LEG}, text="must"),
    "Sip": Rule({"username": _any, "password": _any, **_LEG}, text="must"),
    "Queue": Rule({"url": _any, "method": _METHOD}, text="must"),
    "Enqueue": Rule(
        {"action": _any, "method": _METHOD, "waitUrl": _any, "waitUrlMethod": _METHOD, "maxQueueSize": _whole(1, 5000)},
        text="must",
    ),
    "Record": Rule(
        {
            "action": _any, "method": _METHOD, "timeout": _whole(0), "finishOnKey": _like(r"[0-9*#]*"),
            "maxLength": _whole(1, 86_400), "playBeep": _YES_NO, "transcribe": _YES_NO, "transcribeCallback": _any,
            **_RECORDING,
        }
    ),
    "Hangup": Rule({}),
    "Leave": Rule({}),
    "Reject": Rule({"reason": _one_of("rejected", "busy")}),
}  # fmt: skip
TOP = frozenset(RULES) - {"Number", "Sip", "Queue"}
CALLER = TOP - {"Leave"}
"""What a caller's own document may hold: there is no queue to leave."""
WHISPER = frozenset({"Say", "Play", "Pause", "Gather", "Redirect", "Hangup"})
"""What who answers may hear before the bridge; a Dial there is Twilio's error 13201."""
WAIT = frozenset({"Say", "Play", "Pause", "Gather", "Redirect", "Hangup", "Leave"})
"""What a wait document may hold."""
MOST_TEXT = 4096
"""Characters that a Say may hold."""
MOST_TARGETS = 10
"""Numbers or SIP addresses that one Dial may ring at once."""


def read_twiml(reply: Reply, allowed: frozenset[str] = CALLER) -> tuple[Verb, ...]:
    """The verbs of a document, in order. `allowed` are the verbs of its place. Raises WireFault."""
    where = reply.url
    kind = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in ("text/xml", "application/xml", "text/html"):
        raise WireFault(f"{where}: '{kind}' is no content type of TwiML; text/xml is")
    try:
        root = ElementTree.fromstring(reply.body)
    except ElementTree.ParseError as error:
        raise WireFault(f"{where}: the document is no XML: {error}") from None
    if root.tag != "Response":
        raise WireFault(f"{where}: the document begins with <{root.tag}>, not with <Response>")
    if root.attrib:
        raise WireFault(f"{where}: <Response> takes no attribute '{next(iter(root.attrib))}'")
    if (root.text or "").strip() or any((child.tail or "").strip() for child in root):
        raise WireFault(f"{where}: text stands outside a verb")
    return tuple(_verb(child, allowed, "Response", where) for child in root)


def _verb(element: ElementTree.Element, allowed: frozenset[str], parent: str, where: str) -> Verb:
    name = element.tag
    rule = RULES.get(name)
    if rule is None:
        raise WireFault(f"{where}: <{name}> is no verb that can be played")
    if name not in allowed:
        raise WireFault(
            f"{where}: <{name}> may not stand in " + (f"<{parent}>" if parent != "Response" else "this document")
        )
    for attribute, value in element.attrib.items():
        check = rule.attributes.get(attribute)
        if check is None:
            raise WireFault(f"{where}: <{name}> has no attribute '{attribute}'")
        if not check(value):
            raise WireFault(f"{where}: '{value[:60]}' is no value for {attribute} of <{name}>")
    if name == "Say":
        return _say(element, where)
    nested = tuple(_verb(child, rule.nested, name, where) for child in element)
    text = (element.text or "") if not nested else (element.text or "").strip()
    if any((child.tail or "").strip() for child in element) or (text.strip() and (nested or rule.text == "never")):
        raise WireFault(f"{where}: text stands in <{name}> where none may")
    verb = Verb(name, dict(element.attrib), text.strip(), nested)
    _whole_verb(verb, rule, where)
    return verb


def _whole_verb(verb: Verb, rule: Rule, where: str) -> None:
    """What must be there, and how much there may be."""
    needed = rule.text == "must" or (verb.name == "Dial" and not verb.nested)
    needed = needed or (verb.name == "Play" and "digits" not in verb.attributes)
    if needed and not verb.text:
        raise WireFault(f"{where}: <{verb.name}> is empty")
    if len(verb.nested) > MOST_TARGETS and verb.name == "Dial":
        raise WireFault(f"{where}: <Dial> rings more than {MOST_TARGETS} at once")


def _say(element: ElementTree.Element, where: str) -> Verb:
    """A Say with the marks of SSML left out."""
    for mark in element.iter():
        if mark is not element and mark.tag not in _SSML:
            raise WireFault(f"{where}: <{mark.tag}> may not stand in <Say>")
    text = "".join(element.itertext())
    if len(text) > MOST_TEXT:
        raise WireFault(f"{where}: <Say> holds more than {MOST_TEXT} characters")
    return Verb("Say", dict(element.attrib), text)
