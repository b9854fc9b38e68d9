"""A provider's request → the event it means, for the node that waited for it."""

from __future__ import annotations

from collections.abc import Mapping

from ivr.model.events import Dialled, Event, HungUp, Keys, Queued, Recorded, Silence, Speech
from ivr.model.nodes import Node, QueueNode, TransferNode, VoicemailNode

Form = Mapping[str, str]
MAX_SPEECH = 500
"""Characters of recognised speech that are looked at."""
_DIALS = {
    "busy": "busy",
    "no-answer": "no_answer",
    "canceled": "no_answer",
    "failed": "failed",
    "closed": "closed",  # no word of the provider's: a simulation says it of a team that closed meanwhile
}
_QUEUES = {
    "bridged": "bridged",
    "bridging-in-process": "bridged",
    "redirected-from-bridged": "bridged",
    "queue-full": "full",
    "closed": "closed",
}
_KEYS = frozenset("0123456789*#")


def read_event(form: Form, node: Node, shut: bool = False) -> Event:
    """What a request means. A parameter that does not belong to what the node waited for is not looked at. `shut`: the team
    that is waited for is closed by hand."""
    kind = node.__class__
    if kind is TransferNode:
        return _dialled(form, node)  # type: ignore[arg-type]  # the class was just asked
    if kind is QueueNode:
        return _queued(form, node, shut)  # type: ignore[arg-type]  # the class was just asked
    if kind is VoicemailNode:
        return _recorded(form)
    digits = form.get("Digits")
    if digits:
        clean = digits if len(digits) == 1 else digits[:64]
        return Keys(clean) if _KEYS.issuperset(clean) else Silence()
    speech = form.get("SpeechResult")
    if speech:
        return Speech(speech[:MAX_SPEECH], _number(form.get("Confidence")))
    return Silence()


def _dialled(form: Form, node: TransferNode) -> Event:
    """Only `DialBridged` says that two people were connected: a declined screening can still say completed."""
    status = form.get("DialCallStatus", "")
    if status in ("completed", "answered"):
        bridged = form.get("DialBridged")
        screened = any(dial.whisper >= 0 for row in node.dials for dial in row)
        if bridged == "true" or (bridged is None and not screened):
            return Dialled("bridged")
        return Dialled("no_answer")
    return Dialled(_DIALS.get(status, "failed"))


def _queued(form: Form, node: QueueNode, shut: bool) -> Event:
    """`leave` carries no reason: while the team is closed by hand it was that; else before the end of the wait the key,
    after it the time."""
    result = form.get("QueueResult", "")
    if result == "hangup":
        return HungUp()
    if result == "leave":
        if shut:
            return Queued("closed")
        return Queued("left" if _number(form.get("QueueTime")) < node.timeout else "timeout")
    return Queued(_QUEUES.get(result, "failed"))


def _recorded(form: Form) -> Event:
    url = form.get("RecordingUrl", "")
    if not url:
        return HungUp() if form.get("Digits") == "hangup" else Silence()
    good = url.startswith("https://") and len(url) <= 2000 and not any(c.isspace() or c in '<>"' for c in url)
    return Recorded(url if good else "", int(_number(form.get("RecordingDuration"))))


def _number(text: str | None) -> float:
    try:
        value = float(text) if text else 0.0
    except ValueError:
        return 0.0
    return value if 0 <= value < 1e7 else 0.0
