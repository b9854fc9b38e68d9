"""The other legs of a call: what who answers hears before the bridge, and what who waits in a queue hears.

Each document is asked for with a token of its own, which carries nothing of the caller.
"""

from __future__ import annotations

from collections.abc import Callable

from ivr.calendars.moment import LiveMoment
from ivr.dialects.filling import Filling
from ivr.engine import begin
from ivr.model.moment import NOTHING, Switched
from ivr.model.nodes import QueueNode
from ivr.model.state import Arrival, State
from ivr.web.request import Request
from ivr.web.seal import Keyring, WaitPass
from ivr.web.served import Served
from ivr.web.turn import context, leg_url

_EMPTY = b'<?xml version="1.0" encoding="UTF-8"?><Response>%s</Response>'
BROKEN = {"whisper": _EMPTY % b"<Hangup/>", "wait": _EMPTY % b"<Leave/>"}
"""What a document that cannot be made is replaced by: the caller goes on as if nobody had answered, or had left."""


class Legs:
    """Answers for the other legs of all tables of this process; `bases` are the paths of the tables by their ids, `switched`
    says what is switched as a request comes."""

    def __init__(
        self, keys: Keyring, bases: dict[str, str], switched: Callable[[Request, Served], Switched] = lambda *_: NOTHING
    ) -> None:
        self._keys = keys
        self._bases = bases
        self._switched = switched

    async def whisper(self, request: Request) -> bytes:
        """What who answers hears, or the answer to the key that they pressed. Raises Unsealed or NotKept."""
        version, key, token = request.address()
        served = await request.shelf.obtain(version)
        held = self._keys.open_whisper(token, key, context("whisper", served.version_bytes, key, ""))
        digits = request.fields.get("Digits")
        url = leg_url(self._keys, self._bases[request.shelf.id], "whisper", served, held, "")
        filling = Filling(*_nobody(served, 0))
        return served.writer.whisper(held.prompt, filling, url, None if digits is None else digits == "1")

    async def wait(self, request: Request) -> bytes:
        """One round of waiting; a calamity that began meanwhile is heard first, once. Raises Unsealed or NotKept."""
        version, key, token = request.address()
        served = await request.shelf.obtain(version)
        held = self._keys.open_wait(token, key, context("wait", served.version_bytes, key, request.call))
        node = served.graph.nodes[held.node]
        assert isinstance(node, QueueNode)
        position, minutes = request.whole("QueuePosition"), request.whole("AvgQueueTime") // 60
        switched = self._switched(request, served)
        first = -1
        if switched.calamity is not None and switched.calamity.mark != held.heard:
            held = WaitPass(held.node, held.language, held.arrived, switched.calamity.mark)
            first = served.calamity_prompts[held.language] if served.calamity_prompts else -1
        filling = Filling(*_nobody(served, held.arrived, switched), position, minutes)
        url = leg_url(self._keys, self._bases[request.shelf.id], "wait", served, held, request.call)
        digits = request.fields.get("Digits", "")
        return served.writer.wait(node, held.language, filling, url, request.whole("QueueTime"), digits, first)


def _nobody(served: Served, arrived: int, switched: Switched = NOTHING) -> tuple[LiveMoment, State]:
    """A moment and a state that carry no caller."""
    held = Arrival(arrived, -1, "", "", (0,) * len(served.graph.facts), 0)
    return served.moment(held, switched), begin(served.graph)
